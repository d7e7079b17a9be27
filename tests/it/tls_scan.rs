//! Scans of other people's servers, and of odd ones, on loopback.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests have servers and certificates of their own"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use wsus_probe::demo::authority::{Authority, IssueOptions};
use wsus_probe::engine::judge::{ChainJudge, PlatformRoots};
use wsus_probe::engine::member::Sampling;
use wsus_probe::engine::ports::{Ports, Target};
use wsus_probe::engine::race::WaitForAll;
use wsus_probe::engine::round;
use wsus_probe::engine::tls_scan::{ScanPlan, When};
use wsus_probe::engine::wsus_check::HttpCheck;
use wsus_probe::model::certificate::CertificateVerdict;
use wsus_probe::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Host, Limits, ResolverChoice, Scheme,
};
use wsus_probe::model::failure::{Cause, Phase};
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::report::{MemberReport, Verdict};
use wsus_probe::model::request::Profile;
use wsus_probe::model::tls_scan::{Answer, HelloShape, Support, TlsScan};
use wsus_probe::net::dns::Dns;
use wsus_probe::net::tcp::Kernel;

use crate::support::peer::{Peer, certificate};
use crate::support::world::nobody;

const NAME: &str = "wsus.test";

/// Far more than anything takes here, save where a server is silent.
const LIMITS: Limits = Limits {
    deadline: Duration::from_secs(20),
    resolve: Duration::from_secs(5),
    connect: Duration::from_secs(5),
    tls: Duration::from_secs(5),
    wsus: Duration::from_secs(5),
};

const OLD: &str = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

/// What one round tells of the member at this address. `root` signed certificates that may be met
/// beside those of the directory of test data.
async fn probe(address: SocketAddr, when: When, limits: Limits, root: &Path) -> MemberReport {
    let url = EndpointUrl {
        scheme: Scheme::Https,
        host: Host::Address(address.ip()),
        port: address.port(),
    };
    let endpoint = Endpoint {
        server_name: Some(NAME.to_owned()),
        family: Family::Ipv4,
        ..Endpoint::bare(EndpointName(NAME.to_owned()), url)
    };
    let roots = [certificate("root.pem"), root.to_owned()];
    let target = Target {
        endpoint: Arc::new(endpoint),
        resolver: Arc::new(Dns::new(&ResolverChoice::System, limits.resolve, None).unwrap()),
        judge: Arc::new(ChainJudge::new(PlatformRoots::load_in_background(), &roots).unwrap()),
        compared: Arc::default(),
        limits,
    };
    let dialer = Arc::new(Kernel::new());
    let check = Arc::new(HttpCheck::new(Arc::clone(&dialer) as _, Profile::Quick));
    let mut ports = Ports::new(dialer, check, 64);
    let all = [Protocol::Tls10, Protocol::Tls11, Protocol::Tls12, Protocol::Tls13, Protocol::Ssl3];
    ports.scan = Some(Arc::new(ScanPlan {
        when,
        protocols: all.to_vec(),
        suites: false,
        clients: false,
        concurrency: 2,
    }));
    let never = std::future::pending();
    let sampling = Sampling::default();
    let targets = Arc::from([target]);
    let finished = round::run(&targets, &ports, sampling, &mut WaitForAll, never).await;
    finished.board.reports(SystemTime::now()).remove(0).members.remove(0)
}

/// The scan in place of everything else.
async fn only(address: SocketAddr) -> (MemberReport, TlsScan) {
    let member = probe(address, When::Only, LIMITS, &certificate("root.pem")).await;
    let scan = member.tls_scan.clone().expect("no scan");
    (member, scan)
}

/// The versions, oldest first, by what is known of them: `+` accepted, `-` refused for certain,
/// `~` refused as it seems, `?` unknown.
fn versions(scan: &TlsScan) -> String {
    let sign = |support, certain| match (support, certain) {
        (Support::Supported, _) => '+',
        (Support::NotSupported, true) => '-',
        (Support::NotSupported, false) => '~',
        (Support::Unknown, _) => '?',
    };
    assert!(scan.versions.is_sorted_by_key(|version| version.protocol), "{scan:?}");
    scan.versions.iter().map(|version| sign(version.support, version.certain)).collect()
}

async fn s_server(identity: &str, arguments: &[&str]) -> Peer {
    let file = |end: &str| certificate(&format!("{identity}.{end}")).display().to_string();
    s_server_with(&file("pem"), &file("key"), arguments).await
}

async fn s_server_with(certificate: &str, key: &str, arguments: &[&str]) -> Peer {
    Peer::start("openssl", "openssl", |_, address| {
        let address = address.to_string();
        let common = ["s_server", "-www", "-quiet", "-accept", &address];
        let identity = ["-cert", certificate, "-key", key];
        common.iter().chain(&identity).chain(arguments).map(|&word| word.to_owned()).collect()
    })
    .await
}

/// A folder with `ca.pem`, `server.pem` and `server.key` for a P-256 key.
fn identity(change: impl FnOnce(&mut IssueOptions)) -> tempfile::TempDir {
    let now = SystemTime::now();
    let authority = Authority::new(now).unwrap();
    let mut options = IssueOptions::new([NAME], now);
    change(&mut options);
    let identity = authority.issue(&options).unwrap();
    let pem = |tag: &str, der: &[u8]| pem::encode(&pem::Pem::new(tag, der));
    let chain: String = identity.chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
    let folder = tempfile::tempdir().unwrap();
    let write = |name, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("ca.pem", &authority.pem());
    write("server.pem", &chain);
    write("server.key", &pem("PRIVATE KEY", identity.key.secret_der()));
    folder
}

/// All attempts at versions.
fn attempts(scan: &TlsScan) -> usize {
    scan.versions.iter().map(|version| version.attempts.len()).sum()
}

#[tokio::test]
async fn versions_of_openssl_are_told_with_a_connection_each() {
    for (arguments, expected) in [
        (&["-tls1", "-cipher", OLD][..], "~+---"),
        (&["-tls1_1", "-cipher", OLD], "~-+--"),
        (&["-tls1_2"], "~--+-"),
        (&["-tls1_3"], "~---+"),
        (&["-min_protocol", "TLSv1", "-cipher", OLD, "-serverpref"], "~++++"),
    ] {
        let peer = s_server("rsa", arguments).await;
        let (member, scan) = only(peer.address).await;
        assert_eq!(versions(&scan), expected, "{arguments:?}: {scan:?}");
        assert_eq!(attempts(&scan), 5, "{arguments:?}");
        // One more for a second key with TLS 1.2, guessed to be wanted; and where it was not, one
        // for a second key with another version, or to see the only chain in TLS 1.3.
        let guessed = expected.get(3..4) == Some("+");
        assert_eq!(scan.connections, if guessed { 6 } else { 7 }, "{arguments:?}");
        assert!(
            scan.versions_elapsed.is_some() && scan.versions_elapsed <= scan.elapsed,
            "{scan:?}"
        );
        let [chain] = &scan.chains[..] else { panic!("{arguments:?}: {:?}", scan.chains) };
        assert_eq!(chain.report.verdict(), CertificateVerdict::Ok, "{arguments:?}");
        let in_clear_text = chain.protocols.iter().all(|protocol| *protocol < Protocol::Tls13);
        assert_eq!(in_clear_text, expected != "~---+", "{arguments:?}: {:?}", chain.protocols);
        assert_eq!(member.certificate.as_ref(), Some(&chain.report), "{arguments:?}");
        // Nothing but connecting was measured.
        assert_eq!(member.samples.len(), 5);
        assert!(member.rtt.is_some() && member.phases.connect.is_some());
        assert_eq!((member.phases.tls, member.phases.wsus), (None, None));
        assert!(member.tls.is_none() && member.exchanges.is_empty());
        assert_eq!(member.failure, None, "{arguments:?}");
    }
}

#[tokio::test]
async fn both_chains_of_a_server_with_two_keys_are_seen() {
    let ec = identity(|_| {});
    let file = |name: &str| ec.path().join(name).display().to_string();
    let (pem, key) = (file("server.pem"), file("server.key"));
    let arguments = ["-tls1_2", "-dcert", &pem, "-dkey", &key, "-cipher", OLD];
    let peer = s_server("rsa", &arguments).await;
    let member = probe(peer.address, When::Only, LIMITS, &ec.path().join("ca.pem")).await;
    let scan = member.tls_scan.unwrap();
    let mut kinds: Vec<_> = scan.chains.iter().map(|chain| &chain.report.chain[0].key).collect();
    kinds.sort_by_key(|key| &key.algorithm);
    let kinds: Vec<_> = kinds.iter().map(|key| (key.algorithm.as_str(), key.bits)).collect();
    assert_eq!(kinds, [("EC", Some(256)), ("RSA", Some(2048))]);
    for chain in &scan.chains {
        assert_eq!(chain.protocols, [Protocol::Tls12]);
        assert_eq!(chain.report.verdict(), CertificateVerdict::Ok, "{:?}", chain.report.problems);
    }
}

/// What an odd server does with the number of a connection.
type Manner = Box<dyn Fn(usize, TcpStream) -> futures_util::future::BoxFuture<'static, ()> + Send>;

/// Its name, what it does, how many connections it gets, and the answer to each.
type OddServer = (&'static str, Manner, usize, fn(&Answer) -> bool);

/// A server on loopback that ends with the set.
async fn odd_server(tasks: &mut JoinSet<()>, manner: Manner) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        for number in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            connections.spawn(manner(number, stream));
        }
    });
    address
}

async fn read_hello(stream: &mut TcpStream) -> Vec<u8> {
    let mut hello = vec![0; 2048];
    let length = stream.read(&mut hello).await.unwrap_or(0);
    hello.truncate(length);
    hello
}

fn reset(stream: TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
}

async fn forward(mut stream: TcpStream, hello: &[u8], to: SocketAddr) {
    let mut server = TcpStream::connect(to).await.unwrap();
    server.write_all(hello).await.unwrap();
    // The client resets the connection when it knows enough.
    let _ = copy_bidirectional(&mut stream, &mut server).await;
}

#[tokio::test]
async fn odd_servers_leave_versions_unknown_and_are_not_asked_for_ever() {
    let manners: [OddServer; 4] = [
        (
            "hangs",
            Box::new(|_, mut stream| {
                Box::pin(async move {
                    read_hello(&mut stream).await;
                    std::future::pending::<()>().await;
                })
            }),
            6,
            |answer| *answer == Answer::Timeout(0),
        ),
        (
            "resets",
            Box::new(|_, mut stream| {
                Box::pin(async move {
                    read_hello(&mut stream).await;
                    reset(stream);
                })
            }),
            8,
            |answer| *answer == Answer::Reset(0),
        ),
        (
            "closes after the hello",
            Box::new(|_, mut stream| {
                Box::pin(async move {
                    read_hello(&mut stream).await;
                })
            }),
            8,
            |answer| *answer == Answer::Closed(0),
        ),
        (
            "speaks HTTP",
            Box::new(|_, mut stream| {
                Box::pin(async move {
                    read_hello(&mut stream).await;
                    stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
                })
            }),
            5,
            |answer| matches!(answer, Answer::NotTls(words) if words.starts_with("HTTP/1.1 400")),
        ),
    ];
    let mut tasks = JoinSet::new();
    for (name, manner, connections, expected) in manners {
        let address = odd_server(&mut tasks, manner).await;
        let limits = Limits { tls: Duration::from_secs(2), ..LIMITS };
        let member = probe(address, When::Only, limits, &certificate("root.pem")).await;
        let scan = member.tls_scan.unwrap();
        assert_eq!(versions(&scan), "?????", "{name}: {scan:?}");
        let mut answers = scan.versions.iter().flat_map(|version| &version.attempts);
        assert!(answers.all(|attempt| expected(&attempt.answer)), "{name}: {scan:?}");
        assert_eq!(attempts(&scan), connections, "{name}: {scan:?}");
        // With the one that looks for a second key.
        assert_eq!(usize::try_from(scan.connections).unwrap(), connections + 1, "{name}");
        // It was reached, and nothing is known against it.
        assert_eq!((member.failure, member.rtt.is_some()), (None, true), "{name}");
    }
}

#[tokio::test]
async fn whoever_counts_connections_is_asked_again_later() {
    let peer = s_server("rsa", &["-min_protocol", "TLSv1", "-cipher", OLD]).await;
    let to = peer.address;
    let mut tasks = JoinSet::new();
    let manner: Manner = Box::new(move |number, mut stream| {
        Box::pin(async move {
            let hello = read_hello(&mut stream).await;
            if (3..5).contains(&number) {
                reset(stream);
            } else {
                forward(stream, &hello, to).await;
            }
        })
    });
    let (_, scan) = only(odd_server(&mut tasks, manner).await).await;
    assert_eq!(versions(&scan), "~++++", "{scan:?}");
    let again = scan.versions.iter().filter(|version| version.attempts.len() == 2);
    for version in again.clone() {
        let shapes = version.attempts.iter().map(|attempt| attempt.shape);
        assert_eq!(shapes.collect::<Vec<_>>(), [HelloShape::Full; 2]);
        assert_eq!(version.attempts[0].answer, Answer::Reset(0));
    }
    assert_eq!(again.count(), 2);
    assert!(scan.versions_elapsed.unwrap() >= Duration::from_secs(1), "{scan:?}");
}

/// Some do not take a hello beyond a size, for any version.
#[tokio::test]
async fn shorter_hellos_reach_servers_that_take_no_long_ones() {
    let peer = s_server("rsa", &["-min_protocol", "TLSv1", "-cipher", OLD]).await;
    let to = peer.address;
    let mut tasks = JoinSet::new();
    let manner: Manner = Box::new(move |_, mut stream| {
        Box::pin(async move {
            let hello = read_hello(&mut stream).await;
            if hello.len() > 256 {
                reset(stream);
            } else {
                forward(stream, &hello, to).await;
            }
        })
    });
    let (_, scan) = only(odd_server(&mut tasks, manner).await).await;
    let tls13 = scan.version(Protocol::Tls13).unwrap();
    assert_eq!(tls13.choice().map(|(shape, _)| shape), Some(HelloShape::Short), "{scan:?}");
    assert_eq!(versions(&scan), "~++++", "{scan:?}");
}

#[tokio::test]
async fn nobody_there_is_a_failure_to_connect() {
    let (member, scan) = only(nobody()).await;
    assert_eq!((versions(&scan).as_str(), attempts(&scan)), ("?????", 5), "{scan:?}");
    assert_eq!(scan.versions_elapsed, None);
    let failure = member.failure.unwrap();
    assert_eq!((failure.phase, failure.cause), (Phase::Connect, Cause::Refused));
    assert_eq!(member.verdict, Verdict::Down);
}

#[tokio::test]
async fn a_deadline_cuts_the_scan_short_and_keeps_what_is_known() {
    let mut tasks = JoinSet::new();
    let manner: Manner = Box::new(|_, stream| {
        Box::pin(async move {
            std::future::pending::<()>().await;
            drop(stream);
        })
    });
    let address = odd_server(&mut tasks, manner).await;
    let limits = Limits { deadline: Duration::from_millis(300), ..LIMITS };
    let member = probe(address, When::Only, limits, &certificate("root.pem")).await;
    let scan = member.tls_scan.unwrap();
    assert_eq!((versions(&scan).as_str(), attempts(&scan)), ("?????", 5), "{scan:?}");
    assert!(scan.elapsed < Some(LIMITS.tls / 2), "{:?}", scan.elapsed);
}

/// No handshake comes about, and still the report says what every client would see.
#[tokio::test]
async fn the_certificate_of_a_server_out_of_reach_is_judged() {
    let expired = identity(|options| {
        options.not_before = SystemTime::now() - Duration::from_hours(400 * 24);
        options.not_after = SystemTime::now() - Duration::from_hours(3 * 24);
    });
    let file = |name: &str| expired.path().join(name).display().to_string();
    let (pem, key) = (file("server.pem"), file("server.key"));
    let old = s_server_with(&pem, &key, &["-tls1", "-cipher", OLD]).await;
    let root = expired.path().join("ca.pem");
    let member = probe(old.address, When::Incompatible, LIMITS, &root).await;
    let scan = member.tls_scan.as_ref().expect("no scan");
    assert_eq!(versions(scan), "~+---", "{scan:?}");
    let certificate = member.certificate.as_ref().expect("no certificate");
    assert_eq!(certificate.verdict(), CertificateVerdict::Expired);
    let failure = member.failure.as_ref().unwrap();
    assert_eq!((failure.phase, failure.cause), (Phase::Tls, Cause::CertificateExpired));
    assert_eq!(member.verdict, Verdict::Down);
    // Its connections are not among the samples.
    assert_eq!(member.samples.len(), 3);
}

#[tokio::test]
async fn a_scan_beside_the_rest_takes_nothing_from_it() {
    let lines =
        |address| format!("listen {address} ssl;\nssl_protocols TLSv1.2; return 200 hello;");
    let peer = Peer::nginx(lines).await;
    for (when, scanned) in [(When::Beside, true), (When::Incompatible, false)] {
        let member = probe(peer.address, when, LIMITS, &certificate("root.pem")).await;
        assert_eq!(member.tls_scan.as_ref().map(versions), scanned.then(|| "~--+-".to_owned()));
        assert_eq!(member.samples.len(), 3);
        assert!(member.tls.is_some() && member.phases.tls.is_some(), "{member:?}");
        assert!(member.certificate.is_some());
        assert!(!member.exchanges.is_empty());
    }
}
