//! Values of the policy that this program does not judge, so that it does not call them unknown.
//!
//! From Microsoft's administrative template of Windows 10 and 11 and its descriptions. A name that
//! is missing here is noted as unknown, which is no reproach.

/// Whether a name is one of these, in any letter case.
pub(in crate::policy) fn is_documented(name: &str) -> bool {
    let mut known = DEFERRALS.iter().chain(OTHERS);
    known.any(|known| known.eq_ignore_ascii_case(name))
}

/// Those that make a client of WSUS ask Microsoft for Windows' own updates as well ("dual scan").
pub(super) const DEFERRALS: &[&str] = &[
    "BranchReadinessLevel",
    "DeferFeatureUpdates",
    "DeferFeatureUpdatesPeriodInDays",
    "DeferQualityUpdates",
    "DeferQualityUpdatesPeriodInDays",
    "PauseFeatureUpdatesStartTime",
    "PauseQualityUpdatesStartTime",
];

const OTHERS: &[&str] = &[
    "ActiveHoursEnd",
    "ActiveHoursMaxRange",
    "ActiveHoursStart",
    "AllowAutoWindowsUpdateDownloadOverMeteredNetwork",
    "AllowMUUpdateService",
    "AllowOptionalContent",
    "AllowTemporaryEnterpriseFeatureControl",
    "AUPowerManagement",
    "AutomaticMaintenanceEnabled",
    "AutoRestartDeadlinePeriodInDays",
    "AutoRestartDeadlinePeriodInDaysForFeatureUpdates",
    "AutoRestartNotificationSchedule",
    "AutoRestartRequiredNotificationDismissal",
    "ConfigureDeadlineForFeatureUpdates",
    "ConfigureDeadlineForQualityUpdates",
    "ConfigureDeadlineGracePeriod",
    "ConfigureDeadlineGracePeriodForFeatureUpdates",
    "ConfigureDeadlineNoAutoReboot",
    "ConfigureDeadlineNoAutoRebootForFeatureUpdates",
    "ConfigureDeadlineNoAutoRebootForQualityUpdates",
    "DeferUpdatePeriod",
    "DeferUpgrade",
    "DeferUpgradePeriod",
    "DisableWUfBSafeguards",
    "DisableOSUpgrade",
    "EnableFeaturedSoftware",
    "EngagedRestartDeadline",
    "EngagedRestartDeadlineForFeatureUpdates",
    "EngagedRestartSnoozeSchedule",
    "EngagedRestartSnoozeScheduleForFeatureUpdates",
    "EngagedRestartTransitionSchedule",
    "EngagedRestartTransitionScheduleForFeatureUpdates",
    "ExcludeWUDriversInQualityUpdate",
    "IncludeRecommendedUpdates",
    "ManagePreviewBuilds",
    "ManagePreviewBuildsPolicyValue",
    "NoAUAsDefaultShutdownOption",
    "NoAUShutdownOption",
    "NoUpdateNotificationsDuringActiveHours",
    "PauseDeferrals",
    "PauseFeatureUpdates",
    "PauseQualityUpdates",
    "ProductVersion",
    "ScheduledInstallDate",
    "ScheduledInstallEveryWeek",
    "ScheduledInstallFirstWeek",
    "ScheduledInstallFourthWeek",
    "ScheduledInstallSecondWeek",
    "ScheduledInstallThirdWeek",
    "ScheduleImminentRestartWarning",
    "ScheduleRestartWarning",
    "SetActiveHours",
    "SetActiveHoursMaxRange",
    "SetAllowOptionalContent",
    "SetAutoRestartDeadline",
    "SetAutoRestartNotificationConfig",
    "SetAutoRestartNotificationDisable",
    "SetAutoRestartRequiredNotificationDismissal",
    "SetComplianceDeadline",
    "SetComplianceDeadlineForFU",
    "SetDisablePauseUXAccess",
    "SetDisableUXWUAccess",
    "SetEDURestart",
    "SetEngagedRestartTransitionSchedule",
    "SetRestartWarningSchd",
    "SetUpdateNotificationLevel",
    "TargetReleaseVersion",
    "TargetReleaseVersionInfo",
    "UpdateNotificationLevel",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::setting::Setting;

    #[test]
    fn what_is_not_judged_is_no_setting() {
        for name in DEFERRALS.iter().chain(OTHERS) {
            assert!(Setting::ALL.iter().all(|setting| setting.value_name() != *name), "{name}");
            assert!(is_documented(&name.to_uppercase()));
        }
    }
}
