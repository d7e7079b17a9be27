//! Who of all endpoints is silent.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::{Heard, Ruling};

/// Rounds of one endpoint that are held at most. Others that were not asked in that time, because
/// their pace is slower, are not waited for.
const MOST_HELD: u32 = 4;

/// Rounds that end so soon after the end of the trouble may have begun within it. Longer than the
/// usual deadline of a round, shorter than the usual time between two.
const ECHO: Duration = Duration::from_secs(10);

/// An endpoint of which the last round heard nothing.
#[derive(Debug, Clone, Copy)]
struct Silence {
    /// The value of [`Watch::heard`] when it began.
    began: u64,
    /// Rounds since then.
    rounds: u32,
}

/// See [`super::LocalWatch`].
///
/// An endpoint that is silent while others are heard is dead by itself, and one without an address
/// is lost by itself: neither is a witness. It is this machine when every witness fell silent with
/// nobody heard in between, and there are at least two.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    silent: HashMap<u64, Silence>,
    /// How many of the silent ones fell silent since somebody was heard last.
    fresh: usize,
    /// Endpoints whose name has no address.
    nameless: HashSet<u64>,
    /// Answers so far: a clock that nobody sets.
    heard: u64,
    /// The first silence since somebody was heard last.
    since: Option<SystemTime>,
    /// Nobody is heard, and it is this machine.
    trouble: bool,
    /// When the last trouble ended.
    ended: Option<SystemTime>,
}

impl Watch {
    pub(super) fn note(
        &mut self,
        key: u64,
        heard: Heard,
        endpoints: usize,
        at: SystemTime,
    ) -> Ruling {
        match heard {
            Heard::Yes => {
                self.hear(key, at);
                Ruling::Endpoints
            }
            Heard::Resolver => {
                self.forget(key);
                self.nameless.insert(key);
                Ruling::Endpoints
            }
            Heard::Nothing => self.rule(key, endpoints, at),
            Heard::Local => {
                self.rule(key, endpoints, at);
                Ruling::Local
            }
        }
    }

    pub(super) fn forget(&mut self, key: u64) {
        self.nameless.remove(&key);
        if let Some(silence) = self.silent.remove(&key)
            && silence.began == self.heard
        {
            self.fresh = self.fresh.saturating_sub(1);
        }
    }

    pub(super) fn silent_since(&self) -> Option<SystemTime> {
        self.since.filter(|_| self.trouble)
    }

    fn hear(&mut self, key: u64, at: SystemTime) {
        self.forget(key);
        self.heard += 1;
        self.fresh = 0;
        self.since = None;
        if std::mem::take(&mut self.trouble) {
            self.ended = Some(at);
            self.silent.clear();
        }
    }

    fn rule(&mut self, key: u64, endpoints: usize, at: SystemTime) -> Ruling {
        let age = self.ended.and_then(|ended| at.duration_since(ended).ok());
        if !self.trouble && age.is_some_and(|age| age < ECHO) {
            return Ruling::Local;
        }
        self.nameless.remove(&key);
        self.since.get_or_insert(at);
        let heard = self.heard;
        let silence = self.silent.entry(key).or_insert_with(|| {
            self.fresh += 1;
            Silence { began: heard, rounds: 0 }
        });
        silence.rounds = silence.rounds.saturating_add(1);
        let Silence { began, rounds } = *silence;
        if self.trouble {
            return Ruling::Local;
        }
        let dead = self.silent.len().saturating_sub(self.fresh);
        let witnesses = endpoints.saturating_sub(self.nameless.len()).saturating_sub(dead);
        if began < heard || witnesses < 2 {
            return Ruling::Endpoints;
        }
        let waited = rounds >= MOST_HELD;
        if self.fresh >= witnesses || (waited && self.fresh > 1) {
            self.trouble = true;
            return Ruling::Local;
        }
        if waited { Ruling::Endpoints } else { Ruling::Hold }
    }
}
