//! Parsers of single values, used for the file and for the command line alike.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr as _;
use std::time::Duration;

use jiff::tz::TimeZoneDatabase;

use crate::config::defaults::{
    DNS_PORT, DNS_TLS_PORT, MAX_COMPARED, MAX_DC_BYTES, MAX_NAME_BYTES, RELEASE_AFTER_RANGE,
};
use crate::config::error::{Fault, closest};
use crate::model::endpoint::{Family, PatchWindow, ResolverChoice, SimulatedLink};
use crate::model::text::shown;
use crate::model::url::dns_name;

/// The word for "the source documents no window".
const NOT_DOCUMENTED: &str = "not documented";

/// The word for a simulated address that never answers.
const BLACK_HOLE: &str = "black_hole";

/// A duration with a unit, within a range.
pub(super) fn duration(text: &str, range: &RangeInclusive<Duration>) -> Result<Duration, Fault> {
    let expected = format!(
        "a duration with a unit, from {} to {}",
        humantime::format_duration(*range.start()),
        humantime::format_duration(*range.end())
    );
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let fault = Fault::new(
            format!("is {}, which has no unit: expected {expected}", shown(text)),
            format!("write \"{0}s\" for seconds or \"{0}ms\" for milliseconds", short(text)),
        );
        return Err(fault);
    }
    match humantime::parse_duration(text) {
        Ok(duration) if range.contains(&duration) => Ok(duration),
        Ok(_) => Err(Fault::expected(text, &expected, "choose a value in this range")),
        Err(_) => Err(Fault::expected(text, &expected, "write it like 500ms, 2s or 1m 30s")),
    }
}

/// A number of whole days, from none to the most that a release may take.
pub(super) fn release_after(text: &str) -> Result<Duration, Fault> {
    let is_whole =
        |time: &Duration| time.as_secs().is_multiple_of(DAY_SECONDS) && time.subsec_nanos() == 0;
    let time = humantime::parse_duration(text.trim()).ok();
    time.filter(|time| RELEASE_AFTER_RANGE.contains(time) && is_whole(time)).ok_or_else(|| {
        let most = RELEASE_AFTER_RANGE.end().as_secs() / DAY_SECONDS;
        let expected = format!("whole days with their unit, from 0d to {most}d");
        Fault::expected(text, &expected, "a release has a date: write it like 21d or 3weeks")
    })
}

/// Seconds of a day without a change of clocks.
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// Enough of a text to repeat it in a hint.
fn short(text: &str) -> String {
    text.chars().take(12).collect()
}

/// `any`, `ipv4` or `ipv6`.
pub(super) fn family(text: &str) -> Result<Family, Fault> {
    let all = [Family::Any, Family::Ipv4, Family::Ipv6];
    all.into_iter().find(|family| family.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
        Fault::expected(text, "any, ipv4 or ipv6", "any asks for and probes both families")
    })
}

/// `system`, `IP`, `IP:PORT` or `tls://IP[:PORT]#NAME`.
pub(super) fn resolver(text: &str) -> Result<ResolverChoice, Fault> {
    const EXPECTED: &str = "system, IP, IP:PORT or tls://IP[:PORT]#NAME";
    if text == ResolverChoice::SYSTEM {
        return Ok(ResolverChoice::System);
    }
    let Some(rest) = text.strip_prefix("tls://") else {
        return socket_address(text, DNS_PORT).map(ResolverChoice::Plain).ok_or_else(|| {
            let hint = "a resolver is named by its address, since nothing could resolve its name";
            Fault::expected(text, EXPECTED, hint)
        });
    };
    let (address, name) = rest.split_once('#').unwrap_or((rest, ""));
    let Some(address) = socket_address(address, DNS_TLS_PORT) else {
        return Err(Fault::expected(text, EXPECTED, "put the resolver's address after tls://"));
    };
    if name.is_empty() {
        let hint =
            format!("append the name its certificate carries: tls://{address}#dns.example.com");
        return Err(Fault::expected(text, EXPECTED, hint));
    }
    Ok(ResolverChoice::Tls { address, name: dns_name(name)? })
}

/// Resolvers to compare, each once: they may be written in several ways.
pub(super) fn resolvers(given: Vec<ResolverChoice>) -> Result<Vec<ResolverChoice>, Fault> {
    let mut each = Vec::new();
    for resolver in given {
        if !each.contains(&resolver) {
            each.push(resolver);
        }
    }
    if each.len() > MAX_COMPARED {
        let text = format!("names {} resolvers: expected at most {MAX_COMPARED}", each.len());
        return Err(Fault::new(text, "compare those that clients ask"));
    }
    Ok(each)
}

/// A resolver as the file and `--resolver` spell it.
pub fn write_resolver(resolver: &ResolverChoice) -> String {
    resolver.to_string()
}

/// An address with or without a port other than 0; IPv6 in brackets or bare.
fn socket_address(text: &str, default_port: u16) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, default_port));
    }
    SocketAddr::from_str(text).ok().filter(|address| address.port() != 0)
}

/// An address and a port to listen on; port 0 lets the system choose. A port alone is that port
/// of every address of both families.
pub(super) fn listen(text: &str) -> Result<SocketAddr, Fault> {
    let every = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let port = text.strip_prefix(':').filter(|port| !port.starts_with('+'));
    let parsed = match port {
        Some(port) => port.parse().ok().map(|port| SocketAddr::new(every, port)),
        None => text.parse().ok(),
    };
    parsed.ok_or_else(|| {
        let hint = "write 127.0.0.1:18530, or 0.0.0.0:18530 for every address";
        Fault::expected(text, "IP:PORT or :PORT", hint)
    })
}

/// A literal address.
pub(super) fn address(text: &str) -> Result<IpAddr, Fault> {
    text.parse().map_err(|_| {
        Fault::expected(
            text,
            "an IPv4 or IPv6 address",
            "write it without port, brackets or prefix",
        )
    })
}

/// An endpoint's name: it is a metric label and an argument of commands.
pub(super) fn name(text: &str) -> Result<String, Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:[]".contains(c);
    if text.is_empty() || text.len() > MAX_NAME_BYTES || !text.chars().all(allowed) {
        let expected = format!("1 to {MAX_NAME_BYTES} letters, digits or any of - _ . : [ ]");
        return Err(Fault::expected(text, &expected, "words for people go into `region`"));
    }
    Ok(text.to_owned())
}

/// A data-center code: it may become a part of a host name.
pub(super) fn dc(text: &str) -> Result<String, Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.is_empty() || text.len() > MAX_DC_BYTES || !text.chars().all(allowed) {
        let expected = format!("1 to {MAX_DC_BYTES} letters, digits or hyphens");
        return Err(Fault::expected(text, &expected, "write the code as in DFW or dfw1"));
    }
    Ok(text.to_owned())
}

/// A text for people: one line, not empty.
pub(super) fn region(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() || text.len() > MAX_NAME_BYTES || text.chars().any(char::is_control) {
        return Err(Fault::expected(text, "a short line of text", "write it as in \"Dallas\""));
    }
    Ok(text.to_owned())
}

/// An IANA time zone of the bundled database, in the database's spelling.
pub(super) fn time_zone(text: &str, database: &TimeZoneDatabase) -> Result<String, Fault> {
    if let Ok(zone) = database.get(text) {
        return Ok(zone.iana_name().unwrap_or(text).to_owned());
    }
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    // Abbreviations are so short that each is close to another one.
    let near = closest(text, names.iter().map(String::as_str)).filter(|_| text.contains('/'));
    let hint = near.map_or_else(
        || "an abbreviation such as CST is ambiguous; write America/Chicago".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    Err(Fault::expected(text, "an IANA time zone such as America/Chicago", hint))
}

/// `HH:MM-HH:MM` in local time, or `not documented`.
pub(super) fn patch_window(text: &str) -> Result<PatchWindow, Fault> {
    const EXPECTED: &str = "HH:MM-HH:MM from 00:00 to 23:59, or \"not documented\"";
    if text == NOT_DOCUMENTED {
        return Ok(PatchWindow::NotDocumented);
    }
    let Some((start, end)) = text.split_once('-') else {
        return Err(Fault::expected(text, EXPECTED, "write start, a hyphen and end: 01:00-05:00"));
    };
    let (Some(start), Some(end)) = (clock(start), clock(end)) else {
        return Err(Fault::expected(
            text,
            EXPECTED,
            "write both times in 24-hour form: 01:00-05:00",
        ));
    };
    if start == end {
        let hint = "a window must have a length; one that crosses midnight is fine: 23:00-03:00";
        return Err(Fault::expected(text, EXPECTED, hint));
    }
    Ok(PatchWindow::Nightly { start, end })
}

/// A patch window as the file spells it.
pub fn write_patch_window(window: &PatchWindow) -> String {
    let clock = |time: &Duration| {
        let minutes = time.as_secs() / 60;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    match window {
        PatchWindow::Nightly { start, end } => format!("{}-{}", clock(start), clock(end)),
        PatchWindow::NotDocumented => NOT_DOCUMENTED.to_owned(),
    }
}

/// `HH:MM` as time since midnight.
fn clock(text: &str) -> Option<Duration> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two_digits = |part: &str| {
        let shape = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        shape.then(|| part.parse::<u64>().ok()).flatten()
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then(|| Duration::from_secs((hours * 60 + minutes) * 60))
}

/// A simulated round-trip time, or `black_hole`.
pub(super) fn simulated(
    text: &str,
    range: &RangeInclusive<Duration>,
) -> Result<SimulatedLink, Fault> {
    if text == BLACK_HOLE {
        return Ok(SimulatedLink::BlackHole);
    }
    duration(text, range)
        .map(SimulatedLink::RoundTrip)
        .map_err(|fault| Fault { text: format!("{}, or \"{BLACK_HOLE}\"", fault.text), ..fault })
}

/// A simulated link as the file spells it.
pub fn write_simulated(link: SimulatedLink) -> String {
    match link {
        SimulatedLink::BlackHole => BLACK_HOLE.to_owned(),
        SimulatedLink::RoundTrip(time) => humantime::format_duration(time).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::defaults::TIMEOUT_RANGE;

    #[test]
    fn durations_need_a_unit_and_a_sensible_size() {
        let parse = |text| duration(text, &TIMEOUT_RANGE);
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse(" 1s 500ms "), Ok(Duration::from_millis(1_500)));
        assert_eq!(parse("10ms"), Ok(*TIMEOUT_RANGE.start()));
        assert_eq!(parse("1m"), Ok(*TIMEOUT_RANGE.end()));
        for bad in ["5", "", "0s", "9ms", "61s", "-5s", "1y", "soon", "99999999999999999999s"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("5").unwrap_err().hint.unwrap().contains("\"5s\""));
    }

    #[test]
    fn resolvers_are_written_as_they_are_read() {
        for (given, expected) in [
            ("system", "system"),
            ("10.77.53.53", "10.77.53.53:53"),
            ("10.77.53.53:5353", "10.77.53.53:5353"),
            ("::1", "[::1]:53"),
            ("[::1]", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"),
            ("tls://9.9.9.9#DNS.quad9.net", "tls://9.9.9.9:853#dns.quad9.net"),
            ("tls://[::1]:8853#a.test", "tls://[::1]:8853#a.test"),
        ] {
            let parsed = resolver(given).unwrap();
            assert_eq!(write_resolver(&parsed), expected);
            assert_eq!(resolver(expected).unwrap(), parsed);
        }
        for bad in ["", "dns.example", "1.1.1.1:0", "tls://9.9.9.9", "tls://x#y", "tls://1.1.1.1#"]
        {
            assert!(resolver(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn windows_are_written_as_they_are_read() {
        for text in ["01:00-05:00", "23:30-03:05", "not documented"] {
            assert_eq!(write_patch_window(&patch_window(text).unwrap()), text);
        }
        for bad in ["", "25:00-05:00", "01:60-05:00", "01:00", "1:00-5:00", "02:00-02:00", "1-5"] {
            assert!(patch_window(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn time_zones_come_from_the_bundled_database() {
        let database = TimeZoneDatabase::bundled();
        assert_eq!(time_zone("america/chicago", &database).unwrap(), "America/Chicago");
        let fault = time_zone("America/Chicgo", &database).unwrap_err();
        assert_eq!(fault.hint.unwrap(), "did you mean America/Chicago?");
        assert!(time_zone("", &database).is_err());
    }

    #[test]
    fn simulated_links_are_written_as_they_are_read() {
        for text in ["12ms", "0s", "black_hole"] {
            let link = simulated(text, &crate::config::defaults::SIMULATED_RANGE).unwrap();
            assert_eq!(write_simulated(link), text);
        }
    }

    #[test]
    fn addresses_to_listen_on() {
        for (text, expected) in
            [("127.0.0.1:18530", "127.0.0.1:18530"), ("[::1]:0", "[::1]:0"), (":9100", "[::]:9100")]
        {
            assert_eq!(listen(text).unwrap().to_string(), expected);
        }
        for bad in ["", ":", "9100", "localhost:9100", ":70000", ":+1", ":-1", "::1", "1.2.3.4"] {
            assert!(listen(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_and_codes() {
        assert!(name("wsus.corp:8531").is_ok() && name("[::1]").is_ok());
        assert!(name("").is_err() && name("a b").is_err() && name("a=b").is_err());
        assert!(dc("dfw1").is_ok() && dc("d.fw").is_err() && dc("").is_err());
        assert!(region("Hong Kong").is_ok() && region("a\nb").is_err() && region(" ").is_err());
    }
}
