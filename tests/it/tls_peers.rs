//! Handshakes with other people's servers on loopback: `openssl s_server` and nginx.

// Lets clippy see that the helpers below are test code too.
#![cfg(test)]

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::support::peer::{PATIENCE, Peer, certificate, connect};
use wsus_probe::model::failure::{Cause, Failure};
use wsus_probe::model::tls::{TlsSession, TlsVersion};
use wsus_probe::net::tls::evidence::Evidence;
use wsus_probe::net::tls::{classify, handshake};

/// The suites that Windows Server 2012 R2 has on by default, in its order, without those that
/// OpenSSL no longer has: no ECDHE-RSA with GCM among them.
const WINDOWS_2012_R2: &str = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:\
    ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:DHE-RSA-AES256-GCM-SHA384:\
    DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:AES256-GCM-SHA384:\
    AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA:\
    ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:\
    ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0";

/// Their ECDHE-RSA part.
const ECDHE_RSA_CBC: [(&str, &str); 4] = [
    ("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    ("ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    ("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    ("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
];

impl Peer {
    /// The product's handshake, with what it took down, and the answer to an HTTP request.
    async fn probe(&self) -> (Result<(TlsSession, Result<String, Cause>), Failure>, Evidence) {
        let evidence = Evidence::default();
        let probe = async {
            let stream = connect(self.address).await.unwrap();
            let (mut stream, session) = handshake(stream, "wsus.test", &evidence).await?;
            let mut answer = Vec::new();
            let exchange = async {
                stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
                stream.flush().await?;
                stream.read_to_end(&mut answer).await
            };
            let error = exchange.await.err();
            let tls = error.and_then(|error| {
                Some(classify::of(error.get_ref()?.downcast_ref::<rustls::Error>()?).0)
            });
            let text = String::from_utf8_lossy(&answer).into_owned();
            Ok((session, tls.map_or(Ok(text), Err)))
        };
        let outcome = timeout(PATIENCE, probe).await.expect("the probe does not end");
        (outcome, evidence)
    }
}

/// `openssl s_server` with this certificate and these further arguments.
async fn s_server(identity: &str, arguments: &[&str]) -> Peer {
    Peer::start("openssl", "openssl", |_, address| {
        let file = |end: &str| certificate(&format!("{identity}.{end}")).display().to_string();
        let common = ["s_server", "-www", "-quiet", "-accept", &address.to_string()];
        let identity = ["-cert", &file("pem"), "-key", &file("key")];
        common.iter().chain(&identity).chain(arguments).map(|&word| word.to_owned()).collect()
    })
    .await
}

/// nginx with TLS and these lines in its `server` block.
async fn nginx(lines: &str) -> Peer {
    Peer::nginx(|address| format!("listen {address} ssl;\n{lines}")).await
}

/// What rustls by itself says to this server.
async fn stock_rustls(address: SocketAddr) -> rustls::Error {
    let config = rustls::ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let name = ServerName::try_from("wsus.test").unwrap();
    let stream = connect(address).await.unwrap();
    let error = timeout(PATIENCE, connector.connect(name, stream)).await.unwrap().unwrap_err();
    error.get_ref().unwrap().downcast_ref::<rustls::Error>().unwrap().clone()
}

#[tokio::test]
async fn a_server_2012_r2_with_an_rsa_certificate_is_reached() {
    let list = ["-no_tls1_3", "-serverpref", "-curves", "P-256:P-384", "-cipher", WINDOWS_2012_R2];
    let peer = s_server("rsa", &list).await;
    let refusal = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
    assert_eq!(stock_rustls(peer.address).await, refusal);
    let (outcome, evidence) = peer.probe().await;
    let (session, answer) = outcome.unwrap();
    let expected = TlsSession {
        version: TlsVersion::Tls12,
        suite: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384".to_owned(),
        group: Some("secp256r1".to_owned()),
        alpn: None,
        legacy_suite: true,
    };
    assert_eq!(session, expected);
    // The whole page of the session's parameters came through, whose end is this.
    assert!(answer.unwrap().trim_end().ends_with("</HTML>"));
    assert!(evidence.presented().unwrap().signature_ok);
}

#[tokio::test]
async fn each_of_its_suites_works() {
    for (theirs, name) in ECDHE_RSA_CBC {
        let list = format!("{theirs}:@SECLEVEL=0");
        let peer = s_server("rsa", &["-tls1_2", "-cipher", &list]).await;
        let (session, answer) = peer.probe().await.0.unwrap();
        assert_eq!((session.suite.as_str(), session.legacy_suite), (name, true));
        assert!(answer.unwrap().trim_end().ends_with("</HTML>"), "{name}");
    }
}

#[tokio::test]
async fn versions() {
    for (arguments, expected) in [
        (&["-tls1_3"][..], Ok(TlsVersion::Tls13)),
        (&["-tls1_3", "-groups", "P-384"], Ok(TlsVersion::Tls13)),
        (&["-tls1_2"], Ok(TlsVersion::Tls12)),
        (&["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], Err(Cause::NoCommonVersion)),
        (&["-tls1", "-cipher", "ALL:@SECLEVEL=0"], Err(Cause::NoCommonVersion)),
        (&["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], Err(Cause::NoCommonSuite)),
        // The hash of the server's key exchange is SHA-1.
        (
            &[
                "-tls1_2",
                "-sigalgs",
                "RSA+SHA1",
                "-cipher",
                "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
            ],
            Ok(TlsVersion::Tls12),
        ),
    ] {
        let (outcome, _) = s_server("rsa", arguments).await.probe().await;
        let found = outcome.map(|(session, answer)| (session.version, answer.unwrap().len()));
        match (found, expected) {
            (Ok((version, length)), Ok(expected)) => {
                assert_eq!(version, expected, "{arguments:?}");
                assert!(length > 100, "{arguments:?}");
            }
            (found, expected) => {
                let cause = found.map(|_| ()).map_err(|failure| failure.cause);
                assert_eq!(cause, expected.map(|_| ()), "{arguments:?}");
            }
        }
    }
}

/// rustls refuses the signature of such a key with the words for a forged one.
#[tokio::test]
async fn a_short_key_is_not_taken_for_a_forgery() {
    for version in ["-tls1_2", "-tls1_3"] {
        let peer = s_server("rsa1024", &[version, "-cipher", "ALL:@SECLEVEL=0"]).await;
        let (outcome, evidence) = peer.probe().await;
        assert!(outcome.is_ok(), "{outcome:?}");
        assert!(evidence.presented().unwrap().signature_ok);
    }
}

#[tokio::test]
async fn a_client_certificate_is_required_by_openssl() {
    let root = certificate("root.pem").display().to_string();
    let peer = s_server("rsa", &["-tls1_2", "-Verify", "1", "-CAfile", &root]).await;
    let (outcome, evidence) = peer.probe().await;
    let failure = outcome.unwrap_err();
    assert_eq!(failure.cause, Cause::ClientCertificateRequired, "{failure:?}");
    assert!(failure.detail.contains("asked for a client certificate"), "{failure:?}");
    assert!(evidence.presented().unwrap().signature_ok);

    let peer = s_server("rsa", &["-tls1_3", "-Verify", "1", "-CAfile", &root]).await;
    let (outcome, evidence) = peer.probe().await;
    let (_, answer) = outcome.unwrap();
    assert_eq!(answer, Err(Cause::ClientCertificateRequired));
    assert!(evidence.client_certificate_requested());
    assert!(evidence.presented().unwrap().signature_ok);
}

#[tokio::test]
async fn nginx_of_both_versions() {
    for (lines, version) in [
        ("ssl_protocols TLSv1.2; return 200 hello;", TlsVersion::Tls12),
        ("ssl_protocols TLSv1.3; return 200 hello;", TlsVersion::Tls13),
    ] {
        let (outcome, evidence) = nginx(lines).await.probe().await;
        let (session, answer) = outcome.unwrap();
        assert_eq!(session.version, version);
        assert!(answer.unwrap().ends_with("hello"));
        assert!(!evidence.client_certificate_requested());
    }
}

/// nginx completes the handshake in either version and complains over HTTP.
#[tokio::test]
async fn a_client_certificate_is_required_by_nginx() {
    let root = certificate("root.pem");
    for version in ["TLSv1.2", "TLSv1.3"] {
        let root = root.display();
        let lines = format!(
            "ssl_protocols {version}; ssl_verify_client on; ssl_client_certificate {root}; \
             return 200 hello;"
        );
        let (outcome, evidence) = nginx(&lines).await.probe().await;
        let (_, answer) = outcome.unwrap();
        assert!(answer.unwrap().starts_with("HTTP/1.1 400 "), "{version}");
        assert!(evidence.client_certificate_requested());
        assert!(evidence.presented().unwrap().signature_ok);
    }
}

/// What `check` says of a server, as JSON, and its exit code.
async fn checked(address: SocketAddr) -> (serde_json::Value, Option<i32>) {
    let output = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_wsus-probe"))
            .args(["check", "--profile", "quick", "--output", "json"])
            .args(["--deadline", "10s", "--ca-file"])
            .arg(certificate("root.pem"))
            .args(["--endpoint", &format!("https://{address}")])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    });
    let output = timeout(PATIENCE, output).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let report = serde_json::from_str(&text);
    let messages = String::from_utf8_lossy(&output.stderr);
    (report.unwrap_or_else(|error| panic!("{error}: {text}{messages}")), output.status.code())
}

/// The program itself against a server as old as 2012 R2: healthy, the suite by its name.
#[tokio::test]
async fn the_program_finds_an_old_server_healthy() {
    let answer = include_str!("../data/soap/config_wcf.xml");
    let list: Vec<&str> = ECDHE_RSA_CBC.iter().map(|(theirs, _)| *theirs).collect();
    let peer = nginx(&format!(
        "ssl_protocols TLSv1.2; ssl_ciphers '{}:@SECLEVEL=0'; default_type text/xml; \
         return 200 '{answer}';",
        list.join(":")
    ))
    .await;
    let (report, code) = checked(peer.address).await;
    let member = &report["endpoints"][0]["members"][0];
    assert_eq!(member["verdict"], "healthy", "{report}");
    assert_eq!(member["tls"]["version"], "1.2", "{report}");
    assert_eq!(member["tls"]["suite"], ECDHE_RSA_CBC[0].1, "{report}");
    assert_eq!(member["certificate"]["verdict"], "ok", "{report}");
    assert_eq!(report["endpoints"][0]["verdict"], "healthy", "{report}");
    assert_eq!(code, Some(0), "{report}");
}

/// The refusal comes over HTTP; what it is for was seen in the handshake.
#[tokio::test]
async fn the_program_says_that_a_client_certificate_is_demanded() {
    let root = certificate("root.pem");
    let lines = format!(
        "ssl_verify_client on; ssl_client_certificate {}; return 200 hello;",
        root.display()
    );
    let (report, code) = checked(nginx(&lines).await.address).await;
    let failure = &report["endpoints"][0]["failure"];
    assert_eq!(failure["phase"], "tls", "{report}");
    assert_eq!(failure["cause"], "client_certificate_required", "{report}");
    assert_eq!(failure["windows_update_code"], "0x80072F0C", "{report}");
    assert_eq!(code, Some(1), "{report}");
}
