//! Whether the server that is set is used at all.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::model::registry::Operation;
use crate::model::url;
use crate::policy::audit::facts::{Facts, SERVER, is_of_au, names, told};
use crate::policy::audit::form::is_unreadable;
use crate::policy::setting::Setting;
use crate::policy::setting::Setting::{UseWuServer, WuServer, WuStatusServer};

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let rules =
        [nothing_set, server_missing, half_set, not_used, differ, updates_off, access_disabled];
    rules.into_iter().filter_map(|rule| rule(facts)).collect()
}

/// Whether the settings are those of a machine that is to have no server of its own.
pub(super) fn is_without_server(facts: &Facts<'_>) -> bool {
    SERVER.iter().all(|setting| !facts.is_accounted(*setting) || number(facts, *setting) == Some(0))
}

fn number(facts: &Facts<'_>, setting: Setting) -> Option<u32> {
    facts.effective.number(setting)
}

fn is_empty(facts: &Facts<'_>) -> bool {
    Setting::ALL.iter().all(|setting| !facts.is_accounted(*setting))
}

const FROM_MICROSOFT: &str = "the machine gets its updates from Microsoft, approved or not";

const SET_ALL_THREE: &str = "set WUServer and WUStatusServer, both to the server's URL, and UseWUServer to 1; \
                             client render --server URL writes all three";

fn nothing_set(facts: &Facts<'_>) -> Option<ClientFinding> {
    let is_lost = facts.documents.iter().any(is_unreadable);
    if !is_empty(facts) || is_lost {
        return None;
    }
    let mut entries = facts.documents.iter().flat_map(|document| &document.entries);
    let removes = entries.any(|entry| {
        let operation = &entry.operation;
        !matches!(operation, Operation::Key(_) | Operation::Set { .. })
    });
    Some(ClientFinding {
        code: Code::ServerMissing,
        // To remove settings is what such a file is for.
        weight: if removes { Weight::Note } else { Weight::Warning },
        places: Vec::new(),
        observed: if removes {
            "settings are removed, and none is set".to_owned()
        } else {
            "nothing of Windows Update is set".to_owned()
        },
        meaning: FROM_MICROSOFT.to_owned(),
        action: SET_ALL_THREE.to_owned(),
    })
}

/// Settings, but no server among them.
fn server_missing(facts: &Facts<'_>) -> Option<ClientFinding> {
    if is_empty(facts) || facts.is_accounted(WuServer) {
        return None;
    }
    let is_wanted = facts.is_on(UseWuServer);
    let is_off = facts.is_on(Setting::NoAutoUpdate);
    if !is_wanted && (is_off || facts.is_accounted(WuStatusServer)) {
        return None;
    }
    let (weight, observed, meaning) = if is_wanted {
        let meaning = "the machine is told to use a server and not told which: it gets no updates";
        (Weight::Error, "UseWUServer is 1, and WUServer is not set", meaning)
    } else {
        (Weight::Note, "no server for updates is set", FROM_MICROSOFT)
    };
    Some(ClientFinding {
        code: Code::ServerMissing,
        weight,
        places: facts.effective.places(&[UseWuServer, WuStatusServer]),
        observed: observed.to_owned(),
        meaning: meaning.to_owned(),
        action: SET_ALL_THREE.to_owned(),
    })
}

/// One of the two URLs alone.
fn half_set(facts: &Facts<'_>) -> Option<ClientFinding> {
    let (there, missing) = match (facts.is_accounted(WuServer), facts.is_accounted(WuStatusServer))
    {
        (true, false) => (WuServer, WuStatusServer),
        (false, true) if !facts.is_on(UseWuServer) => (WuStatusServer, WuServer),
        _ => return None,
    };
    let value = facts.effective.held(there).map(|held| told(&held.data)).unwrap_or_default();
    Some(ClientFinding {
        code: Code::Unpaired,
        weight: Weight::Error,
        places: facts.effective.places(&[there]),
        observed: format!("{} is set, and {} is not", there.value_name(), missing.value_name()),
        meaning: "the two count only together and when they are equal".to_owned(),
        action: format!("set {} to {value} as well", missing.value_name()),
    })
}

fn not_used(facts: &Facts<'_>) -> Option<ClientFinding> {
    let is_zero = number(facts, UseWuServer) == Some(0);
    if !facts.is_accounted(WuServer) || (facts.is_accounted(UseWuServer) && !is_zero) {
        return None;
    }
    let state = if is_zero { "0" } else { "not set" };
    Some(ClientFinding {
        code: Code::UseWuServerMissing,
        weight: Weight::Error,
        places: facts.effective.places(&[UseWuServer, WuServer]),
        observed: format!("WUServer is set, and UseWUServer is {state}"),
        meaning: format!("the server is not used: {FROM_MICROSOFT}"),
        action: format!(
            "set UseWUServer to 1 (dword:00000001) under {}, or remove WUServer",
            UseWuServer.key()
        ),
    })
}

fn differ(facts: &Facts<'_>) -> Option<ClientFinding> {
    let (server, status) = (facts.effective.text(WuServer)?, facts.effective.text(WuStatusServer)?);
    if server == status {
        return None;
    }
    // What is no URL has a finding of its own.
    let (first, second) = (url::parse(server).ok()?, url::parse(status).ok()?);
    let parts = [
        ("scheme", first.url.scheme != second.url.scheme),
        ("host", first.url.host != second.url.host),
        ("port", first.url.port != second.url.port),
    ];
    let parts: Vec<&str> =
        parts.into_iter().filter(|(_, differ)| *differ).map(|(part, _)| part).collect();
    let (weight, how, meaning) = if parts.is_empty() {
        let meaning = "documented is that both must be the same value; whether the update agent \
                       compares their letters is not";
        (Weight::Warning, spelling(server, status), meaning)
    } else {
        let meaning =
            "neither counts unless both are the same: the machine does not use the server";
        (Weight::Error, format!("in {}", parts.join(" and ")), meaning)
    };
    Some(ClientFinding {
        code: Code::ServersDiffer,
        weight,
        places: facts.effective.places(&[WuServer, WuStatusServer]),
        observed: format!("WUServer is {server} and WUStatusServer {status}: they differ {how}"),
        meaning: meaning.to_owned(),
        action: format!("set both to {}, if that is the server", first.for_clients()),
    })
}

/// How two ways to write one address differ.
fn spelling(one: &str, other: &str) -> String {
    let bare = |text: &str| text.trim_end_matches('/').to_lowercase();
    let how = if one.eq_ignore_ascii_case(other) {
        "only in letter case"
    } else if one.trim_end_matches('/') == other.trim_end_matches('/') {
        "only in the slash at the end"
    } else if bare(one) == bare(other) {
        "in letter case and the slash at the end"
    } else {
        "only in how they write the same address"
    };
    how.to_owned()
}

fn updates_off(facts: &Facts<'_>) -> Option<ClientFinding> {
    if !facts.is_on(Setting::NoAutoUpdate) {
        return None;
    }
    let pointless = of_automatic_updates(facts);
    let what = if pointless.is_empty() {
        String::new()
    } else {
        format!("; {} have no effect", names(&pointless))
    };
    Some(ClientFinding {
        code: Code::AutomaticUpdatesOff,
        weight: Weight::Error,
        places: facts.effective.places(&[Setting::NoAutoUpdate]),
        observed: "NoAutoUpdate is 1".to_owned(),
        meaning: format!("the machine neither looks for updates nor installs any by itself{what}"),
        action: "set NoAutoUpdate to 0 or remove it".to_owned(),
    })
}

/// Settings that have no effect while automatic updates are off.
fn of_automatic_updates(facts: &Facts<'_>) -> Vec<Setting> {
    let set = facts.effective.all().map(|(setting, _)| setting);
    set.filter(|setting| {
        (is_of_au(*setting) && *setting != Setting::NoAutoUpdate)
            || [WuServer, WuStatusServer].contains(setting)
    })
    .collect()
}

fn access_disabled(facts: &Facts<'_>) -> Option<ClientFinding> {
    facts.is_on(Setting::DisableWindowsUpdateAccess).then(|| ClientFinding {
        code: Code::AccessDisabled,
        weight: Weight::Error,
        places: facts.effective.places(&[Setting::DisableWindowsUpdateAccess]),
        observed: "DisableWindowsUpdateAccess is 1 for the machine".to_owned(),
        meaning:
            "calls of the update agent fail with 0x8024002F; it overrides what is set for users"
                .to_owned(),
        action: "set DisableWindowsUpdateAccess to 0 or remove it".to_owned(),
    })
}
