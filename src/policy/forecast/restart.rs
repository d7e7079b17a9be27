//! Who is asked what when an installation needs a restart.
//!
//! By Microsoft's page about clients without Active Directory; it describes WSUS 3.0 and Windows
//! XP to Server 2008.

/// What happens in one of the situations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The machine restarts as soon as the installation is done.
    AtOnce,
    /// The logged-on user is shown a dialog.
    Dialog {
        /// Whether the user may start the restart.
        may_start: bool,
        /// Whether the user may put it off.
        may_postpone: bool,
        /// What ends the waiting.
        then: Then,
    },
}

/// What ends the waiting for a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The end of the countdown: the machine restarts.
    Countdown,
    /// The user, who has to start the restart; there is no countdown.
    User,
    /// Somebody who is allowed to; there is no countdown.
    AuthorizedUser,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Who is logged on.
    pub who: &'static str,
    /// With `NoAutoRebootWithLoggedOnUsers` = 1.
    pub users_decide: Outcome,
    /// With 0, or where it is not set.
    pub automatic: Outcome,
}

const fn dialog(may_start: bool, may_postpone: bool, then: Then) -> Outcome {
    Outcome::Dialog { may_start, may_postpone, then }
}

/// A situation in which the two columns differ in what ends the waiting and in nothing else.
const fn row(who: &'static str, may_start: bool, may_postpone: bool, then: Then) -> Situation {
    Situation {
        who,
        users_decide: dialog(may_start, may_postpone, then),
        automatic: dialog(may_start, may_postpone, Then::Countdown),
    }
}

/// The whole table, in the order of its source.
pub const SITUATIONS: [Situation; 7] = [
    Situation { who: "nobody", users_decide: Outcome::AtOnce, automatic: Outcome::AtOnce },
    row("one user, an administrator", true, true, Then::User),
    row("one user, who may restart but is no administrator", true, false, Then::User),
    row("one user, who may not restart", false, false, Then::AuthorizedUser),
    row("an administrator, and others", false, true, Then::User),
    row("a user who may restart but is no administrator, and others", false, false, Then::User),
    row("a user who may not restart, and others", false, false, Then::AuthorizedUser),
];

impl Situation {
    /// The column that applies.
    pub const fn outcome(&self, users_decide: bool) -> Outcome {
        if users_decide { self.users_decide } else { self.automatic }
    }

    /// Whether the source contradicts itself here: the user has to start the restart and may not.
    pub const fn is_contradictory(&self) -> bool {
        matches!(self.users_decide, Outcome::Dialog { may_start: false, then: Then::User, .. })
    }
}

/// A button of the dialog with `NoAutoRebootWithLoggedOnUsers` = 1, which changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Button {
    /// What is written on it, or another part of the dialog.
    pub name: &'static str,
    /// For users with administrative rights.
    pub administrators: &'static str,
    /// For users without.
    pub others: &'static str,
}

/// The parts of the dialog that it changes.
pub const BUTTONS: [Button; 3] = [
    Button { name: "No", administrators: "active", others: "inactive" },
    Button {
        name: "Yes",
        administrators: "active if no other administrator is logged on when the dialog appears",
        others: "active if nobody else without administrative rights is logged on; never where \
                 the local security policy forbids the user to restart",
    },
    Button { name: "countdown", administrators: "not shown", others: "not shown" },
];

/// The event in the system log that says that a restart is needed while users are logged on.
pub const EVENT_RESTART_NEEDED: u32 = 21;

/// The event that says that the last user has logged off and the restart begins.
pub const EVENT_RESTART_BEGINS: u32 = 22;

#[cfg(test)]
mod tests {
    use super::*;

    /// The source, word by word: with 1 and with 0, may start, may postpone, and who or what then.
    #[test]
    fn the_table_is_that_of_its_source() {
        let text = |outcome| match outcome {
            Outcome::AtOnce => "at once".to_owned(),
            Outcome::Dialog { may_start, may_postpone, then } => {
                let yes = |may, what| if may { format!("{what} ") } else { String::new() };
                let (start, postpone) = (yes(may_start, "start"), yes(may_postpone, "postpone"));
                format!("{start}{postpone}{then:?}")
            }
        };
        let rows = SITUATIONS.map(|row| (text(row.users_decide), text(row.automatic)));
        let expected = [
            ("at once", "at once"),
            ("start postpone User", "start postpone Countdown"),
            ("start User", "start Countdown"),
            ("AuthorizedUser", "Countdown"),
            ("postpone User", "postpone Countdown"),
            ("User", "Countdown"),
            ("AuthorizedUser", "Countdown"),
        ];
        assert_eq!(rows, expected.map(|(one, zero)| (one.to_owned(), zero.to_owned())));
        let contradictory = SITUATIONS.map(|row| row.is_contradictory());
        assert_eq!(contradictory, [false, false, false, false, true, true, false]);
    }
}
