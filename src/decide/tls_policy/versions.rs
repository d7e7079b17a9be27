//! Versions that are accepted and should not be, or the reverse.

use crate::decide::compat::words::versions;
use crate::decide::tls_policy::needs_tls10;
use crate::model::endpoint::Endpoint;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Support, TlsScan};

pub(super) fn findings(endpoint: &Endpoint, scan: &TlsScan) -> Vec<Finding> {
    let expected = &endpoint.tls;
    [
        missing(&expected.require, scan),
        unknown(FindingCode::TlsVersionMissing, "required", &expected.require, scan),
        forbidden(&expected.forbid, scan),
        unknown(FindingCode::TlsVersionForbidden, "forbidden", &expected.forbid, scan),
        tls10_needed(endpoint, scan),
        old(endpoint, scan),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn support(scan: &TlsScan, protocol: Protocol) -> Option<Support> {
    scan.version(protocol).map(|report| report.support)
}

/// Those versions whose support is that, in the given order.
fn with(protocols: &[Protocol], scan: &TlsScan, wanted: Support) -> Vec<Protocol> {
    let is = |protocol: &&Protocol| support(scan, **protocol) == Some(wanted);
    protocols.iter().filter(is).copied().collect()
}

fn missing(required: &[Protocol], scan: &TlsScan) -> Option<Finding> {
    let missing = with(required, scan, Support::NotSupported);
    let names = named(&missing)?;
    let certain = |protocol: &Protocol| scan.version(*protocol).is_some_and(|r| r.certain);
    let doubt = if missing.iter().all(certain) {
        ""
    } else {
        " (it was refused beside versions that are accepted, without naming the version)"
    };
    Some(Finding {
        code: FindingCode::TlsVersionMissing,
        severity: Severity::Warning,
        observed: format!("{names} is required, and not accepted{doubt}"),
        meaning: "whoever offers nothing else cannot connect".to_owned(),
        windows_update_code: None,
        action: format!("enable {names} in SChannel on this member, or take it out of `require`"),
    })
}

fn forbidden(forbidden: &[Protocol], scan: &TlsScan) -> Option<Finding> {
    let names = named(&with(forbidden, scan, Support::Supported))?;
    Some(Finding {
        code: FindingCode::TlsVersionForbidden,
        severity: Severity::Warning,
        observed: format!("{names} is forbidden, and accepted"),
        meaning: "the hardening that the configuration expects is not in force on this member"
            .to_owned(),
        windows_update_code: None,
        action: format!("disable {names} in SChannel on this member and restart it"),
    })
}

/// Versions that are expected or forbidden, of which it is not known whether they are accepted.
fn unknown(
    code: FindingCode,
    how: &str,
    protocols: &[Protocol],
    scan: &TlsScan,
) -> Option<Finding> {
    let is_unknown =
        |protocol: &&Protocol| support(scan, **protocol).is_none_or(|s| s == Support::Unknown);
    let names = named(&protocols.iter().filter(is_unknown).copied().collect::<Vec<_>>())?;
    Some(Finding {
        code,
        severity: Severity::Note,
        observed: format!("{names} is {how}; whether it is accepted is not known"),
        meaning:
            "it was not tried, or the answer did not tell: the expectation is neither met nor \
                  broken"
                .to_owned(),
        windows_update_code: None,
        action: "look at the evidence with `wsus-probe tls`, and try again".to_owned(),
    })
}

/// Not a word where TLS 1.0 is accepted: then nothing is broken.
fn tls10_needed(endpoint: &Endpoint, scan: &TlsScan) -> Option<Finding> {
    let support = support(scan, Protocol::Tls10).filter(|_| needs_tls10(endpoint))?;
    let (severity, observed, meaning) = match support {
        Support::Supported => return None,
        Support::NotSupported => (
            Severity::Warning,
            "a downstream server is of WSUS 3.2, and TLS 1.0 is not accepted here",
            "downstream synchronization fails: over HTTPS WSUS 3.2 needs TLS 1.0 enabled on both \
             servers (KB2938066)",
        ),
        Support::Unknown => (
            Severity::Note,
            "a downstream server is of WSUS 3.2; whether TLS 1.0 is accepted here is not known",
            "where TLS 1.0 is off, synchronization of WSUS 3.2 over HTTPS fails (KB2938066)",
        ),
    };
    Some(Finding {
        code: FindingCode::Tls10Needed,
        severity,
        observed: observed.to_owned(),
        meaning: meaning.to_owned(),
        windows_update_code: None,
        action: "replace the downstream server with a newer release; until then enable TLS 1.0 on \
                 this one, for that server only if a firewall can see to it"
            .to_owned(),
    })
}

/// Versions below 1.2 that nobody asked for. Those that are required are wanted, and those that
/// are forbidden have a finding of their own.
fn old(endpoint: &Endpoint, scan: &TlsScan) -> Option<Finding> {
    let expected = &endpoint.tls;
    let needed = needs_tls10(endpoint);
    let is_somebodys = |protocol: Protocol| {
        expected.require.contains(&protocol)
            || expected.forbid.contains(&protocol)
            || (needed && protocol == Protocol::Tls10)
    };
    let old = Protocol::ALL.iter().copied().filter(|protocol| *protocol < Protocol::Tls12);
    let old: Vec<Protocol> = old.filter(|protocol| !is_somebodys(*protocol)).collect();
    let old = with(&old, scan, Support::Supported);
    let names = named(&old)?;
    let severity = if old.contains(&Protocol::Ssl3) { Severity::Warning } else { Severity::Note };
    let newer = [Protocol::Tls12, Protocol::Tls13];
    let action = if with(&newer, scan, Support::Supported).is_empty() {
        format!("enable TLS 1.2 first: nothing newer than {names} is known to be accepted")
    } else if old.contains(&Protocol::Tls10) {
        format!(
            "disable {names} in SChannel once no client is left that has nothing newer: Vista, \
             Server 2008, and Windows 7, 8, Server 2008 R2 and 2012 without KB3140245"
        )
    } else {
        format!("disable {names} in SChannel: no Windows release needs it")
    };
    let meaning = if needed {
        "outdated (RFC 7568, RFC 8996); only TLS 1.0 is needed, by a downstream server of WSUS 3.2"
    } else {
        "outdated and open to known attacks (RFC 7568, RFC 8996)"
    };
    Some(Finding {
        code: FindingCode::OldTlsAccepted,
        severity,
        observed: format!("{names} accepted"),
        meaning: meaning.to_owned(),
        windows_update_code: None,
        action,
    })
}

/// The versions in words, if there are any.
fn named(protocols: &[Protocol]) -> Option<String> {
    (!protocols.is_empty()).then(|| versions(protocols))
}
