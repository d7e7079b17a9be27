//! The extensions of a `ClientHello`.
//!
//! They are in a fixed order, the server's name first, and the last one is never empty: some
//! servers fail at that.

use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Group, Suite};
use crate::wire::client_hello::{Hello, MESSAGE_HEADER};
use crate::wire::vector::{numbers, prefixed};

// IANA, TLS ExtensionType Values.
const SERVER_NAME: u16 = 0;
const STATUS_REQUEST: u16 = 5;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const PADDING: u16 = 21;
const SUPPORTED_VERSIONS: u16 = 43;
const PSK_KEY_EXCHANGE_MODES: u16 = 45;
const KEY_SHARE: u16 = 51;

/// Every signature that a server may make, whether it can be verified here or not: ECDSA, Edwards curves,
/// RSA-PSS with both kinds of keys, RSA, and with SHA-1. A server whose key has none of them in
/// the list refuses.
const SIGNATURES: [u16; 16] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401,
    0x0501, 0x0601, 0x0203, 0x0201,
];

/// Signatures with DSA keys, for the suites that need them.
const DSA_SIGNATURES: [u16; 2] = [0x0402, 0x0202];

/// The lengths of a handshake message that some load balancers take for another protocol
/// (RFC 7685 section 1).
const MISTAKEN: std::ops::RangeInclusive<usize> = 256..=511;

/// Remainders of the length by 256 at which some servers fail, from [`MISTAKEN`] on.
const UNLUCKY: [usize; 2] = [10, 14];

/// The generator of P-256, uncompressed (SEC 2 section 2.4.2): a valid public key.
const P256_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];

/// Appends the block of extensions to the body of a hello, padded where its length needs it.
pub(super) fn append(hello: &Hello, body: &mut Vec<u8>) {
    let mut block = block(hello);
    if block.is_empty() {
        return;
    }
    let bytes_of_length = 2;
    if let Some(zeros) = padding(MESSAGE_HEADER + body.len() + bytes_of_length + block.len()) {
        extension(&mut block, PADDING, &vec![0; zeros]);
    }
    prefixed::<2>(body, &block);
}

fn block(hello: &Hello) -> Vec<u8> {
    let mut block = Vec::new();
    if let Some(name) = &hello.server_name {
        extension(&mut block, SERVER_NAME, &server_name(name));
    }
    if !hello.is_small() {
        // OCSP, with no responders and no extensions named (RFC 6066 section 8).
        extension(&mut block, STATUS_REQUEST, &[1, 0, 0, 0, 0]);
    }
    if !hello.groups.is_empty() {
        let groups = numbers(hello.groups.iter().map(|group| group.0));
        extension(&mut block, SUPPORTED_GROUPS, &list::<2>(&groups));
        let uncompressed = [0];
        extension(&mut block, EC_POINT_FORMATS, &list::<1>(&uncompressed));
    }
    // Older versions have no such extension (RFC 5246 section 7.4.1.4.1).
    if hello.protocol >= Protocol::Tls12 {
        extension(&mut block, SIGNATURE_ALGORITHMS, &list::<2>(&signatures(&hello.suites)));
    }
    if hello.protocol == Protocol::Tls13 {
        // Nothing but this version, lest the server choose an older one.
        let versions = numbers([hello.protocol.wire()]);
        extension(&mut block, SUPPORTED_VERSIONS, &list::<1>(&versions));
        // With (EC)DHE; some servers fail without the extension.
        extension(&mut block, PSK_KEY_EXCHANGE_MODES, &list::<1>(&[1]));
        extension(&mut block, KEY_SHARE, &list::<2>(&key_shares(hello)));
    }
    block
}

/// One name of type `host_name` (RFC 6066 section 3).
fn server_name(name: &str) -> Vec<u8> {
    let mut entry = vec![0];
    prefixed::<2>(&mut entry, name.as_bytes());
    list::<2>(&entry)
}

fn signatures(suites: &[Suite]) -> Vec<u8> {
    let dsa = suites
        .iter()
        .filter_map(|suite| suite.info())
        .any(|info| info.authentication == Authentication::Dss);
    let more: &[u16] = if dsa { &DSA_SIGNATURES } else { &[] };
    numbers(SIGNATURES.iter().chain(more).copied())
}

/// Key shares of the offered groups for which one can be made without any cryptography: any
/// bytes are a key of X25519. Where there is none the server asks for one by
/// `HelloRetryRequest`, which tells as much. A small hello has only one.
fn key_shares(hello: &Hello) -> Vec<u8> {
    let most = if hello.is_small() { 1 } else { 2 };
    let known = hello.groups.iter().filter_map(|&group| match group {
        Group::X25519 => Some((group, hello.random.as_slice())),
        Group::SECP256R1 => Some((group, P256_POINT.as_slice())),
        _ => None,
    });
    let mut shares = Vec::new();
    for (group, key) in known.take(most) {
        shares.extend(group.0.to_be_bytes());
        prefixed::<2>(&mut shares, key);
    }
    shares
}

/// How many zeros the padding extension (RFC 7685) must have, from the length of the message
/// without it; `None` where it needs none. At least one, so that the extension is not empty.
fn padding(length: usize) -> Option<usize> {
    let header = 4;
    if MISTAKEN.contains(&length) {
        Some((MISTAKEN.end() + 1).saturating_sub(length + header).max(1))
    } else {
        let unlucky = length > *MISTAKEN.end() && UNLUCKY.contains(&(length % 256));
        unlucky.then_some(1)
    }
}

fn extension(block: &mut Vec<u8>, number: u16, body: &[u8]) {
    block.extend(number.to_be_bytes());
    prefixed::<2>(block, body);
}

fn list<const N: usize>(items: &[u8]) -> Vec<u8> {
    let mut list = Vec::new();
    prefixed::<N>(&mut list, items);
    list
}
