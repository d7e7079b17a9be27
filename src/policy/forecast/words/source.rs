//! Where updates come from, and who is told.

use super::super::{Facts, Sentence, UpdatesFrom, settings_of};
use super::say;
use crate::model::client::ClientFinding;
use crate::model::url::is_same_server;
use crate::policy::effective::Effective;
use crate::policy::forecast::reading::{switch, text};
use crate::policy::setting::Setting as S;

/// Settings of newer releases that also say which server is asked, and how.
const NEWER: [S; 11] = [
    S::UpdateServiceUrlAlternate,
    S::FillEmptyContentUrls,
    S::SetProxyBehaviorForUpdateDetection,
    S::DoNotEnforceEnterpriseTlsCertPinning,
    S::DoNotConnectToInternetLocations,
    S::DisableDualScan,
    S::SourceForFeatureUpdates,
    S::SourceForQualityUpdates,
    S::SourceForDriverUpdates,
    S::SourceForOtherUpdates,
    S::UseUpdateClassPolicySource,
];

pub(super) fn sentences(
    settings: &Effective,
    newer: &[&ClientFinding],
    facts: &Facts,
) -> Vec<Sentence> {
    let mut found = vec![server(settings, facts)];
    found.extend(newer.iter().map(|finding| overriding(finding)));
    if let UpdatesFrom::Wsus(url) | UpdatesFrom::DependsOnRelease(url) = &facts.updates_from {
        found.push(say(format!("Reports go to {url}."), &[S::WuStatusServer]));
        found.extend(target_group(settings));
        found.extend(publishers(settings));
    }
    let told: Vec<S> = found.iter().flat_map(|sentence| sentence.settings.clone()).collect();
    let is_set = |s: &S| settings.held(*s).is_some() && !settings.is_left_empty(*s);
    let other: Vec<S> =
        NEWER.into_iter().filter(|setting| is_set(setting) && !told.contains(setting)).collect();
    if !other.is_empty() {
        let names: Vec<&str> = other.iter().map(|setting| setting.as_str()).collect();
        let text = format!(
            "Not taken into account here, though newer releases of Windows read it: {}.",
            names.join(", ")
        );
        found.push(say(text, &other));
    }
    if switch(settings, S::DisableWindowsUpdateAccess) == Some(true) {
        let text = "Access to Windows Update is off for the whole machine, over whatever is set \
                    for users; calls to the update agent fail with 0x8024002F.";
        found.push(say(text, &[S::DisableWindowsUpdateAccess]));
    }
    found
}

/// What the audit says of a newer policy.
fn overriding(finding: &ClientFinding) -> Sentence {
    let mut of = settings_of(finding);
    if of.iter().any(|setting| CLASSES.contains(setting)) {
        of.push(S::UseUpdateClassPolicySource);
    }
    say(format!("{}: {}.", finding.observed, finding.meaning), &of)
}

/// The sources of classes of updates; they count with one switch.
const CLASSES: [S; 4] = [
    S::SourceForFeatureUpdates,
    S::SourceForQualityUpdates,
    S::SourceForDriverUpdates,
    S::SourceForOtherUpdates,
];

fn server(settings: &Effective, facts: &Facts) -> Sentence {
    const ALL: [S; 3] = [S::UseWuServer, S::WuServer, S::WuStatusServer];
    let named = text(settings, S::WuServer);
    if facts.automatic == Some(false) {
        return say(
            "Automatic updating is off (NoAutoUpdate is 1): WUServer, WUStatusServer and \
             UseWUServer have no effect. Which server a search by hand asks is not certain.",
            &[S::NoAutoUpdate, S::UseWuServer, S::WuServer, S::WuStatusServer],
        );
    }
    match &facts.updates_from {
        UpdatesFrom::Wsus(url) => {
            let text = format!(
                "Updates come from the WSUS server {url}; programs that use the update agent ask \
                 it too, unless they say otherwise."
            );
            say(text, &ALL)
        }
        UpdatesFrom::DependsOnRelease(url) => {
            let text = format!(
                "The WSUS server {url} is set, but whether updates come from it depends on the \
                 release of Windows: newer ones follow another policy that is set."
            );
            say(text, &ALL)
        }
        UpdatesFrom::MicrosoftUpdate => {
            let why = if settings.held(S::UseWuServer).is_none() { "not set" } else { "0" };
            let ignored = named.map_or_else(String::new, |url| {
                format!(" The server that WUServer names, {url}, does not count.")
            });
            say(format!("Updates come from Microsoft Update: UseWUServer is {why}.{ignored}"), &ALL)
        }
        UpdatesFrom::Nowhere => say(nowhere(settings, named), &ALL),
        UpdatesFrom::NotKnown => say(
            "Where updates come from is not known, because UseWUServer is not valid.",
            &[S::UseWuServer],
        ),
    }
}

fn nowhere(settings: &Effective, named: Option<&str>) -> String {
    let Some(server) = named else {
        return "Updates come from nowhere: UseWUServer is 1, and WUServer names no server. \
                Clients show 0x80244011 then."
            .to_owned();
    };
    let reports = text(settings, S::WuStatusServer);
    if let Some(reports) = reports.filter(|reports| is_same_server(server, reports)) {
        return format!(
            "Updates come perhaps from nowhere: whether the agent compares letters is not \
             documented. UseWUServer is 1, and WUServer ({server}) and WUStatusServer ({reports}) \
             name the same server in different writing."
        );
    }
    let reports = reports.unwrap_or("not set");
    format!(
        "Updates come from nowhere: UseWUServer is 1, but WUServer ({server}) and WUStatusServer \
         ({reports}) count only when they are the same. That the machine would turn to Microsoft \
         Update is not documented."
    )
}

fn target_group(settings: &Effective) -> Option<Sentence> {
    let both = [S::TargetGroup, S::TargetGroupEnabled];
    let words = match (switch(settings, S::TargetGroupEnabled)?, text(settings, S::TargetGroup)) {
        (true, Some(group)) => format!("It asks the server to be in the computer group {group}."),
        (true, None) => "It is to say which computer group it is in, but none is named.".to_owned(),
        (false, Some(group)) => format!(
            "It does not ask for a computer group: {group} counts only with TargetGroupEnabled=1."
        ),
        (false, None) => "It does not ask for a computer group.".to_owned(),
    };
    Some(say(words, &both))
}

fn publishers(settings: &Effective) -> Option<Sentence> {
    let words = if switch(settings, S::AcceptTrustedPublisherCerts)? {
        "It also takes signed updates of other publishers than Microsoft, where the server has \
         some."
    } else {
        "It takes no updates of other publishers than Microsoft from the server."
    };
    Some(say(words, &[S::AcceptTrustedPublisherCerts]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::Data;
    use crate::policy::forecast::fixture::document;

    #[test]
    fn the_same_server_in_another_writing_is_a_perhaps() {
        for (reports, begins) in [
            ("https://A.test:8531/", "Updates come perhaps from nowhere: "),
            ("https://b.test:8531", "Updates come from nowhere: "),
        ] {
            let settings = Effective::of(&[document(vec![(
                S::WuStatusServer,
                Data::String(reports.to_owned()),
            )])]);
            let told = nowhere(&settings, Some("https://a.test:8531"));
            assert!(told.starts_with(begins), "{told}");
        }
    }
}
