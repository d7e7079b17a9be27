//! Settings as the update agent takes them: not set, valid, or not known.

use crate::policy::effective::Effective;
use crate::policy::setting::{Allowed, Setting};

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Not set.
    Absent,
    /// Set, and in its range.
    Valid(u32),
    /// Set to something else: what the agent makes of it is not known.
    Invalid,
}

/// A number that counts only where its switch is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paired {
    /// It counts.
    On(u32),
    /// It does not count, and what it is if it is set.
    Off(Option<u32>),
    /// One of the two is not valid.
    NotKnown,
}

/// Reads a number.
pub fn number(settings: &Effective, setting: Setting) -> Reading {
    match (settings.held(setting), settings.valid(setting)) {
        (None, _) => Reading::Absent,
        (Some(_), Some(number)) => Reading::Valid(number),
        (Some(_), None) => Reading::Invalid,
    }
}

/// Reads a switch that is off where it is not set; `None` where it is not valid.
pub fn switch(settings: &Effective, setting: Setting) -> Option<bool> {
    match number(settings, setting) {
        Reading::Absent => Some(false),
        Reading::Valid(number) => Some(number == 1),
        Reading::Invalid => None,
    }
}

/// Reads a number with its switch.
pub fn paired(settings: &Effective, value: Setting, enabled: Setting) -> Paired {
    match (switch(settings, enabled), number(settings, value)) {
        (None, _) | (Some(true), Reading::Invalid) => Paired::NotKnown,
        (Some(true), Reading::Valid(number)) => Paired::On(number),
        (Some(false), Reading::Valid(number)) => Paired::Off(Some(number)),
        (Some(_), Reading::Absent) | (Some(false), Reading::Invalid) => Paired::Off(None),
    }
}

/// A text; absent too where it is empty.
pub fn text(settings: &Effective, setting: Setting) -> Option<&str> {
    settings.text(setting).filter(|text| !text.is_empty())
}

/// Whether a setting is a number, as it should be, and outside its range.
pub fn is_out_of_range(settings: &Effective, setting: Setting) -> bool {
    settings.number(setting).is_some_and(|number| !setting.allows(number))
}

/// Whether a setting is set to something that it may not be.
pub fn is_invalid(settings: &Effective, setting: Setting) -> bool {
    match setting.row().allowed {
        Allowed::Switch | Allowed::Range(..) => number(settings, setting) == Reading::Invalid,
        Allowed::Url | Allowed::Text => {
            settings.held(setting).is_some() && settings.text(setting).is_none()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::forecast::fixture::settings;

    #[test]
    fn a_number_counts_only_with_its_switch_and_what_is_not_valid_is_not_known() {
        const VALUE: Setting = Setting::DetectionFrequency;
        const ENABLED: Setting = Setting::DetectionFrequencyEnabled;
        for (set, expected) in [
            (&[(VALUE, 4u32), (ENABLED, 1)] as &[_], Paired::On(4)),
            (&[(VALUE, 4), (ENABLED, 0)], Paired::Off(Some(4))),
            (&[(VALUE, 4)], Paired::Off(Some(4))),
            (&[(ENABLED, 1)], Paired::Off(None)),
            (&[], Paired::Off(None)),
            (&[(VALUE, 23)], Paired::Off(None)),
            (&[(VALUE, 23), (ENABLED, 1)], Paired::NotKnown),
            (&[(VALUE, 4), (ENABLED, 2)], Paired::NotKnown),
        ] {
            assert_eq!(paired(&settings(set), VALUE, ENABLED), expected, "{set:?}");
        }
    }
}
