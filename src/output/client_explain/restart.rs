//! Who is asked what before a restart, as tables.

use super::{INDENT, headed};
use crate::output::human::table::{Cell, Column, Table, paragraph};
use crate::output::human::{Style, Tone};
use crate::policy::forecast::Facts;
use crate::policy::forecast::restart::{BUTTONS, Outcome, SITUATIONS, Then};

pub(super) fn text(facts: &Facts, style: Style) -> String {
    let title = match facts.users_decide {
        Some(true) => "Who is asked what after a scheduled installation (users decide)",
        Some(false) => "Who is asked what after a scheduled installation (with a countdown)",
        None => "Who is asked what after a scheduled installation",
    };
    let mut text = headed(title, style);
    if let Some(users_decide) = facts.users_decide {
        text.push_str(&situations(facts, users_decide, style));
    } else {
        for (users_decide, label) in [(true, "Where users decide:"), (false, "With a countdown:")] {
            text.push_str(&paragraph(INDENT, "", label, style));
            text.push_str(&situations(facts, users_decide, style));
        }
    }
    if facts.users_decide != Some(false) {
        text.push_str(&paragraph(
            INDENT,
            "* ",
            "Microsoft's page says so, though the same user may not start it.",
            style,
        ));
        text.push_str(&headed("What the dialog changes to where users decide", style));
        text.push_str(&buttons(style));
    }
    text.push_str(&paragraph(
        INDENT,
        "",
        "When all users have logged off, the machine restarts in every case.",
        style,
    ));
    text
}

fn situations(facts: &Facts, users_decide: bool, style: Style) -> String {
    const COLUMNS: &[Column] = &[
        Column { title: "logged on", right: false, gap: 0 },
        Column { title: "start", right: false, gap: 2 },
        Column { title: "put off", right: false, gap: 2 },
        Column { title: "and then", right: false, gap: 2 },
    ];
    let mut table = Table::new(INDENT, COLUMNS);
    for situation in SITUATIONS {
        let outcome = situation.outcome(users_decide);
        let mark = if users_decide && situation.is_contradictory() { "*" } else { "" };
        let (start, postpone) = match outcome {
            Outcome::AtOnce => ("-", "-"),
            Outcome::Dialog { may_start, may_postpone, .. } => (may(may_start), may(may_postpone)),
        };
        table.push(vec![
            Cell::plain(situation.who),
            cell(start),
            cell(postpone),
            Cell::plain(&format!("{}{mark}", then(outcome, facts))),
        ]);
    }
    table.lines(style).join("\n") + "\n"
}

const fn may(may: bool) -> &'static str {
    if may { "may" } else { "may not" }
}

fn cell(text: &str) -> Cell {
    Cell::new(text, if text == "may" { Tone::Plain } else { Tone::Faint })
}

fn then(outcome: Outcome, facts: &Facts) -> String {
    match outcome {
        Outcome::AtOnce => "restarts at once".to_owned(),
        Outcome::Dialog { then: Then::Countdown, .. } => facts.countdown_minutes.map_or_else(
            || "restarts after a countdown".to_owned(),
            |minutes| format!("restarts after {minutes} min"),
        ),
        Outcome::Dialog { then: Then::User, .. } => "waits for the user".to_owned(),
        Outcome::Dialog { then: Then::AuthorizedUser, .. } => "waits for a user who may".to_owned(),
    }
}

fn buttons(style: Style) -> String {
    let mut text = String::new();
    for button in BUTTONS {
        let words = if button.administrators == button.others {
            format!("{} for everybody.", button.administrators)
        } else {
            format!("for administrators {}; for others {}.", button.administrators, button.others)
        };
        text.push_str(&paragraph(INDENT, &format!("{}: ", button.name), &words, style));
    }
    text
}
