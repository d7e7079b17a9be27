//! The end of the certificate in force, told before and when it comes.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// Before the end it is told: time for a renewal that takes people, and less than what those that
/// renew by themselves leave.
const SOON: Duration = Duration::from_hours(14 * 24);

/// What has been told of a certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    #[default]
    Nothing,
    EndsSoon,
    HasEnded,
}

impl Told {
    /// What is to be told now of a certificate with that end, and was not yet.
    pub(super) fn news(&mut self, ends: Option<SystemTime>, now: SystemTime) -> Option<String> {
        let ends = ends?;
        let (standing, verb) = match ends.duration_since(now) {
            Err(_) => (Self::HasEnded, "ended"),
            Ok(left) if left <= SOON => (Self::EndsSoon, "ends"),
            Ok(_) => (Self::Nothing, "ends"),
        };
        if standing <= *self {
            return None;
        }
        *self = standing;
        let at = Timestamp::try_from(ends)
            .map_or_else(|_| "at an unknown time".to_owned(), |at| format!("{at:.0}"));
        Some(format!(
            "the certificate of the web configuration {verb} {at}, and is served all the same; \
             who verifies it is refused from then on: renew the file, no restart is needed"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_told_once_before_and_once_when_it_comes() {
        let day = |day: u64| SystemTime::UNIX_EPOCH + Duration::from_hours(24 * day);
        let mut told = Told::default();
        let mut at = |now: u64| told.news(Some(day(100)), day(now));
        assert_eq!((at(0), at(85)), (None, None));
        let soon = at(86).unwrap();
        assert!(soon.contains("ends 1970-04-11T00:00:00Z"), "{soon}");
        assert_eq!((at(87), at(100)), (None, None));
        assert!(at(101).unwrap().contains("ended 1970-04-11"));
        assert_eq!((at(102), at(90)), (None, None));
        assert_eq!(Told::default().news(None, day(1)), None);
    }
}
