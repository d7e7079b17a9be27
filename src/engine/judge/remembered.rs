//! Judging the same chain again without verifying it again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::engine::ports::Judge;
use crate::model::certificate::{CertificateReport, CertificateVerdict, Staple};
use crate::model::tls::Presented;
use crate::net::clock;

/// For how long a judgement is used again: rounds come about twice a minute, so that hardly any of
/// them verifies, and whatever was wrong with a judgement is soon set right.
const LONGEST: Duration = Duration::from_mins(10);

/// Dates in certificates are whole seconds, of which the last one still counts.
const GRAIN: Duration = Duration::from_secs(1);

/// Judgements that are kept at once: one for each member of a large fleet. A usual one takes a few
/// kilobytes.
const MOST: usize = 4096;

/// The largest chain whose judgement is kept, in bytes of DER: several times a usual one.
const LARGEST: usize = 16 * 1024;

/// A judge that remembers. The same judgement is given for the same chain, staple, proof of
/// possession and name until a date in one of the certificates or in the staple begins or ends,
/// and for some minutes at most. What tells how long ago something ended is judged anew each time.
///
/// Whoever judges must not change his mind otherwise: with other trusted roots a new one of these
/// is needed.
pub struct Remembered {
    judge: Arc<dyn Judge>,
    memory: Mutex<Memory>,
}

impl Remembered {
    /// Remembers what this judge says.
    pub fn new(judge: Arc<dyn Judge>) -> Self {
        Self { judge, memory: Mutex::default() }
    }

    fn recall(&self, key: &Key, now: SystemTime) -> Option<Arc<CertificateReport>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).recall(key, now)
    }

    fn keep(&self, key: Key, report: &CertificateReport, now: SystemTime) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).keep(key, report, now);
    }
}

impl Judge for Remembered {
    fn judge<'a>(
        &'a self,
        presented: &'a Presented,
        server_name: &'a str,
    ) -> BoxFuture<'a, CertificateReport> {
        Box::pin(async move {
            let Some(key) = key(presented, server_name) else {
                return self.judge.judge(presented, server_name).await;
            };
            if let Some(report) = self.recall(&key, clock::wall()) {
                return CertificateReport::clone(&report);
            }
            // The judge looks at the clock a little later, so that no date can pass unseen.
            let now = clock::wall();
            let report = self.judge.judge(presented, server_name).await;
            self.keep(key, &report, now);
            report
        })
    }
}

/// SHA-256 of everything that a judgement depends on, save the time.
type Key = [u8; 32];

/// `None` for what is too large to be kept.
fn key(presented: &Presented, server_name: &str) -> Option<Key> {
    let parts = || {
        let staple = presented.ocsp.as_deref().unwrap_or_default();
        let chain = presented.chain.iter().map(Vec::as_slice);
        [server_name.as_bytes(), staple].into_iter().chain(chain)
    };
    if parts().map(<[u8]>::len).sum::<usize>() > LARGEST {
        return None;
    }
    let flags = [presented.signature_ok, presented.ocsp.is_some()].map(u8::from);
    let mut hash = Sha256::new_with_prefix(flags);
    for part in parts() {
        // Without the lengths, a part could be continued in the next one.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    Some(hash.finalize().into())
}

struct Entry {
    report: Arc<CertificateReport>,
    /// From when it may be used: the clock may be set back.
    since: SystemTime,
    /// Until when, exclusively.
    until: SystemTime,
}

#[derive(Default)]
struct Memory(HashMap<Key, Entry>);

impl Memory {
    fn recall(&self, key: &Key, now: SystemTime) -> Option<Arc<CertificateReport>> {
        let entry = self.0.get(key)?;
        (entry.since..entry.until).contains(&now).then(|| Arc::clone(&entry.report))
    }

    fn keep(&mut self, key: Key, report: &CertificateReport, now: SystemTime) {
        if tells_spans(report) {
            self.0.remove(&key);
            return;
        }
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            self.0.retain(|_, entry| (entry.since..entry.until).contains(&now));
            self.forget_first();
        }
        let entry =
            Entry { report: Arc::new(report.clone()), since: now, until: until(report, now) };
        self.0.insert(key, entry);
    }

    /// Makes room by what would be forgotten next anyway.
    fn forget_first(&mut self) {
        if self.0.len() < MOST {
            return;
        }
        let first = self.0.iter().min_by_key(|(_, entry)| entry.until).map(|(key, _)| *key);
        if let Some(first) = first {
            self.0.remove(&first);
        }
    }
}

/// Whether its words are about how long ago something was, or how soon it will be.
fn tells_spans(report: &CertificateReport) -> bool {
    let of_staple = report.staple_problem.is_some() && matches!(report.staple, Staple::Present(_));
    of_staple
        || report.problems.iter().any(|problem| {
            matches!(problem.verdict, CertificateVerdict::Expired | CertificateVerdict::NotYetValid)
        })
}

/// The first moment at which it may be different.
fn until(report: &CertificateReport, now: SystemTime) -> SystemTime {
    let verified = report.verified.iter().flatten();
    let certificates = report.chain.iter().chain(verified);
    let dates = certificates.flat_map(|one| [one.not_before, one.not_after]);
    let staple = match &report.staple {
        Staple::Present(status) => [Some(status.this_update), status.next_update],
        Staple::Absent | Staple::Unreadable(_) => [None, None],
    };
    let dates = dates.chain(staple.into_iter().flatten());
    let moments = dates.flat_map(|date| [Some(date), date.checked_add(GRAIN)]).flatten();
    moments.filter(|moment| *moment > now).chain([now + LONGEST]).min().unwrap_or(now)
}

#[cfg(test)]
mod tests;
