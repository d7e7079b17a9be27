//! Values that belong together.

use super::draft::Draft;
use crate::model::registry::Data;
use crate::model::url::parse;
use crate::policy::setting::{Allowed, Setting};

/// Adds what is missing beside what is there.
pub(super) fn complete(draft: &mut Draft) {
    servers(draft);
    for setting in Setting::ALL {
        switch(draft, *setting);
    }
}

/// Both URLs are the same, and are used. What is removed on purpose stays removed.
fn servers(draft: &mut Draft) {
    let (server, reports) = (Setting::WuServer, Setting::WuStatusServer);
    match (draft.data(server).cloned(), draft.data(reports).cloned()) {
        (Some(url @ Data::String(_)), None) if !draft.settings.contains_key(&reports) => {
            draft.change(reports, url, SAME);
        }
        (Some(Data::String(url)), Some(Data::String(other)))
            if url != other && is_same_server(&url, &other) =>
        {
            draft.change(reports, Data::String(url), SAME);
        }
        (None, Some(url @ Data::String(_))) if !draft.settings.contains_key(&server) => {
            draft.change(server, url, "is the same as WUStatusServer now");
        }
        _ => {}
    }
    // A 0 may be meant: a machine that is to ask Microsoft for a while.
    let is_open = !draft.settings.contains_key(&Setting::UseWuServer);
    if is_open && matches!(draft.data(server), Some(Data::String(_))) {
        let why = "is 1 now: without it the server is not used";
        draft.change(Setting::UseWuServer, Data::Dword(1), why);
    }
}

/// Whether two texts name one server, as far as spelling goes.
fn is_same_server(one: &str, other: &str) -> bool {
    matches!((parse(one), parse(other)), (Ok(one), Ok(other)) if one.url == other.url)
}

const SAME: &str = "is the same as WUServer now: clients use neither where they differ";

/// A number or a name whose switch stands nowhere is switched on, unless it is a wrong one: as long
/// as it does not count, it does no harm.
fn switch(draft: &mut Draft, setting: Setting) {
    // A restart that nobody can put off is not for this program to switch on.
    if setting == Setting::AlwaysAutoRebootMinutes || setting.row().allowed == Allowed::Switch {
        return;
    }
    let Some(pair) = setting.row().pair else { return };
    let is_switch = pair.row().allowed == Allowed::Switch;
    let is_right = draft.data(setting).is_some_and(|data| is_right(setting, data));
    if is_switch && is_right && !draft.settings.contains_key(&pair) {
        let why = format!("is 1 now: {} counts only with it", setting.as_str());
        draft.change(pair, Data::Dword(1), &why);
    }
}

fn is_right(setting: Setting, data: &Data) -> bool {
    match (data.number(), data.text()) {
        (Some(number), _) => setting.allows(number),
        (None, Some(text)) => setting.row().allowed == Allowed::Text && !text.trim().is_empty(),
        (None, None) => false,
    }
}
