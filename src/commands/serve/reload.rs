//! Reading the configuration again: all of it comes into force at once, or nothing does.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};

use crate::commands::serve::files::Files;
use crate::commands::serve::log::one_line;
use crate::commands::serve::prepare::{Prepared, prepare};
use crate::commands::serve::signals::Hangups;
use crate::config::RawOptions;
use crate::engine::ports::Ports;
use crate::model::monitor::Reload;
use crate::net::clock;
use crate::server::site::{ReloadWish, Settings, Site};

/// Time between two looks at the files. A change comes into force after two of them, soon enough
/// for whoever has just saved it.
const LOOK: Duration = Duration::from_secs(2);

/// Most notes of one configuration that are logged: of a large fleet each endpoint may have one.
const MAX_NOTES: usize = 10;

/// Reads the configuration again whenever somebody wishes it.
pub(super) struct Reloader {
    pub(super) raw: RawOptions,
    pub(super) site: Arc<Site>,
    /// Ports with the budget of sockets that goes on.
    pub(super) budget: Ports,
    pub(super) files: Files,
    pub(super) auto_reload: bool,
    /// Where the web server listens as long as it runs.
    pub(super) listen: Vec<SocketAddr>,
}

impl Reloader {
    /// Serves wishes, from wherever they come, one after another. Never ends while `wishes` may
    /// still come; dropping the future leaves everything as it is.
    pub(super) async fn run(
        mut self,
        mut wishes: mpsc::Receiver<ReloadWish>,
        mut hangups: Hangups,
    ) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let wish = tokio::select! {
                wish = wishes.recv() => match wish {
                    Some(wish) => Some(wish),
                    None => return,
                },
                () = hangups.next() => None,
                _ = look.tick(), if self.auto_reload => {
                    if !self.have_changed().await {
                        continue;
                    }
                    None
                }
            };
            let outcome = self.reload().await;
            if let Some(wish) = wish {
                // Who wished it may have gone.
                let _ = wish.send(outcome);
            }
        }
    }

    async fn have_changed(&mut self) -> bool {
        let mut files = std::mem::take(&mut self.files);
        let looked = spawn_blocking(move || {
            let changed = files.have_settled_changed();
            (files, changed)
        });
        let Ok((files, changed)) = looked.await else { return false };
        self.files = files;
        changed
    }

    async fn reload(&mut self) -> Result<(), String> {
        let (raw, budget) = (self.raw.clone(), self.budget.clone());
        let read = spawn_blocking(move || {
            let mut files = Files::default();
            let prepared = prepare(&raw, Some(&budget), &mut files);
            (files, prepared)
        });
        let outcome = match read.await {
            Ok((files, outcome)) => {
                self.files = files;
                outcome
            }
            Err(defect) => Err(format!("a defect of this program: {defect}")),
        };
        match outcome {
            Ok(prepared) => {
                self.put_in_force(prepared);
                Ok(())
            }
            Err(problem) => {
                error!(
                    reason = one_line(&problem),
                    "the configuration is refused; the one before stays in force"
                );
                let before = self.site.settings();
                self.site.set(Settings {
                    detail: before.detail,
                    reload: Reload { refused: Some(problem.clone()), ..before.reload.clone() },
                    find: Arc::clone(&before.find),
                });
                Err(problem)
            }
        }
    }

    fn put_in_force(&mut self, prepared: Prepared) {
        // The web server keeps the places that it has started with.
        let Prepared { plan, web_sockets: _, find, detail, listen, auto_reload, notes } = prepared;
        self.auto_reload = auto_reload;
        let endpoints = plan.endpoints.len();
        self.site.monitor.replace(plan);
        let reload = Reload { in_force_since: clock::wall(), refused: None };
        self.site.set(Settings { detail, reload, find });
        info!(endpoints, "the configuration was read again and is in force");
        log_notes(&notes);
        if listen != self.listen {
            warn!("`listen` has changed: where this listens stays the same until the next start");
        }
    }
}

/// What is worth knowing about a configuration.
pub(super) fn log_notes(notes: &[String]) {
    for note in notes.iter().take(MAX_NOTES) {
        info!(note, "about the configuration");
    }
    let more = notes.len().saturating_sub(MAX_NOTES);
    if more > 0 {
        info!(more, "`wsus-probe config check` lists all notes");
    }
}
