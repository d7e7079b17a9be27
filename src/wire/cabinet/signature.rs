//! The Authenticode signature of a cabinet: PKCS#7 `SignedData` (RFC 2315, RFC 5652 section 5).
//!
//! It is read, not verified: who claims to have signed, and when.

use std::time::SystemTime;

use x509_parser::asn1_rs::{FromDer as _, Oid, Tag, oid};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;

use crate::model::cabinet::CabinetSignature;
use crate::model::text::one_line;
use crate::wire::der::{Element, Elements, time};

/// The longest certificate that is looked at, in bytes. Real ones have one or two thousand; the
/// time to spell out hostile names grows faster than their length.
const MAX_CERTIFICATE: usize = 16 * 1024;

/// The longest name of a signer that is kept, in characters.
const MAX_NAME: usize = 200;

/// `id-signedData` (RFC 5652 section 5.1).
const SIGNED_DATA: Oid<'static> = oid!(1.2.840.113549.1.7.2);

/// `id-signingTime` (RFC 5652 section 11.3).
const SIGNING_TIME: Oid<'static> = oid!(1.2.840.113549.1.9.5);

/// `id-countersignature` (RFC 5652 section 11.4): the older kind of time stamp.
const COUNTERSIGNATURE: Oid<'static> = oid!(1.2.840.113549.1.9.6);

/// Attributes that hold an RFC 3161 time stamp token: Microsoft's own, and
/// `id-aa-timeStampToken` (RFC 3161 appendix A).
const TIME_STAMP_TOKENS: [Oid<'static>; 2] =
    [oid!(1.3.6.1.4.1.311.3.3.1), oid!(1.2.840.113549.1.9.16.2.14)];

/// `id-ct-TSTInfo` (RFC 3161 section 2.4.2).
const TIME_STAMP_INFO: Oid<'static> = oid!(1.2.840.113549.1.9.16.1.4);

/// Reads the first signer. What follows the structure, such as padding, is ignored.
pub(super) fn parse(der: &[u8]) -> Result<CabinetSignature, String> {
    let data = SignedData::read(der)?;
    let signer = SignerInfo::read(data.signers)?;
    Ok(CabinetSignature::Present {
        signer: name_of(&signer, data.certificates)?,
        signed_at: signer.stamped().or_else(|| signer.signing_time()),
    })
}

/// The parts in use of a `SignedData`.
struct SignedData<'a> {
    content_type: &'a [u8],
    content: &'a [u8],
    certificates: &'a [u8],
    signers: &'a [u8],
}

impl<'a> SignedData<'a> {
    /// From the `ContentInfo` around it.
    fn read(der: &'a [u8]) -> Result<Self, String> {
        let mut info = Elements(Elements(der).expect(Tag::Sequence)?.data);
        if info.expect(Tag::Oid)?.data != SIGNED_DATA.as_bytes() {
            return Err("not PKCS#7 signed data".into());
        }
        let explicit = info.tagged(0).ok_or("signed data without content")?;
        let mut fields = Elements(Elements(explicit.data).expect(Tag::Sequence)?.data);
        fields.expect(Tag::Integer)?;
        fields.expect(Tag::Set)?;
        let mut content = Elements(fields.expect(Tag::Sequence)?.data);
        let content_type = content.expect(Tag::Oid)?.data;
        let content = content.tagged(0).map_or(&[][..], |explicit| explicit.data);
        let certificates = fields.tagged(0).map_or(&[][..], |set| set.data);
        // Revocation lists.
        fields.tagged(1);
        Ok(Self { content_type, content, certificates, signers: fields.expect(Tag::Set)?.data })
    }
}

/// The parts in use of a `SignerInfo`.
struct SignerInfo<'a> {
    id: SignerId<'a>,
    signed_attributes: &'a [u8],
    unsigned_attributes: &'a [u8],
}

/// How a signer's certificate is named (RFC 5652 section 5.3).
enum SignerId<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyIdentifier(&'a [u8]),
}

impl<'a> SignerInfo<'a> {
    fn read(der: &'a [u8]) -> Result<Self, String> {
        let mut fields = Elements(Elements(der).expect(Tag::Sequence)?.data);
        fields.expect(Tag::Integer)?;
        let id = if let Some(key) = fields.tagged(0) {
            SignerId::KeyIdentifier(key.data)
        } else {
            let mut pair = Elements(fields.expect(Tag::Sequence)?.data);
            let issuer = pair.expect(Tag::Sequence)?.raw;
            SignerId::IssuerAndSerial { issuer, serial: pair.expect(Tag::Integer)?.data }
        };
        fields.expect(Tag::Sequence)?;
        let signed_attributes = fields.tagged(0).map_or(&[][..], |set| set.data);
        fields.expect(Tag::Sequence)?;
        fields.expect(Tag::OctetString)?;
        let unsigned_attributes = fields.tagged(1).map_or(&[][..], |set| set.data);
        Ok(Self { id, signed_attributes, unsigned_attributes })
    }

    /// The time in a time stamp of either kind.
    fn stamped(&self) -> Option<SystemTime> {
        let token = TIME_STAMP_TOKENS
            .iter()
            .find_map(|kind| attribute(self.unsigned_attributes, kind))
            .and_then(|token| token_time(token.raw));
        let counter = || {
            let counter = attribute(self.unsigned_attributes, &COUNTERSIGNATURE)?;
            Self::read(counter.raw).ok()?.signing_time()
        };
        token.or_else(counter)
    }

    /// The signer's own word on the time.
    fn signing_time(&self) -> Option<SystemTime> {
        time(attribute(self.signed_attributes, &SIGNING_TIME)?.raw)
    }

    fn is_signed_by(&self, certificate: &X509Certificate<'_>) -> bool {
        match self.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                certificate.issuer().as_raw() == issuer && certificate.raw_serial() == serial
            }
            SignerId::KeyIdentifier(id) => certificate.extensions().iter().any(|extension| {
                matches!(extension.parsed_extension(),
                    ParsedExtension::SubjectKeyIdentifier(own) if own.0 == id)
            }),
        }
    }
}

/// `genTime` of a time stamp token (RFC 3161 section 2.4.2).
fn token_time(der: &[u8]) -> Option<SystemTime> {
    let token = SignedData::read(der)
        .ok()
        .filter(|data| data.content_type == TIME_STAMP_INFO.as_bytes())?;
    let info = Elements(token.content).expect(Tag::OctetString).ok()?.data;
    let mut fields = Elements(Elements(info).expect(Tag::Sequence).ok()?.data);
    for tag in [Tag::Integer, Tag::Oid, Tag::Sequence, Tag::Integer] {
        fields.expect(tag).ok()?;
    }
    time(fields.expect(Tag::GeneralizedTime).ok()?.raw)
}

fn name_of(signer: &SignerInfo<'_>, certificates: &[u8]) -> Result<String, String> {
    let mut elements = Elements(certificates);
    while let Some(element) = elements.next() {
        if element.raw.len() > MAX_CERTIFICATE {
            continue;
        }
        let Ok((_, certificate)) = X509Certificate::from_der(element.raw) else { continue };
        if signer.is_signed_by(&certificate) {
            let subject = certificate.subject();
            let common = subject.iter_common_name().next().and_then(|name| name.as_str().ok());
            let name = common.map_or_else(|| subject.to_string(), str::to_owned);
            return Ok(one_line(&name, MAX_NAME));
        }
    }
    Err("it does not hold the signer's certificate".into())
}

/// The first value of an attribute (RFC 5652 section 5.3).
fn attribute<'a>(attributes: &'a [u8], kind: &Oid<'_>) -> Option<Element<'a>> {
    let mut elements = Elements(attributes);
    while let Some(element) = elements.next() {
        let mut pair = Elements(element.data);
        if pair.expect(Tag::Oid).is_ok_and(|name| name.data == kind.as_bytes()) {
            return Elements(pair.expect(Tag::Set).ok()?.data).next();
        }
    }
    None
}
