//! A server's first messages as bytes (RFC 6101, 5246 section 7.4, 8446 section 4).

use super::hello::{Hello, SUPPORTED_VERSIONS};

pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;

const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;

const KEY_SHARE: u16 = 51;
const RENEGOTIATION_INFO: u16 = 0xff01;

pub(crate) const TLS12: u16 = 0x0303;
pub(crate) const TLS13: u16 = 0x0304;
pub(crate) const P256: u16 = 23;
pub(crate) const X25519: u16 = 29;

/// What makes a `ServerHello` a `HelloRetryRequest` (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The generator of P-256 (SEC 2 section 2.4.2), uncompressed: a valid point for clients that look.
const P256_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];

/// Bytes where a client that does not go on cannot tell what they ought to be.
const FILLER: u8 = 0x5a;

/// How the keys are agreed on, before TLS 1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    Encrypted,
    Curve(u16),
    /// A prime of so many bits.
    Field(usize),
}

/// With its length before it, in so many bytes.
fn block(length_bytes: usize, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length[4 - length_bytes..], body].concat()
}

pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], block(3, body).as_slice()].concat()
}

fn extension(number: u16, body: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes(), block(2, body).as_slice()].concat()
}

/// The number of a version outside of extensions: TLS 1.3 goes by that of 1.2.
fn outside(version: u16) -> [u8; 2] {
    let number = if version == TLS13 { TLS12 } else { version };
    number.to_be_bytes()
}

pub(crate) fn record(kind: u8, version: u16, body: &[u8]) -> Vec<u8> {
    [&[kind], outside(version).as_slice(), &block(2, body)].concat()
}

pub(crate) fn alert(version: u16, level: u8, number: u8) -> Vec<u8> {
    record(ALERT, version, &[level, number])
}

/// `ServerHello`; in TLS 1.3 with a key of that group, or a `HelloRetryRequest` for it.
pub(crate) fn server_hello(hello: &Hello, version: u16, suite: u16, group: u16) -> Vec<u8> {
    let retry = version == TLS13 && !hello.key_shares().contains(&group);
    let random = if retry { RETRY } else { [FILLER; 32] };
    let session = if version == TLS13 { hello.session.as_slice() } else { &[FILLER; 32] };
    let mut body = outside(version).to_vec();
    body.extend(random);
    body.extend(block(1, session));
    body.extend(suite.to_be_bytes());
    body.push(0);
    let mut extensions = Vec::new();
    if version == TLS13 {
        let mut share = group.to_be_bytes().to_vec();
        if !retry {
            share.extend(block(2, &point(group)));
        }
        extensions.extend(extension(SUPPORTED_VERSIONS, &version.to_be_bytes()));
        extensions.extend(extension(KEY_SHARE, &share));
    } else if version > 0x0300 && hello.signals_renegotiation() {
        extensions.extend(extension(RENEGOTIATION_INFO, &[0]));
    }
    if !extensions.is_empty() {
        body.extend(block(2, &extensions));
    }
    message(SERVER_HELLO, &body)
}

fn point(group: u16) -> Vec<u8> {
    if group == P256 { P256_POINT.to_vec() } else { vec![FILLER; 32] }
}

pub(crate) fn certificate(chain: &[Vec<u8>]) -> Vec<u8> {
    let list: Vec<u8> = chain.iter().flat_map(|der| block(3, der)).collect();
    message(CERTIFICATE, &block(3, &list))
}

/// The header of a certificate message as long as the format allows.
pub(crate) fn endless_certificate() -> [u8; 4] {
    [CERTIFICATE, 0xff, 0xff, 0xff]
}

/// `ServerKeyExchange` with a signature that nobody can check without going on; empty where the
/// exchange has none. The signature's algorithm is RSA with SHA-256.
pub(crate) fn key_exchange(exchange: Exchange, version: u16, signed: bool) -> Vec<u8> {
    let mut body = match exchange {
        Exchange::Encrypted => return Vec::new(),
        Exchange::Curve(group) => {
            [&[3], group.to_be_bytes().as_slice(), &block(1, &point(group))].concat()
        }
        Exchange::Field(bits) => {
            // The highest and the lowest bit of a prime are set.
            let number = vec![0xff; bits / 8];
            [block(2, &number), block(2, &[2]), block(2, &vec![FILLER; bits / 8])].concat()
        }
    };
    if signed {
        if version == TLS12 {
            body.extend([4, 1]);
        }
        body.extend(block(2, &[FILLER; 256]));
    }
    message(SERVER_KEY_EXCHANGE, &body)
}

/// What follows `ServerHello` in TLS 1.3: `ChangeCipherSpec` for the sake of middle boxes
/// (RFC 8446 appendix D.4), and encrypted data, which no client will decrypt here.
pub(crate) fn encrypted_rest() -> Vec<u8> {
    const CHANGE_CIPHER_SPEC: u8 = 20;
    const APPLICATION_DATA: u8 = 23;
    let secret = record(APPLICATION_DATA, TLS12, &[FILLER; 1024]);
    [record(CHANGE_CIPHER_SPEC, TLS12, &[1]), secret].concat()
}

pub(crate) fn done() -> Vec<u8> {
    message(SERVER_HELLO_DONE, &[])
}
