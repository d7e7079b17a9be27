//! How far a lane and its request have come.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::model::failure::{Cause, Failure, Phase};
use crate::net::clock;

/// How far a lane's request has come. It outlives the request's future, so that a caller who
/// gives up on the future still knows. Clones share their state.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Steps>);

#[derive(Debug, Default)]
struct Steps {
    connected: OnceLock<Instant>,
    /// Holds one permit from the moment of connection on.
    news: Notify,
    /// Of the request that was asked last; [`NO_HEAD`] until then.
    status: AtomicU16,
}

/// Stands for a response head that is not complete; no status has this number.
const NO_HEAD: u16 = 0;

impl Progress {
    /// The connection, with TLS where there is any, was completed.
    pub fn is_connected(&self) -> bool {
        self.0.connected.get().is_some()
    }

    /// Completes when the connection, with TLS where there is any, is complete. For one waiter.
    pub async fn connected(&self) {
        if !self.is_connected() {
            self.0.news.notified().await;
        }
    }

    /// The status of the last request's response head, once that was complete.
    pub fn status(&self) -> Option<u16> {
        Some(self.0.status.load(Ordering::Relaxed)).filter(|status| *status != NO_HEAD)
    }

    /// The failure of a request whose deadline passed. Before the connection is complete it
    /// cannot be seen from here whether TCP or TLS was slow; it is told as [`Phase::Connect`].
    pub fn timed_out(&self) -> Failure {
        let (phase, detail) = match (self.is_connected(), self.status()) {
            (false, _) => (Phase::Connect, "no complete connection for the WSUS request".into()),
            (true, None) => (Phase::Wsus, "connected and asked, but no response head came".into()),
            (true, Some(status)) => {
                (Phase::Wsus, format!("a response head with status {status}, but no complete body"))
            }
        };
        Failure::new(phase, Cause::Timeout, detail)
    }

    /// A further request begins.
    pub(super) fn begin(&self) {
        self.0.status.store(NO_HEAD, Ordering::Relaxed);
    }

    pub(super) fn head(&self, status: StatusCode) {
        self.0.status.store(status.as_u16(), Ordering::Relaxed);
    }

    pub(super) fn connected_now(&self) {
        self.0.connected.get_or_init(clock::now);
        self.0.news.notify_one();
    }

    /// The time from the later of the connection and `asked` until `then`.
    pub(super) fn since_connected(&self, asked: Instant, then: Instant) -> Option<Duration> {
        then.checked_duration_since(asked.max(*self.0.connected.get()?))
    }
}
