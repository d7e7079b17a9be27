//! From what was seen to the releases that can show it.

use Release::{
    Server2012, Server2012R2, Server2016, Server2019, Server2022, Server2025, Wsus2, Wsus3,
    Wsus3Sp1, Wsus3Sp2On2003, Wsus3Sp2On2008, Wsus3Sp2On2008R2,
};

use crate::decide::generation::{Seen, iis_version};
use crate::model::generation::{Release, Signal};
use crate::model::text::one_line;
use crate::model::tls::{TlsSession, TlsVersion};
use crate::model::wsus::{ServerConfig, SoapFlavour};

/// The longest foreign value that is quoted, in characters.
const MAX_QUOTE: usize = 60;

/// Said of every rule that rests on what is commonly known and not on Microsoft's documents.
const CONVENTION: &str = "by convention, unconfirmed";

/// Releases whose TLS stack knows TLS 1.2 at all, be it by an update: not those that run on
/// Server 2003 only.
const WITH_TLS12: [Release; 10] = [
    Wsus3,
    Wsus3Sp1,
    Wsus3Sp2On2008,
    Wsus3Sp2On2008R2,
    Server2012,
    Server2012R2,
    Server2016,
    Server2019,
    Server2022,
    Server2025,
];

/// Every signal, the weightiest first.
pub(super) fn all(seen: &Seen<'_>) -> Vec<Signal> {
    let proxied = seen.via.is_some() || seen.server.is_some_and(|server| !is_windows(server));
    let session = seen.session.map(|session| tls(session, proxied));
    [
        seen.server.map(server),
        seen.config.map(|(config, _)| protocol(config)),
        seen.aspnet.map(aspnet),
        session,
        seen.config.and_then(|(_, flavour)| envelopes(flavour)),
        seen.via.map(via),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn signal(observed: String, tells: String, candidates: &[Release]) -> Signal {
    Signal { observed, tells, candidates: candidates.to_vec() }
}

/// Whether a `Server` header is one of Windows: of IIS, or of the kernel's HTTP driver below it.
fn is_windows(server: &str) -> bool {
    iis_version(server).is_some() || server.trim_start().starts_with("Microsoft-HTTPAPI/")
}

fn server(server: &str) -> Signal {
    let observed = format!("Server: {}", one_line(server, MAX_QUOTE));
    let (tells, candidates): (String, &[Release]) = match iis_version(server) {
        None if is_windows(server) => (
            format!("the kernel's HTTP driver, not IIS ({CONVENTION}): narrows nothing"),
            Release::ALL,
        ),
        None => ("not IIS, a proxy may stand in front: narrows nothing".to_owned(), Release::ALL),
        Some("10.0") => (
            "IIS of Server 2016 to 2025 (seen on Server 2025)".to_owned(),
            &[Server2016, Server2019, Server2022, Server2025],
        ),
        Some("8.5") => ("IIS of Server 2012 R2".to_owned(), &[Server2012R2]),
        Some("8.0") => (format!("IIS of Server 2012 ({CONVENTION})"), &[Server2012]),
        Some("7.5") => (format!("IIS of Server 2008 R2 ({CONVENTION})"), &[Wsus3Sp2On2008R2]),
        Some("7.0") => {
            (format!("IIS of Server 2008 ({CONVENTION})"), &[Wsus3, Wsus3Sp1, Wsus3Sp2On2008])
        }
        Some("6.0") => (
            format!("IIS of Server 2003 ({CONVENTION})"),
            &[Wsus2, Wsus3, Wsus3Sp1, Wsus3Sp2On2003],
        ),
        Some(_) => {
            ("a version of IIS that is not known here: narrows nothing".to_owned(), Release::ALL)
        }
    };
    signal(observed, tells, candidates)
}

/// MS-WUSP 2.2.2.2.1, product note 12.
fn protocol(config: &ServerConfig) -> Signal {
    let since_sp2 = || Release::ALL.iter().copied().filter(|release| *release >= Wsus3Sp2On2003);
    let Some(version) = config.property("ProtocolVersion") else {
        return if config.property("MaxExtendedUpdatesPerRequest").is_some() {
            let tells = "server protocol of WSUS 2.0";
            signal("no ProtocolVersion".to_owned(), tells.to_owned(), &[Wsus2])
        } else {
            let tells = "the configuration is incomplete: narrows nothing";
            signal("no ProtocolVersion".to_owned(), tells.to_owned(), Release::ALL)
        };
    };
    let (tells, candidates) = match version.trim() {
        "3.0" => ("server protocol of WSUS 3.0", vec![Wsus3]),
        "3.1" => ("server protocol of WSUS 3.0 SP1", vec![Wsus3Sp1]),
        "3.2" => {
            ("server protocol of WSUS 3.0 SP2 and of every release since", since_sp2().collect())
        }
        _ => ("a server protocol that is not known here: narrows nothing", Release::ALL.to_vec()),
    };
    let observed = format!("ProtocolVersion {}", one_line(version, MAX_QUOTE));
    Signal { observed, tells: tells.to_owned(), candidates }
}

fn aspnet(version: &str) -> Signal {
    let of = |recent: bool| -> Vec<Release> {
        Release::ALL.iter().copied().filter(|release| (*release >= Server2012) == recent).collect()
    };
    let (tells, candidates) = match version.trim() {
        "2.0.50727" => (format!("ASP.NET of WSUS 3.0 SP2 and older ({CONVENTION})"), of(false)),
        "4.0.30319" => (
            format!("ASP.NET of Server 2012 and later (seen on Server 2025, else {CONVENTION})"),
            of(true),
        ),
        _ => (
            "a version of ASP.NET that is not known here: narrows nothing".to_owned(),
            Release::ALL.to_vec(),
        ),
    };
    let observed = format!("X-AspNet-Version: {}", one_line(version, MAX_QUOTE));
    Signal { observed, tells, candidates }
}

/// What the default suites and versions of `SChannel` allow. Suites can be switched off on any
/// release but not added, so that only the presence of a suite excludes a release.
fn tls(session: &TlsSession, proxied: bool) -> Signal {
    let observed = format!("TLS {} with {}", session.version.as_str(), session.suite);
    let suite = session.suite.as_str();
    let is_gcm = suite.contains("_GCM_");
    let (tells, candidates): (&str, &[Release]) = match session.version {
        _ if proxied => ("a proxy seems to speak TLS here: narrows nothing", Release::ALL),
        TlsVersion::Tls13 => (
            "TLS 1.3 is known to Server 2022 and later, unless a proxy speaks TLS here",
            &[Server2022, Server2025],
        ),
        TlsVersion::Tls12 if suite.contains("CHACHA20") => (
            "no Windows release has this suite with TLS 1.2: a proxy speaks TLS here, which \
             narrows nothing",
            Release::ALL,
        ),
        TlsVersion::Tls12 if is_gcm && suite.starts_with("TLS_ECDHE_RSA_") => (
            "Server 2016 and later have this suite, unless a proxy speaks TLS here",
            &[Server2016, Server2019, Server2022, Server2025],
        ),
        TlsVersion::Tls12 if session.legacy_suite => (
            "the best that Server 2012 R2 and older offer by default with an RSA certificate; on \
             later releases other suites must have been switched off, so that only releases \
             without TLS 1.2 are excluded",
            &WITH_TLS12,
        ),
        TlsVersion::Tls12 => (
            "every release with TLS 1.2 can have this suite, unless a proxy speaks TLS here",
            &WITH_TLS12,
        ),
    };
    signal(observed, tells.to_owned(), candidates)
}

/// The way of writing envelopes that was seen on a new release; nobody knows which older ones
/// share it.
fn envelopes(flavour: &SoapFlavour) -> Option<Signal> {
    (flavour.prefix == "s" && !flavour.declaration).then(|| {
        signal(
            "SOAP envelope with prefix \"s\" and without XML declaration".to_owned(),
            "seen on Server 2025; others may write it too: narrows nothing".to_owned(),
            Release::ALL,
        )
    })
}

/// What shows that a proxy passes answers on, beside a `Server` header that is not of Windows.
fn via(via: &str) -> Signal {
    let observed = format!("Via: {}", one_line(via, MAX_QUOTE));
    signal(observed, "a proxy passed the answer on: narrows nothing".to_owned(), Release::ALL)
}
