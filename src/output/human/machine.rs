//! The text about the machine's own settings.

use super::table::{Cell, Column, Table, paragraph};
use super::{Style, Tone};
use crate::output::machine::{Applied, AppliedState, shown};
use crate::policy::desired::Desired;

const COLUMNS: &[Column] = &[
    Column { title: "value", right: false, gap: 0 },
    Column { title: "before", right: false, gap: 2 },
    Column { title: "after", right: false, gap: 2 },
];

/// See [`super::change()`].
pub(super) fn change(before: &Desired, after: &Desired, style: Style) -> String {
    let mut table = Table::new(0, COLUMNS);
    for ((setting, old), (_, new)) in before.values.iter().zip(&after.values) {
        let tone = if old == new { Tone::Faint } else { Tone::Strong };
        table.push(vec![
            Cell::plain(setting.value_name()),
            Cell::plain(&shown(old.as_ref())),
            Cell::new(&shown(new.as_ref()), tone),
        ]);
    }
    table.lines(style).into_iter().map(|line| line + "\n").collect()
}

/// See [`super::applied()`].
pub(super) fn applied(applied: &Applied, style: Style) -> String {
    let (word, tone) = match applied.state {
        AppliedState::Applied => ("applied", Tone::Good),
        AppliedState::Already | AppliedState::Kept => ("nothing to apply", Tone::Good),
        AppliedState::NothingChosen
        | AppliedState::NotSure
        | AppliedState::Declined
        | AppliedState::Untouched => ("not applied", Tone::Warning),
        AppliedState::Restored => ("failed and restored", Tone::Bad),
        AppliedState::Overtaken => ("not applied, overtaken", Tone::Bad),
        AppliedState::NotRestored => ("failed and not restored", Tone::Bad),
    };
    let mut text = format!("{}\n", tone.paint(word, style));
    for line in applied.text.lines() {
        text.push_str(&paragraph(INDENT, "", line, style));
    }
    text
}

const INDENT: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::Data;
    use crate::policy::setting::Setting;

    #[test]
    fn a_change_shows_what_comes_what_goes_and_what_stays() {
        let before = Desired {
            values: vec![
                (Setting::WuServer, Some(Data::String("http://old.test:8530".to_owned()))),
                (Setting::WuStatusServer, Some(Data::Other { kind: 1, bytes: vec![1] })),
                (Setting::UseWuServer, None),
            ],
            ..Desired::default()
        };
        let after = Desired::server("https://new.test:8531");
        let style = Style { color: false, width: 80 };
        insta::assert_snapshot!(change(&before, &after, style));
    }
}
