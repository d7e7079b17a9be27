//! The rows, in the order of [`Setting`].
//!
//! Releases are from Microsoft's pages about Group Policy for updates with WSUS, about dual scan and
//! about the sources of classes of updates; what none of them says is marked as not verified.

use super::Allowed::{Range, Switch, Text, Url};
use super::Source::{AdditionalSettings, Puppet, Template, WithoutActiveDirectory};
use super::Unset::{Is, Nothing, Undocumented};
use super::{Allowed, Key, Row, Setting, Source, Unit, Unset, group_policy};

/// The oldest release that Microsoft's page about clients without Active Directory names.
const FIRST: &str = "Windows Server 2003";

const fn plain(setting: Setting, key: Key, allowed: Allowed, unset: Unset) -> Row {
    let (since, source, policy) = (FIRST, WithoutActiveDirectory, group_policy::of(setting));
    Row { setting, key, allowed, unset, pair: None, since, source, policy }
}

const fn paired(row: Row, pair: Setting) -> Row {
    Row { pair: Some(pair), ..row }
}

const fn newer(row: Row, since: &'static str, source: Source) -> Row {
    Row { since, source, ..row }
}

pub(super) const ROWS: [Row; Setting::ALL.len()] = [
    paired(plain(Setting::WuServer, Key::WindowsUpdate, Url, Nothing), Setting::WuStatusServer),
    paired(plain(Setting::WuStatusServer, Key::WindowsUpdate, Url, Nothing), Setting::WuServer),
    plain(Setting::UseWuServer, Key::Au, Switch, Is(0)),
    newer(
        plain(Setting::UpdateServiceUrlAlternate, Key::WindowsUpdate, Url, Nothing),
        "Windows 10 (not verified)",
        AdditionalSettings,
    ),
    newer(
        plain(Setting::FillEmptyContentUrls, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 (not verified)",
        Template,
    ),
    newer(
        plain(Setting::SetProxyBehaviorForUpdateDetection, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 with the updates of September 2020",
        Template,
    ),
    newer(
        plain(Setting::DoNotEnforceEnterpriseTlsCertPinning, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 with the updates of September 2020 or later (not verified)",
        Template,
    ),
    newer(
        plain(Setting::DoNotConnectToInternetLocations, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 8.1, Server 2012 R2",
        Template,
    ),
    newer(
        plain(Setting::DisableDualScan, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 1607 with the updates of August 2017",
        Template,
    ),
    newer(
        plain(Setting::SourceForFeatureUpdates, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 2004, Server 2022",
        Template,
    ),
    newer(
        plain(Setting::SourceForQualityUpdates, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 2004, Server 2022",
        Template,
    ),
    newer(
        plain(Setting::SourceForDriverUpdates, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 2004, Server 2022",
        Template,
    ),
    newer(
        plain(Setting::SourceForOtherUpdates, Key::WindowsUpdate, Switch, Is(0)),
        "Windows 10 2004, Server 2022",
        Template,
    ),
    newer(
        plain(Setting::UseUpdateClassPolicySource, Key::Au, Switch, Is(0)),
        "Windows 10 2004, Server 2022",
        Template,
    ),
    paired(
        plain(Setting::TargetGroup, Key::WindowsUpdate, Text, Nothing),
        Setting::TargetGroupEnabled,
    ),
    paired(
        plain(Setting::TargetGroupEnabled, Key::WindowsUpdate, Switch, Is(0)),
        Setting::TargetGroup,
    ),
    plain(Setting::AcceptTrustedPublisherCerts, Key::WindowsUpdate, Switch, Is(0)),
    plain(Setting::ElevateNonAdmins, Key::WindowsUpdate, Switch, Is(0)),
    plain(Setting::DisableWindowsUpdateAccess, Key::WindowsUpdate, Switch, Is(0)),
    plain(Setting::NoAutoUpdate, Key::Au, Switch, Is(0)),
    plain(Setting::AuOptions, Key::Au, Range(2, 5, Unit::Choice), Undocumented),
    plain(Setting::ScheduledInstallDay, Key::Au, Range(0, 7, Unit::DayOfWeek), Undocumented),
    plain(Setting::ScheduledInstallTime, Key::Au, Range(0, 23, Unit::HourOfDay), Undocumented),
    paired(
        plain(Setting::DetectionFrequency, Key::Au, Range(1, 22, Unit::Hours), Is(22)),
        Setting::DetectionFrequencyEnabled,
    ),
    paired(
        plain(Setting::DetectionFrequencyEnabled, Key::Au, Switch, Is(0)),
        Setting::DetectionFrequency,
    ),
    paired(
        plain(Setting::RebootRelaunchTimeout, Key::Au, Range(1, 1440, Unit::Minutes), Is(10)),
        Setting::RebootRelaunchTimeoutEnabled,
    ),
    paired(
        plain(Setting::RebootRelaunchTimeoutEnabled, Key::Au, Switch, Is(0)),
        Setting::RebootRelaunchTimeout,
    ),
    paired(
        plain(Setting::RebootWarningTimeout, Key::Au, Range(1, 30, Unit::Minutes), Is(5)),
        Setting::RebootWarningTimeoutEnabled,
    ),
    paired(
        plain(Setting::RebootWarningTimeoutEnabled, Key::Au, Switch, Is(0)),
        Setting::RebootWarningTimeout,
    ),
    paired(
        plain(Setting::RescheduleWaitTime, Key::Au, Range(1, 60, Unit::Minutes), Nothing),
        Setting::RescheduleWaitTimeEnabled,
    ),
    paired(
        plain(Setting::RescheduleWaitTimeEnabled, Key::Au, Switch, Is(0)),
        Setting::RescheduleWaitTime,
    ),
    plain(Setting::AutoInstallMinorUpdates, Key::Au, Switch, Is(0)),
    plain(Setting::NoAutoRebootWithLoggedOnUsers, Key::Au, Switch, Is(0)),
    newer(
        paired(
            plain(Setting::AlwaysAutoReboot, Key::Au, Switch, Is(0)),
            Setting::AlwaysAutoRebootMinutes,
        ),
        "Windows 8, Server 2012",
        Puppet,
    ),
    newer(
        paired(
            plain(
                Setting::AlwaysAutoRebootMinutes,
                Key::Au,
                Range(15, 180, Unit::Minutes),
                Undocumented,
            ),
            Setting::AlwaysAutoReboot,
        ),
        "Windows 8, Server 2012",
        Puppet,
    ),
    plain(Setting::UserDisableWindowsUpdateAccess, Key::UserWindowsUpdate, Switch, Is(0)),
    plain(Setting::UserNoWindowsUpdate, Key::UserExplorer, Switch, Is(0)),
];
