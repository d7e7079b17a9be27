//! The server that is set beside those that are known.

use std::time::Duration;

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::model::endpoint::{Endpoint, EndpointUrl, Host};
use crate::model::finding::Severity;
use crate::model::report::{EndpointReport, Verdict};
use crate::model::selection::{NearestReport, RejectionCode};
use crate::model::url::parse;
use crate::policy::audit::facts::list;
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;

const SERVERS: [Setting; 2] = [Setting::WuServer, Setting::WuStatusServer];

/// The server that is set, if it is one.
fn server(settings: &Effective) -> Option<EndpointUrl> {
    Some(parse(settings.text(Setting::WuServer)?).ok()?.url)
}

fn is_at(endpoint: &Endpoint, url: &EndpointUrl) -> bool {
    endpoint.url == *url || endpoint.requested_url() == *url
}

/// What is known of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is one of the known.
    Known,
    /// Its host is, with another scheme or port.
    KnownElsewhere,
    /// Nothing.
    Unknown,
}

pub(super) fn standing(url: &EndpointUrl, known: &[Endpoint]) -> Standing {
    let is_host = |endpoint: &Endpoint| endpoint.requested_url().host == url.host;
    if known.iter().any(|endpoint| is_at(endpoint, url)) {
        Standing::Known
    } else if known.iter().any(is_host) {
        Standing::KnownElsewhere
    } else {
        Standing::Unknown
    }
}

pub(super) fn against_catalogue(settings: &Effective, known: &[Endpoint]) -> Option<ClientFinding> {
    let url = server(settings)?;
    if known.is_empty() || known.iter().any(|endpoint| is_at(endpoint, &url)) {
        return None;
    }
    let places = settings.places(&SERVERS);
    let same_host: Vec<String> = known
        .iter()
        .map(Endpoint::requested_url)
        .filter(|other| other.host == url.host)
        .map(|other| other.for_clients())
        .collect();
    if !same_host.is_empty() {
        return Some(on_another_port(&url, &same_host, places));
    }
    let near = nearest_spelling(&url, known);
    if near.is_empty() {
        return Some(not_known(&url, places));
    }
    let meant: Vec<String> =
        near.iter().map(|one| format!("{} ({})", one.requested_url(), one.name)).collect();
    let (is, set) = match near.as_slice() {
        [only] => ("one letter or two from", only.requested_url().for_clients()),
        _ => ("equally near to several:", "the one that is meant".to_owned()),
    };
    Some(ClientFinding {
        code: Code::ServerMisspelled,
        weight: Weight::Warning,
        places,
        observed: format!("{url} is none of the known servers, and {is} {}", list(&meant)),
        meaning: "probably misspelled; if there is no such host, the machine gets no updates"
            .to_owned(),
        action: format!("set WUServer and WUStatusServer to {set}"),
    })
}

fn on_another_port(url: &EndpointUrl, known: &[String], places: Vec<Location>) -> ClientFinding {
    ClientFinding {
        code: Code::ServerNotInCatalogue,
        weight: Weight::Warning,
        places,
        observed: format!("{url} is set; that host is known as {}", list(known)),
        meaning: "scheme or port are others than where WSUS is known to be".to_owned(),
        action: format!("set WUServer and WUStatusServer to {}", list(known)),
    }
}

fn not_known(url: &EndpointUrl, places: Vec<Location>) -> ClientFinding {
    ClientFinding {
        code: Code::ServerNotInCatalogue,
        weight: Weight::Note,
        places,
        observed: format!("{url} is none of the known servers"),
        meaning: "nothing can be said of it here; it may be one of your own".to_owned(),
        action: "add it to the configuration, or probe it with client audit --probe".to_owned(),
    }
}

/// The endpoints whose host is most like the one that is set, if any is like it.
fn nearest_spelling<'a>(url: &EndpointUrl, known: &'a [Endpoint]) -> Vec<&'a Endpoint> {
    let Host::Name(given) = &url.host else { return Vec::new() };
    let distance = |endpoint: &'a Endpoint| match endpoint.requested_url().host {
        Host::Name(name) => mistakes(given, &name).map(|mistakes| (mistakes, endpoint)),
        Host::Address(_) => None,
    };
    let mut near: Vec<(usize, &Endpoint)> = known.iter().filter_map(distance).collect();
    let least = near.iter().map(|(mistakes, _)| *mistakes).min();
    near.retain(|(mistakes, _)| Some(*mistakes) == least);
    near.into_iter().map(|(_, endpoint)| endpoint).collect()
}

/// How many letters make the difference, if few enough: names of sites are short and like each
/// other, so that more than one letter of such a part is another site.
fn mistakes(one: &str, other: &str) -> Option<usize> {
    let (first, second): (Vec<&str>, Vec<&str>) =
        (one.split('.').collect(), other.split('.').collect());
    if first.len() != second.len() {
        let mistakes = strsim::damerau_levenshtein(one, other);
        return (mistakes <= 1).then_some(mistakes);
    }
    let mut total = 0;
    for (part, of) in first.iter().zip(&second) {
        let mistakes = strsim::damerau_levenshtein(part, of);
        let letters = part.chars().count().max(of.chars().count());
        if mistakes > (letters / LETTERS_PER_MISTAKE).max(1) {
            return None;
        }
        total += mistakes;
    }
    (total <= MOST_MISTAKES).then_some(total)
}

/// A part of a name with so many letters may have one mistake more.
const LETTERS_PER_MISTAKE: usize = 4;

/// A host with more mistakes than this is another host.
const MOST_MISTAKES: usize = 2;

pub(super) fn against_race(settings: &Effective, report: &NearestReport) -> Option<ClientFinding> {
    let url = server(settings)?;
    let places = settings.places(&SERVERS);
    // Another one may be asked for by the same name; the one that took part as in use has the URL.
    let candidates = &report.candidates;
    let index = candidates
        .iter()
        .position(|candidate| candidate.endpoint.url == url)
        .or_else(|| candidates.iter().position(|candidate| is_at(&candidate.endpoint, &url)));
    let current = index.and_then(|index| Some((index, report.candidates.get(index)?)));
    let Some((index, current)) = current else {
        return Some(unknown(&url, "was not asked", places));
    };
    let selected = report.selection.selected.filter(|selected| *selected != index);
    let better = selected.and_then(|selected| report.candidates.get(selected));
    match current.verdict {
        Verdict::Down => Some(sick(&url, current, better, Weight::Error, places)),
        Verdict::Degraded => Some(sick(&url, current, better, Weight::Warning, places)),
        Verdict::Unknown => Some(unknown(&url, &doubt(report, index), places)),
        Verdict::Healthy => match better {
            Some(better) => nearer(report, index, current, better, places),
            None => nearer_but_not_worth_it(report, &url, current, places),
        },
    }
}

/// Why nothing is known, as the choice put it.
fn doubt(report: &NearestReport, index: usize) -> String {
    match report.selection.rejected.get(index) {
        Some(Some(rejection)) => format!("did not show whether it works: {}", rejection.text),
        Some(None) | None => "did not show whether it works".to_owned(),
    }
}

fn unknown(url: &EndpointUrl, what: &str, places: Vec<Location>) -> ClientFinding {
    ClientFinding {
        code: Code::ServerUnknown,
        weight: Weight::Warning,
        places,
        observed: format!("{url} {what}"),
        meaning: "whether the machine gets updates is not known; that is not the same as well"
            .to_owned(),
        action: format!("ask it alone, with more time: check --endpoint {url} --deadline 30s"),
    }
}

fn sick(
    url: &EndpointUrl,
    current: &EndpointReport,
    better: Option<&EndpointReport>,
    weight: Weight,
    places: Vec<Location>,
) -> ClientFinding {
    let of_members = current.members.iter().flat_map(|member| &member.findings);
    let warning =
        current.findings.iter().chain(of_members).find(|f| f.severity == Severity::Warning);
    let why = match (&current.failure, warning) {
        (Some(failure), _) => {
            format!("{} at {}: {}", failure.cause.as_str(), failure.phase.as_str(), failure.detail)
        }
        (None, Some(finding)) => finding.observed.clone(),
        (None, None) => current.verdict.as_str().to_owned(),
    };
    let is_down = current.verdict == Verdict::Down;
    let meaning = if is_down {
        "while that is so, the machine finds no updates"
    } else {
        "the server works, with a warning"
    };
    let action = match better {
        Some(better) => format!(
            "see check --endpoint {url}; {} works{}: nearest --apply sets it",
            better.endpoint.url,
            distance(better).map(|rtt| format!(", {} away", ms(rtt))).unwrap_or_default()
        ),
        None => format!("see check --endpoint {url}"),
    };
    ClientFinding {
        code: Code::ServerSick,
        weight,
        places,
        observed: format!(
            "{url} {} ({why})",
            if is_down { "does not work" } else { "is degraded" }
        ),
        meaning: meaning.to_owned(),
        action,
    }
}

fn distance(report: &EndpointReport) -> Option<Duration> {
    report.rtt.map(|rtt| rtt.duration)
}

/// Another one was chosen, which is done only for a gain that is worth it.
fn nearer(
    report: &NearestReport,
    index: usize,
    current: &EndpointReport,
    better: &EndpointReport,
    places: Vec<Location>,
) -> Option<ClientFinding> {
    let rejection = report.selection.rejected.get(index)?.as_ref()?;
    let gain = match (distance(current), distance(better)) {
        (Some(from), Some(to)) => format!(
            "a round trip of {} in place of {}, {} less for each request",
            ms(to),
            ms(from),
            ms(from.saturating_sub(to))
        ),
        _ => format!("{} ({})", report.selection.reason.text, rejection.text),
    };
    let is_worth_it = rejection.code != RejectionCode::TieLost;
    Some(ClientFinding {
        code: if is_worth_it { Code::NearerServer } else { Code::NearerServerNotWorthIt },
        weight: if is_worth_it { Weight::Warning } else { Weight::Note },
        places,
        observed: format!(
            "{} ({}) is nearer to this machine than {}",
            better.endpoint.url, better.endpoint.name, current.endpoint.url
        ),
        meaning: format!("it would gain {gain}; {COST}"),
        action: if is_worth_it {
            "nearest --apply changes to it".to_owned()
        } else {
            "leave it as it is".to_owned()
        },
    })
}

/// What a change costs each client, whatever it gains.
const COST: &str = "it costs each client that changes one full scan, more than 1 GB where the other \
                    server has another database";

/// The one in use was kept although another one is nearer.
fn nearer_but_not_worth_it(
    report: &NearestReport,
    url: &EndpointUrl,
    current: &EndpointReport,
    places: Vec<Location>,
) -> Option<ClientFinding> {
    let rejections = report.candidates.iter().zip(&report.selection.rejected);
    let too_small = rejections.filter(|(_, rejection)| {
        rejection.as_ref().is_some_and(|why| why.code == RejectionCode::GainTooSmall)
    });
    let nearest = too_small
        .filter_map(|(candidate, _)| Some((distance(candidate)?, candidate)))
        .min_by_key(|(rtt, _)| *rtt);
    let (rtt, nearest) = nearest?;
    let own = distance(current)?;
    Some(ClientFinding {
        code: Code::NearerServerNotWorthIt,
        weight: Weight::Note,
        places,
        observed: format!(
            "{} ({}) at {} is nearer to this machine than {url} at {}",
            nearest.endpoint.url,
            nearest.endpoint.name,
            ms(rtt),
            ms(own)
        ),
        meaning: format!("the gain is {} for each request; {COST}", ms(own.saturating_sub(rtt))),
        action: "leave it as it is".to_owned(),
    })
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
