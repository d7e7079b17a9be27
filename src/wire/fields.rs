//! Fields at the front of bytes (RFC 8446 section 3).

/// What is left to read. Every reader gives `None`, and reads nothing, where too little is left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// A length of `N` bytes, at most three, and as many bytes as it says.
    pub(crate) fn vector<const N: usize>(&mut self) -> Option<&'a [u8]> {
        let mut rest = *self;
        let length = rest.array::<N>()?.iter().fold(0, |sum, &byte| (sum << 8) | usize::from(byte));
        let (vector, rest) = rest.0.split_at_checked(length)?;
        self.0 = rest;
        Some(vector)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
