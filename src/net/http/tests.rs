//! Real sockets on loopback and the real clock, against servers that follow a script.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::client::{MAX_HEADER_BYTES, MAX_HEADERS, USER_AGENT};
use super::progress::Progress;
use super::{Asked, Destination, HttpAnswer, HttpError, Lane, direct};
use crate::decide;
use crate::model::endpoint::{EndpointUrl, Host, Scheme, SimulatedLink};
use crate::model::exchange::{Answer, Content, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::timing::Clock;
use crate::model::wsus::WsusAnswer;
use crate::net::tcp::{Dial, Kernel};
use crate::wire::soap;

/// Far more than any loopback exchange takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of one write of what is sent without end: the limits that end it lie far above.
const FOREVER_BLOCK: usize = 4 * 1024;
/// How long silence is listened to.
const SILENCE: Duration = Duration::from_millis(300);

const VALID: &str = include_str!("../../../tests/data/soap/config_wcf.xml");

/// What a scripted server does after it has read a request.
#[derive(Clone)]
enum Step {
    Send(Vec<u8>),
    /// Sends the same bytes until the client goes away.
    SendForever(&'static [u8]),
    Reset,
    /// Keeps the connection open and silent.
    Hold,
}
use Step::{Hold, Reset, Send, SendForever};

fn send(text: impl AsRef<[u8]>) -> Step {
    Send(text.as_ref().to_vec())
}

fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

/// Accepts one connection and follows the script; the set's result is the request as it came.
async fn server(ip: IpAddr, script: Vec<Step>) -> (SocketAddr, JoinSet<Vec<u8>>) {
    let listener = TcpListener::bind((ip, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        for step in script {
            match step {
                // The client may be gone: that is its right.
                Send(bytes) => drop(stream.write_all(&bytes).await),
                SendForever(bytes) => {
                    let block = bytes.repeat(FOREVER_BLOCK / bytes.len());
                    while stream.write_all(&block).await.is_ok() {}
                }
                Reset => stream.set_zero_linger().unwrap(),
                Hold => std::future::pending().await,
            }
        }
        request
    });
    (address, tasks)
}

/// Reads a whole request, or some of a TLS `ClientHello`: closing a connection with unread data
/// would reset it.
async fn read_request(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    const TLS_HANDSHAKE: u8 = 0x16;
    let mut request = Vec::with_capacity(8192);
    while !request.ends_with(b"</soap:Envelope>") && request.first() != Some(&TLS_HANDSHAKE) {
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            break;
        }
    }
    request
}

fn request_to(member: SocketAddr) -> Destination {
    let url =
        EndpointUrl { scheme: Scheme::Http, host: Host::Address(member.ip()), port: member.port() };
    let roots = RootCertStore::empty();
    Destination { url, member, tls: Arc::new(client_config(roots)), link: None }
}

fn client_config(roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn judge(reply: HttpReply, asked: &EndpointUrl) -> Result<WsusAnswer, Failure> {
    let content = Content::Soap(soap::parse(&reply.body));
    decide::wsus::judge(&Answer { reply, content, ..Answer::default() }, asked)
}

async fn ask(request: &Destination) -> Result<HttpAnswer, HttpError> {
    let mut lane = Lane::new(request.clone());
    match timeout(PATIENCE, lane.ask(Request::GetConfig)).await.expect("no answer in time") {
        Asked::Answered(answer) => Ok(answer),
        Asked::Failed(error) => Err(error),
        Asked::Gone => panic!("a fresh lane is never gone"),
    }
}

/// Asks over a connection that is open already, without TLS.
async fn ask_directly(
    request: &Destination,
    progress: &Progress,
    patience: Duration,
) -> Option<Result<HttpAnswer, Failure>> {
    let Ok(dialed) = Kernel::new().dial(request.member, PATIENCE).await else { panic!("refused") };
    let (stream, member) = (Box::new(dialed.link), request.member.ip());
    let asking = direct::ask(stream, &request.url, member, Request::GetConfig, progress);
    timeout(patience, asking).await.ok()
}

/// The failure that a script leads to, through request, parser and judgement. It is the same in
/// both ways of asking.
async fn failure_of(script: Vec<Step>) -> Failure {
    let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script.clone()).await;
    let request = request_to(address);
    let failure = match ask(&request).await {
        Err(error) => {
            assert!(error.connected);
            error.failure
        }
        Ok(HttpAnswer { reply, .. }) => judge(reply, &request.url).unwrap_err(),
    };
    let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script).await;
    let request = request_to(address);
    let direct = ask_directly(&request, &Progress::default(), PATIENCE).await.unwrap();
    let direct = direct.map(|answer| judge(answer.reply, &request.url).unwrap_err());
    assert_eq!(direct.unwrap_or_else(|failure| failure), failure);
    failure
}

#[tokio::test]
async fn both_ways_of_asking_send_the_same_bytes_and_read_the_same() {
    for host in ["127.0.0.1", "wsus.example.test"] {
        let script = || vec![send(ok("Server: X\r\n", VALID))];
        let (address, mut tasks) = server(Ipv4Addr::LOCALHOST.into(), script()).await;
        let mut request = request_to(address);
        request.url.host = host.parse().map_or_else(|_| Host::Name(host.into()), Host::Address);
        let by_lane = ask(&request).await.unwrap();
        let sent = tasks.join_next().await.unwrap().unwrap();
        // On the same port, which is part of the request.
        let listener = TcpListener::bind(address).await.unwrap();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_request(&mut stream).await;
            stream.write_all(ok("Server: X\r\n", VALID).as_bytes()).await.unwrap();
            assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "it is closed");
            request
        };
        let progress = Progress::default();
        let (direct, sent_directly) =
            tokio::join!(ask_directly(&request, &progress, PATIENCE), serve);
        let direct = direct.unwrap().unwrap();
        assert_eq!(String::from_utf8_lossy(&sent_directly), String::from_utf8_lossy(&sent));
        assert_eq!(direct.reply, by_lane.reply);
        assert!(direct.transfer.is_some());
        let first_byte = direct.first_byte.unwrap();
        assert!(first_byte.duration > Duration::ZERO && first_byte.duration < PATIENCE);
    }
}

#[tokio::test]
async fn a_valid_answer_is_read_and_timed_and_the_request_is_exact() {
    let script = vec![send(ok("Server: Microsoft-IIS/10.0\r\nX-Odd: caf\u{e9}\r\n", VALID))];
    let (address, mut tasks) = server(Ipv4Addr::LOCALHOST.into(), script).await;
    let mut request = request_to(address);
    request.url.host = Host::Name("wsus.example.test".into());
    let answer = ask(&request).await.unwrap();
    let time = answer.first_byte.unwrap();
    assert_eq!(time.clock, Clock::User);
    assert!(time.duration > Duration::ZERO && time.duration < PATIENCE);
    assert_eq!(answer.reply.header("x-odd"), Some("caf\\xc3\\xa9"));
    let wsus = judge(answer.reply.clone(), &request.url).unwrap();
    assert_eq!(wsus.config.property("ProtocolVersion"), Some("3.2"));
    assert_eq!(wsus.server_header.as_deref(), Some("Microsoft-IIS/10.0"));

    let sent = String::from_utf8(tasks.join_next().await.unwrap().unwrap()).unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    lines.sort();
    let action = soap::GET_CONFIG_ACTION.to_ascii_lowercase();
    let mut expected = vec![
        "post /clientwebservice/client.asmx http/1.1".to_owned(),
        "accept: */*".into(),
        format!("content-length: {}", soap::get_config_request().len()),
        format!("content-type: {}", soap::CONTENT_TYPE),
        format!("host: wsus.example.test:{}", address.port()),
        format!("soapaction: {action}"),
        format!("user-agent: {}", USER_AGENT),
    ];
    expected.sort();
    assert_eq!(lines, expected);
    assert_eq!(body, soap::get_config_request());
}

#[tokio::test]
async fn ways_to_frame_a_valid_answer() {
    let (first, second) = VALID.split_at(100);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    let scripts = [
        vec![send(chunked)],
        vec![send("HTTP/1.1 100 Continue\r\n\r\n"), send(ok("", VALID))],
        vec![send(format!("HTTP/1.1 200 OK\r\n\r\n{VALID}"))],
        vec![send(format!("HTTP/1.0 200 OK\r\n\r\n{VALID}"))],
        vec![send(ok("", VALID)), send("left over"), Hold],
    ];
    for (index, script) in scripts.into_iter().enumerate() {
        let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script.clone()).await;
        let request = request_to(address);
        let reply = ask(&request).await.unwrap().reply;
        assert!(judge(reply, &request.url).is_ok(), "script {index}");
        let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script).await;
        let request = request_to(address);
        let direct = ask_directly(&request, &Progress::default(), PATIENCE).await.unwrap();
        assert!(judge(direct.unwrap().reply, &request.url).is_ok(), "script {index}");
    }
}

#[tokio::test]
async fn ipv6_literals_work() {
    let (address, _server) = server(Ipv6Addr::LOCALHOST.into(), vec![send(ok("", VALID))]).await;
    assert_eq!(ask(&request_to(address)).await.unwrap().reply.status, 200);
}

type Case = (Vec<Step>, Cause, &'static str);

async fn expect_failures(cases: impl IntoIterator<Item = Case>) {
    for (index, (script, cause, detail)) in cases.into_iter().enumerate() {
        let failure = failure_of(script).await;
        assert_eq!(failure, Failure::new(Phase::Wsus, cause, detail), "case {index}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_quoted() {
    const BANNER: &str = "the answer begins with \"SSH-2.0-OpenSSH_9.9\\r\\n\"";
    const BINARY: &str = "the answer begins with \"\\x00\\xff\\x01\\x02\"";
    const ALERT: &str = "the answer begins with \"\\x15\\x03\\x01\\x00\\x02\\x02F\"";
    expect_failures([
        (vec![send("SSH-2.0-OpenSSH_9.9\r\n"), Hold], Cause::NotHttp, BANNER),
        (vec![send([0, 255, 1, 2]), Hold], Cause::NotHttp, BINARY),
        (vec![send([0x15, 3, 1, 0, 2, 2, 70]), Hold], Cause::TlsOnHttpPort, ALERT),
        (vec![send("x"), Hold], Cause::NotHttp, "the answer begins with \"x\""),
    ])
    .await;
}

#[tokio::test]
async fn broken_heads() {
    const TOO_LARGE: &str = "message head is too large";
    const CLOSED: &str = "connection closed before message completed";
    let fields = "X-A: b\r\n".repeat(MAX_HEADERS + 1);
    let wide = format!("X-A: {}\r\n", "b".repeat(MAX_HEADER_BYTES));
    let start = "HTTP/1.1 200 OK\r\nX: ";
    expect_failures([
        (vec![send("HTTP/1.1 2x0\r\n\r\n")], Cause::NotHttp, "invalid HTTP status-code parsed"),
        (vec![send("HTTP/1.1 200\r\nx\r\n\r\n")], Cause::NotHttp, "invalid HTTP header parsed"),
        (vec![send(start), SendForever(b"b\r\nX-A: ")], Cause::HeadersTooLarge, TOO_LARGE),
        (vec![send(start), SendForever(b"bbbbbbbbbbb")], Cause::HeadersTooLarge, TOO_LARGE),
        (vec![send(ok(&fields, ""))], Cause::HeadersTooLarge, TOO_LARGE),
        (
            vec![send(ok(&wide, ""))],
            Cause::HeadersTooLarge,
            "65554 bytes of headers, more than 65536",
        ),
        (vec![], Cause::Closed, CLOSED),
        (vec![send("HTTP/1.1 20")], Cause::Closed, CLOSED),
    ])
    .await;
}

#[tokio::test]
async fn a_reset_within_a_head_is_not_a_close() {
    let reset = failure_of(vec![send("HTTP/1.1 200 OK\r\nServer: x"), Reset]).await;
    assert_eq!((reset.phase, reset.cause), (Phase::Wsus, Cause::Reset));
}

#[tokio::test]
async fn broken_bodies() {
    const ENDLESS: &str = "still coming after the limit of 262144 bytes";
    let gzip = ok("Content-Encoding: gzip\r\n", "\u{1f}\u{8b}");
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    let short = format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{VALID}");
    let cut = format!("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{VALID}");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect_failures([
        (
            vec![send("HTTP/1.1 200 OK\r\n\r\n"), SendForever(&[b'x'; 1024])],
            Cause::BodyTooLarge,
            ENDLESS,
        ),
        (vec![send(chunked), SendForever(b"4\r\nxxxx\r\n")], Cause::BodyTooLarge, ENDLESS),
        (
            vec![send(huge), Hold],
            Cause::BodyTooLarge,
            "Content-Length 99999999999, more than the limit of 262144 bytes",
        ),
        (vec![send(short)], Cause::Closed, "end of file before message length reached"),
        (
            vec![send(cut), Hold],
            Cause::BadXml,
            "truncated: tag not closed: `>` not found before end of input at byte 0",
        ),
        (vec![send(ok("", ""))], Cause::BadXml, "empty body at byte 0"),
        (vec![send(gzip)], Cause::UnexpectedEncoding, "Content-Encoding: gzip was not asked for"),
    ])
    .await;
}

#[tokio::test]
async fn http_that_is_not_wsus() {
    let own = "HTTP/1.1 302 Found\r\nLocation: /ClientWebService/client.asmx\r\n\r\n";
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: http://portal.example.test/\r\n\r\n";
    let busy = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
    let page = ok("", "<html><title>Sign in</title>");
    expect_failures([
        (vec![send(own), Hold], Cause::RedirectLoop, "302 Found to /ClientWebService/client.asmx"),
        (
            vec![send(elsewhere), Hold],
            Cause::RedirectElsewhere,
            "302 Found to http://portal.example.test/",
        ),
        (vec![send(busy), Hold], Cause::Http503, "503 Service Unavailable"),
        (
            vec![send("HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\nx")],
            Cause::Http500,
            "500 Internal Server Error",
        ),
        (
            vec![send("HTTP/1.1 400 X\r\n\r\nto HTTPS port")],
            Cause::TlsOnHttpPort,
            "400 Bad Request",
        ),
        (vec![send(page)], Cause::HtmlPage, "a page titled \"Sign in\""),
    ])
    .await;
}

#[tokio::test]
async fn silence_is_told_by_the_progress() {
    let cases = [
        (vec![Hold], None, "connected and asked, but no response head came"),
        (
            vec![SendForever(b"HTTP/1.1 100 Continue\r\n\r\n")],
            None,
            "connected and asked, but no response head came",
        ),
        (vec![send("H"), Hold], None, "connected and asked, but no response head came"),
        (
            vec![send("HTTP/1.1 200 OK\r\n\r\n<"), Hold],
            Some(200),
            "a response head with status 200, but no complete body",
        ),
    ];
    for (script, status, detail) in cases {
        let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script.clone()).await;
        let mut lane = Lane::new(request_to(address));
        let progress = lane.progress();
        assert!(timeout(SILENCE, lane.ask(Request::GetConfig)).await.is_err());
        let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script).await;
        let directly = Progress::default();
        assert!(ask_directly(&request_to(address), &directly, SILENCE).await.is_none());
        for progress in [progress, directly] {
            assert_eq!((progress.is_connected(), progress.status()), (true, status));
            assert_eq!(progress.timed_out(), Failure::new(Phase::Wsus, Cause::Timeout, detail));
        }
    }
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut lane = Lane::new(request_to(listener.local_addr().unwrap()));
    let (accepted, given_up) =
        tokio::join!(listener.accept(), timeout(SILENCE, lane.ask(Request::GetConfig)));
    assert!(given_up.is_err());
    drop(lane);
    let mut stream = accepted.unwrap().0;
    read_request(&mut stream).await;
    assert_eq!(
        timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap_err().kind(),
        std::io::ErrorKind::UnexpectedEof
    );
}

#[tokio::test]
async fn a_lane_never_opens_a_second_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut lane = Lane::new(request_to(listener.local_addr().unwrap()));
    let serve = async {
        let mut stream = listener.accept().await.unwrap().0;
        read_request(&mut stream).await;
        stream.write_all(ok("", VALID).as_bytes()).await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(ok("", VALID).as_bytes()).await.unwrap();
    };
    let ask = async {
        for _ in 0..2 {
            assert!(matches!(lane.ask(Request::GetConfig).await, Asked::Answered(_)));
            assert!(lane.is_reusable());
        }
    };
    timeout(PATIENCE, async { tokio::join!(ask, serve) }).await.unwrap();
    // The server has closed it, unannounced.
    let second = timeout(SILENCE, listener.accept());
    let (asked, second) = tokio::join!(lane.ask(Request::GetConfig), second);
    assert_eq!(asked, Asked::Gone);
    assert!(second.is_err());
}

#[tokio::test]
async fn a_refused_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let request = request_to(listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&request).await.unwrap_err();
    assert!(!error.connected);
    assert_eq!((error.failure.phase, error.failure.cause), (Phase::Connect, Cause::Refused));
}

#[tokio::test]
async fn an_address_as_a_host_is_not_sent_elsewhere() {
    let mut request = request_to(SocketAddr::from(([127, 0, 0, 1], 9)));
    request.url.host = Host::Name("127.0.0.2".into());
    let error = ask(&request).await.unwrap_err();
    assert_eq!(error.failure.detail, "the address 127.0.0.2 as a host cannot lead to 127.0.0.1");
}

#[tokio::test]
async fn simulated_links_delay_and_label() {
    let delay = Duration::from_millis(500);
    let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), vec![send(ok("", VALID))]).await;
    let mut request = request_to(address);
    request.link = Some(SimulatedLink::RoundTrip(delay));
    let start = super::clock::now();
    let answer = ask(&request).await.unwrap();
    assert!(super::clock::now() - start >= delay);
    let time = answer.first_byte.unwrap();
    assert_eq!(time.clock, Clock::Simulated);
    assert!(time.duration < delay, "the delay belongs to the connection");

    request.link = Some(SimulatedLink::BlackHole);
    let mut lane = Lane::new(request);
    assert!(timeout(SILENCE, lane.ask(Request::GetConfig)).await.is_err());
    assert_eq!(lane.progress().timed_out().phase, Phase::Connect);
}

/// A TLS server with a certificate of its own, and a request that trusts it.
async fn tls_server(name: &str) -> (Destination, TcpListener, TlsAcceptor) {
    let issued = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let certificate: CertificateDer<'static> = issued.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let member = listener.local_addr().unwrap();
    let url =
        EndpointUrl { scheme: Scheme::Https, host: Host::Name(name.into()), port: member.port() };
    let request = Destination { url, member, tls: Arc::new(client_config(roots)), link: None };
    (request, listener, TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn https_sends_the_name_and_is_answered() {
    let (request, listener, acceptor) = tls_server("wsus.example.test").await;
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let name = stream.get_ref().1.server_name().map(str::to_owned);
        let alpn = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        read_request(&mut stream).await;
        stream.write_all(ok("", VALID).as_bytes()).await.unwrap();
        (name, alpn)
    };
    let (answer, (name, alpn)) = tokio::join!(ask(&request), serve);
    assert_eq!(answer.unwrap().reply.status, 200);
    assert_eq!((name.as_deref(), alpn), (Some("wsus.example.test"), None));
}

#[tokio::test]
async fn tls_trouble_belongs_to_the_tls_phase() {
    let cases: [(Vec<Step>, Cause); 3] = [
        (vec![send("HTTP/1.1 400 Bad Request\r\n\r\n"), Hold], Cause::NotTls),
        (vec![send([0x15, 3, 3, 0, 2, 2, 40]), Hold], Cause::NoCommonSuite),
        (vec![], Cause::Closed),
    ];
    for (script, cause) in cases {
        expect_tls_failure(script, cause).await;
    }
}

#[tokio::test]
async fn a_reset_within_the_handshake_is_not_a_close() {
    expect_tls_failure(vec![Reset], Cause::Reset).await;
}

async fn expect_tls_failure(script: Vec<Step>, cause: Cause) {
    let (address, _server) = server(Ipv4Addr::LOCALHOST.into(), script).await;
    let mut request = request_to(address);
    request.url.scheme = Scheme::Https;
    let error = ask(&request).await.unwrap_err();
    assert!(!error.connected, "{cause:?}");
    assert_eq!((error.failure.phase, error.failure.cause), (Phase::Tls, cause));
}
