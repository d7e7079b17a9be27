//! Handshakes with servers of every kind.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, join, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::demo::authority::{Authority, Identity, IssueOptions};
use crate::demo::hostile::{self, Hostile};
use crate::model::tls::Presented;

const NAME: &str = "wsus.test";

/// Far more than any handshake on loopback takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the silent are listened to.
const SILENCE: Duration = Duration::from_millis(300);

type Outcome = Result<TlsSession, Failure>;

/// A handshake over TCP with a server that behaves in this way.
async fn against(behaviour: Hostile, patience: Duration) -> (Option<Outcome>, Evidence) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Before the server can act: a reset would else hit the connect.
    let stream = connect(listener.local_addr().unwrap()).await.unwrap();
    let serve = async {
        let (socket, _) = listener.accept().await.unwrap();
        // How it ends is what the client is asked for.
        let _ = if behaviour == Hostile::Reset {
            hostile::reset(socket)
        } else {
            hostile::act(behaviour, socket).await
        };
        std::future::pending::<()>().await;
    };
    let evidence = Evidence::default();
    let ask = async { timeout(patience, handshake(stream, NAME, &evidence)).await.ok() };
    let outcome = tokio::select! {
        outcome = ask => outcome,
        () = serve => None,
    };
    (outcome.map(|outcome| outcome.map(|(_, session)| session)), evidence)
}

#[expect(clippy::disallowed_methods, reason = "this is the test's own client")]
async fn connect(address: std::net::SocketAddr) -> io::Result<TcpStream> {
    TcpStream::connect(address).await
}

/// A handshake over memory with a server that says these bytes, one piece after another.
async fn answered(pieces: &[&[u8]]) -> Failure {
    let (near, mut far) = duplex(64 * 1024);
    let serve = async {
        assert!(far.read(&mut [0; 4096]).await.unwrap() > 0);
        for piece in pieces {
            // The client may have seen enough.
            let _ = far.write_all(piece).await;
            tokio::task::yield_now().await;
        }
        drop(far);
    };
    let evidence = Evidence::default();
    let ask = timeout(PATIENCE, handshake(near, NAME, &evidence));
    tokio::join!(serve, ask).1.unwrap().unwrap_err()
}

#[tokio::test]
async fn what_is_not_tls_is_quoted() {
    for (behaviour, cause, part) in [
        (Hostile::PlainHttp, Cause::PlainHttp, "begins with \"HTTP/1.1 400 Bad Request"),
        (Hostile::SshBanner, Cause::NotTls, "begins with \"SSH-2.0-OpenSSH_9.2p1"),
        (Hostile::Garbage, Cause::NotTls, "begins with \""),
        (Hostile::CloseAfterFirstBytes, Cause::Closed, "closed the connection before it answered"),
    ] {
        let (outcome, evidence) = against(behaviour, PATIENCE).await;
        let failure = outcome.unwrap().unwrap_err();
        assert_eq!((failure.phase, failure.cause), (Phase::Tls, cause), "{failure:?}");
        assert!(failure.detail.contains(part), "{failure:?}");
        assert!(!failure.detail.contains(char::is_control), "{failure:?}");
        assert_eq!(evidence.presented(), None);
    }
}

#[tokio::test]
async fn a_reset_in_place_of_an_answer_is_not_a_close() {
    let failure = against(Hostile::Reset, PATIENCE).await.0.unwrap().unwrap_err();
    assert_eq!((failure.phase, failure.cause), (Phase::Tls, Cause::Reset), "{failure:?}");
    assert!(failure.detail.contains("reset the connection before it answered"), "{failure:?}");
}

#[tokio::test]
async fn a_close_at_once_is_a_close_or_a_reset() {
    let failure = against(Hostile::Close, PATIENCE).await.0.unwrap().unwrap_err();
    assert!([Cause::Closed, Cause::Reset].contains(&failure.cause), "{failure:?}");
}

#[tokio::test]
async fn bytes_that_resemble_tls() {
    let http: Vec<&[u8]> = b"HTTP/1.0 200 OK\r\n\r\n".chunks(5).collect();
    for (pieces, cause) in [
        (http, Cause::PlainHttp),
        // A handshake record's type with a version that no TLS has.
        (vec![&b"\x16\x50\x50\x00\x05hello"[..]], Cause::NotTls),
        (vec![b"\x16\x03\x03\xff\xff"], Cause::TlsProtocol),
        (vec![b"\x16\x03\x03\x00\x00"], Cause::TlsProtocol),
        (vec![b"\x16\x03\x03\x00\x04\x02\xff\xff\xff", b"HTTP/1.1 200"], Cause::TlsProtocol),
        (vec![b"\x17\x03\x03\x00\x04abcd"], Cause::TlsProtocol),
        (vec![b"\x16\x03\x03\x00\x04\x02"], Cause::Closed),
        (vec![b"\x15"], Cause::Closed),
    ] {
        let failure = answered(&pieces).await;
        assert_eq!(failure.cause, cause, "{pieces:?}: {failure:?}");
        assert!(!failure.detail.is_empty());
    }
    let endless = vec![&b"\x14\x03\x03\x00\x01\x01"[..]; 1000];
    assert_eq!(answered(&endless).await.cause, Cause::TlsProtocol);
}

#[tokio::test]
async fn alerts_keep_their_names() {
    for (alert, cause, name) in [
        (40, Cause::NoCommonSuite, "handshake_failure (40)"),
        (48, Cause::Alert, "unknown_ca (48)"),
        (70, Cause::NoCommonVersion, "protocol_version (70)"),
        (71, Cause::NoCommonSuite, "insufficient_security (71)"),
        (80, Cause::Alert, "internal_error (80)"),
        (112, Cause::UnrecognizedName, "unrecognized_name (112)"),
        (115, Cause::Alert, "unknown_psk_identity (115)"),
        (116, Cause::ClientCertificateRequired, "certificate_required (116)"),
        (200, Cause::Alert, "(200)"),
    ] {
        let (outcome, evidence) = against(Hostile::Alert(alert), PATIENCE).await;
        let failure = outcome.unwrap().unwrap_err();
        assert_eq!(failure.cause, cause, "{failure:?}");
        assert!(failure.detail.ends_with(name), "{failure:?}");
        assert!(!evidence.client_certificate_requested());
    }
}

#[tokio::test]
async fn the_silent_and_the_slow_end_at_the_callers_deadline() {
    for behaviour in [Hostile::Silence, Hostile::DripTls, Hostile::HelloThenSilence] {
        let (outcome, evidence) = against(behaviour, SILENCE).await;
        assert_eq!(outcome, None, "{behaviour:?}");
        assert_eq!(evidence.presented(), None, "{behaviour:?}");
    }
}

/// The client stops at the stated length: of 16 MiB it reads a few records at most.
#[tokio::test]
async fn a_huge_certificate_is_refused_unread() {
    const READ: u64 = 64 * 1024;
    let (near, far) = duplex(16 * 1024);
    let (read, write) = split(near);
    // At the end of these bytes, a client that reads on would see a close instead.
    let stream = join(read.take(READ), write);
    let evidence = Evidence::default();
    let serve = hostile::act(Hostile::HugeCertificate, far);
    let (served, outcome) = timeout(PATIENCE, async {
        tokio::join!(serve, async { handshake(stream, NAME, &evidence).await.map(|_| ()) })
    })
    .await
    .unwrap();
    assert!(served.is_err(), "everything was read");
    let failure = outcome.unwrap_err();
    assert_eq!(failure.cause, Cause::TlsProtocol, "{failure:?}");
    assert!(failure.detail.contains("HandshakePayloadTooLarge"), "{failure:?}");
}

#[expect(clippy::disallowed_methods, reason = "the certificates are made for the present")]
fn present() -> SystemTime {
    SystemTime::now()
}

fn identity() -> (Authority, Identity) {
    let authority = Authority::new(present()).unwrap();
    let identity = authority.issue(&IssueOptions::new([NAME], present())).unwrap();
    (authority, identity)
}

fn builder(
    version: &'static SupportedProtocolVersion,
) -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    let provider: CryptoProvider = ring::default_provider();
    ServerConfig::builder_with_provider(provider.into()).with_protocol_versions(&[version]).unwrap()
}

/// A handshake over memory with a server of that configuration, whose far end stays open.
async fn with(
    config: ServerConfig,
    name: &str,
    evidence: &Evidence,
) -> Result<(TlsStream<Sniff<DuplexStream>>, TlsSession), Failure> {
    let (near, far) = duplex(64 * 1024);
    let serve = TlsAcceptor::from(Arc::new(config)).accept(far);
    let both = async { tokio::join!(serve, handshake(near, name, evidence)).1 };
    timeout(PATIENCE, both).await.unwrap()
}

#[tokio::test]
async fn both_versions_show_session_and_chain() {
    for (tls, version, suite) in [
        (&version::TLS13, TlsVersion::Tls13, "TLS13_AES_256_GCM_SHA384"),
        (&version::TLS12, TlsVersion::Tls12, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    ] {
        let (_, identity) = identity();
        let chain: Vec<Vec<u8>> = identity.chain.iter().map(|der| der.to_vec()).collect();
        let config = builder(tls).with_no_client_auth();
        let mut config = config.with_single_cert(identity.chain, identity.key).unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        for name in [NAME, "127.0.0.1", "::1", "other.test"] {
            let evidence = Evidence::default();
            let (_, session) = with(config.clone(), name, &evidence).await.unwrap();
            let expected = TlsSession {
                version,
                suite: suite.to_owned(),
                group: Some("X25519".to_owned()),
                alpn: Some("http/1.1".to_owned()),
                legacy_suite: false,
            };
            assert_eq!(session, expected);
            let presented = Presented { chain: chain.clone(), signature_ok: true, ocsp: None };
            assert_eq!(evidence.presented(), Some(presented));
            assert!(!evidence.client_certificate_requested());
        }
    }
}

#[tokio::test]
async fn a_warning_alert_does_not_end_the_handshake() {
    let (_, identity) = identity();
    let config = builder(&version::TLS12).with_no_client_auth();
    let config = config.with_single_cert(identity.chain, identity.key).unwrap();
    let (near, mut far) = duplex(64 * 1024);
    let serve = async {
        // Level warning, `unrecognized_name`, as some servers say to a name they do not know.
        far.write_all(b"\x15\x03\x03\x00\x02\x01\x70").await.unwrap();
        TlsAcceptor::from(Arc::new(config)).accept(far).await
    };
    let evidence = Evidence::default();
    let both = async { tokio::join!(serve, handshake(near, NAME, &evidence)).1.map(|_| ()) };
    assert_eq!(timeout(PATIENCE, both).await.unwrap(), Ok(()));
}

fn demanding(version: &'static SupportedProtocolVersion) -> ServerConfig {
    let (authority, identity) = identity();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
    builder(version)
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(identity.chain, identity.key)
        .unwrap()
}

#[tokio::test]
async fn a_demand_for_a_client_certificate_is_seen_with_the_chain() {
    let evidence = Evidence::default();
    let failure = with(demanding(&version::TLS12), NAME, &evidence).await.unwrap_err();
    assert_eq!(failure.cause, Cause::ClientCertificateRequired, "{failure:?}");
    assert!(evidence.presented().unwrap().signature_ok);

    // In TLS 1.3 the client is done before the server can complain.
    let evidence = Evidence::default();
    let (mut stream, _) = with(demanding(&version::TLS13), NAME, &evidence).await.unwrap();
    assert!(evidence.client_certificate_requested());
    assert!(evidence.presented().unwrap().signature_ok);
    let error = timeout(PATIENCE, stream.read(&mut [0; 16])).await.unwrap().unwrap_err();
    let tls = error.get_ref().unwrap().downcast_ref::<rustls::Error>().unwrap();
    assert_eq!(classify::of(tls).0, Cause::ClientCertificateRequired);
}

/// Windows says nothing but `handshake_failure`, or resets, when there is no client certificate.
#[test]
fn a_refusal_after_the_demand_is_about_the_client_certificate() {
    use rustls::client::ResolvesClientCert;
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
    let alert = || io::Error::new(io::ErrorKind::InvalidData, alert.clone());
    let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
    let evidence = Evidence::default();
    let cause = |error, evidence: &Evidence| {
        let failure = classify::handshake_failure(&error, b"\x16\x03\x03", evidence);
        (failure.cause, failure.detail.contains("asked for a client certificate"))
    };
    assert_eq!(cause(alert(), &evidence), (Cause::NoCommonSuite, false));
    assert_eq!(cause(reset(), &evidence), (Cause::Reset, false));
    let config = evidence.client_config();
    let resolver: &dyn ResolvesClientCert = &*config.client_auth_cert_resolver;
    assert!(resolver.resolve(&[], &[]).is_none());
    assert_eq!(cause(alert(), &evidence), (Cause::ClientCertificateRequired, true));
    assert_eq!(cause(reset(), &evidence), (Cause::ClientCertificateRequired, true));
}

/// What is known of the signature when this key signs for this certificate.
async fn signature_ok(
    version: &'static SupportedProtocolVersion,
    chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'static>,
) -> bool {
    let key = ring::sign::any_supported_type(key).unwrap();
    let resolver = SingleCertAndKey::from(CertifiedKey::new(chain, key));
    let config = builder(version).with_no_client_auth().with_cert_resolver(Arc::new(resolver));
    let evidence = Evidence::default();
    with(config, NAME, &evidence).await.unwrap();
    evidence.presented().unwrap().signature_ok
}

#[tokio::test]
async fn only_a_wrong_signature_is_held_against_the_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificates");
    let pem = |name: &str| vec![CertificateDer::from_pem_file(folder.join(name)).unwrap()];
    let rsa = PrivateKeyDer::from_pem_file(folder.join("rsa.key")).unwrap();
    for version in [&version::TLS12, &version::TLS13] {
        let (_, own) = identity();
        let (_, other) = identity();
        assert!(signature_ok(version, own.chain.clone(), &own.key).await);
        assert!(!signature_ok(version, other.chain, &own.key).await);
        assert!(signature_ok(version, pem("rsa.pem"), &rsa).await);
        // What the library does not look at proves nothing.
        assert!(signature_ok(version, pem("v1.pem"), &rsa).await);
        assert!(signature_ok(version, pem("rsa1024.pem"), &rsa).await);
        let garbage = vec![CertificateDer::from(b"garbage".to_vec())];
        assert!(signature_ok(version, garbage, &rsa).await);
    }
}

#[tokio::test]
async fn what_cannot_be_a_server_name_is_not_sent() {
    let (near, _far) = duplex(1024);
    let failure = handshake(near, "no name", &Evidence::default()).await.unwrap_err();
    assert_eq!(failure.cause, Cause::TlsProtocol);
    assert!(failure.detail.contains("no name"));
}

#[tokio::test]
async fn records_that_are_written_together_stay_together() {
    let (near, _far) = duplex(64);
    let (mut stream, _) = Sniff::new(near);
    assert!(stream.is_write_vectored());
    let records = [io::IoSlice::new(b"one"), io::IoSlice::new(b"two")];
    assert_eq!(stream.write_vectored(&records).await.unwrap(), 6);
}
