//! Where a redirect leads.

use crate::model::endpoint::{EndpointUrl, Scheme};
use crate::model::failure::Cause;

/// Compares a `Location` (RFC 9110 section 10.2.2) with the URL and path that were asked.
///
/// The port is not looked at where the host is another one. User information is dropped, and
/// so is a fragment: neither is sent.
pub(super) fn classify(location: &str, asked: &EndpointUrl, asked_path: &str) -> Cause {
    let location = location.trim().split('#').next().unwrap_or_default();
    let (scheme, rest) = match location.split_once("://") {
        Some((name, rest)) if is_scheme(name) => (name.to_ascii_lowercase(), Some(rest)),
        _ => (asked.scheme.as_str().to_owned(), location.strip_prefix("//")),
    };
    let Some(rest) = rest else {
        let same = location.is_empty() || location.eq_ignore_ascii_case(asked_path);
        return if same { Cause::RedirectLoop } else { Cause::Redirect };
    };
    let (authority, path) = match rest.find(['/', '?', '\\']) {
        Some(end) => rest.split_at(end),
        None => (rest, "/"),
    };
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = split_port(authority);
    if !host.trim_end_matches('.').eq_ignore_ascii_case(&asked.host.to_string()) {
        return Cause::RedirectElsewhere;
    }
    let port = port.or_else(|| default_port(&scheme));
    let same_server = scheme == asked.scheme.as_str() && port == Some(asked.port);
    if same_server && path.eq_ignore_ascii_case(asked_path) {
        Cause::RedirectLoop
    } else {
        Cause::Redirect
    }
}

fn is_scheme(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn default_port(scheme: &str) -> Option<u16> {
    [Scheme::Http, Scheme::Https]
        .into_iter()
        .find(|known| known.as_str() == scheme)
        .map(Scheme::default_port)
}

/// Host and port of an authority; the colons of an IPv6 address stand inside of its brackets.
fn split_port(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
        _ => (authority, None),
    }
}
