//! Every fault of a path looks to the kernel as it would on a real network.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::suite::Test;
use super::wan::meter::{Connect, connect, connect_at_once};
use super::wan::path::{Path, State};
use super::wan::servers::{Manner, Servers};
use super::wan::{Lab, Spec, block_on};

pub(super) const TESTS: &[Test] = &[
    Test::new("echo_comes_back", echo),
    Test::new("reply_is_given_and_the_connection_closed", reply),
    Test::new("loss_makes_the_kernel_retransmit", loss),
    Test::new("black_hole_is_silent", black_hole),
    Test::new("refusal_takes_one_round_trip", refuse),
    Test::new("closed_port_is_refused_by_the_kernel", closed_port),
    Test::new("unreachable_takes_one_round_trip", unreachable),
    Test::new("dropped_syn_costs_one_second", drop_syn),
    Test::new("changes_take_effect_at_once", changes),
    Test::new("paths_are_independent", independent),
    Test::new("unknown_address_is_an_error", unknown_address),
];

const PORT: u16 = 443;
const RTT: Duration = Duration::from_millis(20);

/// The kernel's initial retransmission timeout for a SYN (RFC 6298).
const SYN_TIMEOUT: Duration = Duration::from_secs(1);

/// What a busy machine may add to a time that is read with this process's clock.
const SLACK: Duration = Duration::from_millis(50);

/// After this a connect that should have ended has failed its test: the kernel's own patience
/// is two minutes.
const PATIENCE: Duration = Duration::from_secs(5);

const ADDRESSES: [&str; 2] = ["10.77.1.1", "fd77:1::1"];

fn echo() {
    with_each_family(|lab, to| {
        let answer = lab.in_probe(|| {
            block_on(async {
                let (_, mut stream) = connect(to).await.unwrap();
                stream.write_all(b"hello").await.unwrap();
                let mut answer = [0; 5];
                timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
                answer
            })
        });
        assert_eq!(&answer, b"hello");
    });
}

fn reply() {
    let to = socket_address(ADDRESSES[0]);
    let lab = Lab::up(&Spec::new([(to.ip(), Path::with_rtt(RTT))])).unwrap();
    let _servers = Servers::start(&lab, Manner::Reply(b"welcome"), &[to]).unwrap();
    let answer = lab.in_probe(|| {
        block_on(async {
            let (_, mut stream) = connect(to).await.unwrap();
            stream.write_all(b"hello").await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        })
    });
    assert_eq!(answer, "welcome");
}

fn loss() {
    with_each_family(|lab, to| {
        lab.set(to.ip(), Path { loss: 0.2, ..Path::with_rtt(RTT) }).unwrap();
        let connects = lab.in_probe(|| block_on(connect_at_once(to, 50)));
        let retransmits: u64 =
            connects.iter().flatten().map(|connect| u64::from(connect.retransmits)).sum();
        // A connect survives with probability 0.8 squared: 18 of 50 need a second SYN on
        // average, and fewer than 5 or more than 60 retransmissions are next to impossible.
        assert!((5..=60).contains(&retransmits), "{retransmits} retransmissions");
        let syns = lab.counters(to.ip()).unwrap().syns;
        assert_eq!(syns, 50 + retransmits, "the kernel counts what the path saw");
    });
}

fn black_hole() {
    with_each_family(|lab, to| {
        set_state(lab, to.ip(), State::BlackHole);
        let patience = 10 * RTT;
        let answer = lab.in_probe(|| block_on(async { timeout(patience, connect(to)).await.ok() }));
        assert!(answer.is_none(), "a black hole answered");
        let counters = lab.counters(to.ip()).unwrap();
        assert_eq!((counters.syns, counters.dropped, counters.from_server), (1, 1, 0));
    });
}

fn refuse() {
    with_each_family(|lab, to| {
        set_state(lab, to.ip(), State::Refuse);
        expect_error(lab, to, libc::ECONNREFUSED);
        // An open connection is reset by its next packet.
        set_state(lab, to.ip(), State::Up);
        let error = lab.in_probe(|| {
            block_on(async {
                let (_, mut stream) = connect(to).await.unwrap();
                set_state(lab, to.ip(), State::Refuse);
                stream.write_all(b"hello").await.unwrap();
                stream.read_u8().await.unwrap_err()
            })
        });
        assert_eq!(error.raw_os_error(), Some(libc::ECONNRESET));
        // A datagram gets a port unreachable.
        let error = lab.in_probe(|| block_on(ask_by_udp(to))).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
    });
}

fn closed_port() {
    with_each_family(|lab, to| {
        expect_error(lab, SocketAddr::new(to.ip(), PORT + 1), libc::ECONNREFUSED);
    });
}

fn unreachable() {
    with_each_family(|lab, to| {
        set_state(lab, to.ip(), State::Unreachable);
        expect_error(lab, to, libc::EHOSTUNREACH);
    });
}

fn drop_syn() {
    with_each_family(|lab, to| {
        lab.set(to.ip(), Path { drop_syns: 1, ..Path::with_rtt(RTT) }).unwrap();
        let first = connect_once(lab, to).unwrap();
        assert_eq!(first.retransmits, 1);
        assert_within(first.user, SYN_TIMEOUT + RTT..SYN_TIMEOUT + RTT + 2 * SLACK);
        assert_eq!(lab.path(to.ip()).unwrap().drop_syns, 0);
        assert_eq!(connect_once(lab, to).unwrap().retransmits, 0);
    });
}

fn changes() {
    with_each_family(|lab, to| {
        for milliseconds in [100, 10, 60] {
            let rtt = Duration::from_millis(milliseconds);
            lab.set(to.ip(), Path::with_rtt(rtt)).unwrap();
            assert_within(connect_once(lab, to).unwrap().rtt, rtt..rtt + SLACK);
        }
        set_state(lab, to.ip(), State::Refuse);
        expect_error(lab, to, libc::ECONNREFUSED);
        set_state(lab, to.ip(), State::Up);
        connect_once(lab, to).unwrap();
        // A change in the middle of a connect: the SYN is lost in the hole, its successor is not.
        set_state(lab, to.ip(), State::BlackHole);
        let connect = lab.in_probe(|| {
            block_on(async {
                let opening = connect(to);
                let healing = async {
                    tokio::time::sleep(SYN_TIMEOUT / 2).await;
                    set_state(lab, to.ip(), State::Up);
                };
                tokio::join!(opening, healing).0.unwrap().0
            })
        });
        assert_eq!(connect.retransmits, 1);
    });
}

fn independent() {
    let [near, far]: [SocketAddr; 2] = ADDRESSES.map(socket_address);
    let lab = Lab::up(&Spec::new([
        (near.ip(), Path::with_rtt(Duration::from_millis(10))),
        (far.ip(), Path::with_rtt(Duration::from_millis(80))),
    ]))
    .unwrap();
    let _servers = Servers::start(&lab, Manner::Hold, &[near, far]).unwrap();
    let (near_connect, far_connect) = lab.in_probe(|| {
        block_on(async {
            let (near, far) = tokio::join!(connect(near), connect(far));
            (near.unwrap().0, far.unwrap().0)
        })
    });
    assert_within(near_connect.rtt, Duration::from_millis(10)..Duration::from_millis(80));
    assert_within(far_connect.rtt, Duration::from_millis(80)..Duration::from_millis(150));
}

fn unknown_address() {
    let to = socket_address(ADDRESSES[0]);
    let (lab, _servers) = lab_with(to);
    let error = lab.set("10.77.9.9".parse().unwrap(), Path::with_rtt(RTT)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

/// Runs a test in a lab of its own for IPv4, then for IPv6.
fn with_each_family(test: fn(&Lab, SocketAddr)) {
    for address in ADDRESSES {
        let to = socket_address(address);
        let (lab, _servers) = lab_with(to);
        test(&lab, to);
    }
}

fn lab_with(to: SocketAddr) -> (Lab, Servers) {
    let lab = Lab::up(&Spec::new([(to.ip(), Path::with_rtt(RTT))])).unwrap();
    let servers = Servers::start(&lab, Manner::Echo, &[to]).unwrap();
    (lab, servers)
}

fn socket_address(address: &str) -> SocketAddr {
    SocketAddr::new(address.parse().unwrap(), PORT)
}

fn set_state(lab: &Lab, address: IpAddr, state: State) {
    lab.set(address, Path::with_rtt(RTT).with_state(state)).unwrap();
}

fn connect_once(lab: &Lab, to: SocketAddr) -> io::Result<Connect> {
    let connect = async { Ok(timeout(PATIENCE, connect(to)).await??.0) };
    lab.in_probe(|| block_on(connect))
}

/// Connecting fails with this error number after one round trip.
fn expect_error(lab: &Lab, to: SocketAddr, number: i32) {
    let start = Instant::now();
    let error = connect_once(lab, to).unwrap_err();
    assert_within(start.elapsed(), RTT..RTT + SLACK);
    assert_eq!(error.raw_os_error(), Some(number), "{error}");
}

async fn ask_by_udp(to: SocketAddr) -> io::Result<u8> {
    let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(to).await?;
    socket.send(b"?").await?;
    let mut answer = [0];
    timeout(SYN_TIMEOUT, socket.recv(&mut answer)).await??;
    Ok(answer[0])
}

fn assert_within(value: Duration, range: Range<Duration>) {
    assert!(range.contains(&value), "{value:?} is not within {range:?}");
}
