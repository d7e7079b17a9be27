//! What this program itself can complete a handshake with.

use super::suites::{Agreement, agreement};
use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Cipher, Group, KeyExchange, Suite};
use crate::model::tls_scan::{Offer, ServerChoice, Support, TlsScan};

/// The groups that this program offers.
const GROUPS: [Group; 3] = [Group::X25519, Group::SECP256R1, Group::SECP384R1];

/// Whether this program's own TLS can complete a handshake with a server: versions 1.2 and 1.3,
/// ECDHE, no other ciphers than AES and `ChaCha20`. `None` where it is not known.
pub fn can_complete(scan: &TlsScan) -> Option<bool> {
    let with = [with_version(scan, Protocol::Tls13), with_version(scan, Protocol::Tls12)];
    if with.contains(&Some(true)) {
        Some(true)
    } else if with == [Some(false); 2] {
        Some(false)
    } else {
        None
    }
}

/// The same with one version.
fn with_version(scan: &TlsScan, protocol: Protocol) -> Option<bool> {
    let report = scan.version(protocol)?;
    match (report.support, protocol) {
        (Support::NotSupported, _) => Some(false),
        (Support::Unknown, _) => None,
        (Support::Supported, Protocol::Tls13) => {
            let (_, choice) = report.choice()?;
            Some(has(choice))
        }
        (Support::Supported, _) => match agreement(scan, &offer()) {
            Agreement::Common(_) => Some(true),
            Agreement::None(..) => Some(false),
            Agreement::Unclear(_) | Agreement::Open => None,
        },
    }
}

/// Whether this program has the suite and the group that a server chose.
pub fn has(choice: &ServerChoice) -> bool {
    has_suite(choice) && choice.group.is_none_or(|group| GROUPS.contains(&group))
}

fn has_suite(choice: &ServerChoice) -> bool {
    choice.suite.belongs_to(Protocol::Tls13) || offer().suites.contains(&choice.suite)
}

/// Whether only the group keeps this program from a suite that the server chose.
pub fn lacks_group_only(choice: &ServerChoice) -> bool {
    has_suite(choice) && !has(choice)
}

/// The offer to make where nothing else tells whether a handshake can be completed.
pub fn question(scan: &TlsScan) -> Option<Offer> {
    let matters =
        scan.accepts(Protocol::Tls12) && with_version(scan, Protocol::Tls13) != Some(true);
    let offer = offer();
    (matters && agreement(scan, &offer) == Agreement::Open).then_some(offer)
}

fn offer() -> Offer {
    let ours = Suite::of(Protocol::Tls12).filter(|info| {
        info.key_exchange == KeyExchange::Ecdhe
            && matches!(info.authentication, Authentication::Ecdsa | Authentication::Rsa)
            && matches!(info.cipher, Cipher::AesGcm | Cipher::ChaCha20 | Cipher::AesCbc)
    });
    let suites = ours.map(|info| info.suite).collect();
    Offer { protocol: Protocol::Tls12, suites, groups: GROUPS.to_vec() }
}
