//! `[serve]`: the exporter.

use std::net::SocketAddr;

use toml::de::DeTable;

use crate::config::defaults::LISTEN;
use crate::config::origin::{Origin, Sourced};
use crate::config::pace::{self, Paces};
use crate::config::pattern::UrlPattern;
use crate::config::section::{Findings, Section, boolean, list, string};
use crate::config::source::Source;
use crate::config::value;

/// Everything about the exporter, each with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    /// Addresses to listen on, never empty.
    pub listen: Sourced<Vec<SocketAddr>>,
    /// How often endpoints are looked at that say nothing else.
    pub paces: Paces,
    /// What may be probed on request beside the configured endpoints.
    pub allow_targets: Sourced<Vec<UrlPattern>>,
    /// Durations are exported as histograms; otherwise as sum and count, for very large fleets.
    pub phase_histograms: Sourced<bool>,
    /// The configuration is read again when its files change.
    pub auto_reload: Sourced<bool>,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: Sourced::new(vec![LISTEN], Origin::Default),
            paces: Paces::default(),
            allow_targets: Sourced::new(Vec::new(), Origin::Default),
            phase_histograms: Sourced::new(true, Origin::Default),
            auto_reload: Sourced::new(false, Origin::Default),
        }
    }
}

/// Parses the table; what it leaves out has its default.
pub(super) fn serve(source: &Source, findings: &mut Findings, table: &DeTable<'_>) -> Serve {
    let mut section = Section::new(source, "serve.", table);
    let default = Serve::default();
    let listen = section.take(findings, "listen", |value| {
        list(value, "a list of IP:PORT", |item| value::listen(string(item)?))
    });
    let paces = default.paces.under(&pace::layer(&mut section, findings));
    let allow_targets = section.take(findings, "allow_targets", |value| {
        list(value, "a list of URLs", |item| UrlPattern::parse(string(item)?))
    });
    let phase_histograms = section.take(findings, "phase_histograms", boolean);
    let auto_reload = section.take(findings, "auto_reload", boolean);
    section.finish(findings);
    Serve {
        listen: listen.unwrap_or(default.listen),
        paces,
        allow_targets: allow_targets.unwrap_or(default.allow_targets),
        phase_histograms: phase_histograms.unwrap_or(default.phase_histograms),
        auto_reload: auto_reload.unwrap_or(default.auto_reload),
    }
}
