//! Walking through DER (X.690) element by element, for structures that no crate in use reads.

use std::time::{Duration, SystemTime};

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};
use x509_parser::time::ASN1Time;

/// One element: with its header, and its contents alone.
pub(super) struct Element<'a> {
    pub(super) class: Class,
    pub(super) tag: Tag,
    pub(super) raw: &'a [u8],
    pub(super) data: &'a [u8],
}

impl Element<'_> {
    /// The number of its tag if that is context-specific.
    pub(super) fn context_tag(&self) -> Option<u32> {
        (self.class == Class::ContextSpecific).then_some(self.tag.0)
    }
}

/// Elements that follow each other.
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Elements<'a> {
    /// Also `None` where what follows is no DER.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (rest, any) = Any::from_der(self.0).ok()?;
        let raw = self.0.get(..self.0.len() - rest.len())?;
        self.0 = rest;
        Some(Element { class: any.class(), tag: any.tag(), raw, data: any.data })
    }

    /// The next element, which must have that universal tag.
    pub(super) fn expect(&mut self, tag: Tag) -> Result<Element<'a>, String> {
        let element = self.next().ok_or_else(|| format!("DER ends where {tag:?} should be"))?;
        if element.class == Class::Universal && element.tag == tag {
            Ok(element)
        } else {
            Err(format!("DER without {tag:?} where it should be"))
        }
    }

    /// The next element if it has that context-specific tag; otherwise nothing is passed over.
    pub(super) fn tagged(&mut self, tag: u32) -> Option<Element<'a>> {
        let before = self.0;
        let element = self.next()?;
        if element.context_tag() == Some(tag) {
            return Some(element);
        }
        self.0 = before;
        None
    }
}

/// `UTCTime` or `GeneralizedTime`. Nothing was signed before 1970.
pub(super) fn time(der: &[u8]) -> Option<SystemTime> {
    let (_, time) = ASN1Time::from_der(der).ok()?;
    let seconds = u64::try_from(time.timestamp()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}
