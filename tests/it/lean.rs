//! Lean rounds on real sockets: one connection and one request for everything, whatever the server
//! does with them.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "measures in real time")]

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wsus_probe::demo::hostile::Hostile;
use wsus_probe::demo::server::Behaviour;
use wsus_probe::engine::judge::{ChainJudge, PlatformRoots};
use wsus_probe::engine::member::Sampling;
use wsus_probe::engine::once::once;
use wsus_probe::engine::ports::{Check, Ports, Target};
use wsus_probe::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Limits, Scheme};
use wsus_probe::model::exchange::Exchange;
use wsus_probe::model::failure::{Cause, Failure, Phase};
use wsus_probe::model::report::{MemberReport, Verdict};
use wsus_probe::model::timing::Clock;
use wsus_probe::model::tls::Presented;
use wsus_probe::net::dns::Unavailable;
use wsus_probe::net::tcp::{Dial, DialError, Dialed, Kernel};

use crate::support::world::{LOOPBACK, NAME, World, listener, nobody};

const LIMITS: Limits = Limits {
    deadline: Duration::from_secs(12),
    resolve: Duration::from_secs(1),
    connect: Duration::from_secs(5),
    tls: Duration::from_secs(3),
    wsus: Duration::from_secs(3),
};

/// The real network; counts connections.
struct Counting {
    kernel: Kernel,
    connections: AtomicUsize,
}

impl Dial for Counting {
    fn dial(&self, to: SocketAddr, limit: Duration) -> BoxFuture<'_, Result<Dialed, DialError>> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.kernel.dial(to, limit)
    }
}

/// Opens connections of its own, of which a lean round must have none.
struct Forbidden;

impl Check for Forbidden {
    fn connections(&self) -> usize {
        panic!("a lean round checks by itself")
    }

    fn check<'a>(
        &'a self,
        _: &'a Endpoint,
        _: SocketAddr,
        _: &'a Limits,
        _: usize,
        _: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>> {
        panic!("a lean round checks by itself")
    }
}

/// The only member after some rounds; each had one connection.
fn rounds(world: &World, scheme: Scheme, address: SocketAddr, count: usize) -> MemberReport {
    let url = EndpointUrl { scheme, host: Host::Address(address.ip()), port: address.port() };
    let endpoint = Endpoint {
        server_name: Some(NAME.to_owned()),
        ..Endpoint::bare(EndpointName("lean".to_owned()), url)
    };
    let platform = PlatformRoots::load_in_background();
    let unused = Failure::new(Phase::Resolve, Cause::Io, "no resolver");
    let target = Arc::new([Target {
        endpoint: Arc::new(endpoint),
        resolver: Arc::new(Unavailable::new(unused)),
        judge: Arc::new(ChainJudge::new(platform, &[world.ca_file()]).unwrap()),
        compared: Arc::default(),
        limits: LIMITS,
    }]);
    let dialer = Arc::new(Counting { kernel: Kernel::new(), connections: AtomicUsize::default() });
    let ports = Ports::new(Arc::clone(&dialer) as Arc<dyn Dial>, Arc::new(Forbidden), 8).lean();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut last = None;
    for _ in 0..count {
        last = runtime.block_on(once(&target, &ports, Sampling::default()));
    }
    assert_eq!(dialer.connections.load(Ordering::Relaxed), count);
    last.unwrap().report.members.remove(0)
}

fn failure(member: &MemberReport) -> String {
    let failure = member.failure.as_ref();
    failure.map_or_else(String::new, |f| format!("{} {}", f.phase.as_str(), f.cause.as_str()))
}

#[test]
fn what_servers_do_is_told_as_by_a_check() {
    use Scheme::{Http, Https};
    let world = World::new();
    let hostile = Behaviour::Hostile;
    for (scheme, behaviour, expected) in [
        (Https, Behaviour::Healthy, ""),
        (Http, Behaviour::Healthy, ""),
        (Https, Behaviour::Slow(Duration::from_millis(200)), ""),
        (Https, Behaviour::PoolStopped, "wsus http_503"),
        (Http, Behaviour::Status(404), "wsus http_404"),
        (Https, Behaviour::HtmlPortal, "wsus html_page"),
        (Https, hostile(Hostile::DripHttp), "wsus timeout"),
        (Https, hostile(Hostile::EndlessHeaders), "wsus headers_too_large"),
        (Https, hostile(Hostile::EndlessBody), "wsus body_too_large"),
        (Https, hostile(Hostile::CloseAfterRequest), "wsus closed"),
        (Https, hostile(Hostile::Http2Frames), "wsus not_http"),
        (Https, hostile(Hostile::Alert(40)), "tls no_common_suite"),
        (Https, hostile(Hostile::PlainHttp), "tls plain_http"),
        (Https, hostile(Hostile::CloseAfterFirstBytes), "tls closed"),
        (Https, hostile(Hostile::Silence), "tls timeout"),
        (Https, hostile(Hostile::HelloThenSilence), "tls timeout"),
        (Http, hostile(Hostile::Silence), "wsus timeout"),
        (Http, hostile(Hostile::SshBanner), "wsus not_http"),
    ] {
        let name = format!("{scheme:?} {behaviour:?}");
        let server = if scheme == Https { world.https(behaviour) } else { world.http(behaviour) };
        let start = Instant::now();
        let member = rounds(&world, scheme, server, 1);
        assert!(start.elapsed() < LIMITS.deadline, "{name}");
        assert_eq!(failure(&member), expected, "{name}: {member:?}");
        // What was measured is kept, and nothing else is there.
        let secured = scheme == Https && !expected.starts_with("tls");
        assert_eq!((member.samples.len(), member.exchanges.len()), (1, 1), "{name}");
        assert!(member.rtt.is_some() && member.phases.connect.is_some(), "{name}");
        let phases = &member.phases;
        assert_eq!((phases.tls.is_some(), member.certificate.is_some()), (secured, secured));
        assert_eq!(phases.wsus.is_some(), expected.is_empty(), "{name}");
        if name.contains("Slow") {
            assert!(phases.wsus.unwrap().duration >= Duration::from_millis(200), "{phases:?}");
        }
    }
}

#[test]
fn a_refused_certificate_does_not_keep_it_from_asking() {
    let world = World::new();
    let server = world.serve(listener(LOOPBACK, 0), Behaviour::Healthy, Some(world.expired()));
    let member = rounds(&world, Scheme::Https, server, 1);
    assert_eq!(failure(&member), "tls certificate_expired");
    assert!(member.exchanges[0].outcome.is_ok() && member.wsus.is_some());
}

#[test]
fn nobody_there_is_told_by_the_connection_alone() {
    let world = World::new();
    let member = rounds(&world, Scheme::Https, nobody(), 1);
    assert_eq!(failure(&member), "connect refused");
    assert!(member.exchanges.is_empty() && member.rtt.is_none());
}

#[test]
fn ipv6_works() {
    let world = World::new();
    let loopback = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let server = world.serve(listener(loopback, 0), Behaviour::Healthy, Some(world.tls(|_| {})));
    assert_eq!(rounds(&world, Scheme::Https, server, 1).verdict, Verdict::Healthy);
}

/// The first connections of a process may go without stamps.
#[cfg(target_os = "linux")]
#[test]
fn every_phase_is_timed_by_the_kernel() {
    let world = World::new();
    let server = world.https(Behaviour::Healthy);
    let phases = rounds(&world, Scheme::Https, server, 20).phases;
    for time in [phases.connect, phases.tls, phases.wsus] {
        let time = time.unwrap();
        assert_eq!(time.clock, Clock::Kernel);
        assert!(!time.duration.is_zero());
    }
}

/// As the server sees it: one connection, one request, and an orderly end.
#[test]
fn one_connection_carries_one_request_and_ends_in_order() {
    const ROUNDS: usize = 5;
    let world = World::new();
    let socket = listener(LOOPBACK, 0);
    let address = socket.local_addr().unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(world.tls(|_| {}));
    let serve = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let socket = tokio::net::TcpListener::from_std(socket).unwrap();
            let mut requests = Vec::new();
            for _ in 0..ROUNDS {
                let stream = socket.accept().await.unwrap().0;
                let mut stream = acceptor.accept(stream).await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"</soap:Envelope>") {
                    assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
                }
                let body = include_str!("../data/soap/config_wcf.xml");
                let length = body.len();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                stream.write_all((head + body).as_bytes()).await.unwrap();
                // Without close_notify this would be an error.
                stream.read_to_end(&mut request).await.unwrap();
                requests.push(request);
            }
            requests
        })
    });
    assert_eq!(rounds(&world, Scheme::Https, address, ROUNDS).verdict, Verdict::Healthy);
    for request in serve.join().unwrap() {
        let request = String::from_utf8(request).unwrap();
        assert_eq!(request.matches("POST ").count(), 1, "{request}");
        assert!(request.ends_with("</soap:Envelope>"), "nothing follows the request");
    }
}
