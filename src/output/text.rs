//! What all renderers share: safe text and units.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::Serialize;

use crate::model::exchange::Exchange;

/// The same text with every character replaced by its escape, such as `\u{1b}`, that could steer
/// a terminal or hide or reorder what a person reads: control characters, line separators and
/// Unicode's invisible and bidirectional formatting characters. Much of what is printed was
/// written by whoever answered the probe.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The same text, printable and in ASCII only, for files whose readers guess the encoding.
pub(super) fn printable_ascii(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() && !character.is_ascii_control() {
            safe.push(character);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(safe, "{}", character.escape_default());
        }
    }
    safe
}

/// The same JSON document with those characters as JSON escapes that its writer leaves as they
/// are; every value stays what it was.
fn printable_json(document: &str) -> String {
    let mut safe = String::with_capacity(document.len());
    for character in document.chars() {
        if is_unsafe(character) && character != '\n' {
            // All of them are in the basic plane: one UTF-16 unit each.
            let _ = write!(safe, "\\u{:04x}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// A document for programs, fit for terminals as well, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which no type here gives cause for.
pub(super) fn json_document(value: &impl Serialize) -> serde_json::Result<String> {
    let mut text = printable_json(&serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text)
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// A duration in milliseconds, rounded to whole microseconds: less is noise in every clock used.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Bytes of body over all answers; what had no answer counts for nothing.
pub(super) fn body_bytes(exchanges: &[Exchange]) -> usize {
    exchanges.iter().filter_map(|e| e.outcome.as_ref().ok()).map(|answer| answer.body_bytes).sum()
}

/// A moment as RFC 3339 in UTC; `None` outside the years that RFC 3339 can write.
pub(super) fn rfc3339(time: SystemTime) -> Option<String> {
    let timestamp = Timestamp::try_from(time).ok()?;
    Timestamp::from_second(timestamp.as_second()).ok().map(|whole| whole.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_passes() {
        let cases = [
            ("plain Zürich", "plain Zürich"),
            ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
            ("two\r\nlines", "two\\r\\nlines"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("abc\u{202e}cba", "abc\\u{202e}cba"),
        ];
        for (hostile, safe) in cases {
            assert_eq!(printable(hostile), safe);
        }
        assert_eq!(printable_ascii("Zürich\n"), "Z\\u{fc}rich\\n");
    }

    #[test]
    fn json_keeps_its_values() {
        let value = "a\u{9b}b\u{202e}c\u{7f}d\u{1b}e\u{fffb}fü";
        let document = printable_json(&serde_json::to_string_pretty(&[value]).unwrap());
        assert!(document.contains(r"a\u009bb\u202ec\u007fd\u001be\ufffbfü"), "{document}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&document).unwrap(), [value]);
    }

    #[test]
    fn milliseconds_keep_three_decimals() {
        assert!((milliseconds(Duration::from_nanos(12_345_678)) - 12.346).abs() < 1e-9);
    }
}
