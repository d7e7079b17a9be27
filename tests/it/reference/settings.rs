//! The values of Windows Update's policy as documentation.

use std::fmt::Write;

use wsus_probe::policy::setting::{Key, Setting};

/// Every setting in Markdown, by key.
pub(super) fn markdown() -> String {
    let mut text = String::new();
    for key in [Key::WindowsUpdate, Key::Au, Key::UserWindowsUpdate, Key::UserExplorer] {
        write!(text, "\n## `{}`\n", key.path()).unwrap();
        for setting in Setting::ALL.iter().filter(|setting| setting.row().key == key) {
            one(&mut text, *setting);
        }
    }
    text
}

fn one(text: &mut String, setting: Setting) {
    let row = setting.row();
    write!(text, "\n### `{}`\n\n{}\n\n", setting.as_str(), setting.summary()).unwrap();
    let mut line = |label: &str, words: &str| writeln!(text, "- {label}: {words}").unwrap();
    line("Value", &format!("{}, {}", row.value_type(), row.allowed_words()));
    line("Not set", &row.unset_words());
    if let Some(pair) = row.pair_words() {
        line("Pair", &pair);
    }
    line("Since", row.since);
    line("Source", row.source.words());
    line("Group Policy", &format!("\"{}\"", row.policy.name));
    line("In", &row.policy.places());
}
