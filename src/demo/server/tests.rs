//! Tests of the module above.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::super::authority::{Authority, IssueOptions};
use super::super::call;
use super::super::test_client::{
    BODY, PATIENCE, connect, connect_tls, exchange, get_config, present, request,
};
use super::*;

const NAME: &str = "wsus.demo.test";

/// A server that runs until this is dropped.
struct Running {
    address: SocketAddr,
    behaviour: watch::Sender<Behaviour>,
    _task: JoinSet<Infallible>,
}

async fn start(behaviour: Behaviour, tls: Option<Arc<rustls::ServerConfig>>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (behaviour, receiver) = watch::channel(behaviour);
    let options = ServerOptions { tls, machine: "WSUS-T1".into(), ..ServerOptions::default() };
    let mut task = JoinSet::new();
    task.spawn(serve(listener, options, receiver));
    Running { address, behaviour, _task: task }
}

async fn ask(server: &Running, request: &str) -> String {
    let answer = exchange(connect(server.address).await.unwrap(), request).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// What a server of this behaviour says to a `GetConfig` request in clear text.
async fn said(behaviour: Behaviour) -> String {
    ask(&start(behaviour, None).await, &get_config()).await
}

#[tokio::test]
async fn healthy_over_tls() {
    let authority = Authority::new(present()).unwrap();
    let identity = authority.issue(&IssueOptions::new([NAME], present())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = tls_config(provider, identity).unwrap();
    let server = start(Behaviour::Healthy, Some(tls)).await;
    let stream = connect_tls(server.address, NAME, authority.der()).await.unwrap();
    let answer = exchange(stream, &get_config()).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    for header in [
        "Server: Microsoft-IIS/10.0",
        "X-Aspnet-Version: 4.0.30319",
        "X-Powered-By: ASP.NET",
        "Content-Type: text/xml; charset=utf-8",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    for part in [
        "<IsRegistrationRequired>true<",
        "<PlugInID>SimpleTargeting<",
        "<Name>MaxExtendedUpdatesPerRequest</Name><Value>50<",
        r"<Value>\\WSUS-T1\UpdateServicesPackages<",
        "<Name>ProtocolVersion</Name><Value>3.2<",
        "<Name>IsInventoryRequired</Name><Value>0<",
        "<Name>ClientReportingLevel</Name><Value>2<",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
}

#[tokio::test]
async fn each_behaviour_shows() {
    for (behaviour, status, part) in [
        (Behaviour::Healthy, "200", "SimpleTargeting"),
        (Behaviour::Slow(Duration::from_millis(1)), "200", "SimpleTargeting"),
        (Behaviour::Hsts, "200", "Strict-Transport-Security: max-age"),
        (Behaviour::PoolStopped, "503", "Server: Microsoft-HTTPAPI/2.0"),
        (Behaviour::Status(403), "403", "Server: Microsoft-IIS/10.0"),
        (Behaviour::Status(401), "401", "Www-Authenticate: NTLM"),
        (Behaviour::Status(204), "204", "Server:"),
        (Behaviour::SoapFault("ServerBusy".into()), "500", "<ErrorCode>ServerBusy<"),
        (Behaviour::Redirect("https://a.test/".into()), "302", "Location: https://a.test/"),
        (Behaviour::HtmlPortal, "200", "Sign in"),
        (Behaviour::NotWsus, "200", "<PlugInID>Anonymous<"),
        (Behaviour::EntityBomb, "200", "<!ENTITY e9"),
        (Behaviour::DeepXml, "200", "<a><a>"),
        (Behaviour::GzipBomb, "200", "Content-Encoding: gzip"),
    ] {
        let answer = said(behaviour.clone()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{behaviour:?}: {answer}");
        assert!(answer.contains(part), "{behaviour:?}: {answer}");
    }
}

#[tokio::test]
async fn requests_are_held_to_the_protocol() {
    let server = start(Behaviour::Healthy, None).await;
    let quoted = call::get_config_action();
    let unquoted = quoted.trim_matches('"');
    let service = "/ClientWebService/client.asmx";
    for (what, method, path, action, body, expected) in [
        ("letter case", "POST", "/clientwebservice/Client.ASMX", quoted.as_str(), BODY, "200"),
        ("unquoted action", "POST", service, unquoted, BODY, "500"),
        ("no GetConfig", "POST", service, &quoted, "<a/>", "500"),
        ("GET of the service", "GET", service, &quoted, "", "403"),
        ("directory", "GET", "/Content/", &quoted, "", "403"),
        ("root", "GET", "/", &quoted, "", "403"),
        ("elsewhere", "GET", "/robots.txt", &quoted, "", "404"),
    ] {
        let answer = ask(&server, &request(method, path, action, body)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{what}: {answer}");
    }
}

#[tokio::test]
async fn a_change_of_behaviour_reaches_open_connections() {
    let server = start(Behaviour::Healthy, None).await;
    let request = get_config().replace("Connection: close\r\n", "");
    let mut stream = connect(server.address).await.unwrap();
    for (behaviour, expected) in
        [(Behaviour::Healthy, b"HTTP/1.1 200"), (Behaviour::PoolStopped, b"HTTP/1.1 503")]
    {
        server.behaviour.send_replace(behaviour);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = timeout(PATIENCE, stream.read(&mut answer)).await.unwrap().unwrap();
        assert!(answer[..length].starts_with(expected));
    }
}

#[tokio::test]
async fn hostile_servers_that_end_the_connection() {
    let shake = "\u{16}\u{3}\u{1}";
    for (hostile, said) in [
        (Hostile::Close, &b""[..]),
        (Hostile::CloseAfterFirstBytes, b""),
        (Hostile::CloseAfterRequest, b""),
        (Hostile::Http2Frames, &[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7]),
        (Hostile::PlainHttp, b"HTTP/1.1 400 "),
        (Hostile::Alert(70), &[21, 3, 3, 0, 2, 2, 70]),
    ] {
        let server = start(Behaviour::Hostile(hostile), None).await;
        let answer = exchange(connect(server.address).await.unwrap(), shake).await.unwrap();
        assert!(answer.starts_with(said), "{hostile:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_hostile_server_that_resets_the_connection() {
    let server = start(Behaviour::Hostile(Hostile::Reset), None).await;
    let mut stream = connect(server.address).await.unwrap();
    // Nothing is sent: closing with unread bytes would reset the connection anyway.
    let end = timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap_err();
    assert_eq!(end.kind(), io::ErrorKind::ConnectionReset);
}

/// Reads what comes within a moment, at most a MiB.
async fn first_bytes(server: &Running) -> (Vec<u8>, bool) {
    let mut stream = connect(server.address).await.unwrap();
    stream.write_all(get_config().as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let read = async { (&mut stream).take(1024 * 1024).read_to_end(&mut received).await };
    let ended = timeout(Duration::from_millis(300), read).await.is_ok();
    (received, ended)
}

#[tokio::test]
async fn hostile_servers_that_hold_the_connection() {
    let hello = [22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3, 0x5a];
    for (hostile, said, flood) in [
        (Hostile::Silence, &b""[..], false),
        (Hostile::Garbage, &[0xa5; 512], false),
        (Hostile::SshBanner, b"SSH-2.0-", false),
        (Hostile::DripTls, &[22], false),
        (Hostile::HelloThenSilence, &hello, false),
        (Hostile::DripHttp, b"H", false),
        (Hostile::HugeCertificate, &hello, true),
        (Hostile::EndlessHeaders, b"HTTP/1.1 200 OK\r\nX-Endless: ", true),
        (Hostile::EndlessBody, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n", true),
    ] {
        let server = start(Behaviour::Hostile(hostile), None).await;
        let (received, ended) = first_bytes(&server).await;
        assert!(received.starts_with(said), "{hostile:?}: {received:?}");
        assert_eq!(ended, flood, "{hostile:?} ends only by the limit of the test");
        assert!(flood || received.len() <= said.len().max(64), "{hostile:?}: no more than that");
    }
}

#[tokio::test]
async fn http_level_mischief_comes_after_the_handshake() {
    let authority = Authority::new(present()).unwrap();
    let identity = authority.issue(&IssueOptions::new([NAME], present())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = tls_config(provider, identity).unwrap();
    for (hostile, connects) in
        [(Hostile::CloseAfterRequest, true), (Hostile::CloseAfterFirstBytes, false)]
    {
        let server = start(Behaviour::Hostile(hostile), Some(Arc::clone(&tls))).await;
        let connected = connect_tls(server.address, NAME, authority.der()).await;
        assert_eq!(connected.is_ok(), connects, "{hostile:?}");
    }
}

#[tokio::test]
async fn a_client_certificate_can_be_asked_for() {
    let authority = Authority::new(present()).unwrap();
    for required in [false, true] {
        let identity = authority.issue(&IssueOptions::new([NAME], present())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let root = authority.der().clone();
        let tls = tls_config_asking(provider, identity, root, required).unwrap();
        let server = start(Behaviour::Healthy, Some(tls)).await;
        // In TLS 1.3 the client learns only afterwards that its certificate was missed.
        let stream = connect_tls(server.address, NAME, authority.der()).await.unwrap();
        let answer = exchange(stream, &get_config()).await;
        let refused = |error: io::Error| error.to_string().contains("CertificateRequired");
        assert_eq!(answer.is_err_and(refused), required);
    }
}

#[tokio::test]
async fn an_answer_can_be_cut_within_tls() {
    let authority = Authority::new(present()).unwrap();
    let identity = authority.issue(&IssueOptions::new([NAME], present())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mangling = Some(mangle::Mangling::CutAfter(400));
    let script = Script { mangling, ..Script::default() };
    let tls = tls_config(provider, identity).unwrap();
    let server = start(Behaviour::Scripted(script), Some(tls)).await;
    let stream = connect_tls(server.address, NAME, authority.der()).await.unwrap();
    assert_eq!(exchange(stream, &get_config()).await.unwrap().len(), 400);
}

#[tokio::test]
async fn dropping_the_server_ends_its_connections() {
    let server = start(Behaviour::Hostile(Hostile::Silence), None).await;
    let mut stream = connect(server.address).await.unwrap();
    // The connection must be accepted, not merely in the backlog.
    sleep(Duration::from_millis(50)).await;
    drop(server);
    let mut received = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut received)).await;
    assert!(end.is_ok(), "the connection was closed or reset");
    assert_eq!(received, b"");
}

#[tokio::test]
async fn the_line_delays_every_turn() {
    let round_trip = Duration::from_millis(60);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = ServerOptions { round_trip, ..ServerOptions::default() };
    let (_behaviour, receiver) = watch::channel(Behaviour::Healthy);
    let mut task = JoinSet::new();
    task.spawn(serve(listener, options, receiver));
    let stream = connect(address).await.unwrap();
    let early = timeout(round_trip, exchange(stream, &get_config())).await;
    assert!(early.is_err(), "no answer before a round trip");
    let answer = exchange(connect(address).await.unwrap(), &get_config()).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
}
