//! Time zones and local times as people give them in options.

use std::time::SystemTime;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::config::error::closest;
use crate::model::text::shown;
use crate::net::clock;
use crate::output::moment::ZoneName;

/// A time zone with its name.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    pub(super) zone: TimeZone,
    pub(super) name: ZoneName,
}

/// The zone that the option gives, or this machine's; UTC where that is not known.
pub(super) fn zone(option: &str, given: Option<&str>) -> Result<Zone, String> {
    let Some(given) = given else { return Ok(of_this_machine()) };
    match TimeZone::get(given.trim()) {
        Ok(zone) => {
            let name = zone.iana_name().unwrap_or(given).to_owned();
            Ok(Zone { zone, name: ZoneName::Given(name) })
        }
        Err(_) => Err(format!(
            "{option} is {}: expected an IANA time zone such as America/Chicago\n  hint: {}",
            shown(given),
            remedy(given.trim())
        )),
    }
}

fn of_this_machine() -> Zone {
    match TimeZone::try_system() {
        Ok(zone) => {
            let name = zone.iana_name().map(str::to_owned);
            Zone { zone, name: ZoneName::OfThisMachine(name) }
        }
        Err(_) => Zone { zone: TimeZone::UTC, name: ZoneName::NotKnown },
    }
}

fn remedy(given: &str) -> String {
    let windows = WINDOWS_ZONES.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(given));
    if let Some((_, iana)) = windows {
        return format!("that is a name of Windows; write {iana}");
    }
    if given.to_ascii_lowercase().ends_with(" time") {
        return "that is a name of Windows; write the zone as continent and city, as in \
                Europe/Berlin"
            .to_owned();
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    // Abbreviations are so short that each is close to another one.
    let near = closest(given, names.iter().map(String::as_str)).filter(|_| given.contains('/'));
    near.map_or_else(
        || "an abbreviation such as CST is ambiguous; write America/Chicago".to_owned(),
        |near| format!("did you mean {near}?"),
    )
}

/// Names that Windows has for the zones of the embedded catalogue and of a few other large places
/// (Unicode CLDR, windowsZones.xml; for Hong Kong its territory's row).
const WINDOWS_ZONES: &[(&str, &str)] = &[
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Central Standard Time", "America/Chicago"),
    ("China Standard Time", "Asia/Hong_Kong or Asia/Shanghai"),
    ("Eastern Standard Time", "America/New_York"),
    ("GMT Standard Time", "Europe/London"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Mountain Standard Time", "America/Denver"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("W. Europe Standard Time", "Europe/Berlin"),
];

/// A moment, and what a person should know about how it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) note: Option<String>,
}

/// The time that the option gives: with an offset a moment, without one the zone's local time.
pub(super) fn moment(option: &str, given: &str, zone: &TimeZone) -> Result<Moment, String> {
    let text = given.trim().replacen(' ', "T", 1);
    let wrong = |hint: &str| {
        format!(
            "{option} is {}: expected a date and a time such as 2026-11-21T14:00\n  hint: {hint}",
            shown(given)
        )
    };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment { at, note: None });
    }
    if !text.contains('T') {
        return Err(wrong("add the time of day, as in T03:00"));
    }
    // What follows the time, such as an offset that is no offset, would be passed over silently.
    let plain = text.chars().all(|c| c.is_ascii_digit() || "-:.T".contains(c));
    let local: DateTime = match text.parse() {
        Ok(local) if plain => local,
        _ => {
            return Err(wrong(
                "write local time as 2026-11-21T03:00, or with its offset from UTC, \
                              as in 2026-11-21T03:00-06:00 or 2026-11-21T09:00Z",
            ));
        }
    };
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let offset = ambiguous.offset();
    let at = ambiguous.compatible().map_err(|_| wrong("choose a year from 1 to 9998"))?;
    let note = told(option, local, offset, &at.to_zoned(zone.clone()));
    Ok(Moment { at, note })
}

fn told(option: &str, local: DateTime, offset: AmbiguousOffset, taken: &Zoned) -> Option<String> {
    let local = local.strftime("%Y-%m-%d %H:%M");
    match offset {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some(format!(
            "{option} {local} does not exist: the clocks are set forward over it; {} is taken",
            taken.strftime("%H:%M %:z")
        )),
        AmbiguousOffset::Fold { after, .. } => Some(format!(
            "{option} {local} comes twice, because the clocks are set back; the first of the two \
             is taken, {}; for the other one write its offset, {}",
            taken.strftime("%:z"),
            taken.timestamp().to_zoned(TimeZone::fixed(after)).strftime("%:z"),
        )),
    }
}

/// The present.
pub(super) fn now() -> Timestamp {
    Timestamp::try_from(clock::wall()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// For the parts that know no time zones.
pub(super) fn system_time(at: Timestamp) -> SystemTime {
    at.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chicago() -> TimeZone {
        TimeZone::get("America/Chicago").unwrap()
    }

    fn read(text: &str) -> Result<(String, bool), String> {
        let moment = moment("--at", text, &chicago())?;
        Ok((moment.at.to_string(), moment.note.is_some()))
    }

    #[test]
    fn times_in_every_form() {
        for (text, expected, told) in [
            ("2026-11-21T03:00", "2026-11-21T09:00:00Z", false),
            ("2026-11-21 03:00:30", "2026-11-21T09:00:30Z", false),
            (" 2026-07-01T03:00 ", "2026-07-01T08:00:00Z", false),
            ("2026-11-21T03:00Z", "2026-11-21T03:00:00Z", false),
            ("2026-11-21 03:00:00+01:00", "2026-11-21T02:00:00Z", false),
            // The clocks of Chicago are set forward at 2 o'clock and back at 2 o'clock.
            ("2027-03-14T02:30", "2027-03-14T08:30:00Z", true),
            ("2026-11-01T01:30", "2026-11-01T06:30:00Z", true),
            ("2026-11-01T01:30-06:00", "2026-11-01T07:30:00Z", false),
        ] {
            assert_eq!(read(text), Ok((expected.to_owned(), told)), "{text}");
        }
        let note = moment("--at", "2026-11-01T01:30", &chicago()).unwrap().note.unwrap();
        assert!(note.contains("-05:00") && note.contains("-06:00"), "{note}");
        let note = moment("--at", "2027-03-14T02:30", &chicago()).unwrap().note.unwrap();
        assert!(note.contains("03:30 -05:00"), "{note}");
    }

    #[test]
    fn what_is_no_time_is_refused_with_its_option_and_a_remedy() {
        for text in [
            "",
            "now",
            "2026-11-21",
            "03:00",
            "2026-13-01T00:00",
            "2026-11-21T25:00",
            "2026-11-21T03:00 CST",
            "2026-11-21T03:00[America/Chicago]",
            "21.11.2026 03:00",
            "2026-11-21T03:00\u{1b}[2J",
        ] {
            let error = moment("--missed", text, &chicago()).unwrap_err();
            assert!(error.starts_with("--missed is ") && error.contains("hint: "), "{error}");
            assert!(!error.contains('\u{1b}'), "{error}");
        }
    }

    #[test]
    fn names_of_windows_are_refused_with_the_name_to_write() {
        for (windows, iana) in WINDOWS_ZONES {
            let error = zone("--time-zone", Some(windows)).unwrap_err();
            assert!(error.contains(&format!("write {iana}")), "{error}");
            let first = iana.split(' ').next().unwrap();
            assert!(zone("--time-zone", Some(first)).is_ok(), "{iana}");
        }
        let error = zone("--time-zone", Some("Nepal Standard Time")).unwrap_err();
        assert!(error.contains("name of Windows"), "{error}");
        let error = zone("--time-zone", Some("America/Chicgo")).unwrap_err();
        assert!(error.contains("did you mean America/Chicago?"), "{error}");
        let given = zone("--time-zone", Some("america/chicago")).unwrap();
        assert_eq!(given.name, ZoneName::Given("America/Chicago".to_owned()));
    }
}
