//! Suites and groups of other people's servers on loopback, found by elimination.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "a deadline from the present")]

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::Instant;
use wsus_probe::engine::judge::{ChainJudge, PlatformRoots};
use wsus_probe::engine::ports::{Ports, Target};
use wsus_probe::engine::tls_scan::{ScanPlan, When, scan};
use wsus_probe::engine::wsus_check::HttpCheck;
use wsus_probe::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Host, Limits, ResolverChoice, Scheme,
};
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::request::Profile;
use wsus_probe::model::suite::{Group, Suite};
use wsus_probe::model::tls_scan::{SuiteOrder, SuiteReport};
use wsus_probe::net::dns::Dns;
use wsus_probe::net::tcp::Kernel;

use crate::support::peer::{PATIENCE, Peer, certificate};

/// What Windows Server 2012 R2 has on by default and OpenSSL can be made to accept with an RSA
/// certificate, by both their names, in the order of Windows.
const WINDOWS_2012_R2: [(&str, u16); 14] = [
    ("ECDHE-RSA-AES256-SHA384", 0xc028),
    ("ECDHE-RSA-AES128-SHA256", 0xc027),
    ("ECDHE-RSA-AES256-SHA", 0xc014),
    ("ECDHE-RSA-AES128-SHA", 0xc013),
    ("DHE-RSA-AES256-GCM-SHA384", 0x009f),
    ("DHE-RSA-AES128-GCM-SHA256", 0x009e),
    ("DHE-RSA-AES256-SHA", 0x0039),
    ("DHE-RSA-AES128-SHA", 0x0033),
    ("AES256-GCM-SHA384", 0x009d),
    ("AES128-GCM-SHA256", 0x009c),
    ("AES256-SHA256", 0x003d),
    ("AES128-SHA256", 0x003c),
    ("AES256-SHA", 0x0035),
    ("AES128-SHA", 0x002f),
];

/// Of those, what the versions before TLS 1.2 have too.
const OLD: [u16; 6] = [0xc014, 0xc013, 0x0039, 0x0033, 0x0035, 0x002f];

async fn s_server(arguments: &[&str]) -> Peer {
    let file = |end: &str| certificate(&format!("rsa.{end}")).display().to_string();
    let names: Vec<_> = WINDOWS_2012_R2.iter().map(|(name, _)| *name).collect();
    let list = format!("{}:@SECLEVEL=0", names.join(":"));
    Peer::start("openssl", "openssl", |_, address| {
        let address = address.to_string();
        let (pem, key) = (file("pem"), file("key"));
        let common = ["s_server", "-www", "-quiet", "-accept", &address, "-cert", &pem];
        let more = ["-key", &key, "-curves", "P-256:P-384", "-cipher", &list];
        common.iter().chain(&more).chain(arguments).map(|&word| word.to_owned()).collect()
    })
    .await
}

/// What is found with one version, and the connections that it took beyond a scan without.
async fn enumerate(address: SocketAddr, protocol: Protocol) -> (Option<SuiteReport>, u32) {
    let host = Host::Address(address.ip());
    let endpoint = Endpoint {
        server_name: Some("wsus.test".to_owned()),
        family: Family::Ipv4,
        ..Endpoint::bare(
            EndpointName("peer".to_owned()),
            EndpointUrl { scheme: Scheme::Https, host, port: address.port() },
        )
    };
    let limits = Limits {
        deadline: PATIENCE,
        resolve: PATIENCE,
        connect: PATIENCE,
        tls: PATIENCE,
        wsus: PATIENCE,
    };
    let roots = [certificate("root.pem")];
    let target = Target {
        endpoint: Arc::new(endpoint),
        resolver: Arc::new(Dns::new(&ResolverChoice::System, PATIENCE, None).unwrap()),
        judge: Arc::new(ChainJudge::new(PlatformRoots::load_in_background(), &roots).unwrap()),
        compared: Arc::default(),
        limits,
    };
    let dialer = Arc::new(Kernel::new());
    let check = Arc::new(HttpCheck::new(Arc::clone(&dialer) as _, Profile::Quick));
    let ports = Ports::new(dialer, check, 64);
    let look = async |suites| {
        let (when, protocols) = (When::Only, vec![protocol]);
        let plan = ScanPlan { when, protocols, suites, clients: false, concurrency: 2 };
        let deadline = Instant::now() + PATIENCE;
        scan(&target, &ports, &plan, address, deadline, &|_| ()).await
    };
    let without = look(false).await;
    let mut with = look(true).await;
    (with.suites.pop(), with.connections - without.connections)
}

fn suites(numbers: impl IntoIterator<Item = u16>) -> Vec<Suite> {
    numbers.into_iter().map(Suite).collect()
}

#[tokio::test]
async fn the_list_of_2012_r2_is_found_in_its_order() {
    let all = || suites(WINDOWS_2012_R2.iter().map(|(_, number)| *number));
    let all_as_offered = suites([
        0xc027, 0xc028, 0xc013, 0xc014, 0x009e, 0x009f, 0x0033, 0x0039, 0x009c, 0x009d, 0x003c,
        0x003d, 0x002f, 0x0035,
    ]);
    let old_as_offered = suites([0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035]);
    let own = ["-serverpref", "-no_tls1_3"];
    let old = ["-tls1"];
    let old_own = ["-tls1", "-serverpref"];
    for (arguments, protocol, accepted, order) in [
        (&own[1..], Protocol::Tls12, &all_as_offered, SuiteOrder::Client),
        (&own[..], Protocol::Tls12, &all(), SuiteOrder::Server),
        (&old[..], Protocol::Tls10, &old_as_offered, SuiteOrder::Client),
        (&old_own[..], Protocol::Tls10, &suites(OLD), SuiteOrder::Server),
    ] {
        let peer = s_server(arguments).await;
        let (report, connections) = enumerate(peer.address, protocol).await;
        let report = report.unwrap();
        assert_eq!((&report.accepted, report.order), (accepted, order), "{arguments:?}");
        assert_eq!(report.groups, [Group::SECP256R1, Group::SECP384R1], "{arguments:?}");
        assert_eq!(report.incomplete, None, "{arguments:?}");
        // The first was chosen before; a refusal and the reverse order; a group and a refusal.
        let expected = accepted.len() - 1 + 2 + 2;
        assert_eq!(usize::try_from(connections).unwrap(), expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn tls13_is_enumerated_with_retries_for_groups_without_a_key() {
    let arguments = ["-tls1_3", "-groups", "P-521:ffdhe2048:P-384:X25519"];
    let peer = s_server(&arguments).await;
    let (report, _) = enumerate(peer.address, Protocol::Tls13).await;
    let report = report.unwrap();
    assert_eq!(report.accepted, suites([0x1301, 0x1302, 0x1303]));
    let mut groups = report.groups;
    groups.sort();
    let expected = [Group::SECP384R1, Group::SECP521R1, Group::X25519, Group::FFDHE2048];
    assert_eq!((groups.as_slice(), report.incomplete), (expected.as_slice(), None));
}

#[tokio::test]
async fn nothing_is_enumerated_of_a_version_that_is_refused() {
    let peer = s_server(&["-tls1"]).await;
    assert_eq!(enumerate(peer.address, Protocol::Tls12).await.0, None);
}
