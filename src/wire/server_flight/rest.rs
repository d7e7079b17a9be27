//! What follows `ServerHello` in clear text before TLS 1.3 (RFC 5246 section 7.4).

use crate::model::suite::{Group, KeyExchange, Suite};
use crate::wire::fields::Fields;

/// The most certificates of a chain that are kept. Clients give up long before.
const MAX_CHAIN: usize = 100;

/// Curves by their number (RFC 8422 section 5.4).
const NAMED_CURVE: u8 = 3;

/// OCSP (RFC 6066 section 8).
const OCSP: u8 = 1;

/// The DER certificates of a `Certificate` message, and whether these are all: as many as can be
/// read, of a message that may be cut off.
pub(super) fn chain(body: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut chain = Vec::new();
    let mut message = Fields(body);
    let whole = message.vector::<3>();
    let sound = whole.is_some() && message.is_empty();
    let mut list = match whole {
        Some(list) => Fields(list),
        None => Fields(body.get(3..).unwrap_or_default()),
    };
    while let Some(certificate) = list.vector::<3>() {
        if certificate.is_empty() || chain.len() == MAX_CHAIN {
            return (chain, false);
        }
        chain.push(certificate.to_vec());
    }
    (chain, sound && list.is_empty())
}

/// The OCSP response in a `CertificateStatus` message, in DER.
pub(super) fn ocsp(body: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Fields(body);
    let response = (fields.u8()? == OCSP).then(|| fields.vector::<3>())??;
    (!response.is_empty()).then(|| response.to_vec())
}

/// The elliptic curve of a `ServerKeyExchange` message, or the bits of its prime, whichever the
/// suite has.
pub(super) fn key_exchange(body: &[u8], suite: Suite) -> (Option<Group>, Option<u32>) {
    let mut fields = Fields(body);
    match suite.info().map(|info| info.key_exchange) {
        Some(KeyExchange::Ecdhe) => {
            let named = fields.u8() == Some(NAMED_CURVE);
            (named.then(|| fields.u16().map(Group)).flatten(), None)
        }
        Some(KeyExchange::Dhe) => (None, fields.vector::<2>().and_then(bits)),
        Some(KeyExchange::Rsa | KeyExchange::Any) | None => (None, None),
    }
}

/// The bits of a number; `None` for zero.
fn bits(number: &[u8]) -> Option<u32> {
    let first = number.iter().position(|&byte| byte != 0)?;
    let significant = number.get(first..)?;
    let bits = u32::try_from(significant.len()).ok()?.checked_mul(8)?;
    Some(bits - significant.first()?.leading_zeros())
}
