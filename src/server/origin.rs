//! Whose page made a browser ask, and by which name it found this server.

use hyper::Uri;
use hyper::header::{HOST, HeaderMap, HeaderValue, ORIGIN};

/// Whether a page of another site made this request: pages of strangers shall not steer a prober.
/// Browsers say so themselves (W3C Fetch Metadata), but not to every address; what they send with
/// whatever can change something (RFC 6454 section 7) they send to all.
pub(super) fn is_cross_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let says_so = site.is_some_and(|site| site != b"same-origin" && site != b"none");
    says_so || headers.get(ORIGIN).is_some_and(|origin| !is_of(origin, headers.get(HOST)))
}

/// Whether an origin has that host and port. The scheme may differ: a proxy may end TLS.
fn is_of(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.as_bytes();
    let start = origin.windows(SEPARATOR.len()).position(|part| part == SEPARATOR);
    let authority = start.and_then(|start| origin.get(start + SEPARATOR.len()..));
    let host = host.map(HeaderValue::as_bytes);
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

/// What stands before the host of an origin.
const SEPARATOR: &[u8] = b"://";

/// Whether every `Host` is an address or localhost. Any other name may be a stranger's that he has
/// made to stand for this machine, so that browsers give his pages what they read here (DNS
/// rebinding). Browsers always send one: who sends none is no browser.
pub(super) fn is_local(headers: &HeaderMap) -> bool {
    headers.get_all(HOST).iter().all(|host| {
        let uri = Uri::try_from(host.as_bytes());
        uri.is_ok_and(|uri| uri.host().is_some_and(is_address_or_localhost))
    })
}

fn is_address_or_localhost(host: &str) -> bool {
    use std::net::{Ipv4Addr, Ipv6Addr};

    let name = host.strip_suffix('.').unwrap_or(host);
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    name.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok()
        || v6.is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderName;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs.map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn an_origin_is_ours_or_not() {
        for (origin, host, expected) in [
            ("http://10.1.2.3:18530", "10.1.2.3:18530", false),
            ("https://Probe.test", "probe.test", false),
            ("http://10.1.2.3", "10.1.2.3:18530", true),
            ("http://evil.test", "10.1.2.3:18530", true),
            ("null", "10.1.2.3:18530", true),
            ("", "", true),
        ] {
            let headers = headers(&[(ORIGIN, origin), (HOST, host)]);
            assert_eq!(is_cross_site(&headers), expected, "{origin} {host}");
        }
        assert!(!is_cross_site(&headers(&[(HOST, "a")])));
        assert!(is_cross_site(&headers(&[(ORIGIN, "http://a")])));
    }

    #[test]
    fn only_addresses_and_localhost_are_local() {
        assert!(is_local(&HeaderMap::new()));
        for host in
            ["127.0.0.1:18530", "10.1.2.3", "[::1]:18530", "[::1]", "localhost", "LocalHost.:1"]
        {
            assert!(is_local(&headers(&[(HOST, host)])), "{host}");
        }
        for host in [
            "evil.test",
            "evil.test:18530",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "",
            "/",
            "a b",
        ] {
            assert!(!is_local(&headers(&[(HOST, host)])), "{host}");
        }
        let mut two = headers(&[(HOST, "127.0.0.1")]);
        two.append(HOST, HeaderValue::from_static("evil.test"));
        assert!(!is_local(&two));
    }
}
