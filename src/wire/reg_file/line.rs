//! The parts of a line of a registry file.

use crate::model::registry::{KeyPath, Root};

/// The name of a value and what stands after the equals sign; absent where the line is no value.
pub(super) fn value(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start();
    let (name, rest) = match line.strip_prefix('@') {
        Some(rest) => (String::new(), rest),
        None => quoted(line.strip_prefix('"')?)?,
    };
    Some((name, rest.trim_start().strip_prefix('=')?.trim_start()))
}

/// A text up to its closing quote, and what follows; absent where there is none, or an escape that
/// importers do not know.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    match string_part(text) {
        StringPart { text, end: StringEnd::Closed(rest), guessed: false } => Some((text, rest)),
        StringPart { .. } => None,
    }
}

/// What a line holds of a string.
pub(super) struct StringPart<'a> {
    pub(super) text: String,
    pub(super) end: StringEnd<'a>,
    /// Whether it has an escape of which it is not known that Windows reads it.
    pub(super) guessed: bool,
}

/// How the part of a string that is on one line ends.
pub(super) enum StringEnd<'a> {
    /// With the closing quote; what follows that.
    Closed(&'a str),
    /// It goes on beyond the line.
    Open,
    /// It has an escape that importers do not know.
    Bad,
}

/// Reads a string from behind its opening quote, or from the beginning of a further line.
pub(super) fn string_part(line: &str) -> StringPart<'_> {
    let mut text = String::new();
    let mut guessed = false;
    let mut rest = line.chars();
    let end = loop {
        match rest.next() {
            None => break StringEnd::Open,
            Some('"') => break StringEnd::Closed(rest.as_str()),
            Some('\\') => match rest.next() {
                Some(escaped @ ('\\' | '"')) => text.push(escaped),
                Some(escaped @ ('r' | 'n')) => {
                    guessed = true;
                    text.push(if escaped == 'r' { '\r' } else { '\n' });
                }
                _ => break StringEnd::Bad,
            },
            Some(other) => text.push(other),
        }
    };
    StringPart { text, end, guessed }
}

/// The type in `hex:` or `hex(…):`, and what follows.
pub(super) fn hex_kind(text: &str) -> Option<(u32, &str)> {
    const BINARY: u32 = 3;
    let text = text.strip_prefix("hex")?;
    if let Some(rest) = text.strip_prefix(':') {
        return Some((BINARY, rest));
    }
    let (digits, rest) = text.strip_prefix('(')?.split_once("):")?;
    Some((number(digits)?, rest))
}

/// A hexadecimal number of 32 bits as it is written in these files: digits and nothing else.
pub(super) fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (plain && digits.len() <= 8).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// How a line of hexadecimal bytes ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HexEnd<'a> {
    /// The value ends here.
    Done,
    /// It goes on in the next line.
    Continued,
    /// Something follows that is no byte.
    Rest(&'a str),
}

/// Adds the bytes of one line. Absent where a byte is none; a comma before the backslash that
/// continues the line is needed, one at the end of the value is allowed.
pub(super) fn hex_bytes<'a>(line: &'a str, bytes: &mut Vec<u8>) -> Option<HexEnd<'a>> {
    let mut rest = line.trim_start();
    let mut separated = true;
    loop {
        if let Some(after) = rest.strip_prefix('\\') {
            return (separated && is_end(after)).then_some(HexEnd::Continued);
        }
        if is_end(rest) {
            return Some(HexEnd::Done);
        }
        if !separated {
            return Some(HexEnd::Rest(rest));
        }
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end)?;
        bytes.push(u8::try_from(number(digits).filter(|_| !digits.is_empty())?).ok()?);
        separated = after.starts_with(',');
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
    }
}

/// Whether nothing but a comment follows.
pub(super) fn is_end(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with(';')
}

/// A key as it is written in brackets, and whether importers read it so: they know the roots by
/// their full names only. Absent where nobody can say which root is meant.
pub(super) fn key(path: &str) -> Option<(KeyPath, bool)> {
    const SHORT: [(&str, Root); 5] = [
        ("HKLM", Root::LocalMachine),
        ("HKCU", Root::CurrentUser),
        ("HKCR", Root::ClassesRoot),
        ("HKU", Root::Users),
        ("HKCC", Root::CurrentConfig),
    ];
    let trimmed = path.trim_start();
    let (root, rest) = trimmed.split_once('\\').unwrap_or((trimmed, ""));
    let name = root.trim_end_matches(':').trim_end();
    let full = Root::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(name));
    let short = || SHORT.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(name));
    let known = full.or_else(|| short().map(|(_, root)| root)).or_else(|| misspelled(name))?;
    let certain = full.is_some() && trimmed.len() == path.len() && name.len() == root.len();
    Some((KeyPath { root: known, path: rest.trim_matches('\\').to_owned() }, certain))
}

/// The root whose full name this is but for a letter or two. The names of roots differ in many more
/// letters.
fn misspelled(name: &str) -> Option<Root> {
    const MOST_MISTAKES: usize = 2;
    let length = name.chars().count();
    if length <= LONGEST_SHORT {
        return None;
    }
    // The time to compare grows with the length, which is any.
    let is_near = |root: &Root| {
        length.abs_diff(root.as_str().len()) <= MOST_MISTAKES
            && strsim::damerau_levenshtein(&name.to_uppercase(), root.as_str()) <= MOST_MISTAKES
    };
    Root::ALL.into_iter().find(is_near)
}

/// An abbreviation with a mistake could be several.
const LONGEST_SHORT: usize = 4;
