//! What users may do.

use super::super::Sentence;
use super::say;
use crate::policy::effective::Effective;
use crate::policy::forecast::reading::{Reading, number, switch};
use crate::policy::setting::Setting as S;

pub(super) fn sentences(settings: &Effective) -> Vec<Sentence> {
    let mut found = Vec::new();
    let elevate = match switch(settings, S::ElevateNonAdmins) {
        Some(true) => "Members of the group Users may approve and decline updates.",
        Some(false) => "Only administrators may approve and decline updates.",
        None => "Who may approve and decline updates is not known.",
    };
    found.push(say(elevate, &[S::ElevateNonAdmins]));
    let user = [S::UserDisableWindowsUpdateAccess];
    if switch(settings, user[0]) == Some(true) {
        let text = "The user whose registry was read gets no notices from automatic updating and, \
                    even as a local administrator, is treated as a user without administrative \
                    rights and cannot install updates. The service still runs, and scheduled \
                    installations take place (Remove access to use all Windows Update features).";
        found.push(say(text, &user));
    }
    found.extend(links(settings));
    if switch(settings, S::DisableWindowsUpdateAccess) == Some(true) {
        let text = "DisableWindowsUpdateAccess of the machine overrides both settings of users.";
        found.push(say(text, &[S::DisableWindowsUpdateAccess]));
    }
    found
}

fn links(settings: &Effective) -> Option<Sentence> {
    let text = match number(settings, S::UserNoWindowsUpdate) {
        Reading::Invalid => return None,
        Reading::Valid(1) => {
            "Updates still come from the source above. The user whose registry was read gets none \
             that the administrator of the WSUS server has not approved; in Windows Vista, Check \
             for updates is greyed out (Remove links and access to Windows Update)."
        }
        Reading::Valid(_) | Reading::Absent => {
            if !switch(settings, S::UseWuServer)? {
                return None;
            }
            "Where NoWindowsUpdate is not set for a user, Microsoft Update stays on the start \
             menu, and a local administrator can install from there what was not approved on the \
             WSUS server."
        }
    };
    Some(say(text, &[S::UserNoWindowsUpdate]))
}
