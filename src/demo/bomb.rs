//! Bodies that cost the reader far more than the sender.

/// Compressed size of the gzip bomb in bytes, header aside.
const GZIP_SIZE: usize = 1024 * 1024;

/// Levels of the deep document.
const DEPTH: usize = 10_000;

/// Levels of entities, each ten of the level below: ten to this power copies.
const ENTITY_LEVELS: usize = 9;

/// A gzip stream (RFC 1952) of zeros that breaks off after [`GZIP_SIZE`] bytes, having said about
/// 160 times as many.
///
/// It is one Deflate block with fixed codes (RFC 1951 section 3.2.6): a literal zero, then
/// "repeat 258 bytes from one byte back" without end. That takes 13 bits, the length symbol 285
/// (`11000101`) and the distance symbol 0 (`00000`), so thirteen bytes hold eight of them.
pub(super) fn gzip() -> Vec<u8> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let last_block_fixed_codes = [true, true, false];
    let literal_zero = [false, false, true, true, false, false, false, false];
    let repeat =
        [true, true, false, false, false, true, false, true, false, false, false, false, false];
    let bits = last_block_fixed_codes.into_iter().chain(literal_zero);
    let mut bits = bits.chain(repeat.into_iter().cycle());
    let bytes =
        std::iter::from_fn(move || {
            Some((0..8).fold(0_u8, |byte, place| {
                byte | u8::from(bits.next().unwrap_or_default()) << place
            }))
        });
    HEADER.into_iter().chain(bytes.take(GZIP_SIZE)).collect()
}

/// A document whose entities refer to each other ten times a level.
pub(super) fn entities() -> String {
    let definition = |level| {
        let below = format!("&e{};", level - 1).repeat(10);
        format!("<!ENTITY e{level} \"{below}\">")
    };
    let definitions = (1..=ENTITY_LEVELS).map(definition).collect::<Vec<_>>().concat();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE bomb [<!ENTITY e0 \"boom\">{definitions}]>\
         <bomb>&e{ENTITY_LEVELS};</bomb>"
    )
}

/// A document of [`DEPTH`] nested elements.
pub(super) fn deep_xml() -> String {
    "<a>".repeat(DEPTH) + &"</a>".repeat(DEPTH)
}
