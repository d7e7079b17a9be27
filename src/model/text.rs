//! Foreign text and bytes made fit for one line of a report.

/// Cuts text that came from the network to one printable line of at most `limit` characters.
///
/// Runs of white space become one space; other control characters and the marks that reorder
/// text on a terminal become U+FFFD, so that a hostile server cannot forge output. A cut is
/// shown by a final `…`, which counts.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0_usize;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        let needed = if gap { 2 } else { 1 };
        if length + needed > limit {
            line = line.chars().take(limit.saturating_sub(1)).collect();
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
        }
        line.push(if is_printable(character) { character } else { char::REPLACEMENT_CHARACTER });
        length += needed;
        gap = false;
    }
    line
}

/// Longest excerpt of a given value in a message, in characters: enough to recognise it.
const MAX_SHOWN: usize = 80;

/// A given text in quotes, escaped and of bounded length, so that a message stays on one line
/// whatever the text holds.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

/// Bytes as pairs of hexadecimal digits, with something between them.
pub fn hex(bytes: &[u8], between: &str) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(between)
}

fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{one_line, shown};

    #[test]
    fn foreign_text_becomes_one_bounded_printable_line() {
        let cases = [
            ("plain", 10, "plain"),
            ("  two\r\n\t words ", 20, "two words"),
            ("\u{1b}[31mred\u{202e}", 20, "\u{fffd}[31mred\u{fffd}"),
            ("0123456789", 10, "0123456789"),
            ("0123456789a", 10, "012345678…"),
            ("012345678 a", 10, "012345678…"),
            ("äöü€äöü", 4, "äöü…"),
            ("", 4, ""),
        ];
        for (text, limit, expected) in cases {
            let line = one_line(text, limit);
            assert_eq!(line, expected, "{text:?}");
            assert!(line.chars().count() <= limit);
        }
    }

    #[test]
    fn shown_stays_on_one_short_line() {
        assert_eq!(shown("a\n\u{1b}[31m"), "\"a\\n\\u{1b}[31m\"");
        assert!(shown(&"é".repeat(5_000)).chars().count() < 90);
    }
}
