//! The Group Policy that writes a value, as the editor names it.
//!
//! By Microsoft's administrative templates `WindowsUpdate.admx`, `ICM.admx` and `StartMenu.admx` with
//! their English texts: those for Windows 10 of 2019 or before, and those for Windows 11, which sort
//! the policies of Windows Update into further folders.

use super::Setting as S;

/// A policy in the editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPolicy {
    /// Its name.
    pub name: &'static str,
    /// Whose it is.
    pub side: Side,
    /// The folder under "Administrative Templates", from the outermost on, in templates for Windows
    /// 10; `None` where those that were read do not have it.
    pub folder: Option<&'static [&'static str]>,
    /// The same in templates for Windows 11.
    pub folder_since_11: &'static [&'static str],
}

/// The half of a Group Policy object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Machines.
    Computer,
    /// Users.
    User,
}

impl GroupPolicy {
    /// Where it stands in the editor, by templates for Windows 10 and for Windows 11.
    pub fn places(&self) -> String {
        let newer = self.place(self.folder_since_11);
        match (self.folder, self.folder_since_11) {
            (Some(folder), since_11) if folder == since_11 => newer,
            (Some(folder), [outer @ .., last]) if folder == outer => format!(
                "{}; in templates for Windows 11 one folder deeper, in \"{last}\"",
                self.place(folder)
            ),
            (Some(folder), _) => {
                format!("{}; in templates for Windows 11 {newer}", self.place(folder))
            }
            (None, _) => format!("{newer}, in templates for Windows 11"),
        }
    }

    fn place(&self, folder: &[&str]) -> String {
        format!("{} > Administrative Templates > {}", self.side.as_str(), folder.join(" > "))
    }
}

impl Side {
    /// Its name in the editor.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Computer => "Computer Configuration",
            Self::User => "User Configuration",
        }
    }
}

const FIRST: &[&str] = &["Windows Components", "Windows Update"];
const OFFERED: &[&str] = &[
    "Windows Components",
    "Windows Update",
    "Manage updates offered from Windows Server Update Service",
];
const EXPERIENCE: &[&str] = &["Windows Components", "Windows Update", "Manage end user experience"];
const LEGACY: &[&str] = &["Windows Components", "Windows Update", "Legacy Policies"];
const INTERNET: &[&str] =
    &["System", "Internet Communication Management", "Internet Communication settings"];
const START_MENU: &[&str] = &["Start Menu and Taskbar"];

const fn machine(name: &'static str, folder_since_11: &'static [&'static str]) -> GroupPolicy {
    GroupPolicy { name, side: Side::Computer, folder: Some(FIRST), folder_since_11 }
}

const fn only_since_11(policy: GroupPolicy) -> GroupPolicy {
    GroupPolicy { folder: None, ..policy }
}

const fn elsewhere(name: &'static str, side: Side, at: &'static [&'static str]) -> GroupPolicy {
    GroupPolicy { name, side, folder: Some(at), folder_since_11: at }
}

const SERVER: GroupPolicy = machine("Specify intranet Microsoft update service location", OFFERED);
const SOURCES: GroupPolicy = only_since_11(machine(
    "Specify source service for specific classes of Windows Updates",
    OFFERED,
));

/// The policy that writes a value.
pub(super) const fn of(setting: S) -> GroupPolicy {
    match setting {
        S::WuServer
        | S::WuStatusServer
        | S::UseWuServer
        | S::UpdateServiceUrlAlternate
        | S::FillEmptyContentUrls => SERVER,
        S::SetProxyBehaviorForUpdateDetection | S::DoNotEnforceEnterpriseTlsCertPinning => {
            only_since_11(SERVER)
        }
        S::SourceForFeatureUpdates
        | S::SourceForQualityUpdates
        | S::SourceForDriverUpdates
        | S::SourceForOtherUpdates
        | S::UseUpdateClassPolicySource => SOURCES,
        S::DoNotConnectToInternetLocations => {
            machine("Do not connect to any Windows Update Internet locations", OFFERED)
        }
        S::DisableDualScan => machine(
            "Do not allow update deferral policies to cause scans against Windows Update",
            LEGACY,
        ),
        S::TargetGroup | S::TargetGroupEnabled => machine("Enable client-side targeting", OFFERED),
        S::AcceptTrustedPublisherCerts => machine(
            "Allow signed updates from an intranet Microsoft update service location",
            OFFERED,
        ),
        S::ElevateNonAdmins => {
            machine("Allow non-administrators to receive update notifications", LEGACY)
        }
        S::DisableWindowsUpdateAccess => {
            elsewhere("Turn off access to all Windows Update features", Side::Computer, INTERNET)
        }
        S::NoAutoUpdate | S::AuOptions | S::ScheduledInstallDay | S::ScheduledInstallTime => {
            machine("Configure Automatic Updates", EXPERIENCE)
        }
        S::DetectionFrequency | S::DetectionFrequencyEnabled => {
            machine("Automatic Updates detection frequency", OFFERED)
        }
        S::RebootRelaunchTimeout | S::RebootRelaunchTimeoutEnabled => {
            machine("Re-prompt for restart with scheduled installations", LEGACY)
        }
        S::RebootWarningTimeout | S::RebootWarningTimeoutEnabled => {
            machine("Delay Restart for scheduled installations", LEGACY)
        }
        S::RescheduleWaitTime | S::RescheduleWaitTimeEnabled => {
            machine("Reschedule Automatic Updates scheduled installations", LEGACY)
        }
        S::AutoInstallMinorUpdates => {
            machine("Allow Automatic Updates immediate installation", LEGACY)
        }
        S::NoAutoRebootWithLoggedOnUsers => machine(
            "No auto-restart with logged on users for scheduled automatic updates installations",
            LEGACY,
        ),
        S::AlwaysAutoReboot | S::AlwaysAutoRebootMinutes => {
            machine("Always automatically restart at the scheduled time", LEGACY)
        }
        S::UserDisableWindowsUpdateAccess => GroupPolicy {
            side: Side::User,
            ..machine("Remove access to use all Windows Update features", OFFERED)
        },
        S::UserNoWindowsUpdate => {
            elsewhere("Remove links and access to Windows Update", Side::User, START_MENU)
        }
    }
}
