//! Values that belong together.

use super::{THEN_RESTART, Text};
use crate::model::client::ClientFindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::Unpaired,
        means: "Some settings are two values: a number or a text, and a switch that says that it counts. \
                One alone does nothing. The two URLs are such a pair as well: one alone does not count, \
                which is an error.",
        reasons: &["only one of the two is in a file or a policy"],
        actions: &["set the other one as well", "or remove the one that is there"],
        doubts: &[
            "what Windows does with a switch that is on and a number that is missing is not documented",
        ],
    },
    Text {
        code: Code::SwitchedOff,
        means: "The value is there and does not count, because its switch is 0. The default holds.",
        reasons: &["somebody switched it off on purpose and kept the number"],
        actions: &["set the switch to 1 if the value is to count"],
        doubts: &[],
    },
    Text {
        code: Code::ScheduleMissing,
        means: "With AUOptions 4 updates are installed by schedule, and there is no whole schedule.",
        reasons: &[
            "AUOptions was set by hand, without ScheduledInstallDay and ScheduledInstallTime",
        ],
        actions: &[
            "set both: the day from 0 (every day) or 1 (Sunday) to 7, the hour from 0 to 23",
        ],
        doubts: &[
            "Microsoft's page about the registry calls 4 valid only with both; the one about Group \
             Policy says that the default is every day at 3:00",
        ],
    },
    Text {
        code: Code::ScheduleIgnored,
        means: "Day, hour and the wait after a missed installation count only with AUOptions 4.",
        reasons: &[
            "the editor of Group Policy writes day and hour beside every choice, which does no harm",
            "AUOptions was forgotten",
        ],
        actions: &["set AUOptions to 4 if updates are to be installed by schedule, else leave it"],
        doubts: &[],
    },
    Text {
        code: Code::Pointless,
        means: "The setting is valid and has no effect, because of another one or for want of it.",
        reasons: &["settings of two policies were put together", "one of two was forgotten"],
        actions: &["decide which of them is meant, and remove the other"],
        doubts: &[],
    },
    Text {
        code: Code::Overridden,
        means: "The server is set, and a newer policy sends the machine elsewhere: for classes of \
                updates (SetPolicyDrivenUpdateSourceFor…), because updates are deferred (\"dual scan\"), \
                or for files alone (UpdateServiceUrlAlternate).",
        reasons: &[
            "the machine was managed by Intune or Windows Update for Business as well",
            "Configuration Manager or a security baseline set it",
        ],
        actions: &[
            "decide who is to decide about updates: the WSUS server, or Microsoft's service",
            "for WSUS: remove deferrals; set all four sources and UseUpdateClassPolicySource to 1, or \
             none of the five",
        ],
        doubts: &[
            "DisableDualScan counts up to Windows 10 and Server 2022; Windows 11 and Server 2025 pass \
             over it",
            "which release the machine has is not known from its settings alone",
            "settings that came by device management (MDM) are in other keys, and are not looked at",
        ],
    },
    Text {
        code: Code::UserAccessRemoved,
        means: "This user does not see Windows Update, and with DisableWindowsUpdateAccess is treated \
                as no administrator by it. The service and scheduled installations go on.",
        reasons: &["a Group Policy for users"],
        actions: &["leave it if it is meant; set the machine's own policy for everybody"],
        doubts: &[
            "Windows 10 and later do not support settings of users for Windows Update",
            "the machine's own DisableWindowsUpdateAccess can override it",
        ],
    },
    Text {
        code: Code::RestartsUnasked,
        means: "After a scheduled installation that needs it, the machine restarts when a countdown of \
                5 minutes ends (or of RebootWarningTimeout), with people logged on or not.",
        reasons: &["that is the default", "on a server it is often what is wanted, at night"],
        actions: &[
            "set NoAutoRebootWithLoggedOnUsers to 1 if those logged on are to decide",
            "`client explain` shows who gets which question",
        ],
        doubts: &[
            "Windows 10 and later have further settings about restarts, which are not looked at",
        ],
    },
    Text {
        code: Code::AutomaticUpdatesOff,
        means: "The machine looks for nothing and installs nothing by itself. By Microsoft's \
                documentation the policy of the server has no effect then, nor the other settings of \
                automatic updates.",
        reasons: &[
            "another tool installs updates",
            "it was switched off for a while, and forgotten",
        ],
        actions: &["set NoAutoUpdate to 0, or remove it", THEN_RESTART],
        doubts: &["whether a search that a person or a program starts still asks the server"],
    },
    Text {
        code: Code::AccessDisabled,
        means: "Calls of the update agent fail with 0x8024002F.",
        reasons: &["a policy to keep users from installing updates"],
        actions: &[
            "set DisableWindowsUpdateAccess to 0 for the machine, or remove it",
            THEN_RESTART,
        ],
        doubts: &[
            "of the policy of Windows 10 that removes access for users, Microsoft says that searches \
             and installations in the background go on",
        ],
    },
];
