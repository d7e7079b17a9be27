//! Which endpoints take part, and what is odd about them together.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use crate::config::endpoint::{Entry, Origins, name_of_url, slash_note};
use crate::config::error::{ConfigError, Fault, Problem, closest};
use crate::config::origin::{Origin, Sourced};
use crate::config::pace::PaceLayer;
use crate::config::section::Findings;
use crate::config::settings::Layer;
use crate::config::{Config, RawOptions, Target, hierarchy, rejected, value};
use crate::model::endpoint::{Endpoint, EndpointName, Scheme};
use crate::model::protocol::TlsExpectations;
use crate::model::text::shown;
use crate::model::url;

/// Most names that a message lists.
const MAX_NAMES: usize = 20;

/// The endpoints that `--dc` and `--endpoint` leave and add, with unique names. `--endpoint`
/// alone replaces the configured ones; together with `--dc` it adds to those selected. A URL among
/// the arguments does the same, unless there are names beside it, which want the configured ones.
pub(super) fn entries(
    options: &RawOptions,
    mut configured: Vec<Entry>,
    findings: &mut Findings,
) -> Vec<Entry> {
    check_names(&configured, findings);
    hierarchy::check(&mut configured, findings);
    let urls_alone = !options.urls.is_empty() && options.names.is_empty();
    let replaced = urls_alone || !options.endpoints.is_empty();
    let mut entries = match (options.dcs.is_empty(), replaced) {
        (true, false) => configured,
        (true, true) => Vec::new(),
        (false, _) => by_dc(configured, &options.dcs, findings),
    };
    let selected = entries.len();
    for given in options.endpoints.iter().chain(&options.urls) {
        match ad_hoc(given, findings) {
            Ok(entry) => entries.push(entry),
            Err(fault) => findings.problem(rejected(&given.origin, fault)),
        }
    }
    if entries.len() > selected && findings.is_clean() {
        check_names(&entries, findings);
    }
    hierarchy::forget_unselected(&mut entries);
    if entries.is_empty() && findings.is_clean() {
        let file = options.config.as_ref();
        let path = file.map(|path| format!("{}: ", path.value.display())).unwrap_or_default();
        findings.problem(Problem::new(
            format!("{path}no endpoint is configured"),
            "add an [[endpoint]] with a url, or a [fleet], or use --endpoint URL",
        ));
    }
    entries
}

/// Keeps the targets of these names, and those of URLs among the arguments. No names keep all.
pub(super) fn by_name(targets: &mut Vec<Target>, names: &[String]) -> Result<(), ConfigError> {
    if names.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = targets.iter().map(|t| t.endpoint.name.to_string()).collect();
    for name in names {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let text = format!("no endpoint is called {}", shown(name));
            return Err(Problem::new(text, names_hint(name, &known)).into());
        }
    }
    let wanted: BTreeSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    targets.retain(|target| {
        let is_argument = matches!(target.origins.get("url"), Some(Origin::Argument(_)));
        is_argument || wanted.contains(&target.endpoint.name.0.to_ascii_lowercase())
    });
    Ok(())
}

/// What is not wrong with the whole but worth knowing.
pub(super) fn notes(config: &Config) -> Vec<String> {
    let mut notes: Vec<String> = config.catalogue_note().map(str::to_owned).into_iter().collect();
    let mut urls = BTreeMap::new();
    for target in &config.targets {
        let endpoint = &target.endpoint;
        let name = &endpoint.name;
        if let Some(first) = urls.insert(endpoint.url.to_string(), name) {
            notes.push(format!("{first} and {name} have the same URL, {}", endpoint.url));
        }
        if endpoint.patch_window.is_some() && endpoint.time_zone.is_none() {
            notes.push(format!("{name}: `patch_window` means nothing without `time_zone`"));
        }
        if endpoint.url.scheme == Scheme::Http && endpoint.tls != TlsExpectations::default() {
            notes.push(format!("{name}: `require` and `forbid` mean nothing for an http:// URL"));
        }
    }
    notes.extend(short_interval(config));
    if !config.simulated.is_empty() {
        notes.push(format!(
            "`[simulated]` makes up the distance or a fault of {} addresses: what is measured \
             there says nothing about a real network",
            config.simulated.len()
        ));
    }
    notes
}

/// Rounds may be longer than the pause between them: a deadline is for the worst case. Those that
/// are left out then are counted, so it is no mistake.
fn short_interval(config: &Config) -> Option<String> {
    let longer = |target: &&Target| target.limits.deadline > target.pace.round;
    let mut found = config.targets.iter().filter(longer);
    let first = found.next()?;
    let others = match found.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{}{others}: `deadline` ({}) is longer than `interval` ({}): while a round takes longer \
         than that, `serve` leaves out the next and counts it as dropped",
        first.endpoint.name,
        humantime::format_duration(first.limits.deadline),
        humantime::format_duration(first.pace.round),
    ))
}

/// Reports names that occur twice; upper and lower case are the same.
fn check_names(entries: &[Entry], findings: &mut Findings) {
    let mut seen: BTreeMap<String, &Entry> = BTreeMap::new();
    for entry in entries {
        match seen.entry(entry.endpoint.name.0.to_ascii_lowercase()) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(first) => {
                let at = first.get().location.as_ref();
                let place = at.map(|at| format!(" on line {}", at.line)).unwrap_or_default();
                let name = &entry.endpoint.name;
                findings.problem(Problem {
                    location: entry.location.clone(),
                    text: format!("the name {name} is taken by another endpoint{place}"),
                    hint: Some("give each a `name` of its own, or remove one".to_owned()),
                });
            }
        }
    }
}

fn by_dc(configured: Vec<Entry>, dcs: &[Sourced<String>], findings: &mut Findings) -> Vec<Entry> {
    let mut known: Vec<String> =
        configured.iter().filter_map(|entry| entry.endpoint.dc.clone()).collect();
    known.sort();
    known.dedup();
    // In a file with problems an endpoint may be missing only because it could not be read.
    let complete = findings.is_clean();
    for given in dcs {
        if complete && !known.iter().any(|dc| dc.eq_ignore_ascii_case(&given.value)) {
            let text = format!("is {}: no endpoint has this dc", shown(&given.value));
            let fault = Fault::new(text, names_hint(&given.value, &known));
            findings.problem(rejected(&given.origin, fault));
        }
    }
    let wanted = |entry: &Entry| {
        let dc = entry.endpoint.dc.as_deref();
        dc.is_some_and(|dc| dcs.iter().any(|given| given.value.eq_ignore_ascii_case(dc)))
    };
    configured.into_iter().filter(wanted).collect()
}

pub(super) fn names_hint(given: &str, known: &[String]) -> String {
    let list = known.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
    let more = match known.len().saturating_sub(MAX_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let near = closest(given, known.iter().map(String::as_str))
        .map(|near| format!("did you mean {near}? "))
        .unwrap_or_default();
    if known.is_empty() {
        "none is configured".to_owned()
    } else {
        format!("{near}known: {list}{more}")
    }
}

/// An endpoint of the command line: `URL` or `NAME=URL`.
fn ad_hoc(given: &Sourced<String>, findings: &mut Findings) -> Result<Entry, Fault> {
    // An equals sign after the scheme belongs to the URL, which then is refused as a whole.
    let (name, text) = match given.value.split_once('=') {
        Some((name, rest)) if !name.contains("://") => (Some(value::name(name)?), rest),
        _ => (None, given.value.as_str()),
    };
    let parsed = url::parse(text)?;
    if parsed.trailing_slash {
        findings.notes.push(slash_note(&given.origin));
    }
    let name = name.map_or_else(|| name_of_url(&parsed.url), EndpointName);
    let endpoint = Endpoint::bare(name, parsed.url);
    let origin = |key| (key, Origin::clone(&given.origin));
    let origins = Origins::from([origin("name"), origin("url")]);
    Ok(Entry {
        endpoint,
        layer: Layer::default(),
        pace: PaceLayer::default(),
        origins,
        location: None,
        upstream_at: None,
    })
}
