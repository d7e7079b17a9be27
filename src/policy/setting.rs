//! The values of Windows Update's policy that clients read: one row for each.

pub mod group_policy;
mod table;
mod words;

use std::collections::HashMap;
use std::sync::LazyLock;

use self::group_policy::GroupPolicy;
use crate::model::registry::{KeyPath, Root};

closed_list! {
    /// A value of the policy, by the name it has in the registry. Where two keys have a value of
    /// the same name, the name is that of the machine's and the other one says whose it is.
    Setting {
        /// The server for updates.
        WuServer => "WUServer",
        /// The server for reports.
        WuStatusServer => "WUStatusServer",
        /// Whether the server for updates is used.
        UseWuServer => "UseWUServer",
        /// A second server, for downloads only.
        UpdateServiceUrlAlternate => "UpdateServiceUrlAlternate",
        /// Whether files without a URL are looked for on the second server.
        FillEmptyContentUrls => "FillEmptyContentUrls",
        /// Which proxy is used to look for updates.
        SetProxyBehaviorForUpdateDetection => "SetProxyBehaviorForUpdateDetection",
        /// Whether the server's certificate is not pinned.
        DoNotEnforceEnterpriseTlsCertPinning => "DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection",
        /// Whether Microsoft's own servers are not asked at all.
        DoNotConnectToInternetLocations => "DoNotConnectToWindowsUpdateInternetLocations",
        /// Whether Windows Update for Business is not asked beside WSUS.
        DisableDualScan => "DisableDualScan",
        /// Where feature updates come from: 0 is Microsoft, 1 is the WSUS server.
        SourceForFeatureUpdates => "SetPolicyDrivenUpdateSourceForFeatureUpdates",
        /// Where quality updates come from: 0 is Microsoft, 1 is the WSUS server.
        SourceForQualityUpdates => "SetPolicyDrivenUpdateSourceForQualityUpdates",
        /// Where drivers come from: 0 is Microsoft, 1 is the WSUS server.
        SourceForDriverUpdates => "SetPolicyDrivenUpdateSourceForDriverUpdates",
        /// Where other updates come from: 0 is Microsoft, 1 is the WSUS server.
        SourceForOtherUpdates => "SetPolicyDrivenUpdateSourceForOtherUpdates",
        /// Whether the sources of the four classes of updates count.
        UseUpdateClassPolicySource => "UseUpdateClassPolicySource",
        /// The computer groups that the machine asks to be in.
        TargetGroup => "TargetGroup",
        /// Whether the machine asks to be in computer groups.
        TargetGroupEnabled => "TargetGroupEnabled",
        /// Whether signed updates of others than Microsoft are taken from the server.
        AcceptTrustedPublisherCerts => "AcceptTrustedPublisherCerts",
        /// Whether users without administrative rights may approve updates.
        ElevateNonAdmins => "ElevateNonAdmins",
        /// Whether access to Windows Update is off.
        DisableWindowsUpdateAccess => "DisableWindowsUpdateAccess",
        /// Whether automatic updating is off.
        NoAutoUpdate => "NoAutoUpdate",
        /// What happens with updates that were found: 2 tells before the download, 3 before the
        /// installation, 4 installs by schedule, 5 lets users choose.
        AuOptions => "AUOptions",
        /// Day of the scheduled installation.
        ScheduledInstallDay => "ScheduledInstallDay",
        /// Hour of the scheduled installation.
        ScheduledInstallTime => "ScheduledInstallTime",
        /// Hours between two searches for updates.
        DetectionFrequency => "DetectionFrequency",
        /// Whether the hours between two searches count.
        DetectionFrequencyEnabled => "DetectionFrequencyEnabled",
        /// Minutes until users are asked again to restart.
        RebootRelaunchTimeout => "RebootRelaunchTimeout",
        /// Whether the minutes until users are asked again count.
        RebootRelaunchTimeoutEnabled => "RebootRelaunchTimeoutEnabled",
        /// Minutes of the countdown before a restart.
        RebootWarningTimeout => "RebootWarningTimeout",
        /// Whether the minutes of the countdown count.
        RebootWarningTimeoutEnabled => "RebootWarningTimeoutEnabled",
        /// Minutes after the start of the service at which a missed installation is made up for.
        RescheduleWaitTime => "RescheduleWaitTime",
        /// Whether the minutes after the start of the service count.
        RescheduleWaitTimeEnabled => "RescheduleWaitTimeEnabled",
        /// Whether updates that need neither a restart nor an interruption are installed at once.
        AutoInstallMinorUpdates => "AutoInstallMinorUpdates",
        /// Whether logged-on users decide about restarts.
        NoAutoRebootWithLoggedOnUsers => "NoAutoRebootWithLoggedOnUsers",
        /// Whether the machine restarts at the scheduled time, whoever is logged on.
        AlwaysAutoReboot => "AlwaysAutoRebootAtScheduledTime",
        /// Minutes of the warning before a restart at the scheduled time.
        AlwaysAutoRebootMinutes => "AlwaysAutoRebootAtScheduledTimeMinutes",
        /// For one user: whether all features of Windows Update are removed.
        UserDisableWindowsUpdateAccess => "DisableWindowsUpdateAccess (user)",
        /// For one user: whether links to Windows Update are removed.
        UserNoWindowsUpdate => "NoWindowsUpdate (user)",
    }
}

/// The keys that hold these values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The machine's policy.
    WindowsUpdate,
    /// Its part about automatic updates.
    Au,
    /// A user's policy about Windows Update.
    UserWindowsUpdate,
    /// A user's policy about the desktop.
    UserExplorer,
}

impl Key {
    /// Where it is.
    pub fn path(self) -> KeyPath {
        const MACHINE: &str = "SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate";
        const USER: &str = "Software\\Microsoft\\Windows\\CurrentVersion\\Policies";
        match self {
            Self::WindowsUpdate => KeyPath::machine(MACHINE),
            Self::Au => KeyPath::machine(&format!("{MACHINE}\\AU")),
            Self::UserWindowsUpdate => user(&format!("{USER}\\WindowsUpdate")),
            Self::UserExplorer => user(&format!("{USER}\\Explorer")),
        }
    }
}

fn user(path: &str) -> KeyPath {
    KeyPath { root: Root::CurrentUser, path: path.to_owned() }
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// `REG_DWORD`, 0 or 1.
    Switch,
    /// `REG_DWORD`, from the first to the last number.
    Range(u32, u32, Unit),
    /// `REG_SZ`, an `http://` or `https://` URL.
    Url,
    /// `REG_SZ`, any text.
    Text,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nothing: it stands for a choice.
    Choice,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Hours since midnight.
    HourOfDay,
    /// 0 for every day, 1 for Sunday to 7 for Saturday.
    DayOfWeek,
}

/// What is done where a value is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// As if it were this number.
    Is(u32),
    /// Nothing of the kind happens.
    Nothing,
    /// Whoever uses the machine decides, or Windows does; there is no documented number.
    Undocumented,
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Microsoft, "Configure Clients in a Non-Active Directory Environment" (WSUS 3.0).
    WithoutActiveDirectory,
    /// Microsoft, "Manage additional Windows Update settings".
    AdditionalSettings,
    /// Microsoft's administrative template `WindowsUpdate.admx`.
    Template,
    /// The Puppet module `puppetlabs-wsus_client`.
    Puppet,
}

/// Everything that is known about a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub setting: Setting,
    /// Under which key.
    pub key: Key,
    /// What it may be.
    pub allowed: Allowed,
    /// What holds where it is not set.
    pub unset: Unset,
    /// The switch without which it does not count, or the setting that this one switches on.
    pub pair: Option<Setting>,
    /// The first release of Windows that reads it, and whether that was not verified.
    pub since: &'static str,
    /// Who says so.
    pub source: Source,
    /// The Group Policy that writes it.
    pub policy: GroupPolicy,
}

impl Setting {
    /// Its row of the table.
    #[expect(clippy::indexing_slicing, reason = "there is one row for each, in this order")]
    pub const fn row(self) -> Row {
        table::ROWS[self as usize]
    }

    /// The key it is under.
    pub fn key(self) -> KeyPath {
        self.row().key.path()
    }

    /// The name of the value in the registry.
    pub fn value_name(self) -> &'static str {
        self.as_str().split(' ').next().unwrap_or_default()
    }

    /// The setting of that name under that key, in any letter case.
    pub fn at(key: &KeyPath, name: &str) -> Option<Self> {
        Self::named(name).iter().find(|setting| setting.key().is(key)).copied()
    }

    /// The settings of that name, in any letter case, under whichever key.
    pub fn named(name: &str) -> &'static [Self] {
        BY_NAME.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The settings whose names differ from this one, in any letter case, by so few letters that it
    /// may be one of them misspelled; each with the number of mistakes, the fewest first.
    pub fn near(name: &str) -> Vec<(usize, Self)> {
        let name = name.to_lowercase();
        let length = name.chars().count();
        let limit = (length / LETTERS_PER_MISTAKE).min(MOST_MISTAKES);
        // Each letter too many or too few is a mistake, and so is one that the other has not at all:
        // counting is cheaper than measuring.
        let is_as_long =
            |known: &&(String, Self)| known.0.chars().count().abs_diff(length) <= limit;
        let foreign = |one: &str, other: &str| one.chars().filter(|c| !other.contains(*c)).count();
        let is_alike = |known: &&(String, Self)| {
            foreign(&name, &known.0) <= limit && foreign(&known.0, &name) <= limit
        };
        let mut near: Vec<_> = LOWER_CASE
            .iter()
            .filter(is_as_long)
            .filter(is_alike)
            .map(|(known, setting)| (strsim::osa_distance(&name, known), *setting))
            .filter(|(mistakes, _)| *mistakes <= limit)
            .collect();
        near.sort();
        near
    }

    /// Whether a number is in its range; true for what is not a number.
    pub fn allows(self, number: u32) -> bool {
        match self.row().allowed {
            Allowed::Switch => number <= 1,
            Allowed::Range(least, most, _) => (least..=most).contains(&number),
            Allowed::Url | Allowed::Text => true,
        }
    }
}

/// All settings by their names in lower case.
static LOWER_CASE: LazyLock<Vec<(String, Setting)>> = LazyLock::new(|| {
    Setting::ALL.iter().map(|setting| (setting.value_name().to_lowercase(), *setting)).collect()
});

/// The same, for those who know the name: a file may have very many.
static BY_NAME: LazyLock<HashMap<String, Vec<Setting>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Setting>> = HashMap::new();
    for (name, setting) in &*LOWER_CASE {
        names.entry(name.clone()).or_default().push(*setting);
    }
    names
});

/// One mistake is forgiven for so many letters: less would match anything.
const LETTERS_PER_MISTAKE: usize = 4;

/// A name with more mistakes than this is another name.
const MOST_MISTAKES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_own_row_and_is_found_by_its_name() {
        for setting in Setting::ALL {
            assert_eq!(setting.row().setting, *setting);
            let name = setting.value_name().to_uppercase();
            assert_eq!(Setting::at(&setting.key(), &name), Some(*setting));
        }
        assert_eq!(Setting::at(&Key::Au.path(), "WUServer"), None);
    }

    #[test]
    fn pairs_are_mutual() {
        for setting in Setting::ALL {
            if let Some(other) = setting.row().pair {
                assert_eq!(other.row().pair, Some(*setting), "{setting:?}");
            }
        }
    }
}
