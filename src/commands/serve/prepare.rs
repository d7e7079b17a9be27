//! From options to all that the exporter runs on, at the start and at each reload.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::serve::files::Files;
use crate::commands::serve::find::{Finder, OnRequest};
use crate::commands::setup::{Kit, dialer, unusable};
use crate::commands::tls::usual_plan;
use crate::config::{self, Config, RawOptions};
use crate::engine::monitor::{Plan, Planned};
use crate::engine::ports::Ports;
use crate::engine::tls_scan::{ScanPlan, When};
use crate::engine::wsus_check::HttpCheck;
use crate::metrics::fleet::Detail;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Scheme};
use crate::model::request::Profile;
use crate::net::sockets;
use crate::server::limits::MOST_PLACES;
use crate::server::site::Find;

/// One of so many sockets is the web server's, unless that were more than it needs: its clients,
/// whoever they are, must not take those of probes.
const WEB_SHARE: usize = 4;

/// Everything that comes from the configuration.
pub(super) struct Prepared {
    /// What the monitor is to do.
    pub(super) plan: Plan,
    /// How many connections the web server may have open at once.
    pub(super) web_sockets: usize,
    /// What may be probed on request.
    pub(super) find: Arc<dyn Find>,
    /// How much `/metrics` tells.
    pub(super) detail: Detail,
    /// Where to listen.
    pub(super) listen: Vec<SocketAddr>,
    /// Whether to read it again when the files change.
    pub(super) auto_reload: bool,
    /// What is worth knowing about it.
    pub(super) notes: Vec<String>,
}

/// Reads and prepares everything; sends nothing. `before` are ports of the configuration before:
/// their budget of sockets goes on, because what is under way still uses it. All files that were
/// looked into are in `files`, also where one of them is at fault.
///
/// Blocks on files, and must be called within a runtime.
///
/// # Errors
/// What is wrong with the configuration or a file of certificates, with the remedy.
pub(super) fn prepare(
    raw: &RawOptions,
    before: Option<&Ports>,
    files: &mut Files,
) -> Result<Prepared, String> {
    if let Some(path) = &raw.config {
        files.reading(&path.value);
    }
    let config = config::resolve(raw).map_err(|error| error.to_string())?;
    for path in ca_files(&config) {
        files.reading(path);
    }
    let (probe_sockets, web_sockets) = shares(sockets::budget());
    let base = base(&config, before, probe_sockets);
    let mut kit = Kit::new();
    // Stands for endpoints that are known only when somebody asks for them.
    let other = config::Target::of(Arc::new(nobody(&config)), &config);
    let unusable = |error| unusable(&error);
    let other = kit.target(&other).map_err(unusable)?;
    let mut endpoints = Vec::with_capacity(config.targets.len());
    for target in &config.targets {
        let pace = target.pace;
        endpoints.push(Planned { target: kit.target(target).map_err(unusable)?, pace });
    }
    let configured = endpoints.iter().map(|planned| planned.target.clone()).collect();
    let allowed = config.serve.allow_targets.value.clone();
    let find = Finder::new(configured, allowed, other, on_request(&base));
    let plan = Plan {
        endpoints,
        round: asking(&base, Profile::Quick, None).lean(),
        check: asking(&base, Profile::Standard, Some(usual_plan(When::Incompatible, false))),
        scan: asking(&base, Profile::Quick, Some(usual_plan(When::Only, true))),
    };
    Ok(Prepared {
        plan,
        web_sockets,
        find: Arc::new(find),
        detail: Detail { buckets: config.serve.phase_histograms.value },
        listen: config.serve.listen.value,
        auto_reload: config.serve.auto_reload.value,
        notes: config.notes,
    })
}

/// The certificate files of all endpoints, each once.
fn ca_files(config: &Config) -> impl Iterator<Item = &PathBuf> {
    let own = config.targets.iter().flat_map(|target| &target.ca_files);
    let all = config.settings.ca_files.value.iter().chain(own);
    all.collect::<std::collections::BTreeSet<_>>().into_iter()
}

fn nobody(config: &Config) -> Endpoint {
    let host = Host::Name("invalid".to_owned());
    let url = EndpointUrl { scheme: Scheme::Https, host, port: Scheme::Https.default_port() };
    let bare = Endpoint::bare(EndpointName(String::new()), url);
    Endpoint { family: config.settings.family.value, ..bare }
}

/// The sockets of probes and of the web server, of so many in all: at least one each.
fn shares(all: usize) -> (usize, usize) {
    let web = (all / WEB_SHARE).clamp(1, MOST_PLACES);
    (all.saturating_sub(web).max(1), web)
}

/// What all ports share.
fn base(config: &Config, before: Option<&Ports>, sockets: usize) -> Ports {
    let dialer = dialer(config);
    let check = Arc::new(HttpCheck::new(Arc::clone(&dialer), Profile::Quick));
    if let Some(before) = before {
        let (is_lean, compares) = (false, false);
        return Ports { dialer, check, scan: None, is_lean, compares, ..before.clone() };
    }
    Ports::new(dialer, check, sockets)
}

fn asking(base: &Ports, profile: Profile, scan: Option<ScanPlan>) -> Ports {
    let check = Arc::new(HttpCheck::new(Arc::clone(&base.dialer), profile));
    // Only what looks at everything compares resolvers.
    let compares = profile != Profile::Quick;
    Ports { check, scan: scan.map(Arc::new), compares, ..base.clone() }
}

/// As `check` does with each profile, except that the quick one needs only one connection.
fn on_request(base: &Ports) -> OnRequest {
    OnRequest {
        quick: asking(base, Profile::Quick, None).lean(),
        standard: asking(base, Profile::Standard, Some(usual_plan(When::Incompatible, false))),
        deep: asking(base, Profile::Deep, Some(usual_plan(When::Beside, true))),
    }
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn probes_and_clients_fit_together() {
        for (all, expected) in
            [(1, (1, 1)), (2, (1, 1)), (40, (30, 10)), (1_000, (750, 250)), (4_096, (3_840, 256))]
        {
            assert_eq!(shares(all), expected, "{all}");
        }
    }
}
