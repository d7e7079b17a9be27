//! What is compared, and how much each difference matters.

use std::collections::BTreeSet;

use crate::decide::generation::iis_version;
use crate::decide::members::groups::Groups;
use crate::decide::members::origin::MACHINE;
use crate::decide::members::scan;
use crate::model::certificate::CertificateReport;
use crate::model::finding::Severity;
use crate::model::report::MemberReport;
use crate::model::service::{Outcome, Service};
use crate::model::text::one_line;
use crate::model::wsus::{SoapFlavour, SoapVersion, WsusAnswer};

/// The properties whose values are numbers and versions (MS-WUSP 2.2.2.2.1). Others may hold
/// internal names: of them only who differs is told.
const HARMLESS: [&str; 4] = [
    "MaxExtendedUpdatesPerRequest",
    "ProtocolVersion",
    "IsInventoryRequired",
    "ClientReportingLevel",
];

/// The longest foreign value that is quoted, in characters.
const MAX_QUOTE: usize = 60;

/// Most properties that are compared: a WSUS server has five.
const MAX_PROPERTIES: usize = 16;

/// Hexadecimal digits of a fingerprint that tell two certificates apart.
const FINGERPRINT_DIGITS: usize = 12;

/// What stands for a value that a server does not send.
const ABSENT: &str = "none";

/// One way in which members differ.
pub(super) struct Difference {
    pub(super) severity: Severity,
    /// What differs, and who.
    pub(super) text: String,
}

/// Every difference, those that matter most first.
pub(super) fn differences(members: &[MemberReport]) -> Vec<Difference> {
    let mut differences = services(members);
    differences.extend(protocol(members));
    differences.extend(software(members));
    differences.extend(tls(members));
    differences.extend(scan::suites(members));
    differences.extend(certificates(members));
    differences.sort_by_key(|difference| std::cmp::Reverse(difference.severity));
    differences
}

/// A header's value in one line, or the word for its absence.
pub(super) fn header(value: Option<&str>) -> String {
    value.map_or_else(|| ABSENT.to_owned(), |value| one_line(value, MAX_QUOTE))
}

/// Groups members by one aspect; those of which it is not known take no part.
pub(super) fn by(
    members: &[MemberReport],
    aspect: impl Fn(&MemberReport) -> Option<String>,
) -> Groups<String> {
    Groups::of(members.iter().filter_map(|member| {
        let value = aspect(member)?;
        Some((member.address.ip().to_string(), value.clone(), value))
    }))
}

/// As [`by`], an aspect of the `GetConfig` answer.
fn by_answer(members: &[MemberReport], aspect: impl Fn(&WsusAnswer) -> String) -> Groups<String> {
    by(members, |member| member.wsus.as_ref().map(&aspect))
}

pub(super) fn difference<K: Ord>(
    severity: Severity,
    what: &str,
    groups: &Groups<K>,
) -> Option<Difference> {
    let text = format!("{what} {}", groups.described()?);
    Some(Difference { severity, text })
}

/// Members that do not answer at all are another finding's: only those with a WSUS answer count.
/// Two that fail are alike, whatever the causes.
fn services(members: &[MemberReport]) -> Vec<Difference> {
    let outcome = |member: &MemberReport, service: Service| {
        member.wsus.as_ref()?;
        let report = member.services.iter().find(|report| report.service == service)?;
        let shown = match &report.outcome {
            Outcome::Pass => "passes".to_owned(),
            Outcome::Fail(failure) => format!("fails ({})", failure.cause.as_str()),
            Outcome::NotApplicable(_) | Outcome::Unknown(_) => return None,
        };
        Some((member.address.ip().to_string(), report.outcome.as_str(), shown))
    };
    let compared = Service::ALL.iter().filter_map(|&service| {
        let groups = Groups::of(members.iter().filter_map(|member| outcome(member, service)));
        difference(Severity::Warning, service.as_str(), &groups)
    });
    compared.collect()
}

/// What the protocol says.
fn protocol(members: &[MemberReport]) -> Vec<Difference> {
    let answers = members.iter().filter_map(|member| member.wsus.as_ref());
    let names: BTreeSet<&str> = answers
        .flat_map(|answer| &answer.config.properties)
        .map(|(name, _)| name.as_str())
        .filter(|name| !name.eq_ignore_ascii_case(MACHINE))
        .collect();
    let mut found: Vec<Difference> = names
        .into_iter()
        .take(MAX_PROPERTIES)
        .filter_map(|name| {
            let value = |answer: &WsusAnswer| header(answer.config.property(name));
            property(name, &by_answer(members, value))
        })
        .collect();
    let registration = by_answer(members, |answer| {
        answer
            .config
            .registration_required
            .map_or_else(|| ABSENT.to_owned(), |flag| flag.to_string())
    });
    found.extend(difference(Severity::Warning, "IsRegistrationRequired", &registration));
    let plugins = by_answer(members, |answer| {
        let plugins = answer.config.auth_plugins.iter();
        let plugins = plugins.map(|plugin| format!("{} {}", plugin.id, plugin.service_url));
        plugins.collect::<Vec<_>>().join("\n")
    });
    let odd = plugins.odd().map(|odd| format!("authorization plug-in {odd}"));
    found.extend(odd.map(|text| Difference { severity: Severity::Warning, text }));
    found
}

fn property(name: &str, groups: &Groups<String>) -> Option<Difference> {
    let text = if HARMLESS.contains(&name) { groups.described() } else { groups.odd() };
    let text = format!("property {} {}", one_line(name, MAX_QUOTE), text?);
    Some(Difference { severity: Severity::Warning, text })
}

/// What the headers and the envelopes tell of the software.
fn software(members: &[MemberReport]) -> Vec<Difference> {
    let server = by_answer(members, |answer| header(answer.server_header.as_deref()));
    // Different versions of IIS are different releases of Windows: a migration that is half done.
    let iis = by(members, |member| {
        iis_version(member.wsus.as_ref()?.server_header.as_deref()?).map(str::to_owned)
    });
    let weight = if iis.differ() { Severity::Warning } else { Severity::Note };
    let aspnet = by_answer(members, |answer| header(answer.aspnet_header.as_deref()));
    let flavour = by_answer(members, |answer| flavour(&answer.flavour));
    let hsts =
        by_answer(members, |answer| if answer.hsts { "sent" } else { "not sent" }.to_owned());
    [
        difference(weight, "Server", &server),
        difference(Severity::Note, "X-AspNet-Version", &aspnet),
        difference(Severity::Note, "SOAP", &flavour),
        difference(Severity::Note, "Strict-Transport-Security", &hsts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn flavour(flavour: &SoapFlavour) -> String {
    let version = match flavour.version {
        Some(SoapVersion::V11) => "1.1",
        Some(SoapVersion::V12) => "1.2",
        None => "of no known version",
    };
    let declaration = if flavour.declaration { "with" } else { "without" };
    let prefix = one_line(&flavour.prefix, MAX_QUOTE);
    format!("{version} with prefix \"{prefix}\" {declaration} declaration")
}

/// The suite is compared only where the version is the same: it follows from the version. Of
/// versions a scan tells more than what was negotiated.
fn tls(members: &[MemberReport]) -> Vec<Difference> {
    let versions = scan::versions(members);
    if !versions.is_empty() {
        return versions;
    }
    let version = by(members, |member| Some(member.tls.as_ref()?.version.as_str().to_owned()));
    let suite = by(members, |member| Some(member.tls.as_ref()?.suite.clone()));
    let negotiated = difference(Severity::Warning, "TLS", &version)
        .or_else(|| difference(Severity::Note, "TLS suite", &suite));
    negotiated.into_iter().collect()
}

/// Different certificates are no fault where all of them are judged alike. Where a member has shown
/// its own to a scan only, those that scans have seen are compared: a scan may see several.
fn certificates(members: &[MemberReport]) -> Vec<Difference> {
    let only_scanned = |member: &MemberReport| {
        member.certificate.is_none()
            && member.tls_scan.as_ref().is_some_and(|scan| !scan.chains.is_empty())
    };
    let by_scan = members.iter().any(only_scanned);
    let of = |member: &MemberReport, shown: fn(&CertificateReport) -> Option<String>| {
        if by_scan { scan::chains(member, shown) } else { shown(member.certificate.as_ref()?) }
    };
    let judged = by(members, |member| of(member, |r| Some(r.verdict().as_str().to_owned())));
    [
        difference(Severity::Warning, "certificate verdict", &judged),
        difference(Severity::Note, "certificate", &by(members, |member| of(member, leaf))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The beginning of the leaf's fingerprint and the end of its validity.
fn leaf(report: &CertificateReport) -> Option<String> {
    let leaf = report.chain.first()?;
    let fingerprint: String = leaf.sha256.chars().take(FINGERPRINT_DIGITS).collect();
    let until = jiff::Timestamp::try_from(leaf.not_after).ok();
    let until = until.map(|until| format!(" until {}", until.strftime("%Y-%m-%d")));
    Some(format!("{fingerprint}…{}", until.unwrap_or_default()))
}
