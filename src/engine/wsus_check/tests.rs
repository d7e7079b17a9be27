//! Real sockets on loopback and the real clock, against servers that do what they should not.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::ring;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::HttpCheck;
use crate::decide::wsus;
use crate::demo::authority::{Authority, IssueOptions};
use crate::demo::server::tls_config;
use crate::engine::ports::Check;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Limits, Scheme};
use crate::model::exchange::Exchange;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::{Profile, Request};
use crate::net::clock;
use crate::net::tcp::Kernel;

const HOST: &str = "wsus.example.test";

const VALID: &str = include_str!("../../../tests/data/soap/config_wcf.xml");

/// Short, so that silence is soon over; long enough for an exchange on a busy machine.
const LIMIT: Duration = Duration::from_millis(700);

/// Far more than any exchange takes that ends by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// From the deadline to the end of the check, on a busy machine.
const SLACK: Duration = Duration::from_millis(700);

/// Every limit but that of the request itself is the deadline's.
fn limits(wsus: Duration, deadline: Duration) -> Limits {
    Limits { deadline, resolve: deadline, connect: deadline, tls: deadline, wsus }
}

/// Every request of a standard round to an `http://` endpoint.
fn standard() -> Vec<Request> {
    let made = |request: &Request| {
        *request != Request::ContentRange && request.is_part_of(Profile::Standard, Scheme::Http)
    };
    Request::ALL.iter().copied().filter(made).collect()
}

/// What a server does with a request that was read.
#[derive(Clone)]
struct Reaction {
    before: Duration,
    /// Sent once.
    send: Vec<u8>,
    /// Then sent until the client goes away.
    forever: &'static [u8],
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    Listen,
    Close,
    CloseOnNext,
    Hold,
}

fn send(bytes: impl AsRef<[u8]>, then: Then) -> Reaction {
    Reaction { before: Duration::ZERO, send: bytes.as_ref().to_vec(), forever: b"", then }
}

fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

/// Reads requests and reacts to each in the same way, until dropped.
async fn react(listener: TcpListener, tls: Option<TlsAcceptor>, reaction: Reaction) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let (tls, reaction) = (tls.clone(), reaction.clone());
        connections.spawn(async move {
            match tls {
                Some(tls) => converse(tls.accept(socket).await.unwrap(), reaction).await,
                None => converse(socket, reaction).await,
            }
        });
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, reaction: Reaction) {
    while read_request(&mut stream).await {
        tokio::time::sleep(reaction.before).await;
        if stream.write_all(&reaction.send).await.is_err() {
            return;
        }
        while !reaction.forever.is_empty() && stream.write_all(reaction.forever).await.is_ok() {}
        match reaction.then {
            Then::Listen => {}
            Then::Close => return,
            // The next request is there already and gets no answer: no client can prevent this.
            Then::CloseOnNext => {
                read_request(&mut stream).await;
                return;
            }
            Then::Hold => std::future::pending().await,
        }
    }
}

/// Whether a whole request came.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut request = Vec::new();
    loop {
        let is_call = request.starts_with(b"POST");
        let end: &[u8] = if is_call { b"</soap:Envelope>" } else { b"\r\n\r\n" };
        if !request.is_empty() && request.ends_with(end) {
            return true;
        }
        if stream.read_buf(&mut request).await.unwrap_or_default() == 0 {
            return false;
        }
    }
}

struct Bench {
    endpoint: Endpoint,
    member: SocketAddr,
    profile: Profile,
    connections: usize,
    limits: Limits,
}

impl Bench {
    /// An `http://` endpoint for a standard check.
    fn new(listener: &TcpListener) -> Self {
        let member = listener.local_addr().unwrap();
        let url = EndpointUrl {
            scheme: Scheme::Http,
            host: Host::Name(HOST.into()),
            port: member.port(),
        };
        Self {
            endpoint: Endpoint::bare(EndpointName("it".into()), url),
            member,
            profile: Profile::Standard,
            connections: 6,
            limits: limits(PATIENCE, 3 * PATIENCE),
        }
    }

    /// What was told, once the check ended by itself and in time.
    async fn check(&self) -> Vec<Exchange> {
        let exchanges = Mutex::new(Vec::new());
        let told = |exchange| exchanges.lock().unwrap().push(exchange);
        let check = HttpCheck::new(Arc::new(Kernel::new()), self.profile);
        let start = clock::now();
        check.check(&self.endpoint, self.member, &self.limits, self.connections, &told).await;
        let elapsed = clock::now() - start;
        assert!(elapsed < self.limits.deadline + SLACK, "{elapsed:?}");
        let mut exchanges = exchanges.into_inner().unwrap();
        exchanges.sort_by_key(|exchange| exchange.request);
        exchanges
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap()
}

/// A standard check of a server that reacts to every request in one way.
async fn checked(reaction: Reaction, wsus: Duration) -> Vec<Exchange> {
    let listener = listener().await;
    let bench = Bench { limits: limits(wsus, 3 * wsus), ..Bench::new(&listener) };
    tokio::select! {
        () = react(listener, None, reaction) => unreachable!("it serves until dropped"),
        exchanges = bench.check() => exchanges,
    }
}

/// What was told of; which of the two ranges it was depends on the server.
fn requests(exchanges: &[Exchange]) -> Vec<Request> {
    let either = |request| {
        if request == Request::ContentRange { Request::CabinetRange } else { request }
    };
    exchanges.iter().map(|exchange| either(exchange.request)).collect()
}

fn failure(exchange: &Exchange) -> &Failure {
    exchange.outcome.as_ref().unwrap_err()
}

#[tokio::test]
async fn servers_that_play_with_http_fail_no_request_that_they_answered() {
    let valid = ok("", VALID);
    let late = Reaction { before: LIMIT / 7, ..send(&valid, Then::Listen) };
    let reactions = [
        ("plain", send(&valid, Then::Listen)),
        ("late", late),
        ("closing", send(&valid, Then::Close)),
        ("closing on the next", send(&valid, Then::CloseOnNext)),
        ("closing, announced", send(ok("Connection: close\r\n", VALID), Then::Close)),
        ("until closed", send(format!("HTTP/1.0 200 OK\r\n\r\n{VALID}"), Then::Close)),
        ("continue first", send(format!("HTTP/1.1 100 Continue\r\n\r\n{valid}"), Then::Listen)),
        ("garbage behind", send(format!("{valid}garbage"), Then::Listen)),
        ("a second answer behind", send(format!("{valid}{valid}"), Then::Listen)),
    ];
    for (name, reaction) in reactions {
        let exchanges = checked(reaction, PATIENCE).await;
        assert_eq!(requests(&exchanges), standard(), "{name}");
        for exchange in exchanges {
            assert!(exchange.outcome.is_ok(), "{name}: {exchange:?}");
        }
    }
}

#[tokio::test]
async fn every_request_of_a_hostile_server_ends_in_a_named_cause() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n";
    // An empty SETTINGS frame (RFC 9113 section 6.5).
    const HTTP2: &[u8] = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00";
    let endless = |send: &[u8], forever| Reaction {
        before: Duration::ZERO,
        send: send.to_vec(),
        forever,
        then: Then::Hold,
    };
    let gzip = ok("Content-Encoding: gzip\r\n", "\u{1f}\u{8b}");
    let reactions = [
        (send("", Then::Close), Cause::Closed),
        (send("", Then::Hold), Cause::Timeout),
        (send(HTTP2, Then::Hold), Cause::NotHttp),
        (send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Then::Hold), Cause::NotHttp),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Cause::Timeout),
        (endless(HEAD, b"X-Header: value\r\n"), Cause::HeadersTooLarge),
        (endless(b"HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 4096]), Cause::BodyTooLarge),
        (send(gzip, Then::Listen), Cause::UnexpectedEncoding),
    ];
    for (index, (reaction, cause)) in reactions.into_iter().enumerate() {
        // Only silence needs a limit to end.
        let limit = if cause == Cause::Timeout { LIMIT } else { PATIENCE };
        let exchanges = checked(reaction, limit).await;
        assert_eq!(requests(&exchanges), standard(), "case {index}");
        let asked = EndpointUrl { scheme: Scheme::Http, host: Host::Name(HOST.into()), port: 8530 };
        let judged = wsus::of_exchange(&exchanges[0], &asked).unwrap_err();
        assert_eq!((judged.phase, judged.cause), (Phase::Wsus, cause), "case {index}");
        // What is not SOAP need not be whole; what failed says why.
        for exchange in &exchanges {
            if let Err(failure) = &exchange.outcome {
                assert!(!failure.detail.is_empty(), "case {index}");
                assert_ne!(failure.cause, Cause::Io, "case {index}: {exchange:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_good_answer_cut_at_any_byte_is_never_good() {
    let answer = ok("Content-Type: text/xml\r\n", VALID);
    let reaction = Mutex::new(Vec::new());
    let listener = listener().await;
    let bench = Bench { profile: Profile::Quick, connections: 1, ..Bench::new(&listener) };
    let serve = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(read_request(&mut stream).await);
            let cut = reaction.lock().unwrap().clone();
            stream.write_all(&cut).await.unwrap();
        }
    };
    let cut_everywhere = async {
        for length in 0..answer.len() {
            reaction.lock().unwrap().clone_from(&answer.as_bytes()[..length].to_vec());
            let exchanges = bench.check().await;
            assert_eq!(requests(&exchanges), [Request::GetConfig]);
            let failure = wsus::of_exchange(&exchanges[0], &bench.endpoint.url).unwrap_err();
            assert_eq!(
                (failure.phase, failure.cause),
                (Phase::Wsus, Cause::Closed),
                "{length} bytes"
            );
        }
    };
    tokio::select! {
        () = serve => unreachable!("it serves until dropped"),
        () = cut_everywhere => {}
    }
}

#[tokio::test]
async fn what_there_is_no_time_for_is_told_as_not_asked() {
    let listener = listener().await;
    let bench =
        Bench { connections: 2, limits: limits(LIMIT, LIMIT * 3 / 2), ..Bench::new(&listener) };
    let exchanges = tokio::select! {
        () = react(listener, None, send("", Then::Hold)) => unreachable!("it serves until dropped"),
        exchanges = bench.check() => exchanges,
    };
    assert_eq!(requests(&exchanges), standard());
    let details: Vec<&str> = exchanges.iter().map(|e| failure(e).detail.as_str()).collect();
    assert!(exchanges.iter().all(|e| failure(e).cause == Cause::Timeout));
    assert_eq!(details[0], "connected and asked, but no response head came");
    let unasked = details.iter().filter(|detail| detail.starts_with("not asked: ")).count();
    assert_eq!(unasked, standard().len() - 4, "{details:?}");
}

#[tokio::test]
async fn a_port_that_refuses_is_tried_once_by_each_lane() {
    let listener = listener().await;
    let bench = Bench::new(&listener);
    drop(listener);
    let exchanges = bench.check().await;
    assert_eq!(requests(&exchanges), standard());
    for exchange in &exchanges {
        let failure = failure(exchange);
        assert_eq!((failure.phase, failure.cause), (Phase::Connect, Cause::Refused));
    }
}

/// A TLS server that refuses all but the first connections, and how many there were.
async fn picky(listener: TcpListener, welcome: usize, count: &AtomicUsize) {
    let authority = Authority::new(clock::wall()).unwrap();
    let identity = authority.issue(&IssueOptions::new([HOST], clock::wall())).unwrap();
    let tls = tls_config(Arc::new(ring::default_provider()), identity).unwrap();
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        if count.fetch_add(1, Ordering::Relaxed) < welcome {
            let tls = TlsAcceptor::from(Arc::clone(&tls));
            connections.spawn(async move {
                let stream = tls.accept(socket).await.unwrap();
                converse(stream, send(ok("", ""), Then::Listen)).await;
            });
        }
    }
}

async fn check_picky(welcome: usize) -> (Vec<Exchange>, usize) {
    let listener = listener().await;
    let mut bench = Bench::new(&listener);
    bench.endpoint.url.scheme = Scheme::Https;
    let count = AtomicUsize::new(0);
    let exchanges = tokio::select! {
        () = picky(listener, welcome, &count) => unreachable!("it serves until dropped"),
        exchanges = bench.check() => exchanges,
    };
    (exchanges, count.into_inner())
}

#[tokio::test]
async fn requests_whose_connection_cannot_be_had_go_over_the_others() {
    let (exchanges, connections) = check_picky(1).await;
    assert_eq!(connections, super::SERVICE_LANES);
    for exchange in &exchanges {
        let service = exchange.request.channel() == super::Channel::Service;
        assert_eq!(exchange.outcome.is_ok(), service, "{exchange:?}");
    }

    let (exchanges, connections) = check_picky(0).await;
    assert_eq!(connections, super::SERVICE_LANES);
    let (service, content): (Vec<_>, Vec<_>) =
        exchanges.iter().partition(|e| e.request.channel() == super::Channel::Service);
    assert!(service.iter().all(|e| failure(e).phase == Phase::Tls));
    assert!(content.iter().all(|e| failure(e).phase == Phase::Connect));
    assert_eq!(service.len() + content.len(), standard().len() + 1);
}
