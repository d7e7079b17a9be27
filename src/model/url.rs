//! Strict parsing of an endpoint's URL: scheme, host, port, and nothing the update agent would
//! stumble over. Configurations and the settings of clients are read with the same rules.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::endpoint::{EndpointUrl, Host, Scheme};
use super::text::shown;

/// Longest DNS name in bytes without its trailing dot (RFC 1035 2.3.4).
const MAX_NAME: usize = 253;

/// Longest label of a DNS name in bytes (RFC 1035 2.3.4).
const MAX_LABEL: usize = 63;

/// What the grammar allows, in the words of every message.
const EXPECTED: &str = "http://HOST[:PORT] or https://HOST[:PORT]";

/// Why a text is refused, by a parser that does not know where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlFault {
    /// A predicate such as `is "wsus:8530", which has no scheme: expected …`.
    pub text: String,
    /// What to write instead. One line.
    pub remedy: String,
}

impl UrlFault {
    fn new(text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { text: text.into(), remedy: remedy.into() }
    }
}

/// A URL, and whether a lone trailing slash was dropped from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedUrl {
    /// The URL.
    pub url: EndpointUrl,
    /// The text ended in `/`. Windows' update agent appends its own paths to `WUServer`, so the
    /// slash must not reach a client's configuration.
    pub trailing_slash: bool,
    /// The text names a port.
    pub names_port: bool,
}

impl ParsedUrl {
    /// The URL as a client is to have it, for whoever wrote this one: a port that was left out may
    /// have been forgotten, and stays out. See [`EndpointUrl::for_clients`].
    pub fn for_clients(&self) -> String {
        if self.names_port { self.url.for_clients() } else { self.url.to_string() }
    }
}

/// Parses `http://HOST[:PORT]` or `https://HOST[:PORT]`, the host in lower case and without a
/// trailing dot.
///
/// # Errors
/// Anything else: another scheme, user information, a path, a query, a fragment, a port outside
/// 1 to 65535, a host that is neither an address nor a DNS name. Underscores are tolerated in
/// names, because Windows allows them in computer names.
pub fn parse(text: &str) -> Result<ParsedUrl, UrlFault> {
    if let Some((_, host)) = text.rsplit_once('@') {
        // The text is not repeated: it may hold a password.
        return Err(UrlFault::new(
            format!("holds a user name or password: expected {EXPECTED}"),
            format!("WSUS clients send none; drop everything before {}", shown(host)),
        ));
    }
    if let Some(odd) = text.chars().find(|c| c.is_whitespace() || c.is_control()) {
        let name = if odd == ' ' { "a space".to_owned() } else { format!("{odd:?}") };
        return Err(refuse(text, &format!("has {name} in it"), "remove that character"));
    }
    let (scheme, rest) = split_scheme(text)?;
    for (mark, what) in [('#', "a fragment"), ('?', "a query"), ('\\', "a backslash")] {
        if rest.contains(mark) {
            return Err(refuse(text, &format!("has {what}"), "end it after the host or port"));
        }
    }
    let (authority, path) = rest.split_once('/').map_or((rest, None), |(a, p)| (a, Some(p)));
    if let Some(path) = path.filter(|path| !path.is_empty()) {
        let remedy = format!(
            "drop {}: clients append their own paths to this value",
            shown(&format!("/{path}"))
        );
        return Err(refuse(text, "has a path", &remedy));
    }
    let (host, port) = split_port(text, authority)?;
    let url = EndpointUrl {
        scheme,
        host: parse_host(text, host)?,
        port: port.unwrap_or_else(|| scheme.default_port()),
    };
    Ok(ParsedUrl { url, trailing_slash: path.is_some(), names_port: port.is_some() })
}

/// Whether both texts name the same server, however they are written.
pub fn is_same_server(one: &str, other: &str) -> bool {
    let url = |text| parse(text).ok().map(|parsed| parsed.url);
    one == other || url(one).is_some_and(|one| url(other) == Some(one))
}

/// Parses a DNS name as a host or as a server name: letters, digits, hyphens, underscores and
/// dots, in lower case and without a trailing dot.
///
/// # Errors
/// An address, an empty or overlong label, or any other character.
pub fn dns_name(text: &str) -> Result<String, UrlFault> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let fault = |what: &str, hint: &str| {
        Err(UrlFault::new(format!("is {}, {what}: expected a DNS name", shown(text)), hint))
    };
    if let Some(odd) = name.chars().find(|c| !c.is_ascii()) {
        let remedy = "write the name in punycode (xn--…), as it is in the DNS";
        return fault(&format!("which has the letter {odd:?}"), remedy);
    }
    if name.parse::<IpAddr>().is_ok() {
        return fault("which is an address", "certificates and SNI name hosts, not addresses");
    }
    if name.is_empty() {
        return fault("which is empty", "write the server's name");
    }
    if name.len() > MAX_NAME {
        return fault(
            "which is too long",
            &format!("a DNS name has at most {MAX_NAME} characters"),
        );
    }
    for label in name.split('.') {
        if label.is_empty() || label.len() > MAX_LABEL {
            let remedy = format!("each part between dots has 1 to {MAX_LABEL} characters");
            return fault("which has an empty or overlong label", &remedy);
        }
        if label.starts_with('-') || label.ends_with('-') {
            return fault("which has a label that begins or ends with -", "remove the hyphen");
        }
    }
    if let Some(odd) = name.chars().find(|&c| !(c.is_ascii_alphanumeric() || "-_.".contains(c))) {
        return fault(&format!("which has {odd:?} in it"), "use letters, digits, - and _");
    }
    // All-numeric last labels are addresses to every resolver (WHATWG URL, "ends in a number").
    if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        return fault(
            "which is a number or a malformed address",
            "write four numbers from 0 to 255",
        );
    }
    Ok(name)
}

fn refuse(text: &str, what: &str, remedy: &str) -> UrlFault {
    UrlFault::new(format!("is {}, which {what}: expected {EXPECTED}", shown(text)), remedy)
}

fn split_scheme(text: &str) -> Result<(Scheme, &str), UrlFault> {
    let Some((scheme, rest)) = text.split_once("://") else {
        let remedy = if text.is_empty() {
            "write the URL as clients have it in WUServer".to_owned()
        } else {
            format!("write {}", shown(&format!("https://{text}")))
        };
        return Err(refuse(text, "has no scheme", &remedy));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Scheme::Http, rest)),
        "https" => Ok((Scheme::Https, rest)),
        _ => Err(refuse(text, "has a scheme that WSUS does not use", "use http or https")),
    }
}

/// Splits `host[:port]`; the port is absent if none is written.
fn split_port<'a>(text: &str, authority: &'a str) -> Result<(&'a str, Option<u16>), UrlFault> {
    let after_bracket = match authority.rfind(']') {
        Some(end) => end + 1,
        None if authority.starts_with('[') => authority.len(),
        None => 0,
    };
    let tail = authority.get(after_bracket..).unwrap_or_default();
    let Some(colon) = tail.find(':') else { return Ok((authority, None)) };
    let (host, port) = authority.split_at(after_bracket + colon);
    let port = port.get(1..).unwrap_or_default();
    if port.contains(':') {
        return Err(refuse(text, "has two ports", "put an IPv6 address in brackets: [::1]"));
    }
    match port.parse::<u16>() {
        Ok(number) if number > 0 && !port.starts_with('+') => Ok((host, Some(number))),
        _ => {
            let what = format!("has the port {}", shown(port));
            Err(refuse(text, &what, "a port is 1 to 65535; WSUS uses 8530, 8531, 80 or 443"))
        }
    }
}

fn parse_host(text: &str, host: &str) -> Result<Host, UrlFault> {
    if host.is_empty() {
        return Err(refuse(text, "has no host", "write the server's name after the scheme"));
    }
    if let Some(inner) = host.strip_prefix('[') {
        return inner
            .strip_suffix(']')
            .and_then(|inner| inner.parse::<Ipv6Addr>().ok())
            .map(|address| Host::Address(IpAddr::V6(address)))
            .ok_or_else(|| {
                refuse(text, "has a malformed IPv6 address", "write it as [2001:db8::1]")
            });
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(Host::Address(IpAddr::V4(address)));
    }
    dns_name(host)
        .map(Host::Name)
        .map_err(|fault| UrlFault { text: fault.text.replacen("is ", "has the host ", 1), ..fault })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls_are_normalised() {
        for (given, expected) in [
            ("https://msupdate.dfw.example.test", "https://msupdate.dfw.example.test"),
            ("HTTPS://WSUS.Example.TEST.:443", "https://wsus.example.test"),
            ("http://wsus:8530", "http://wsus:8530"),
            ("http://wsus:80/", "http://wsus"),
            ("https://wsus_01.corp:8531", "https://wsus_01.corp:8531"),
            ("http://10.77.1.1:8530", "http://10.77.1.1:8530"),
            ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
            ("https://[::1]:8531/", "https://[::1]:8531"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            let parsed = parse(given).unwrap();
            assert_eq!(parsed.url.to_string(), expected, "{given}");
            assert_eq!(parsed.trailing_slash, given.ends_with('/'), "{given}");
        }
    }

    #[test]
    fn a_port_is_for_clients_as_it_was_given() {
        for (given, expected) in [
            ("http://wsus/", "http://wsus"),
            ("http://wsus:80/", "http://wsus:80"),
            ("http://[::1]", "http://[::1]"),
            ("https://wsus:443", "https://wsus"),
        ] {
            assert_eq!(parse(given).unwrap().for_clients(), expected);
        }
    }

    #[test]
    fn bad_urls_say_what_is_wrong() {
        for (given, part) in [
            ("", "no scheme"),
            ("wsus:8530", "no scheme"),
            ("ftp://wsus", "scheme that WSUS does not use"),
            ("https://user:secret@wsus", "user name"),
            ("https://wsus/ClientWebService", "a path"),
            ("https://wsus//", "a path"),
            ("https://wsus?x=1", "a query"),
            ("https://wsus/#x", "a fragment"),
            ("https://wsus:0", "the port \"0\""),
            ("https://wsus:70000", "the port \"70000\""),
            ("https://wsus:+80", "the port \"+80\""),
            ("https://wsus:", "the port \"\""),
            ("https://wsus:80:81", "two ports"),
            ("https://2001:db8::1", "two ports"),
            ("https://", "no host"),
            ("https://:443", "no host"),
            ("https://[::1", "malformed IPv6"),
            ("https://[fe80::1%eth0]", "malformed IPv6"),
            ("https://[::1]x:443", "malformed IPv6"),
            ("https://ws us", "a space"),
            ("https://wsus\u{7}", "'\\u{7}'"),
            ("https://bücher.example", "the letter 'ü'"),
            ("https://a..b", "label"),
            ("https://-a.b", "begins or ends with -"),
            ("https://a;b", "';'"),
            ("https://10.77.1.300", "malformed address"),
            ("https://1", "malformed address"),
            (r"https:\\wsus", "no scheme"),
        ] {
            let fault = parse(given).unwrap_err();
            assert!(fault.text.contains(part), "{given}: {}", fault.text);
            assert!(!fault.remedy.is_empty(), "{given}");
        }
    }

    #[test]
    fn a_password_is_not_repeated_in_the_message() {
        for given in ["https://user:secret@wsus", "user:secret@wsus", "ftp://a:se cret@wsus/x"] {
            let fault = parse(given).unwrap_err();
            assert!(!format!("{fault:?}").contains("cret"), "{fault:?}");
        }
    }
}
