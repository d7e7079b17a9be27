//! What this program itself can complete a handshake with.

use super::Offer;
use super::suites::{Agreement, agreement};
use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Cipher, Group, KeyExchange, Suite};
use crate::model::tls_scan::{Support, TlsScan};

/// The groups that this program offers.
const GROUPS: [Group; 3] = [Group::X25519, Group::SECP256R1, Group::SECP384R1];

/// Whether this program's own TLS can complete a handshake with a server: versions 1.2 and 1.3,
/// ECDHE, no other ciphers than AES and `ChaCha20`. `None` where it is not known.
pub fn can_complete(scan: &TlsScan) -> Option<bool> {
    let support = |protocol| scan.version(protocol).map(|report| report.support);
    let (newest, older) = (support(Protocol::Tls13), support(Protocol::Tls12));
    match (newest?, older?) {
        (Support::Supported, _) => Some(true),
        (newest, Support::Supported) => match agreement(scan, &offer()) {
            Agreement::Common(_) => Some(true),
            Agreement::None(..) if newest == Support::NotSupported => Some(false),
            Agreement::None(..) | Agreement::Unclear(_) | Agreement::Open => None,
        },
        (Support::NotSupported, Support::NotSupported) => Some(false),
        (Support::NotSupported | Support::Unknown, _) => None,
    }
}

/// The offer to make where nothing else tells whether a handshake can be completed.
pub(super) fn question(scan: &TlsScan) -> Option<Offer> {
    let is = |protocol, support| scan.version(protocol).is_some_and(|r| r.support == support);
    let matters =
        is(Protocol::Tls12, Support::Supported) && !is(Protocol::Tls13, Support::Supported);
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
