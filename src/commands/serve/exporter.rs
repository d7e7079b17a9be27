//! Monitor, web server and reloader, from their start to their common end.

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tracing::{info, warn};

use crate::commands::serve::files::Files;
use crate::commands::serve::prepare::{Prepared, prepare};
use crate::commands::serve::reload::{Reloader, log_notes};
use crate::commands::serve::signals::Signals;
use crate::config::RawOptions;
use crate::engine::monitor::Monitor;
use crate::metrics::own::Own;
use crate::model::monitor::Reload;
use crate::net::clock;
use crate::server::limits::Limits;
use crate::server::site::{Settings, Site};
use crate::server::web_config::{self, Protection};
use crate::server::{self, Web, listen};

/// How long what is under way may go on when the process is to end. Most rounds are over much
/// sooner; supervisors and container managers wait for ten seconds and more.
const GRACE: Duration = Duration::from_secs(3);

/// What the parts need beside it to tidy up.
const SLACK: Duration = Duration::from_secs(1);

/// Wishes to reload that may wait; further ones wait to be accepted.
const WISHES: usize = 4;

/// Where the web server's sockets come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Sockets {
    /// From the addresses of the configuration.
    Configured,
    /// From systemd.
    FromSystemd,
}

/// An exporter that has everything it needs and has sent nothing yet.
pub(in crate::commands) struct Exporter {
    raw: RawOptions,
    web: Web,
    protection: Protection,
    listeners: Vec<TcpListener>,
    prepared: Prepared,
    files: Files,
}

impl Exporter {
    /// Reads the configuration and opens the sockets. Must be called within a runtime.
    ///
    /// # Errors
    /// Why it cannot start, with the remedy.
    pub(in crate::commands) fn prepare(
        raw: RawOptions,
        sockets: Sockets,
        web: Web,
    ) -> Result<Self, String> {
        let refused = |error: listen::ListenError| error.to_string();
        // First of all: it changes the environment, which threads may be reading later.
        let passed = match sockets {
            Sockets::Configured => None,
            Sockets::FromSystemd => Some(listen::from_systemd().map_err(refused)?),
        };
        let mut files = Files::default();
        let prepared = prepare(&raw, None, &mut files)?;
        let protection = match &web.config_file {
            None => Protection::default(),
            Some(path) => web_config::check(path).map_err(|error| {
                format!(
                    "{error}\n  hint: it has the format of Prometheus' exporter-toolkit, and \
                     relative paths in it start at its folder"
                )
            })?,
        };
        let listeners = match passed {
            Some(passed) => passed,
            None => listen::bind(&prepared.listen).map_err(refused)?,
        };
        Ok(Self { raw, web, protection, listeners, prepared, files })
    }

    /// The URL of the status page, as this machine reaches it.
    pub(in crate::commands) fn url(&self) -> Option<String> {
        let address = self.listeners.first()?.local_addr().ok()?;
        let scheme = if self.protection.tls { "https" } else { "http" };
        Some(format!("{scheme}://{address}"))
    }

    /// Runs until `signals` ask for the end, and then, for a short grace, until what is under way
    /// has ended. Dropping the future abandons everything at once.
    ///
    /// # Errors
    /// The web server could not start, a part ended with a defect, or a second signal cut the
    /// grace short.
    pub(in crate::commands) async fn run(self, signals: Signals) -> Result<(), String> {
        let Signals { mut ends, hangups, ready } = signals;
        let Self { raw, web, protection, listeners, prepared, files } = self;
        announce(&listeners, &web, protection, &prepared);
        let Prepared { plan, web_sockets, find, detail, listen, auto_reload, notes: _ } = prepared;
        let limits = Limits::with_places(web_sockets);
        let budget = plan.round.clone();
        let (monitor, handle) = Monitor::new(plan);
        let started = clock::wall();
        let own = Own::new(Arc::clone(handle.vitals()), started)
            .map_err(|error| format!("cannot start: {error}"))?;
        let (reloads, wishes) = mpsc::channel(WISHES);
        let reload = Reload { in_force_since: started, refused: None };
        let settings = RwLock::new(Arc::new(Settings { detail, reload, find }));
        let site = Arc::new(Site { monitor: handle, own, started, settings, reloads });

        let (stop, stopped) = watch::channel(());
        let mut parts = JoinSet::new();
        let until = ended(stopped.clone());
        parts.spawn(async move {
            monitor.run(until, GRACE).await;
            Ok(())
        });
        parts.spawn(server::run(limits, listeners, web, Arc::clone(&site), ended(stopped)));
        // Ends with this future: a reload that is under way needs no grace.
        let mut reloading = JoinSet::new();
        let reloader = Reloader { raw, site, budget, files, auto_reload, listen };
        reloading.spawn(reloader.run(wishes, hangups));
        ready.tell();

        tokio::select! {
            () = ends.next() => {}
            Some(early) = parts.join_next() => return early_end(early),
        }
        info!("ending; a second signal ends at once");
        drop(stop);
        tokio::select! {
            ended = all_end(&mut parts) => ended,
            () = ends.next() => Err("ended at once by a second signal".to_owned()),
            () = tokio::time::sleep(GRACE + SLACK) => {
                warn!("something under way has not ended in time and is abandoned");
                Ok(())
            }
        }
    }
}

/// Completes when the other end is dropped.
async fn ended(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

type Ended = Result<io::Result<()>, JoinError>;

async fn all_end(parts: &mut JoinSet<io::Result<()>>) -> Result<(), String> {
    while let Some(ended) = parts.join_next().await {
        how(ended)?;
    }
    info!("ended");
    Ok(())
}

/// A part has ended that nobody has asked to.
fn early_end(early: Ended) -> Result<(), String> {
    how(early)?;
    Err("a part of the exporter ended by itself, which is a defect of this program".to_owned())
}

fn how(ended: Ended) -> Result<(), String> {
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("the web server cannot go on: {error}")),
        Err(defect) => Err(format!("a defect of this program: {defect}")),
    }
}

/// Says where to look, and how far that reaches.
fn announce(listeners: &[TcpListener], web: &Web, protection: Protection, prepared: &Prepared) {
    let addresses: Vec<_> = listeners.iter().filter_map(|one| one.local_addr().ok()).collect();
    let listed = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let endpoints = prepared.plan.endpoints.len();
    let version = env!("CARGO_PKG_VERSION");
    info!(version, endpoints, addresses = listed, "listening");
    if addresses.iter().all(|address| address.ip().is_loopback()) {
        let protect = if web.config_file.is_some() {
            ""
        } else {
            ", and --web.config.file FILE for TLS and users"
        };
        info!(
            "only this machine can reach it; to open it up: --web.listen-address \
             0.0.0.0:18530{protect}"
        );
    } else if let Some(remedy) = lacking(web, protection) {
        warn!(
            "everybody who reaches this machine can read it and have probes made; for TLS and \
             users: {remedy}"
        );
    }
    log_notes(&prepared.notes);
}

/// What to do where nothing keeps strangers out.
fn lacking(web: &Web, protection: Protection) -> Option<&'static str> {
    if protection.any() {
        None
    } else if web.config_file.is_some() {
        Some("add tls_server_config and basic_auth_users to the web configuration file")
    } else {
        Some("--web.config.file FILE")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::origin::{Origin, Sourced};

    #[test]
    fn a_web_file_counts_for_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let config = at("x.toml", "[[endpoint]]\nurl = \"https://127.0.0.1:1\"\n");
        let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        at("crt", &pair.cert.pem());
        at("key", &pair.signing_key.serialize_pem());
        let tls = "tls_server_config: {cert_file: crt, key_file: key}\n";
        for (text, scheme, part) in [
            (None, "http:", Some("FILE")),
            (Some("rate_limit: {interval: 0}\n"), "http:", Some("tls_server_config")),
            (Some(tls), "https:", None),
        ] {
            let raw = RawOptions {
                config: Some(Sourced::new(config.clone(), Origin::Flag("--config"))),
                listen: Some(Sourced::new(vec!["127.0.0.1:0".to_owned()], Origin::Default)),
                ..RawOptions::default()
            };
            let web = Web { config_file: text.map(|text| at("web.yml", text)) };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.unwrap();
            let _within = runtime.enter();
            let exporter = Exporter::prepare(raw, Sockets::Configured, web).unwrap();
            assert!(exporter.url().unwrap().starts_with(scheme), "{text:?}");
            let found = lacking(&exporter.web, exporter.protection);
            assert_eq!(found.is_some(), part.is_some(), "{text:?}");
            assert!(part.is_none_or(|part| found.unwrap().contains(part)), "{found:?}");
        }
    }
}
