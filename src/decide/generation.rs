//! Which release of WSUS a server may be, and what that leaves open.
//!
//! Each signal lists the releases that can show it; a release remains a candidate as long as every
//! signal allows it. What a setting could bring about on any release narrows nothing.

mod hardening;
mod signals;

use crate::model::exchange::Exchange;
use crate::model::finding::Finding;
use crate::model::generation::{Generation, Release};
use crate::model::request::{Channel, Request};
use crate::model::tls::TlsSession;
use crate::model::wsus::{ServerConfig, SoapFlavour};

/// Everything that narrows the release down; `None` when nothing does, and when neither the
/// configuration of a WSUS server nor a header of IIS was seen: then the rest may be anything's.
pub fn estimate(exchanges: &[Exchange], session: Option<&TlsSession>) -> Option<Generation> {
    let seen = Seen::of(exchanges, session);
    let is_windows =
        seen.config.is_some() || seen.server.is_some_and(|server| iis_version(server).is_some());
    let signals = signals::all(&seen);
    if !is_windows || signals.is_empty() {
        return None;
    }
    let allowed = |release: &Release| signals.iter().all(|s| s.candidates.contains(release));
    let candidates = Release::ALL.iter().copied().filter(allowed).collect();
    Some(Generation { candidates, signals })
}

/// What the releases in question leave to look up on the server itself.
pub fn findings(generation: Option<&Generation>, exchanges: &[Exchange]) -> Vec<Finding> {
    let not_visible =
        generation.and_then(|generation| hardening::not_visible(generation, exchanges));
    not_visible.into_iter().collect()
}

/// The version in a `Server` header, if that is one of IIS.
pub fn iis_version(server: &str) -> Option<&str> {
    server.trim().strip_prefix("Microsoft-IIS/")
}

/// What signals are read from.
struct Seen<'a> {
    /// The `Server` header, by preference that of `GetConfig`.
    server: Option<&'a str>,
    /// The `X-AspNet-Version` header.
    aspnet: Option<&'a str>,
    /// A header says that a proxy passed the answer on.
    via: Option<&'a str>,
    /// What `GetConfig` brought.
    config: Option<(&'a ServerConfig, &'a SoapFlavour)>,
    /// The handshake on the service port.
    session: Option<&'a TlsSession>,
}

impl<'a> Seen<'a> {
    /// Reads the answers of the service port, which are in the order of [`Request::ALL`]; another machine may answer the content port.
    fn of(exchanges: &'a [Exchange], session: Option<&'a TlsSession>) -> Self {
        let answers = || {
            exchanges
                .iter()
                .filter(|exchange| exchange.request.channel() == Channel::Service)
                .filter_map(|exchange| Some((exchange.request, exchange.outcome.as_ref().ok()?)))
        };
        let header = |name| answers().find_map(|(_, answer)| answer.reply.header(name));
        let asked = answers().find(|(request, _)| *request == Request::GetConfig);
        Self {
            server: header("server"),
            aspnet: header("x-aspnet-version"),
            via: header("via"),
            config: asked.and_then(|(_, answer)| answer.server_config()),
            session,
        }
    }
}

#[cfg(test)]
mod tests;
