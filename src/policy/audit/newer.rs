//! Newer policies that decide in place of the server that is set.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::policy::audit::facts::{Facts, list, names, told};
use crate::policy::audit::other_names::DEFERRALS;
use crate::policy::setting::Key;
use crate::policy::setting::Setting::{
    self, DisableDualScan, NoAutoUpdate, SourceForDriverUpdates, SourceForFeatureUpdates,
    SourceForOtherUpdates, SourceForQualityUpdates, UpdateServiceUrlAlternate,
    UseUpdateClassPolicySource, WuServer,
};

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    if !facts.is_accounted(WuServer) || facts.is_on(NoAutoUpdate) {
        return Vec::new();
    }
    let rules = [sources_without_switch, part_of_sources, sources, deferrals, alternate];
    rules.into_iter().filter_map(|rule| rule(facts)).collect()
}

/// Where each class of updates comes from: 1 is the WSUS server, 0 is Microsoft.
const SOURCES: [Setting; 4] = [
    SourceForFeatureUpdates,
    SourceForQualityUpdates,
    SourceForDriverUpdates,
    SourceForOtherUpdates,
];

fn sources_without_switch(facts: &Facts<'_>) -> Option<ClientFinding> {
    let set = facts.set_among(&SOURCES);
    let is_known = facts.is_accounted(UseUpdateClassPolicySource)
        && facts.effective.number(UseUpdateClassPolicySource) != Some(0);
    (!set.is_empty() && !is_known).then(|| ClientFinding {
        code: Code::Unpaired,
        weight: Weight::Warning,
        places: facts.effective.places(&set),
        observed: format!("{} set, and UseUpdateClassPolicySource is not 1", names(&set)),
        meaning: "sources for classes of updates count only with it".to_owned(),
        action: format!(
            "set UseUpdateClassPolicySource to 1 under {}, or remove the sources",
            Key::Au.path()
        ),
    })
}

fn part_of_sources(facts: &Facts<'_>) -> Option<ClientFinding> {
    let mut absent = SOURCES.to_vec();
    absent.retain(|setting| !facts.is_accounted(*setting));
    (facts.is_on(UseUpdateClassPolicySource) && !absent.is_empty()).then(|| ClientFinding {
        code: Code::Unpaired,
        weight: Weight::Warning,
        places: facts.effective.places(&[UseUpdateClassPolicySource]),
        observed: format!("UseUpdateClassPolicySource is 1, and {} not set", names(&absent)),
        meaning:
            "Windows Update does not support a part of the four sources: which server is asked \
                  is not sure"
                .to_owned(),
        action: "set all four: 1 is the WSUS server, 0 is Microsoft".to_owned(),
    })
}

fn sources(facts: &Facts<'_>) -> Option<ClientFinding> {
    let mut from_microsoft = SOURCES.to_vec();
    from_microsoft.retain(|setting| facts.effective.number(*setting) == Some(0));
    if !facts.is_on(UseUpdateClassPolicySource) || from_microsoft.is_empty() {
        return None;
    }
    let but = if facts.is_on(DisableDualScan) {
        "; DisableDualScan takes that back, but only up to Windows 10 and Server 2022"
    } else {
        ""
    };
    let mut places = facts.effective.places(&from_microsoft);
    places.extend(facts.effective.places(&[DisableDualScan]));
    Some(ClientFinding {
        code: Code::Overridden,
        weight: Weight::Warning,
        places,
        observed: format!("{} 0", is(&from_microsoft)),
        meaning: format!(
            "since Windows 10 2004 and Server 2022 these updates come from Microsoft, not from the \
             server that is set{but}"
        ),
        action: "set them to 1 if the WSUS server is to decide".to_owned(),
    })
}

fn is(settings: &[Setting]) -> String {
    let verb = if settings.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(settings))
}

/// Where classes have sources, those decide.
fn deferrals(facts: &Facts<'_>) -> Option<ClientFinding> {
    if facts.is_on(UseUpdateClassPolicySource) {
        return None;
    }
    let policy = Key::WindowsUpdate.path();
    let is_deferral = |location: &Location| {
        let is_policy = location.key.as_ref().is_some_and(|key| key.is(&policy));
        let name = location.value.as_deref().unwrap_or_default();
        is_policy && DEFERRALS.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let mut places: Vec<Location> =
        facts.all_set().map(|(location, _)| location).filter(is_deferral).collect();
    let set: Vec<String> = places.iter().filter_map(|place| place.value.clone()).collect();
    if set.is_empty() {
        return None;
    }
    let is_held_back = facts.is_on(DisableDualScan);
    places.extend(facts.effective.places(&[DisableDualScan]));
    let (weight, meaning) = if is_held_back {
        let meaning = "DisableDualScan keeps Windows 10 from asking Microsoft as well because of it; \
                       Windows 11 and Server 2025 pass over DisableDualScan";
        (Weight::Note, meaning)
    } else {
        let meaning = "since Windows 10 1607 a client of WSUS that defers takes Windows' own updates \
                       from Microsoft and passes over those of the server";
        (Weight::Warning, meaning)
    };
    Some(ClientFinding {
        code: Code::Overridden,
        weight,
        places,
        observed: format!("{} set beside WUServer", list(&set)),
        meaning: meaning.to_owned(),
        action: "remove it: what is not approved on the WSUS server is not installed anyway"
            .to_owned(),
    })
}

fn alternate(facts: &Facts<'_>) -> Option<ClientFinding> {
    let held = facts.effective.held(UpdateServiceUrlAlternate)?;
    if facts.effective.is_left_empty(UpdateServiceUrlAlternate) {
        return None;
    }
    Some(ClientFinding {
        code: Code::Overridden,
        weight: Weight::Note,
        places: vec![held.location.clone()],
        observed: format!("UpdateServiceUrlAlternate is {}", told(&held.data)),
        meaning:
            "files are downloaded from there and not from WUServer; what is asked of WUServer \
                  stays"
                .to_owned(),
        action: "leave it if that server has the files; check it as well".to_owned(),
    })
}
