//! Moments by the clocks of a place.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How a time zone is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneName {
    /// It was given, by this name.
    Given(String),
    /// It is that of this machine; its name where it has one.
    OfThisMachine(Option<String>),
    /// None was given, and this machine's is not known: UTC is used.
    NotKnown,
}

impl ZoneName {
    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::Given(name) => name.clone(),
            Self::OfThisMachine(Some(name)) => format!("{name} (this machine's time zone)"),
            Self::OfThisMachine(None) => "this machine's local time".to_owned(),
            Self::NotKnown => "UTC (this machine's time zone is not known)".to_owned(),
        }
    }

    /// The IANA name, if there is one.
    pub fn iana(&self) -> Option<&str> {
        match self {
            Self::Given(name) | Self::OfThisMachine(Some(name)) => Some(name),
            Self::OfThisMachine(None) => None,
            Self::NotKnown => Some("UTC"),
        }
    }
}

/// Day of the week, date and time; seconds where there are some.
pub(super) fn full(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let seconds = if local.second() == 0 { "" } else { ":%S" };
    local.strftime(&format!("%a %Y-%m-%d %H:%M{seconds}")).to_string()
}

/// The offset from UTC, such as `-06:00`.
pub(super) fn offset(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%:z").to_string()
}

/// Day of the week and time.
pub(super) fn short(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %H:%M").to_string()
}

/// RFC 3339 with the offset of the zone, in whole seconds.
pub(super) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Whole minutes as hours and minutes.
pub(super) fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_by_the_clocks_of_a_place() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        assert_eq!(full(at, &zone), "Sat 2026-11-21 03:00");
        assert_eq!(offset(at, &zone), "-06:00");
        assert_eq!(short(at, &zone), "Sat 03:00");
        assert_eq!(rfc3339(at, &zone), "2026-11-21T03:00:00-06:00");
        let later: Timestamp = "2026-11-21T09:00:07Z".parse().unwrap();
        assert_eq!(full(later, &zone), "Sat 2026-11-21 03:00:07");
        assert_eq!([59, 120, 61].map(minutes), ["59 min", "2 h", "1 h 1 min"]);
    }
}
