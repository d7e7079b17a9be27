//! DER certificates into the facts that judgements need.

use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use x509_parser::asn1_rs::Tag;
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::OidRegistry;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::{PublicKey as ParsedKey, RSAPublicKey};
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use crate::model::certificate::{Certificate, PublicKey, SignatureAlgorithm};
use crate::model::text::{hex, one_line};
use crate::wire::der::Elements;

/// The longest subject, issuer or name that is kept, in characters.
const MAX_NAME: usize = 256;

/// RSA keys, in bits, with which signatures can be verified here.
const VERIFIABLE_RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// OIDs of signatures with MD2, MD4, MD5 and SHA-1 (RFC 3279, section 2.2): clients refuse them.
const WEAK_SIGNATURES: [&str; 6] = [
    "1.2.840.113549.1.1.2",
    "1.2.840.113549.1.1.3",
    "1.2.840.113549.1.1.4",
    "1.2.840.113549.1.1.5",
    "1.2.840.10040.4.3",
    "1.2.840.10045.4.1",
];

/// Reads one certificate (RFC 5280).
///
/// The result is at most some ten times as large as `der`: two bytes can be one empty name.
///
/// # Errors
/// Why it cannot be read, in one line.
pub fn parse(der: &[u8]) -> Result<Certificate, String> {
    let (rest, parsed) =
        X509Certificate::from_der(der).map_err(|error| one_line(&error.to_string(), MAX_NAME))?;
    if !rest.is_empty() {
        return Err(format!("{} bytes follow the certificate", rest.len()));
    }
    let common_name = parsed.subject().iter_common_name().next();
    let key = public_key(&parsed);
    let self_signed = self_signed(&parsed, &key);
    let says_ca = parsed.basic_constraints().ok().flatten().is_some_and(|basic| basic.value.ca);
    let usage = parsed.extended_key_usage().map_err(|error| error.to_string())?;
    Ok(Certificate {
        subject: one_line(&parsed.subject().to_string(), MAX_NAME),
        issuer: one_line(&parsed.issuer().to_string(), MAX_NAME),
        common_name: common_name
            .and_then(|name| name.as_str().ok())
            .map(|name| one_line(name, MAX_NAME)),
        alternative_names: alternative_names(&parsed),
        not_before: system_time(parsed.validity().not_before),
        not_after: system_time(parsed.validity().not_after),
        key,
        signature: signature(&parsed),
        is_ca: says_ca || (self_signed && parsed.version() == X509Version::V1),
        self_signed,
        allows_server_auth: usage.is_none_or(|usage| usage.value.server_auth || usage.value.any),
        has_issuer_url: has_issuer_url(&parsed),
        sct_count: sct_count(&parsed),
        must_staple: must_staple(&parsed),
        serial: serial(&parsed),
        sha256: hex(&Sha256::digest(der), ""),
    })
}

/// The issuer's name in DER, without the header of its sequence; `None` where `der` is no
/// certificate.
pub fn issuer_name(der: &[u8]) -> Option<&[u8]> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let mut name = Elements(parsed.tbs_certificate.issuer.as_raw());
    Some(name.expect(Tag::Sequence).ok()?.data)
}

/// A signature that cannot be verified here is taken for the key's own unless key identifiers
/// say otherwise.
fn self_signed(parsed: &X509Certificate<'_>, key: &PublicKey) -> bool {
    parsed.subject() == parsed.issuer()
        && match parsed.verify_signature(None) {
            Ok(()) => true,
            Err(X509Error::SignatureVerificationError) if has_verifiable_key(key) => false,
            Err(_) => own_key_identifier(parsed),
        }
}

/// Whether signatures of such a key can be verified here as far as its size goes.
pub fn has_verifiable_key(key: &PublicKey) -> bool {
    key.rsa_bits().is_none_or(|bits| VERIFIABLE_RSA_BITS.contains(&bits))
}

/// Whether the issuer's key identifier is the subject's, or one of them is missing.
fn own_key_identifier(parsed: &X509Certificate<'_>) -> bool {
    let (mut subject, mut issuer) = (None, None);
    for extension in parsed.extensions() {
        if let ParsedExtension::SubjectKeyIdentifier(id) = extension.parsed_extension() {
            subject = Some(id);
        } else if let ParsedExtension::AuthorityKeyIdentifier(id) = extension.parsed_extension() {
            issuer = id.key_identifier.as_ref();
        }
    }
    subject.zip(issuer).is_none_or(|(subject, issuer)| subject == issuer)
}

fn alternative_names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = parsed.subject_alternative_name() else { return Vec::new() };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(one_line(name, MAX_NAME)),
        GeneralName::IPAddress(bytes) => address(bytes),
        GeneralName::OtherName(..)
        | GeneralName::RFC822Name(_)
        | GeneralName::X400Address(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EDIPartyName(_)
        | GeneralName::URI(_)
        | GeneralName::RegisteredID(_)
        | GeneralName::Invalid(..) => None,
    };
    extension.value.general_names.iter().filter_map(text).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|b| std::net::Ipv4Addr::from(b).to_string());
    let v6 = <[u8; 16]>::try_from(bytes).map(|b| std::net::Ipv6Addr::from(b).to_string());
    v4.or(v6).ok()
}

fn public_key(parsed: &X509Certificate<'_>) -> PublicKey {
    let info = parsed.public_key();
    let bits = |key: &ParsedKey<'_>| u32::try_from(key.key_size()).ok().filter(|&bits| bits > 0);
    let (algorithm, bits) = match info.parsed() {
        Ok(key @ ParsedKey::RSA(_)) => ("RSA".to_owned(), bits(&key)),
        Ok(key @ ParsedKey::EC(_)) => ("EC".to_owned(), bits(&key).map(curve_bits)),
        Ok(_) | Err(_) => {
            let content = &info.subject_public_key.data;
            match info.algorithm.algorithm.to_id_string().as_str() {
                RSASSA_PSS => {
                    let key = RSAPublicKey::from_der(content).ok();
                    ("RSASSA-PSS".to_owned(), key.and_then(|(_, key)| bits(&ParsedKey::RSA(key))))
                }
                ED25519 | ED448 => (
                    oid_name(&info.algorithm.algorithm),
                    u32::try_from(content.len()).ok().map(|bytes| 8 * bytes),
                ),
                _ => (oid_name(&info.algorithm.algorithm), None),
            }
        }
    };
    PublicKey { algorithm, bits }
}

/// The library counts whole bytes of a coordinate; of P-521 the last has one bit.
const fn curve_bits(counted: u32) -> u32 {
    if counted == 528 { 521 } else { counted }
}

fn signature(parsed: &X509Certificate<'_>) -> SignatureAlgorithm {
    let oid = &parsed.signature_algorithm.algorithm;
    let weak = WEAK_SIGNATURES.contains(&oid.to_id_string().as_str());
    SignatureAlgorithm { name: oid_name(oid), weak }
}

fn oid_name(oid: &x509_parser::der_parser::oid::Oid<'_>) -> String {
    let id = oid.to_id_string();
    match id.as_str() {
        ED25519 => "Ed25519".to_owned(),
        ED448 => "Ed448".to_owned(),
        _ => {
            let registry = OidRegistry::default().with_all_crypto();
            registry.get(oid).map_or(id, |entry| entry.sn().to_owned())
        }
    }
}

fn sct_count(parsed: &X509Certificate<'_>) -> Option<usize> {
    parsed.extensions().iter().find_map(|extension| {
        let ParsedExtension::SCT(list) = extension.parsed_extension() else { return None };
        Some(list.len())
    })
}

/// The features are a sequence of numbers of TLS extensions.
fn must_staple(parsed: &X509Certificate<'_>) -> bool {
    let mut extensions = parsed.extensions().iter();
    let feature = extensions.find(|extension| extension.oid.to_id_string() == TLS_FEATURE);
    let Some(list) = feature.and_then(|f| Elements(f.value).expect(Tag::Sequence).ok()) else {
        return false;
    };
    let mut features = Elements(list.data);
    std::iter::from_fn(|| features.next())
        .any(|feature| feature.tag == Tag::Integer && feature.data == [STATUS_REQUEST])
}

fn serial(parsed: &X509Certificate<'_>) -> String {
    let bytes = parsed.raw_serial();
    // A zero in front only says that the number is positive.
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    one_line(&hex(bytes.get(zeros..).unwrap_or_default(), ""), MAX_NAME)
}

fn has_issuer_url(parsed: &X509Certificate<'_>) -> bool {
    parsed.extensions().iter().any(|extension| {
        matches!(extension.parsed_extension(), ParsedExtension::AuthorityInfoAccess(access)
            if access.iter().any(|one| one.access_method.to_id_string() == CA_ISSUERS))
    })
}

/// `id-Ed25519` (RFC 8410, section 3), as key and as signature; unknown to the registry.
const ED25519: &str = "1.3.101.112";

/// `id-Ed448`, as above.
const ED448: &str = "1.3.101.113";

/// `id-RSASSA-PSS` (RFC 4055, section 3.1): an RSA key for PSS signatures only.
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";

/// `id-pe-tlsfeature` (RFC 7633, section 6).
const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";

/// Number of the TLS extension by which a client asks for a staple (RFC 6066, section 8).
const STATUS_REQUEST: u8 = 5;

/// `id-ad-caIssuers` (RFC 5280, section 4.2.2.1).
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";

/// Dates before 1970 become 1970: nothing is judged differently by it.
fn system_time(time: ASN1Time) -> SystemTime {
    let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests;
