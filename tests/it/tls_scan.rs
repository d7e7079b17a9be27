//! Scans of other people's servers, and of odd ones, on loopback.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests have servers and certificates of their own"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    Endpoint, EndpointName, EndpointUrl, Family, Hierarchy, Host, Limits, ResolverChoice, Scheme,
};
use wsus_probe::model::failure::{Cause, Phase};
use wsus_probe::model::protocol::{Protocol, TlsExpectations};
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
        name: EndpointName(NAME.to_owned()),
        dc: None,
        region: None,
        url,
        server_name: Some(NAME.to_owned()),
        priority: None,
        expected_members: Vec::new(),
        family: Family::Ipv4,
        time_zone: None,
        patch_window: None,
        hierarchy: Hierarchy::default(),
        tls: TlsExpectations::default(),
    };
    let roots = [certificate("root.pem"), root.to_owned()];
    let target = Target {
        endpoint: Arc::new(endpoint),
        resolver: Arc::new(Dns::new(&ResolverChoice::System, limits.resolve, None).unwrap()),
        judge: Arc::new(ChainJudge::new(PlatformRoots::load_in_background(), &roots).unwrap()),
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

#[tokio::test]
async fn versions_of_openssl_are_told_with_a_connection_each() {
    for (arguments, expected) in [
        (&["-tls1", "-cipher", OLD][..], "?+---"),
        (&["-tls1_1", "-cipher", OLD], "?-+--"),
        (&["-tls1_2"], "?--+-"),
        (&["-tls1_3"], "?---+"),
        (&["-min_protocol", "TLSv1", "-cipher", OLD, "-serverpref"], "?++++"),
    ] {
        let peer = s_server("rsa", arguments).await;
        let (member, scan) = only(peer.address).await;
        println!("{arguments:?} {} {} {:?}", versions(&scan), scan.connections, scan.versions);
        assert_eq!(versions(&scan), expected, "{arguments:?}: {scan:?}");
    }
}
