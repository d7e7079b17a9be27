//! The vectors of the TLS presentation language (RFC 8446 section 3.4).

/// Appends bytes after their length, which takes `N` bytes.
pub(crate) fn prefixed<const N: usize>(out: &mut Vec<u8>, bytes: &[u8]) {
    if let Some(length) = bytes.len().to_be_bytes().last_chunk::<N>() {
        out.extend(length);
    }
    out.extend(bytes);
}

/// Numbers of two bytes, one after the other.
pub(crate) fn numbers(numbers: impl IntoIterator<Item = u16>) -> Vec<u8> {
    numbers.into_iter().flat_map(u16::to_be_bytes).collect()
}
