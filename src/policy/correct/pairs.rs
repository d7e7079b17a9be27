//! Values that belong together.

use super::draft::Draft;
use crate::model::registry::Data;
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
        (Some(url @ Data::String(_)), other) if other.as_ref() != Some(&url) => {
            draft.change(
                reports,
                url,
                "is the same as WUServer now: clients use neither where they differ",
            );
        }
        (None, Some(url @ Data::String(_))) if !draft.settings.contains_key(&server) => {
            draft.change(server, url, "is the same as WUStatusServer now");
        }
        _ => {}
    }
    let is_used = draft.data(Setting::UseWuServer) == Some(&Data::Dword(1));
    if !is_used && matches!(draft.data(server), Some(Data::String(_))) {
        let why = "is 1 now: without it the server is not used";
        draft.change(Setting::UseWuServer, Data::Dword(1), why);
    }
}

/// A number or a name whose switch stands nowhere is switched on.
fn switch(draft: &mut Draft, setting: Setting) {
    // A restart that nobody can put off is not for this program to switch on.
    if setting == Setting::AlwaysAutoRebootMinutes || setting.row().allowed == Allowed::Switch {
        return;
    }
    let Some(pair) = setting.row().pair else { return };
    let is_switch = pair.row().allowed == Allowed::Switch;
    if is_switch && draft.data(setting).is_some() && !draft.settings.contains_key(&pair) {
        let why = format!("is 1 now: {} counts only with it", setting.as_str());
        draft.change(pair, Data::Dword(1), &why);
    }
}
