//! Values of Windows Update's policy: their rows of the table.

use serde::Serialize;

use super::INDENT;
use crate::output::human::table::paragraph;
use crate::output::human::{Style, Tone};
use crate::policy::setting::group_policy::GroupPolicy;
use crate::policy::setting::{Allowed, Row, Setting, Unset};

/// The names of all, in one paragraph.
pub(super) fn list(style: Style) -> String {
    let mut names: Vec<&str> = Setting::ALL.iter().map(|setting| setting.value_name()).collect();
    names.sort_unstable();
    names.dedup();
    let title = Tone::Strong.paint("Values of Windows Update's policy", style);
    format!("\n{title}\n{}", paragraph(INDENT, "", &names.join(", "), style))
}

/// Its row.
pub(super) fn one(setting: Setting, style: Style) -> String {
    let row = setting.row();
    let title = Tone::Strong.paint(setting.value_name(), style);
    let mut text = format!("{title}  (value of Windows Update's policy)\n");
    text.push_str(&paragraph(INDENT, "", setting.summary(), style));
    text.push('\n');
    let values = format!("{}, {}", row.value_type(), row.allowed_words());
    let lines = [
        ("key", Some(setting.key().to_string())),
        ("value", Some(values)),
        ("not set", Some(row.unset_words())),
        ("pair", row.pair_words()),
        ("since", Some(row.since.to_owned())),
        ("source", Some(row.source.words().to_owned())),
    ];
    for (label, words) in lines {
        if let Some(words) = words {
            text.push_str(&paragraph(INDENT, &format!("{label:9}"), &words, style));
        }
    }
    text + &policy(row.policy, style)
}

/// How the editor for Group Policy names it, and where it is there.
fn policy(policy: GroupPolicy, style: Style) -> String {
    let name = paragraph(INDENT, "policy   ", policy.name, style);
    name + &paragraph(INDENT, "in       ", &policy.places(), style)
}

/// A setting for programs.
#[derive(Serialize)]
pub(super) struct SettingJson {
    name: &'static str,
    summary: &'static str,
    key: String,
    value_type: &'static str,
    least: Option<u32>,
    most: Option<u32>,
    unit: Option<&'static str>,
    if_not_set: Option<u32>,
    pair: Option<&'static str>,
    since: &'static str,
    since_verified: bool,
    source: &'static str,
    group_policy: PolicyJson,
}

#[derive(Serialize)]
struct PolicyJson {
    name: &'static str,
    configuration: &'static str,
    folder: Option<&'static [&'static str]>,
    folder_windows_11: &'static [&'static str],
}

impl From<&Setting> for SettingJson {
    fn from(setting: &Setting) -> Self {
        let row = setting.row();
        let (least, most, unit) = range(&row);
        let (since, since_verified) = row.since_release();
        Self {
            name: setting.value_name(),
            summary: setting.summary(),
            key: setting.key().to_string(),
            value_type: row.value_type(),
            least,
            most,
            unit,
            if_not_set: match row.unset {
                Unset::Is(number) => Some(number),
                Unset::Nothing | Unset::Undocumented => None,
            },
            pair: row.pair.map(Setting::value_name),
            since,
            since_verified,
            source: row.source.words(),
            group_policy: PolicyJson {
                name: row.policy.name,
                configuration: row.policy.side.as_str(),
                folder: row.policy.folder,
                folder_windows_11: row.policy.folder_since_11,
            },
        }
    }
}

fn range(row: &Row) -> (Option<u32>, Option<u32>, Option<&'static str>) {
    match row.allowed {
        Allowed::Switch => (Some(0), Some(1), None),
        Allowed::Range(least, most, unit) => (Some(least), Some(most), Some(unit.as_str())),
        Allowed::Url | Allowed::Text => (None, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { color: false, width: 80 };

    #[test]
    fn one_setting_of_each_kind() {
        let settings = [
            Setting::DetectionFrequency,
            Setting::SetProxyBehaviorForUpdateDetection,
            Setting::UserNoWindowsUpdate,
        ];
        insta::assert_snapshot!(settings.map(|setting| one(setting, PLAIN)).join("\n"));
    }

    #[test]
    fn the_list_names_each_once() {
        let list = list(PLAIN);
        for setting in Setting::ALL {
            let is_it = |word: &str| word.trim_end_matches(',') == setting.value_name();
            assert_eq!(list.split_whitespace().filter(|word| is_it(word)).count(), 1, "{list}");
        }
    }
}
