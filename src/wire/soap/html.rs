//! Recognizing pages that portals, proxies and load balancers send in place of an answer.

use crate::model::text::one_line;

/// How far into a body its first element and its title are looked for, in bytes: far enough for
/// a licence comment before the page, and a bound on the work.
const SNIFF_BYTES: usize = 16 * 1024;

/// The longest title that is quoted, in characters: about one line of a terminal.
const MAX_TITLE: usize = 100;

/// Elements with which pages begin, also those that leave out `<html>`.
const FIRST_ELEMENTS: [&str; 8] =
    ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<h1"];

/// The page's title, if there is one, if the body begins like a page. Letter case and encoding do
/// not matter.
#[expect(clippy::option_option, reason = "a page without a title is not the absence of a page")]
pub(super) fn sniff(body: &[u8]) -> Option<Option<String>> {
    let start = body.get(..SNIFF_BYTES).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    // ASCII case only, so that byte positions stay the same in both.
    let lower = text.to_ascii_lowercase();
    let first = skip_prologue(&lower);
    FIRST_ELEMENTS
        .iter()
        .any(|element| {
            first.strip_prefix(element).is_some_and(|rest| !rest.starts_with(is_name_character))
        })
        .then(|| title(&text, &lower))
}

/// Leaves out what may stand before a page's first element: white space, a byte order mark, an
/// XML declaration and comments.
fn skip_prologue(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let end = if text.starts_with("<?") {
            "?>"
        } else if text.starts_with("<!--") {
            "-->"
        } else {
            return text;
        };
        let Some((_, rest)) = text.split_once(end) else { return "" };
        text = rest;
    }
}

fn title(text: &str, lower: &str) -> Option<String> {
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let raw = text.get(start..end)?;
    // Names of HTML entities are unknown to XML; then the raw text is the evidence.
    let title = quick_xml::escape::unescape(raw).map_or_else(|_| raw.into(), String::from);
    Some(one_line(&title, MAX_TITLE)).filter(|line| !line.is_empty())
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | ':' | '.')
}

#[cfg(test)]
mod tests {
    use super::sniff;

    #[test]
    fn pages_are_told_from_other_bodies() {
        let page = |title: &str| Some((!title.is_empty()).then(|| title.to_owned()));
        let cases: [(&[u8], _); 12] = [
            (b"<html><title>Sign in</title>", page("Sign in")),
            (b"<!DOCTYPE HTML PUBLIC \"x\"><HTML><TITLE>\r\nNo  way\n</TITLE>", page("No way")),
            (b"\xef\xbb\xbf \n<!-- c --><html>", page("")),
            (b"<?xml version='1.0'?><!DOCTYPE html><html><title>X</title>", page("X")),
            (b"<html><title lang=en>a &amp; b</title>", page("a & b")),
            (b"<html><title>a &nbsp; b</title>", page("a &nbsp; b")),
            (b"<html><title>Acc\xe8s</title>", page("Acc\u{fffd}s")),
            (b"<html><title>never closed", page("")),
            (b"<h1>Bad Gateway</h1>", page("")),
            (b"<htmlish/>", None),
            (b"<!-- never closed <html>", None),
            (b"", None),
        ];
        for (body, expected) in cases {
            assert_eq!(sniff(body), expected, "{}", body.escape_ascii());
        }
    }
}
