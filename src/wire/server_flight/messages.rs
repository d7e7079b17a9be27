//! Handshake messages out of records (RFC 8446 section 4).

use crate::wire::fields::Fields;
use crate::wire::server_flight::Stop;

/// Handshake type of the message that carries the chain.
pub(super) const CERTIFICATE: u8 = 11;

/// The longest message, in bytes. Chains of ten thousand names have been seen to take 190 KB.
const MAX_MESSAGE: usize = 256 * 1024;

/// Bytes before a message's body: type and length.
const HEADER: usize = 4;

/// One handshake message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

/// Puts messages together that come in pieces.
#[derive(Debug, Default)]
pub(super) struct Messages {
    buffer: Vec<u8>,
    /// Where in the buffer the next message begins.
    start: usize,
}

impl Messages {
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend(piece);
    }

    /// The next message that is whole. Of a chain that is too long, as much as is allowed is
    /// gathered for [`Self::partial_chain`] before it fails.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Stop> {
        let rest = self.rest();
        let mut fields = Fields(rest);
        let Some([kind, high, middle, low]) = fields.array() else { return Ok(None) };
        let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        if length > MAX_MESSAGE && (kind != CERTIFICATE || fields.0.len() >= MAX_MESSAGE) {
            return Err(Stop::Broken(format!("a handshake message of {length} bytes")));
        }
        let Some(body) = fields.0.get(..length) else { return Ok(None) };
        let body = body.to_vec();
        self.start += HEADER + length;
        Ok(Some(Message { kind, body }))
    }

    /// The beginning of a message with a chain, of which the rest is missing.
    pub(super) fn partial_chain(&self) -> Option<&[u8]> {
        let (header, body) = self.rest().split_first_chunk::<HEADER>()?;
        (header.first() == Some(&CERTIFICATE)).then_some(body)
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.buffer.len()
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }
}
