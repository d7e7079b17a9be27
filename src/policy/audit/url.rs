//! The URL of the server, as far as it tells by itself whether a client can use it.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::model::endpoint::{EndpointUrl, Host, Scheme};
use crate::model::url::{ParsedUrl, parse};
use crate::policy::audit::facts::Facts;
use crate::policy::audit::fleet::{Standing, standing};
use crate::policy::setting::Setting;

/// The default clear-text port of WSUS on Windows Server 2012 and later.
const WSUS_HTTP_PORT: u16 = 8530;

/// The default TLS port of WSUS on Windows Server 2012 and later.
const WSUS_HTTPS_PORT: u16 = 8531;

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let server = facts.effective.text(Setting::WuServer);
    let status = facts.effective.text(Setting::WuStatusServer);
    let mut found = Vec::new();
    if let Some(text) = server {
        let both = [Setting::WuServer, Setting::WuStatusServer];
        let settings = if status == server { &both[..] } else { &both[..1] };
        found.extend(of_server(text, settings, facts, status));
    }
    // That it is another one is said once; here only whether it is one at all.
    if let Some(text) = status.filter(|_| status != server) {
        found.extend(invalid(text, &[Setting::WuStatusServer], facts, Weight::Error));
    }
    let second = Setting::UpdateServiceUrlAlternate;
    if let Some(text) =
        facts.effective.text(second).filter(|_| !facts.effective.is_left_empty(second))
    {
        let alternate = [second];
        found.extend(invalid(text, &alternate, facts, Weight::Warning));
    }
    found
}

fn of_server(
    text: &str,
    settings: &[Setting],
    facts: &Facts<'_>,
    status: Option<&str>,
) -> Vec<ClientFinding> {
    let Ok(parsed) = parse(text) else {
        return invalid(text, settings, facts, Weight::Error).into_iter().collect();
    };
    let places = facts.effective.places(settings);
    let differs_in_slash = status.is_some_and(|status| status == text.trim_end_matches('/'));
    let slash = (parsed.trailing_slash && !differs_in_slash).then(|| slash(&parsed, &places));
    let standing = standing(&parsed.url, facts.known);
    let port = port(&parsed, &places).filter(|_| standing == Standing::Unknown);
    let name = name_for_tls(&parsed.url, &places);
    // A wrong port leaves open which scheme is meant.
    let is_sure =
        standing != Standing::KnownElsewhere && port.as_ref().is_none_or(is_of_missing_port);
    let clear =
        (parsed.url.scheme == Scheme::Http && is_sure).then(|| clear_text(&parsed.url, &places));
    [slash, port, name, clear].into_iter().flatten().collect()
}

fn is_of_missing_port(finding: &ClientFinding) -> bool {
    finding.code == Code::PortMissing
}

fn invalid(
    text: &str,
    settings: &[Setting],
    facts: &Facts<'_>,
    weight: Weight,
) -> Option<ClientFinding> {
    let fault = parse(text).err()?;
    let setting = *settings.first()?;
    let name = setting.value_name();
    let also = if setting == Setting::UpdateServiceUrlAlternate {
        ""
    } else {
        "; write the same in WUServer and WUStatusServer"
    };
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let is_foreign = host.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii());
    Some(ClientFinding {
        code: Code::ServerUrlInvalid,
        weight: if is_foreign { Weight::Warning } else { weight },
        places: facts.effective.places(settings),
        observed: format!("{name} {}", fault.text),
        meaning: if is_foreign {
            "whether the update agent finds a name with such letters is not documented".to_owned()
        } else {
            "the update agent appends its own paths to this text; what comes out is no address of \
             a WSUS server"
                .to_owned()
        },
        action: format!("{}{also}", fault.remedy),
    })
}

fn slash(parsed: &ParsedUrl, places: &[Location]) -> ClientFinding {
    ClientFinding {
        code: Code::TrailingSlash,
        weight: Weight::Warning,
        places: places.to_vec(),
        observed: "the URL ends in a slash".to_owned(),
        meaning: "the update agent appends paths that begin with one, and asks for //…; whether \
                  every server takes that is not known"
            .to_owned(),
        action: format!("set WUServer and WUStatusServer to {}", parsed.for_clients()),
    }
}

/// What the port and its absence say.
fn port(parsed: &ParsedUrl, places: &[Location]) -> Option<ClientFinding> {
    let url = &parsed.url;
    let with = |scheme, port| EndpointUrl { scheme, port, ..url.clone() };
    let (own, other_scheme, others) = match url.scheme {
        Scheme::Http => {
            (WSUS_HTTP_PORT, Scheme::Https, [Scheme::Https.default_port(), WSUS_HTTPS_PORT])
        }
        Scheme::Https => {
            (WSUS_HTTPS_PORT, Scheme::Http, [Scheme::Http.default_port(), WSUS_HTTP_PORT])
        }
    };
    if others.contains(&url.port) {
        return Some(ClientFinding {
            code: Code::PortForOtherScheme,
            weight: Weight::Warning,
            places: places.to_vec(),
            observed: format!(
                "{url}: port {} is usually that of {}",
                url.port,
                other_scheme.as_str()
            ),
            meaning: "where it is, no client with this URL can connect".to_owned(),
            action: format!(
                "set both URLs to {} or to {}, whichever the server has",
                with(url.scheme, own).for_clients(),
                with(other_scheme, url.port).for_clients()
            ),
        });
    }
    let is_silent = url.port == url.scheme.default_port() && !parsed.names_port;
    (url.scheme == Scheme::Http && is_silent).then(|| ClientFinding {
        code: Code::PortMissing,
        weight: Weight::Warning,
        places: places.to_vec(),
        observed: format!("{url} names no port, which is port {}", url.port),
        meaning: format!(
            "WSUS of Windows Server 2012 and later listens on {WSUS_HTTP_PORT} unless told otherwise"
        ),
        action: format!(
            "set both URLs to {}, or to {} if it is that port",
            with(Scheme::Http, WSUS_HTTP_PORT),
            url.for_clients()
        ),
    })
}

fn name_for_tls(url: &EndpointUrl, places: &[Location]) -> Option<ClientFinding> {
    if url.scheme == Scheme::Http {
        return None;
    }
    let (what, meaning) = match &url.host {
        Host::Name(name) if !name.contains('.') => (
            "is a short name",
            "the certificate must carry exactly this name; public ones carry full names only",
        ),
        Host::Address(_) => {
            ("is an address", "the certificate must carry the address itself, which few do")
        }
        Host::Name(_) => return None,
    };
    Some(ClientFinding {
        code: Code::ShortNameWithTls,
        weight: Weight::Warning,
        places: places.to_vec(),
        observed: format!("{} in an https URL {what}", url.host),
        meaning: format!("{meaning}: with another, every client refuses the connection"),
        action: "write the server's full name, as in its certificate, in both URLs".to_owned(),
    })
}

fn clear_text(url: &EndpointUrl, places: &[Location]) -> ClientFinding {
    ClientFinding {
        code: Code::CleartextServer,
        weight: Weight::Note,
        places: places.to_vec(),
        observed: format!("{url} is asked in clear text"),
        meaning:
            "whoever is on the way can read which updates the machine lacks, and answer in the \
                  server's place; the updates themselves are signed"
                .to_owned(),
        action: "give the server a certificate, and clients an https URL".to_owned(),
    }
}
