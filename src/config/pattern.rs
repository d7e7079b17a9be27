//! Patterns of endpoint URLs, for what may be probed on request.

use std::fmt;

use crate::config::error::Fault;
use crate::model::endpoint::{EndpointUrl, Host};
use crate::model::url;

/// Stands for any characters within one label of a host name, none included.
const ANY: char = '*';

/// An endpoint's URL in which labels of the host name may have `*` in them. Scheme, port and
/// number of labels are always exact: whoever may ask for a probe must not choose where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern(EndpointUrl);

impl UrlPattern {
    /// Parses a pattern: as an endpoint's `url`, with `*` in its host name.
    ///
    /// # Errors
    /// What would be wrong with a URL; a `*` outside the name; a last label without a letter of
    /// its own, which would match strangers' domains or addresses.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        // A letter is allowed wherever a `*` is, so the rest can be judged without it.
        let parsed = url::parse(&text.replace(ANY, "x"));
        let mut url = match parsed {
            Ok(parsed) => parsed.url,
            Err(_) => return Err(malformed(text)),
        };
        if text.contains(ANY) {
            let Some(name) = starred_name(text) else { return Err(malformed(text)) };
            if !name.rsplit('.').next().is_some_and(|last| last.contains(char::is_alphabetic)) {
                let hint = "end the host as your own names end: https://msupdate.*.example.com";
                let expected = "a host whose last part is not * alone";
                return Err(Fault::expected(text, expected, hint));
            }
            url.host = Host::Name(name);
        }
        Ok(Self(url))
    }

    /// Whether this is a URL that the pattern describes.
    pub fn matches(&self, url: &EndpointUrl) -> bool {
        let host = match (&self.0.host, &url.host) {
            (Host::Name(pattern), Host::Name(name)) => name_matches(pattern, name),
            (Host::Address(pattern), Host::Address(address)) => pattern == address,
            (Host::Name(_), Host::Address(_)) | (Host::Address(_), Host::Name(_)) => false,
        };
        host && self.0.scheme == url.scheme && self.0.port == url.port
    }
}

impl fmt::Display for UrlPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn malformed(text: &str) -> Fault {
    let hint = "write a whole URL such as https://msupdate.*.example.com";
    Fault::expected(text, "an endpoint's URL, with * for any part of its host", hint)
}

/// The host of a text that is a URL but for its `*`, in the form of parsed ones; `None` where a
/// `*` is outside of it.
fn starred_name(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let name = host.strip_suffix('.').unwrap_or(host);
    (!scheme.contains(ANY) && !port.contains(ANY)).then(|| name.to_ascii_lowercase())
}

/// Label by label, so that no `*` reaches over a dot. Both are in lower case.
fn name_matches(pattern: &str, name: &str) -> bool {
    let (mut patterns, mut labels) = (pattern.split('.'), name.split('.'));
    loop {
        match (patterns.next(), labels.next()) {
            (None, None) => return true,
            (Some(pattern), Some(label)) if label_matches(pattern, label) => {}
            (_, _) => return false,
        }
    }
}

/// The parts between the `*` must occur in their order; the outer two at the ends.
fn label_matches(pattern: &str, label: &str) -> bool {
    let Some((first, rest)) = pattern.split_once(ANY) else { return pattern == label };
    let (middle, last) = rest.rsplit_once(ANY).unwrap_or(("", rest));
    let inner = label.strip_prefix(first).and_then(|inner| inner.strip_suffix(last));
    let Some(mut inner) = inner else { return false };
    for part in middle.split(ANY) {
        let Some((_, after)) = inner.split_once(part) else { return false };
        inner = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, url: &str) -> bool {
        UrlPattern::parse(pattern).unwrap().matches(&url::parse(url).unwrap().url)
    }

    #[test]
    fn a_star_stays_within_its_label() {
        const PATTERN: &str = "https://msupdate.*.example.com";
        for good in [
            "https://msupdate.dfw.example.com",
            "https://msupdate.dfw.example.com/",
            "HTTPS://MSUpdate.DFW.Example.COM.:443",
            "https://msupdate.xn--bcher-kva.example.com",
        ] {
            assert!(matches(PATTERN, good), "{good}");
        }
        for bad in [
            "http://msupdate.dfw.example.com",
            "http://msupdate.dfw.example.com:443",
            "https://msupdate.dfw.example.com:8531",
            "https://msupdate.a.b.example.com",
            "https://msupdate.example.com",
            "https://msupdate.evil.com",
            "https://msupdate.dfw.example.com.evil.com",
            "https://evil.msupdate.dfw.example.com",
            "https://msupdate.dfw.example.org",
            "https://127.0.0.1",
            "https://[::1]",
            "https://localhost",
        ] {
            assert!(!matches(PATTERN, bad), "{bad}");
        }
        // What could hide a host in another part of a URL is no URL of an endpoint.
        for trick in [
            "https://msupdate.evil.com/x.example.com",
            "https://msupdate.dfw.example.com@evil.com",
            "https://msupdate.evil.com#.example.com",
            "https://msupdate.evil.com?.example.com",
            "https://msupdate.evil.com\\.example.com",
            "https://msupdate.*.example.com",
            "https://msupdate.%2e.example.com",
            "https://msupdate.a\n.example.com",
        ] {
            assert!(url::parse(trick).is_err(), "{trick}");
        }
    }

    #[test]
    fn stars_beside_letters_and_several_in_a_label() {
        for (pattern, label, expected) in [
            ("wsus*", "wsus", true),
            ("wsus*", "wsus01", true),
            ("wsus*", "xwsus01", false),
            ("*wsus", "01wsus", true),
            ("*wsus", "wsus01", false),
            ("w*s", "wsus", true),
            ("w*s", "w", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*b*b", "ab", false),
            ("**", "anything", true),
            ("*", "x", true),
            ("wsus", "wsus", true),
            ("wsus", "WSUS", false),
        ] {
            assert_eq!(label_matches(pattern, label), expected, "{pattern} {label}");
        }
        assert!(matches("http://wsus*:8530", "http://WSUS01:8530"));
        assert!(!matches("http://wsus*:8530", "http://wsus01.evil.com:8530"));
    }

    #[test]
    fn without_a_star_only_the_same_url_matches() {
        assert!(matches("https://10.0.0.1:8531/", "https://10.0.0.1:8531"));
        assert!(!matches("https://10.0.0.1:8531", "https://10.0.0.2:8531"));
        assert!(matches("https://[::1]", "https://[0:0::1]:443"));
        assert!(!matches("https://wsus.test", "https://127.0.0.1"));
    }

    #[test]
    fn a_pattern_must_be_a_url_and_end_in_a_domain_of_its_own() {
        for bad in [
            "*",
            "",
            "https://*",
            "https://*.*",
            "https://msupdate.*",
            "https://msupdate.1*",
            "https://10.0.0.*",
            "https://10.*.0.1",
            "https://[::*]",
            "https://wsus.test:*",
            "https://wsus.test:85*1",
            "*://wsus.test",
            "http*://wsus.test",
            "https://*@wsus.test",
            "https://*/wsus.test",
            "https://wsus.test/*",
            "https://wsus.test?*",
            "https://wsus..test*",
            "https://user:pass@*.example.com",
        ] {
            let fault = UrlPattern::parse(bad).expect_err(bad);
            assert!(fault.hint.is_some());
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_is_read() {
        for (text, written) in [
            ("https://msupdate.*.example.com", "https://msupdate.*.example.com"),
            ("HTTPS://Msupdate.*.Example.com.:443/", "https://msupdate.*.example.com"),
            ("http://wsus*:8530", "http://wsus*:8530"),
            ("http://10.0.0.1:80", "http://10.0.0.1"),
        ] {
            let pattern = UrlPattern::parse(text).unwrap();
            assert_eq!(pattern.to_string(), written);
            assert_eq!(UrlPattern::parse(written).unwrap(), pattern);
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_and_a_label_without_dots_is_all_a_star_takes(
            pattern in "[a-c*]{1,8}", label in "[a-c.]{1,8}",
        ) {
            let wide = format!("{pattern}.z");
            if name_matches(&wide, &format!("{label}.z")) {
                proptest::prop_assert!(!label.contains('.'));
            }
        }
    }
}
