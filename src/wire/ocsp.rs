//! Stapled OCSP responses (RFC 6960).
//!
//! A response is read, not verified: neither its signature nor the right of its signer to make it.

use std::time::SystemTime;

use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_parser::asn1_rs::{FromDer as _, Oid, Tag, oid};
use x509_parser::certificate::X509Certificate;

use super::der::{Elements, time};
use crate::model::certificate::{RevocationStatus, Staple, StapledStatus};
use crate::model::text::one_line;

/// `id-pkix-ocsp-basic` (section 4.2.1).
const BASIC: Oid<'static> = oid!(1.3.6.1.5.5.7.48.1.1);

/// The longest explanation that is kept, in characters.
const MAX_WHY: usize = 200;

/// Reads what was stapled to a chain. Of several answers that of the leaf counts, or else the
/// first.
pub fn read(response: &[u8], leaf: &[u8]) -> Staple {
    match response_data(response).and_then(|data| answer(data, leaf)) {
        Ok(answer) => Staple::Present(answer),
        Err(why) => Staple::Unreadable(one_line(&why, MAX_WHY)),
    }
}

/// The contents of the `ResponseData` inside an `OCSPResponse` (section 4.2.1).
fn response_data(response: &[u8]) -> Result<&[u8], String> {
    let mut response = Elements(Elements(response).expect(Tag::Sequence)?.data);
    let status = response.expect(Tag::Enumerated)?.data;
    if status != [SUCCESSFUL] {
        return Err(format!("the responder refused to answer: {}", refusal(status)));
    }
    let bytes = response.tagged(0).ok_or("a response without an answer")?;
    let mut bytes = Elements(Elements(bytes.data).expect(Tag::Sequence)?.data);
    if bytes.expect(Tag::Oid)?.data != BASIC.as_bytes() {
        return Err("a response of an unknown type".to_owned());
    }
    let basic = bytes.expect(Tag::OctetString)?.data;
    let mut basic = Elements(Elements(basic).expect(Tag::Sequence)?.data);
    Ok(basic.expect(Tag::Sequence)?.data)
}

fn refusal(status: &[u8]) -> &'static str {
    match status {
        [1] => "malformed request",
        [2] => "internal error",
        [3] => "try later",
        [5] => "the request must be signed",
        [6] => "not authorized",
        _ => "an unknown reason",
    }
}

fn answer(data: &[u8], leaf: &[u8]) -> Result<StapledStatus, String> {
    let leaf = X509Certificate::from_der(leaf).ok().map(|(_, leaf)| leaf);
    let mut fields = Elements(data);
    // The version, which has a default, and the responder's name or key.
    let _ = fields.tagged(0);
    fields.next().ok_or("a response without its responder")?;
    let produced_at = moment(&mut fields)?;
    let mut singles = Elements(fields.expect(Tag::Sequence)?.data);
    let mut first = None;
    while let Some(single) = singles.next() {
        let (id, status) = single_response(single.data, produced_at)?;
        if leaf.as_ref().is_some_and(|leaf| is_about(id, leaf)) {
            return Ok(StapledStatus { for_leaf: true, ..status });
        }
        first.get_or_insert(status);
    }
    first.ok_or_else(|| "a response about no certificate".to_owned())
}

/// One `SingleResponse`: the contents of its `CertID`, and what it says.
fn single_response(data: &[u8], produced_at: SystemTime) -> Result<(&[u8], StapledStatus), String> {
    let mut fields = Elements(data);
    let id = fields.expect(Tag::Sequence)?.data;
    let status = fields.next().ok_or("an answer without a status")?;
    let (status, revoked_at) = match status.context_tag() {
        Some(0) => (RevocationStatus::Good, None),
        Some(1) => (RevocationStatus::Revoked, moment(&mut Elements(status.data)).ok()),
        Some(2) => (RevocationStatus::Unknown, None),
        Some(_) | None => return Err("an answer with a status that does not exist".to_owned()),
    };
    let this_update = moment(&mut fields)?;
    let next_update = fields.tagged(0).map(|next| moment(&mut Elements(next.data))).transpose()?;
    let for_leaf = false;
    let status =
        StapledStatus { status, for_leaf, revoked_at, produced_at, this_update, next_update };
    Ok((id, status))
}

/// Whether a `CertID` means this certificate. The hash of the issuer's key is not compared: the
/// issuer is not at hand.
fn is_about(id: &[u8], certificate: &X509Certificate<'_>) -> bool {
    let mut id = Elements(id);
    let Some(_hash_algorithm) = id.next() else { return false };
    let (Some(name), Some(_key), Some(serial)) = (id.next(), id.next(), id.next()) else {
        return false;
    };
    let issuer = certificate.issuer().as_raw();
    serial.data == certificate.raw_serial()
        && (name.data == Sha1::digest(issuer).as_slice()
            || name.data == Sha256::digest(issuer).as_slice())
}

fn moment(fields: &mut Elements<'_>) -> Result<SystemTime, String> {
    let element = fields.expect(Tag::GeneralizedTime)?;
    time(element.raw).ok_or_else(|| "a time that cannot be read".to_owned())
}

/// `successful` (section 4.2.1).
const SUCCESSFUL: u8 = 0;

#[cfg(test)]
mod tests;
