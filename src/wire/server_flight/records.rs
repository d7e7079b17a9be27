//! TLS records out of a stream of bytes (RFC 8446 section 5.1).

use std::mem;

use crate::model::text::one_line;
use crate::wire::server_flight::Stop;

/// Content type of alerts.
pub(super) const ALERT: u8 = 21;

/// Content type of handshake messages.
pub(super) const HANDSHAKE: u8 = 22;

/// Content types there are.
const TYPES: std::ops::RangeInclusive<u8> = 20..=24;

/// The first byte of the version in the records of every version.
const MAJOR: u8 = 3;

/// Bytes before a record's body: type, version and length.
const HEADER: usize = 5;

/// The longest body of a record, in bytes: what TLS 1.2 allows with encryption (RFC 5246 section
/// 6.2.3), which is more than the hello's answer needs.
const MAX_BODY: usize = 16_384 + 2048;

/// The most empty records. They may be sent for no good reason, and cost more than they are long.
const MAX_EMPTY: u32 = 32;

/// The most bytes read from one server. The largest message cut into records of one byte is six
/// times as long as it was; a chain of a usual length stays below in any case.
const MAX_TOTAL: usize = 1024 * 1024;

/// The longest quotation of a server that does not speak TLS, in bytes and characters.
const MAX_QUOTE: usize = 60;

/// One record.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

/// Gathers one record at a time.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// The beginning of the next record, or of what is no TLS.
    buffer: Vec<u8>,
    /// Bytes taken so far.
    taken: usize,
    /// Whether a whole record came.
    begun: bool,
    empty: u32,
}

impl Records {
    /// Takes bytes from the front, never more than the current record needs; the record, once it
    /// is whole.
    pub(super) fn take(&mut self, bytes: &mut &[u8]) -> Result<Option<Record>, Stop> {
        if self.is_foreign() {
            return self.take_quote(bytes).map(|()| None);
        }
        // Where it is still open whether this is TLS, byte by byte.
        let wanted = match self.body_length()? {
            Some(length) => HEADER + length,
            None if self.begun || self.buffer.len() >= 2 => HEADER,
            None => self.buffer.len() + 1,
        };
        self.fill(bytes, wanted);
        if self.is_foreign() {
            return Ok(None);
        }
        match self.body_length()? {
            Some(length) if self.buffer.len() == HEADER + length => self.cut().map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// Bytes taken so far.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.buffer.len()
    }

    /// What came instead of TLS, as text for people.
    pub(super) fn quote(&self) -> Option<String> {
        self.is_foreign().then(|| one_line(&String::from_utf8_lossy(&self.buffer), MAX_QUOTE))
    }

    /// Whether the very first bytes are no TLS.
    fn is_foreign(&self) -> bool {
        !self.begun
            && (self.buffer.first().is_some_and(|kind| !TYPES.contains(kind))
                || self.buffer.get(1).is_some_and(|&major| major != MAJOR))
    }

    /// Takes bytes until there are enough for a quotation: a line, or as many as fit.
    fn take_quote(&mut self, bytes: &mut &[u8]) -> Result<(), Stop> {
        while let Some((&byte, rest)) = bytes.split_first()
            && self.buffer.len() < MAX_QUOTE
            && byte != b'\n'
        {
            self.buffer.push(byte);
            *bytes = rest;
        }
        let enough = !bytes.is_empty() || self.buffer.len() >= MAX_QUOTE;
        if enough { Err(Stop::NotTls(self.quote().unwrap_or_default())) } else { Ok(()) }
    }

    /// The length in the header, once that is whole.
    fn body_length(&self) -> Result<Option<usize>, Stop> {
        let Some(&[kind, major, minor, high, low]) = self.buffer.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !TYPES.contains(&kind) || major != MAJOR {
            let text = format!("a record of type {kind} and version 0x{major:02x}{minor:02x}");
            return Err(Stop::Broken(text));
        }
        if length > MAX_BODY {
            return Err(Stop::Broken(format!("a record of {length} bytes")));
        }
        if self.taken.saturating_add(length) > MAX_TOTAL {
            return Err(Stop::Broken(format!("more than {MAX_TOTAL} bytes")));
        }
        Ok(Some(length))
    }

    fn fill(&mut self, bytes: &mut &[u8], wanted: usize) {
        let missing = wanted.saturating_sub(self.buffer.len());
        let (now, later) = bytes.split_at_checked(missing).unwrap_or((*bytes, &[]));
        self.buffer.extend(now);
        self.taken = self.taken.saturating_add(now.len());
        *bytes = later;
    }

    fn cut(&mut self) -> Result<Record, Stop> {
        self.begun = true;
        let body = self.buffer.split_off(HEADER);
        let kind = mem::take(&mut self.buffer).first().copied().unwrap_or_default();
        if body.is_empty() {
            self.empty += 1;
            if self.empty > MAX_EMPTY {
                return Err(Stop::Broken(format!("more than {MAX_EMPTY} empty records")));
            }
        }
        Ok(Record { kind, body })
    }
}
