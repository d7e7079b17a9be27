//! Durations as Go writes them (`time.ParseDuration`), because the toolkit's file has them so.

use std::time::Duration;

/// The units and how many nanoseconds they have, longer names first.
const UNITS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("\u{b5}s", 1e3),
    ("\u{3bc}s", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 6e10),
    ("h", 3.6e12),
];

/// The longest duration, to keep sums far from overflow.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// Parses `1s`, `1m30s`, `1.5h` or `0`; a bare number is nanoseconds.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("is {text:?}: expected a duration such as 1s, 100ms or 1m30s");
    if let Ok(nanoseconds) = text.parse::<u64>() {
        return bounded(Duration::from_nanos(nanoseconds)).ok_or_else(wrong);
    }
    let (mut rest, mut sum) = (text, Duration::ZERO);
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, after) = rest.split_at_checked(end).ok_or_else(wrong)?;
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let unit = UNITS.iter().find_map(|(unit, each)| Some((after.strip_prefix(unit)?, each)));
        // `m` is also how `ms` begins, but that is found first.
        let (remaining, each) = unit.ok_or_else(wrong)?;
        let part = Duration::try_from_secs_f64(number * each / 1e9).map_err(|_| wrong())?;
        sum = bounded(sum.saturating_add(part)).ok_or_else(wrong)?;
        rest = remaining;
    }
    Ok(sum)
}

fn bounded(duration: Duration) -> Option<Duration> {
    (duration <= LONGEST).then_some(duration)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn durations_are_read_as_go_does() {
        for (text, ms) in [
            ("0", 0.0),
            ("0s", 0.0),
            ("1s", 1000.0),
            ("1.5s", 1500.0),
            ("1m30s", 90_000.0),
            ("100ms", 100.0),
            ("250us", 0.25),
            ("250µs", 0.25),
            ("1000000", 1.0),
            ("1h", 3_600_000.0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs_f64(ms / 1e3)), "{text}");
        }
        for text in ["", "s", "1x", "-1s", "1s ", ".s", "1..2s", "1e9s", "99999999h", "1m s"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
