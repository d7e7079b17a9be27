//! What each shape of hello offers.

use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Cipher, Group, KeyExchange, Suite, SuiteInfo};
use crate::model::tls_scan::HelloShape;

/// The most suites of [`HelloShape::Short`], without that for renegotiation: with it they are 16,
/// which even servers with a small fixed buffer take.
const MAX_SHORT: usize = 15;

/// The suites with which most servers can be reached, the most useful first: each kind of key
/// exchange and key first with what is common, then with what is old.
const COMMON: [u16; 27] = [
    0x1301, 0x1302, 0x1303, 0xc02f, 0xc02b, 0xc030, 0xc02c, 0xc014, 0xc013, 0xc00a, 0x009f, 0x0039,
    0x009d, 0x0035, 0x002f, 0x000a, 0x009c, 0x0005, 0xc009, 0x0033, 0x0004, 0xc012, 0x0016, 0xc011,
    0x0009, 0x0032, 0x0013,
];

/// The suites of a shape's own, in the order of preference.
pub(super) fn suites(protocol: Protocol, shape: HelloShape) -> Vec<Suite> {
    let versions: &[Protocol] = match protocol {
        Protocol::Tls13 => &[Protocol::Tls13, Protocol::Tls12],
        Protocol::Ssl3 | Protocol::Tls10 | Protocol::Tls11 | Protocol::Tls12 => &[protocol],
    };
    let all = versions.iter().flat_map(|&version| all(version));
    let common = versions.iter().flat_map(|&version| common(version)).take(MAX_SHORT);
    match (shape, protocol) {
        (HelloShape::Full | HelloShape::NoServerName, _) => all.collect(),
        (HelloShape::Short, _) | (HelloShape::NoExtensions, Protocol::Tls13) => common.collect(),
        // Without extensions the server would have to guess which curves are known.
        (HelloShape::NoExtensions, _) => all.filter(|suite| !is_ecdhe(*suite)).collect(),
    }
}

/// The groups that every shape with extensions offers, in the order of preference. Before TLS 1.3
/// the first one is that which every Windows release has: the server's choice then tells about
/// them too.
pub(super) fn groups(protocol: Protocol) -> Vec<Group> {
    let mut groups = vec![Group::X25519, Group::SECP256R1, Group::SECP384R1, Group::SECP521R1];
    if protocol < Protocol::Tls13 {
        groups.swap(0, 1);
    }
    if protocol >= Protocol::Tls12 {
        groups.push(Group::FFDHE2048);
    }
    groups
}

fn common(protocol: Protocol) -> Vec<Suite> {
    COMMON.into_iter().map(Suite).filter(|suite| suite.belongs_to(protocol)).collect()
}

/// Every suite of the version that encrypts, those for DSA keys last.
fn all(protocol: Protocol) -> Vec<Suite> {
    let (last, first): (Vec<&SuiteInfo>, Vec<_>) = Suite::of(protocol)
        .filter(|info| info.cipher != Cipher::Null)
        .partition(|info| info.authentication == Authentication::Dss);
    first.into_iter().chain(last).map(|info| info.suite).collect()
}

fn is_ecdhe(suite: Suite) -> bool {
    suite.info().is_some_and(|info| info.key_exchange == KeyExchange::Ecdhe)
}
