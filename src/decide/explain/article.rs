//! The long text of any code: findings, causes of failures, Windows Update error codes, findings
//! about clients' settings, alerts.

use super::markdown::Block;
use super::runbook::{Section, runbook};
use super::{client, finding, hint, meaning, windows};
use crate::decide::{audience, windows_update_code};
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Scheme};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::FindingCode;
use crate::model::service::Audience;
use crate::model::windows_update::WindowsUpdateCode;

/// What kind of code an article is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The code of a finding.
    Finding,
    /// The cause of a failed phase.
    Cause,
    /// An error code of the Windows Update agent.
    WindowsUpdate,
    /// The code of a finding about a Windows client's settings.
    Setting,
    /// The name of an alert of the Prometheus rules.
    Alert,
}

impl Kind {
    /// The stable lower-case name used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Cause => "cause",
            Self::WindowsUpdate => "windows_update_code",
            Self::Setting => "setting",
            Self::Alert => "alert",
        }
    }

    /// The name in a heading.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Cause => "cause of a failure",
            Self::WindowsUpdate => "Windows Update error code",
            Self::Setting => "finding about a client's settings",
            Self::Alert => "alert",
        }
    }
}

/// Everything that is known about one code. Each text is one paragraph without line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// What kind of code it is.
    pub kind: Kind,
    /// The code as every output writes it.
    pub code: String,
    /// Microsoft's symbol, for Windows Update error codes.
    pub name: Option<&'static str>,
    /// What it is, in a sentence or two.
    pub summary: &'static str,
    /// What follows for clients and others.
    pub means: Vec<String>,
    /// What a probe sees where it applies.
    pub seen: Vec<String>,
    /// For whom something does not work; empty for nobody in particular.
    pub for_whom: &'static [Audience],
    /// Likely reasons, the most likely first.
    pub reasons: Vec<String>,
    /// What to do, in order.
    pub actions: Vec<String>,
    /// What is not certain, and where sources disagree.
    pub doubts: Vec<String>,
    /// What Windows clients show because of it.
    pub windows_update_codes: Vec<WindowsUpdateCode>,
    /// Other codes that have an article and belong to the matter.
    pub see_also: Vec<String>,
    /// The section of the runbook, for alerts; they have no other texts than it and the summary.
    pub runbook: &'static [Block],
}

impl Article {
    fn about(kind: Kind, code: String, summary: &'static str) -> Self {
        Self {
            kind,
            code,
            name: None,
            summary,
            means: Vec::new(),
            seen: Vec::new(),
            for_whom: &[],
            reasons: Vec::new(),
            actions: Vec::new(),
            doubts: Vec::new(),
            windows_update_codes: Vec::new(),
            see_also: Vec::new(),
            runbook: &[],
        }
    }
}

/// Every article: findings, then causes, then Windows Update error codes, then findings about
/// clients' settings, then alerts.
pub fn all() -> Vec<Article> {
    let findings = finding::all().map(of_finding);
    let causes = Cause::ALL.iter().map(|cause| of_cause(*cause));
    let alerts = runbook().sections.iter().map(of_alert);
    let settings = client::all().map(of_setting);
    let codes = windows::all().map(of_windows_code);
    findings.chain(causes).chain(codes).chain(settings).chain(alerts).collect()
}

fn of_alert(section: &'static Section) -> Article {
    Article {
        runbook: &section.blocks,
        ..Article::about(Kind::Alert, section.alert.clone(), &section.summary)
    }
}

fn of_finding(text: &finding::Text) -> Article {
    let codes: Vec<WindowsUpdateCode> =
        windows_update_code::of_finding(text.code).into_iter().collect();
    let cause = Cause::ALL.iter().find(|cause| cause.as_str() == text.code.as_str());
    Article {
        means: vec![text.means.to_owned()],
        seen: vec![text.seen.to_owned()],
        for_whom: audience::of_finding(text.code),
        reasons: owned(text.reasons),
        actions: owned(text.actions),
        doubts: owned(text.doubts),
        see_also: codes
            .iter()
            .map(ToString::to_string)
            .chain(cause.map(|_| "the cause of a failure of the same name".to_owned()))
            .collect(),
        windows_update_codes: codes,
        ..Article::about(Kind::Finding, text.code.as_str().to_owned(), text.code.summary())
    }
}

fn of_setting(text: &client::Text) -> Article {
    Article {
        means: vec![text.means.to_owned()],
        reasons: owned(text.reasons),
        actions: owned(text.actions),
        doubts: owned(text.doubts),
        ..Article::about(Kind::Setting, text.code.as_str().to_owned(), text.code.summary())
    }
}

/// The texts of `check` for a failure of that cause, said for an endpoint that stands for all.
fn of_cause(cause: Cause) -> Article {
    let endpoint = example();
    let phases = phases_of(cause);
    let failures: Vec<Failure> =
        phases.iter().map(|phase| Failure::new(*phase, cause, String::new())).collect();
    let texts = |text: fn(&Failure, &Endpoint) -> String| {
        let said: Vec<(Phase, String)> =
            failures.iter().map(|failure| (failure.phase, text(failure, &endpoint))).collect();
        by_phase(&said)
    };
    let mut codes: Vec<WindowsUpdateCode> = Vec::new();
    for code in failures.iter().filter_map(windows_update_code::code) {
        if !codes.iter().any(|other| other.hex == code.hex) {
            codes.push(code);
        }
    }
    let (means, actions) = (texts(meaning::of), texts(hint::of));
    let example_shows = means.iter().chain(&actions).any(|text| is_of_example(text));
    let doubts = example_shows
        .then(|| format!("host and port in these texts are those of an example, {}", endpoint.url));
    Article {
        means,
        actions,
        doubts: doubts.into_iter().collect(),
        see_also: codes.iter().map(ToString::to_string).collect(),
        windows_update_codes: codes,
        ..Article::about(Kind::Cause, cause.as_str().to_owned(), cause.summary())
    }
}

fn of_windows_code(text: &windows::Text) -> Article {
    let is_this = |code: Option<WindowsUpdateCode>| code.is_some_and(|code| code.hex == text.hex);
    let causes = Cause::ALL.iter().filter(|cause| {
        let mut failures =
            phases_of(**cause).iter().map(|phase| Failure::new(*phase, **cause, String::new()));
        failures.any(|failure| is_this(windows_update_code::code(&failure)))
    });
    let findings =
        FindingCode::ALL.iter().filter(|code| is_this(windows_update_code::of_finding(**code)));
    let mut see_also: Vec<String> = findings.map(|code| code.as_str().to_owned()).collect();
    see_also.extend(causes.map(|cause| cause.as_str().to_owned()));
    see_also.dedup();
    Article {
        name: Some(text.name),
        seen: vec![text.seen.to_owned()],
        reasons: owned(text.reasons),
        actions: owned(text.actions),
        doubts: owned(text.doubts),
        see_also,
        ..Article::about(Kind::WindowsUpdate, format!("0x{:08X}", text.hex), text.means)
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// One text where all phases have the same, else one for each, which says for which.
fn by_phase(texts: &[(Phase, String)]) -> Vec<String> {
    let mut different: Vec<&String> = texts.iter().map(|(_, text)| text).collect();
    different.dedup();
    if let [only] = different.as_slice() {
        return vec![(*only).clone()];
    }
    texts.iter().map(|(phase, text)| format!("at {}: {text}", phase.as_str())).collect()
}

/// The phases in which a cause occurs: the list of causes is in their order.
fn phases_of(cause: Cause) -> &'static [Phase] {
    if cause <= Cause::Io {
        &Phase::ALL
    } else if cause <= Cause::NoResolver {
        &[Phase::Resolve]
    } else if cause <= Cause::CertificateUnparsable {
        &[Phase::Tls]
    } else {
        &[Phase::Wsus]
    }
}

/// Stands for every endpoint, on the TLS port of WSUS.
fn example() -> Endpoint {
    let host = Host::Name(EXAMPLE_HOST.to_owned());
    let url = EndpointUrl { scheme: Scheme::Https, host, port: super::WSUS_HTTPS_PORT };
    Endpoint::bare(EndpointName("example".to_owned()), url)
}

fn is_of_example(text: &str) -> bool {
    text.contains(EXAMPLE_HOST) || text.contains(&super::WSUS_HTTPS_PORT.to_string())
}

/// A name that is nobody's (RFC 2606).
const EXAMPLE_HOST: &str = "wsus.example.com";
