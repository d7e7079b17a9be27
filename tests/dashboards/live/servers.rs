//! The servers that the fixture watches beside the demonstration's fleet, and what the exporters are
//! told of all.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use tokio::runtime::Runtime;
use wsus_probe::demo::authority::Chain;
use wsus_probe::demo::hello::OldTls;
use wsus_probe::demo::script::Script;
use wsus_probe::demo::server::{Behaviour, ServerOptions};
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::suite::Suite;

use crate::support::peer::{Peer, certificate};
use crate::support::world::{LOOPBACK, World, listener, nobody};

/// The address of the endpoint to which the way is another from each exporter.
const ONE_WAY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));

const DAY: Duration = Duration::from_hours(24);

/// The configuration of an exporter: the fleet at these distances, and the further endpoints, one
/// of them at the distance `one_way`. Connecting has so much time that a busy machine's pauses are
/// small against it; otherwise the exporter would not count the rounds that end by it.
pub(crate) fn config(
    world: &World,
    demo: &str,
    more: &str,
    distances: [(&str, &str); 2],
    one_way: &str,
) -> String {
    let (_, rest) = demo.split_once("ca_file = ").unwrap();
    let (fleet_ca, rest) = rest.split_once('\n').unwrap();
    let (endpoints, simulated) = rest.split_once("[simulated]").unwrap();
    let lines = simulated.lines().map(|line| {
        let change = distances.iter().find(|(from, _)| line.ends_with(from));
        change.map_or_else(|| line.to_owned(), |(from, to)| line.replace(from, to))
    });
    let simulated = lines.collect::<Vec<_>>().join("\n");
    let (world_ca, peer_ca) = (world.ca_file(), certificate("root.pem"));
    format!(
        "ca_file = [{fleet_ca}, {world_ca:?}, {peer_ca:?}]\ndeadline = \"8s\"\nconnect_timeout = \"5s\"\n{endpoints}\
         {more}\n[simulated]\n# Farther than the nearest of the fleet, from wherever one looks.\n\
         \"127.0.0.1\" = \"60ms\"\n\"{ONE_WAY}\" = {one_way:?}\n{simulated}\n[serve]\ninterval = \"5s\"\n\
         check_interval = \"30s\"\ntls_interval = \"10m\"\n"
    )
}

/// What the demonstration's fleet does not have.
pub(crate) fn more_endpoints(world: &World) -> (String, Vec<Peer>) {
    let now = wall_clock();
    let ends_in = |days: u32| {
        let tls = world.tls(|options| options.not_after = now + days * DAY);
        world.serve(listener(LOOPBACK, 0), Behaviour::Healthy, Some(tls))
    };
    let untrusted = world.tls(|options| options.chain = Chain::SelfSigned);
    let healthy = |tls| world.serve(listener(LOOPBACK, 0), Behaviour::Healthy, Some(tls));
    let (old, new) = (nginx(world, "TLSv1 TLSv1.2 TLSv1.3"), nginx(world, "TLSv1.2"));
    let mut text = String::new();
    let mut add = |name: &str, url: String, more: &str| {
        writeln!(text, "[[endpoint]]\nname = {name:?}\nurl = {url:?}\n{more}\n").unwrap();
    };
    let https = |address: SocketAddr| format!("https://{address}");
    add("refused", https(nobody()), "dc = \"HKG\"");
    add("no-such-name", "https://no-such-name.demo.test".to_owned(), "dc = \"LAB\"");
    add("tls10-only", https(tls10_only(world)), "dc = \"LAB\"\nrequire = [\"1.2\"]");
    add("tls10-too", https(old.address), "dc = \"LAB\"\nforbid = [\"1.0\"]");
    add("tls13-missing", https(new.address), "dc = \"LAB\"\nrequire = [\"1.3\"]");
    add("expired", https(healthy(world.expired())), "dc = \"LAB\"");
    add("untrusted", https(healthy(untrusted)), "dc = \"LAB\"");
    add("five-days", https(ends_in(5)), "dc = \"LAB\"");
    add("fifteen-days", https(ends_in(15)), "dc = \"LAB\"");
    let pool = Behaviour::Scripted(Script::pool_stopped());
    add("pool-stopped", https(world.https(pool)), "dc = \"SYD\"");
    add("not-wsus", https(world.https(Behaviour::NotWsus)), "dc = \"SYD\"");
    let slow = Behaviour::Slow(Duration::from_millis(600));
    add("slow", https(world.https(slow)), "dc = \"DFW\"\npatch_window = \"not documented\"");
    // It does not accept TLS 1.0, which such servers need.
    let upstream = "role = \"upstream\"\ndownstream_generation = \"3.2\"";
    add("head-office", https(world.https(Behaviour::Healthy)), upstream);
    let tls = world.tls(|options| options.names = vec![ONE_WAY.to_string()]);
    let one_way = world.serve(listener(ONE_WAY, 0), Behaviour::Healthy, Some(tls));
    add("one-way", https(one_way), "dc = \"LAB\"");
    // A name that means something else as a regular expression, and no data center.
    add("branch.office", https(world.https(Behaviour::Healthy)), "upstream = \"head-office\"");
    (text, vec![old, new])
}

/// A WSUS server behind nginx, which speaks these versions.
fn nginx(world: &World, versions: &str) -> Peer {
    let behind = world.http(Behaviour::Healthy);
    let peer = Peer::nginx(|address| {
        format!(
            "listen {address} ssl;\nssl_protocols {versions};\nssl_ciphers 'ALL:@SECLEVEL=0';\n\
             location / {{ proxy_pass http://{behind}; proxy_set_header Host $http_host; }}"
        )
    });
    Runtime::new().unwrap().block_on(peer)
}

/// A server of TLS 1.0 and nothing newer.
fn tls10_only(world: &World) -> SocketAddr {
    let old = OldTls {
        oldest: Protocol::Tls10,
        newest: Protocol::Tls10,
        // TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
        suites: vec![Suite(0xc00a)],
        chain: world.identity(|_| {}).chain,
    };
    let listener = listener(LOOPBACK, 0);
    let address = listener.local_addr().unwrap();
    let (_, healthy) = tokio::sync::watch::channel(Behaviour::Healthy);
    let tls = Some(world.tls(|_| {}));
    let options = ServerOptions { tls, old_tls: Some(old.into()), ..ServerOptions::default() };
    world.spawn(listener, options, healthy);
    address
}

#[expect(clippy::disallowed_methods, reason = "certificates are dated by the real clock")]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
