//! What a row of the table says, in words.

use super::{Allowed, Row, Source, Unit, Unset};

/// What a release is marked with that was not verified.
const NOT_VERIFIED: &str = " (not verified)";

impl Row {
    /// The type of the value in the registry.
    pub const fn value_type(&self) -> &'static str {
        match self.allowed {
            Allowed::Switch | Allowed::Range(..) => "REG_DWORD",
            Allowed::Url | Allowed::Text => "REG_SZ",
        }
    }

    /// What it may be.
    pub fn allowed_words(&self) -> String {
        match self.allowed {
            Allowed::Switch => "0 or 1".to_owned(),
            Allowed::Range(least, most, unit) => format!("{least} to {most}{}", unit.words()),
            Allowed::Url => "a URL, http://… or https://…".to_owned(),
            Allowed::Text => "any text".to_owned(),
        }
    }

    /// What holds where it is not set.
    pub fn unset_words(&self) -> String {
        match (self.unset, self.allowed) {
            (Unset::Is(number), _) => format!("as if it were {number}"),
            (Unset::Nothing, Allowed::Url | Allowed::Text) => "there is none".to_owned(),
            (Unset::Nothing, Allowed::Switch | Allowed::Range(..)) => {
                "nothing of the kind happens".to_owned()
            }
            (Unset::Undocumented, _) => {
                "not documented: whoever uses the machine decides, or Windows does".to_owned()
            }
        }
    }

    /// How it hangs together with its pair; `None` where it has none.
    pub fn pair_words(&self) -> Option<String> {
        let pair = self.pair?;
        let is_switch = |row: &Self| row.allowed == Allowed::Switch;
        Some(match (is_switch(self), is_switch(&pair.row())) {
            (false, true) => format!("counts only with {}=1", pair.value_name()),
            (true, false) => format!("switches {} on", pair.value_name()),
            (false, false) | (true, true) => {
                format!("counts only with the same in {}", pair.value_name())
            }
        })
    }

    /// The first release that reads it, and whether that was verified.
    pub fn since_release(&self) -> (&'static str, bool) {
        match self.since.strip_suffix(NOT_VERIFIED) {
            Some(release) => (release, false),
            None => (self.since, true),
        }
    }
}

impl Unit {
    /// The stable lower-case name used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Choice => "choice",
            Self::Hours => "hours",
            Self::Minutes => "minutes",
            Self::HourOfDay => "hour_of_day",
            Self::DayOfWeek => "day_of_week",
        }
    }

    /// What follows a range.
    const fn words(self) -> &'static str {
        match self {
            Self::Choice => "",
            Self::Hours => " hours",
            Self::Minutes => " minutes",
            Self::HourOfDay => ", an hour of the day",
            Self::DayOfWeek => ": 0 is every day, 1 is Sunday, 7 is Saturday",
        }
    }
}

impl Source {
    /// Its title.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WithoutActiveDirectory => {
                "Microsoft, \"Configure Clients in a Non-Active Directory Environment\" (WSUS 3.0)"
            }
            Self::AdditionalSettings => "Microsoft, \"Manage additional Windows Update settings\"",
            Self::Template => "Microsoft's administrative template WindowsUpdate.admx",
            Self::Puppet => "the Puppet module puppetlabs-wsus_client",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::setting::Setting;

    #[test]
    fn a_row_in_words() {
        use Setting as S;
        let words = |setting: S| {
            let row = setting.row();
            [row.allowed_words(), row.unset_words(), row.pair_words().unwrap_or_default()]
        };
        for (setting, expected) in [
            (
                S::DetectionFrequency,
                [
                    "1 to 22 hours",
                    "as if it were 22",
                    "counts only with DetectionFrequencyEnabled=1",
                ],
            ),
            (
                S::DetectionFrequencyEnabled,
                ["0 or 1", "as if it were 0", "switches DetectionFrequency on"],
            ),
            (
                S::WuServer,
                [
                    "a URL, http://… or https://…",
                    "there is none",
                    "counts only with the same in WUStatusServer",
                ],
            ),
        ] {
            assert_eq!(words(setting), expected, "{setting:?}");
        }
        assert!(S::DisableDualScan.row().since_release().1);
        let unverified = S::FillEmptyContentUrls.row();
        assert_eq!(unverified.since_release(), ("Windows 10", false));
    }

    #[test]
    fn a_name_under_two_keys_is_two_settings() {
        let both = [Setting::DisableWindowsUpdateAccess, Setting::UserDisableWindowsUpdateAccess];
        assert_eq!(Setting::named("disablewindowsupdateaccess"), both);
        assert_eq!(Setting::named("auoptions"), [Setting::AuOptions]);
        assert_eq!(Setting::named("nonsense"), []);
    }

    #[test]
    fn each_policy_is_of_the_side_of_its_key() {
        use crate::model::registry::Root;
        use crate::policy::setting::group_policy::Side;
        for setting in Setting::ALL {
            let policy = setting.row().policy;
            let side = match setting.key().root {
                Root::LocalMachine => Side::Computer,
                Root::CurrentUser | Root::ClassesRoot | Root::Users | Root::CurrentConfig => {
                    Side::User
                }
            };
            assert_eq!(policy.side, side, "{setting:?}");
            // A pair is set in one place.
            if let Some(pair) = setting.row().pair {
                assert_eq!(pair.row().policy, policy, "{setting:?}");
            }
        }
    }
}
