//! Command lines of Windows: arguments to one text and back.
//!
//! By the rules of `CommandLineToArgvW`: blanks part arguments; double quotes keep blanks; of
//! backslashes before a quote each two stand for one, and an odd one takes the quote's meaning.

/// These arguments as one text, the program first.
pub fn join<S: AsRef<str>>(arguments: impl IntoIterator<Item = S>) -> String {
    let mut line = String::new();
    for argument in arguments {
        if !line.is_empty() {
            line.push(' ');
        }
        push_quoted(argument.as_ref(), &mut line);
    }
    line
}

fn push_quoted(argument: &str, line: &mut String) {
    let is_plain = |c: char| !matches!(c, '"' | ' ' | '\n' | '\t' | '\u{b}');
    if !argument.is_empty() && argument.chars().all(is_plain) {
        line.push_str(argument);
        return;
    }
    line.push('"');
    let mut backslashes = 0;
    for c in argument.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                // Those before it are doubled already when they are in `line`: add as many again.
                line.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        line.push(c);
    }
    line.extend(std::iter::repeat_n('\\', backslashes));
    line.push('"');
}

/// The arguments of such a text, the program first. The program's own name knows no backslashes
/// that take a quote's meaning.
pub fn split(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut rest = line.trim_start_matches(is_blank);
    if rest.is_empty() {
        return arguments;
    }
    let (program, after) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => rest.split_once(is_blank).unwrap_or((rest, "")),
    };
    arguments.push(program.to_owned());
    rest = after.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let (argument, after) = first(rest);
        arguments.push(argument);
        rest = after.trim_start_matches(is_blank);
    }
    arguments
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// The first argument, and what comes after it.
fn first(line: &str) -> (String, &str) {
    let mut argument = String::new();
    let (mut backslashes, mut quoted) = (0_usize, false);
    let mut chars = line.chars();
    loop {
        let rest = chars.as_str();
        let c = chars.next();
        if c == Some('\\') {
            backslashes += 1;
            continue;
        }
        let before_quote = c == Some('"');
        let literal = if before_quote { backslashes / 2 } else { backslashes };
        argument.extend(std::iter::repeat_n('\\', literal));
        let escaped = before_quote && backslashes % 2 == 1;
        backslashes = 0;
        match c {
            None => return (argument, ""),
            Some('"') if escaped => argument.push('"'),
            Some('"') if quoted && chars.as_str().starts_with('"') => {
                argument.push('"');
                chars.next();
            }
            Some('"') => quoted = !quoted,
            Some(c) if is_blank(c) && !quoted => return (argument, rest),
            Some(c) => argument.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_read_as_windows_reads_them() {
        for (line, expected) in [
            ("", &[][..]),
            ("  ", &[]),
            ("a", &["a"]),
            (r#""C:\Program Files\p.exe" serve"#, &[r"C:\Program Files\p.exe", "serve"]),
            // The examples of Microsoft's page about the C runtime, whose rules are the same.
            (r#"p "a b c" d e"#, &["p", "a b c", "d", "e"]),
            (r#"p "ab\"c" "\\" d"#, &["p", r#"ab"c"#, r"\", "d"]),
            (r#"p a\\\b d"e f"g h"#, &["p", r"a\\\b", "de fg", "h"]),
            (r#"p a\\\"b c d"#, &["p", r#"a\"b"#, "c", "d"]),
            (r#"p a\\\\"b c" d e"#, &["p", r"a\\b c", "d", "e"]),
            (r#"p "" x"#, &["p", "", "x"]),
            (r#"p "a""b""#, &["p", r#"a"b"#]),
            (r#"p "open end"#, &["p", "open end"]),
            (r"p C:\folder\", &["p", r"C:\folder\"]),
        ] {
            assert_eq!(split(line), expected, "{line}");
        }
    }

    #[test]
    fn quotes_stand_where_they_are_needed() {
        let arguments = [r"C:\Program Files\p.exe", "serve", r"C:\a b\", "", r#"x\"y"#];
        let line = r#""C:\Program Files\p.exe" serve "C:\a b\\" "" "x\\\"y""#;
        assert_eq!(join(arguments), line);
    }

    proptest! {
        #[test]
        fn whatever_is_joined_is_split_again(
            program in r"[a-z \\]{0,4}[a-z]",
            arguments in prop::collection::vec(r#"[a-c\\" \t%é]{0,8}"#, 0..5),
        ) {
            let all: Vec<&str> =
                [program.as_str()].into_iter().chain(arguments.iter().map(String::as_str)).collect();
            prop_assert_eq!(split(&join(&all)), all);
        }
    }
}
