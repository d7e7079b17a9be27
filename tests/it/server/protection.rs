//! The web configuration file at work.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};
use wsus_probe::server::limits::Limits;

use super::client::{ask, ask_tls, exchange, get, request};
use super::{PATIENCE, Running};
use crate::support::peer::connect;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// More than the time between two looks at the files.
const UNTIL_SEEN: Duration = Duration::from_millis(1_200);

/// An authority, and a folder with what it has signed.
struct Signed {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Signed {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = CertifiedIssuer::self_signed(params, key).unwrap();
        let signed = Self { folder: tempfile::tempdir().unwrap(), authority };
        signed.write("ca.crt", &signed.authority.pem());
        signed.issue("server", "localhost");
        signed
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Writes `FILE.crt` and `FILE.key` for that name.
    fn issue(&self, file: &str, name: &str) {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        self.write(&format!("{file}.key"), &key.serialize_pem());
        self.write(&format!("{file}.crt"), &certificate.pem());
    }

    /// A surface with that file, whose `tls_server_config` has the server's certificate.
    fn start(&self, lines: &str) -> Running {
        let text =
            format!("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n{lines}");
        self.write("web.yml", &text);
        Running::start(Limits::default(), Some(self.path().join("web.yml")))
    }

    fn client(&self, identity: Option<&Self>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match identity {
            None => builder.with_no_client_auth(),
            Some(signed) => {
                let at = |name: &str| signed.path().join(name);
                let chain = CertificateDer::from_pem_file(at("client.crt")).unwrap();
                let key = PrivateKeyDer::from_pem_file(at("client.key")).unwrap();
                builder.with_client_auth_cert(vec![chain], key).unwrap()
            }
        })
    }
}

#[tokio::test]
async fn client_certificates_are_asked_for_and_verified() {
    let (ours, theirs) = (Signed::new(), Signed::new());
    ours.issue("client", "prometheus.example");
    theirs.issue("client", "prometheus.example");
    let clients = [None, Some(&ours), Some(&theirs)].map(|identity| ours.client(identity));
    let verify = "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n";
    let sans = |name: &str| format!("{verify}  client_allowed_sans: [other.example, {name}]\n");
    for (lines, expected) in [
        (String::new(), [true, true, true]),
        ("  client_auth_type: RequestClientCert\n".to_owned(), [true, true, true]),
        ("  client_auth_type: RequireAnyClientCert\n".to_owned(), [false, true, true]),
        (
            "  client_ca_file: ca.crt\n  client_auth_type: VerifyClientCertIfGiven\n".to_owned(),
            [true, true, false],
        ),
        (verify.to_owned(), [false, true, false]),
        (sans("prometheus.example"), [false, true, false]),
        (sans("nobody.example"), [false, false, false]),
    ] {
        let running = ours.start(&lines);
        let mut found = Vec::new();
        for client in &clients {
            let reply = ask_tls(running.address, client, "/-/healthy").await;
            found.push(reply.is_ok_and(|reply| reply.status == 200));
        }
        assert_eq!(found, expected, "{lines}");
        running.finish().await;
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_served_without_a_restart() {
    let signed = Signed::new();
    let running = signed.start("");
    let client = signed.client(None);
    assert!(ask_tls(running.address, &client, "/").await.is_ok());
    // First only the certificate, as a copying tool does: with the old key that is no pair.
    let old = fs::read_to_string(signed.path().join("server.key")).unwrap();
    signed.issue("server", "renamed.example");
    let new = fs::read_to_string(signed.path().join("server.key")).unwrap();
    signed.write("server.key", &old);
    sleep(UNTIL_SEEN).await;
    assert!(ask_tls(running.address, &client, "/").await.is_ok(), "the old pair stays");
    signed.write("server.key", &new);
    let refused = async {
        loop {
            match ask_tls(running.address, &client, "/").await {
                Ok(_) => sleep(LOOK).await,
                Err(error) => break error,
            }
        }
    };
    let error = timeout(PATIENCE, refused).await.expect("the new pair is served");
    assert!(error.contains("renamed.example") || error.contains("not valid for name"), "{error}");
    let clear = exchange(connect(running.address).await.unwrap(), &request("GET /", "")).await;
    assert!(clear.is_none(), "clear text is not served");
    running.finish().await;
}

#[tokio::test]
async fn users_headers_and_rates_are_in_force_on_every_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.yml");
    let hash = bcrypt::hash("right", 4).unwrap();
    let text = format!(
        "basic_auth_users:\n  alice: {hash}\nhttp_server_config:\n  headers:\n    \
         X-Frame-Options: sameorigin\n    Strict-Transport-Security: max-age=1\n"
    );
    fs::write(&path, text).unwrap();
    let running = Running::start(Limits::default(), Some(path.clone()));
    let basic = |pair: &str| format!("Authorization: Basic {}\r\n", STANDARD.encode(pair));
    for (headers, status) in [
        (String::new(), 401),
        (basic("alice:right"), 200),
        (format!("Host: proxy.test\r\n{}", basic("alice:right")), 200),
        (basic("alice:wrong"), 401),
        // Right after a wrong one nothing is checked, except for what is known.
        (basic("bob:right"), 503),
        (basic("alice:wrong"), 401),
        (basic("alice:right"), 200),
        ("Authorization: Bearer x\r\n".to_owned(), 401),
    ] {
        let reply = ask(running.address, "GET /-/healthy", &headers).await;
        assert_eq!(reply.status, status, "{headers}");
        assert_eq!(reply.headers.contains_key("www-authenticate"), status == 401);
        assert_eq!(reply.header("x-frame-options"), "sameorigin");
        assert_eq!(reply.header("strict-transport-security"), "max-age=1");
    }
    for path in ["/", "/metrics", "/nope", "/-/reload"] {
        assert_eq!(get(running.address, path).await.status, 401, "{path}");
    }
    running.finish().await;

    fs::write(&path, "rate_limit: {interval: 1h, burst: 2}\n").unwrap();
    let running = Running::start(Limits::default(), Some(path));
    let mut found = Vec::new();
    for path in ["/-/healthy", "/runbook", "/runbook", "/runbook", "/-/healthy"] {
        found.push(get(running.address, path).await.status);
    }
    // It is well however often anything is asked for, and to ask whether it is uses nothing up.
    assert_eq!(found, [200, 200, 200, 429, 200]);
    running.finish().await;
}

#[tokio::test]
async fn a_bad_file_keeps_it_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(Limits::default(), Some(folder.path().join("none.yml")));
    let ended = timeout(PATIENCE, running.tasks.join_next()).await.expect("it does not serve");
    let error = ended.unwrap().unwrap().unwrap_err().to_string();
    assert!(error.contains("none.yml: cannot be read"), "{error}");
}
