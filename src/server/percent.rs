//! Percent-decoding (RFC 3986 section 2.1) of what strangers send.

/// Decodes text without control characters.
///
/// # Errors
/// What is wrong: a `%` without two hexadecimal digits, bytes that are not UTF-8, or a control
/// character.
pub(super) fn decode(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err("has a % that two hexadecimal digits do not follow");
        };
        // Two digits are a byte.
        bytes.extend(u8::try_from(high * 16 + low));
    }
    let decoded = String::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
    if decoded.chars().any(char::is_control) {
        return Err("has a control character");
    }
    Ok(decoded)
}

/// The parameters of a query, in the encoding of HTML forms.
///
/// # Errors
/// What is wrong with it: as [`decode`], or a name that occurs twice.
pub(super) fn query(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let part = |part: &str| decode(&part.replace('+', " "));
        let name = part(name).map_err(|fault| format!("a parameter's name {fault}"))?;
        let value = part(value).map_err(|fault| format!("the parameter {name} {fault}"))?;
        if found.iter().any(|(known, _)| *known == name) {
            return Err(format!("the parameter {name} occurs twice: give it once"));
        }
        found.push((name, value));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{decode, query};

    #[test]
    fn text_is_decoded_or_refused() {
        for (text, expected) in [
            ("dfw", Ok("dfw")),
            ("d%66w", Ok("dfw")),
            ("%C3%a9", Ok("é")),
            ("%", Err("hexadecimal")),
            ("%4", Err("hexadecimal")),
            ("%+1", Err("hexadecimal")),
            ("%ff", Err("UTF-8")),
            ("a%00b", Err("control")),
            ("a%0ab", Err("control")),
        ] {
            match (decode(text), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(fault), Err(part)) => assert!(fault.contains(part), "{text}: {fault}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn queries_are_split_and_repetitions_refused() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(query("").unwrap(), []);
        assert_eq!(
            query("a=1&&b&c=x+y%2B").unwrap(),
            [pair("a", "1"), pair("b", ""), pair("c", "x y+")]
        );
        assert!(query("a=1&a=2").unwrap_err().contains("twice"));
        assert!(query("a=%zz").unwrap_err().contains("parameter a"));
    }
}
