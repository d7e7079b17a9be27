//! Values that count only beside another one.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::policy::audit::facts::{Facts, is_of_au, names};
use crate::policy::audit::server::is_without_server;
use crate::policy::setting::{Allowed, Setting, Unset};

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let is_off = facts.is_on(Setting::NoAutoUpdate);
    let pairs = Setting::ALL.iter().filter_map(|switch| Some((*switch, switched(*switch)?)));
    let of_pairs = pairs
        .filter(|(_, value)| !(is_off && is_of_au(*value)))
        .filter_map(|(switch, value)| of_pair(facts, switch, value));
    of_pairs.chain(alternate(facts)).chain(without_server(facts)).collect()
}

/// What a switch switches on.
fn switched(switch: Setting) -> Option<Setting> {
    let row = switch.row();
    row.pair.filter(|value| row.allowed == Allowed::Switch && value.row().allowed != Allowed::Url)
}

fn of_pair(facts: &Facts<'_>, switch: Setting, value: Setting) -> Option<ClientFinding> {
    let is_there = facts.is_accounted(value);
    let is_blank = facts.effective.text(value).is_some_and(|text| text.trim().is_empty());
    let (on, name) = (switch.value_name(), value.value_name());
    let otherwise = otherwise(value);
    // Switched on, what is wrong would count.
    let is_number = matches!(value.row().allowed, Allowed::Range(..));
    let is_wrong = is_number && facts.effective.valid(value).is_none();
    let first = if is_wrong { format!("correct {name} first, then ") } else { String::new() };
    let (code, weight, observed, meaning, action) = if facts.is_on(switch) {
        if is_there && !is_blank {
            return None;
        }
        let state = if is_blank { "empty" } else { "not set" };
        (
            Code::Unpaired,
            Weight::Warning,
            format!("{on} is 1, and {name} is {state}"),
            format!("{on} switches on what is not there; {}", without(value)),
            format!("set {name}, or remove {on}"),
        )
    } else if facts.effective.held(value).is_none() {
        return None;
    } else if facts.effective.number(switch) == Some(0) {
        (
            Code::SwitchedOff,
            Weight::Note,
            format!("{name} is set, and {on} is 0"),
            format!("{name} does not count{otherwise}"),
            format!("{first}set {on} to 1 if {name} is to count, else leave it"),
        )
    } else if facts.is_accounted(switch) {
        return None;
    } else {
        (
            Code::Unpaired,
            Weight::Warning,
            format!("{name} is set, and {on} is not"),
            format!("{name} does not count{otherwise}"),
            format!("{first}set {on} to 1 (dword:00000001)"),
        )
    };
    let places = facts.effective.places(&[value, switch]);
    Some(ClientFinding { code, weight, places, observed, meaning, action })
}

/// What a missed installation does for which no time to wait is in use.
const MISSED_WAITS: &str = "what was missed waits for the next scheduled day and time";

/// What Windows does where a value is switched on and not there.
fn without(value: Setting) -> &'static str {
    if value == Setting::RescheduleWaitTime {
        MISSED_WAITS
    } else {
        "what Windows does then is not documented"
    }
}

/// What holds in place of a value that does not count.
fn otherwise(value: Setting) -> String {
    match (value, value.row().unset) {
        (Setting::RescheduleWaitTime, _) => format!("; {MISSED_WAITS}"),
        (_, Unset::Is(number)) => format!("; the default of {number} holds"),
        (_, Unset::Nothing | Unset::Undocumented) => String::new(),
    }
}

fn alternate(facts: &Facts<'_>) -> Option<ClientFinding> {
    let is_there = facts.is_accounted(Setting::UpdateServiceUrlAlternate);
    (facts.is_on(Setting::FillEmptyContentUrls) && !is_there).then(|| ClientFinding {
        code: Code::Pointless,
        weight: Weight::Warning,
        places: facts.effective.places(&[Setting::FillEmptyContentUrls]),
        observed: "FillEmptyContentUrls is 1, and UpdateServiceUrlAlternate is not set".to_owned(),
        meaning: "it says what to do with a second server, and there is none".to_owned(),
        action: "set UpdateServiceUrlAlternate, or remove FillEmptyContentUrls".to_owned(),
    })
}

/// They say how a server of one's own is used.
pub const OF_SERVER: [Setting; 11] = [
    Setting::UpdateServiceUrlAlternate,
    Setting::SetProxyBehaviorForUpdateDetection,
    Setting::DoNotEnforceEnterpriseTlsCertPinning,
    Setting::DoNotConnectToInternetLocations,
    Setting::DisableDualScan,
    Setting::UseUpdateClassPolicySource,
    Setting::TargetGroup,
    Setting::TargetGroupEnabled,
    Setting::AcceptTrustedPublisherCerts,
    Setting::DetectionFrequency,
    Setting::DetectionFrequencyEnabled,
];

fn without_server(facts: &Facts<'_>) -> Option<ClientFinding> {
    let is_zero = |setting: &Setting| facts.effective.number(*setting) == Some(0);
    let mut set = facts.set_among(&OF_SERVER);
    set.retain(|setting| !is_zero(setting));
    (is_without_server(facts) && !set.is_empty()).then(|| ClientFinding {
        code: Code::Pointless,
        weight: Weight::Warning,
        places: facts.effective.places(&set),
        observed: format!("{}, and no server of your own", names(&set)),
        meaning: "they count only where a WSUS server is set and used".to_owned(),
        action: "set WUServer, WUStatusServer and UseWUServer, or remove them".to_owned(),
    })
}
