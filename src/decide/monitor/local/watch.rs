//! Who of all endpoints is silent.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::{Heard, Ruling};

/// Rounds of one endpoint that are held at most. Others that were not asked in that time, because
/// their pace is slower, are not waited for: nothing speaks against them, so it counts.
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
    /// The last of them failed for a reason that is certainly this machine's.
    certain: bool,
}

/// See [`super::LocalWatch`].
///
/// An endpoint that is silent while others are heard is dead by itself, and one without an address
/// is lost by itself: neither is a witness. It is this machine when every witness fell silent with
/// nobody heard in between, and there are at least two; one alone is enough where the reason is
/// certain.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    silent: HashMap<u64, Silence>,
    /// How many of the silent ones fell silent since somebody was heard last.
    fresh: usize,
    /// How many of those are silent for certain reasons.
    certain: usize,
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
            Heard::Nothing | Heard::Faded => self.rule(key, false, endpoints, at),
            Heard::Local | Heard::Clock | Heard::Early => {
                self.rule(key, true, endpoints, at);
                Ruling::Local
            }
        }
    }

    /// Those that are left may be too few to show any trouble.
    pub(super) fn forget(&mut self, key: u64) {
        self.unmark(key);
        if self.fresh == 0 {
            self.since = None;
        }
        self.trouble &= self.is_shown();
    }

    pub(super) fn silent_since(&self) -> Option<SystemTime> {
        self.since.filter(|_| self.trouble)
    }

    /// Whether it is silent since nobody is heard.
    pub(super) fn is_fresh(&self, key: u64) -> bool {
        self.silent.get(&key).is_some_and(|silence| silence.began == self.heard)
    }

    pub(super) const fn has_heard(&self) -> bool {
        self.heard > 0
    }

    fn hear(&mut self, key: u64, at: SystemTime) {
        self.unmark(key);
        if std::mem::take(&mut self.trouble) {
            self.ended = Some(at);
            // What was dead before still is; of the others nothing is known.
            let heard = self.heard;
            self.silent.retain(|_, silence| silence.began < heard);
        }
        self.heard += 1;
        (self.fresh, self.certain, self.since) = (0, 0, None);
    }

    fn rule(&mut self, key: u64, certain: bool, endpoints: usize, at: SystemTime) -> Ruling {
        let age = self.ended.and_then(|ended| at.duration_since(ended).ok());
        if !self.trouble && age.is_some_and(|age| age < ECHO) {
            return Ruling::Local;
        }
        self.since.get_or_insert(at);
        let Silence { began, rounds, .. } = self.mark(key, certain);
        let dead = self.silent.len().saturating_sub(self.fresh);
        let witnesses = endpoints.saturating_sub(self.nameless.len()).saturating_sub(dead);
        // One that is new while there is trouble does not end it before it was asked.
        let is_silent = self.trouble || self.fresh >= witnesses;
        self.trouble = is_silent && self.is_shown();
        if self.trouble {
            Ruling::Local
        } else if began < self.heard || witnesses < 2 || rounds >= MOST_HELD {
            Ruling::Endpoints
        } else {
            Ruling::Hold
        }
    }

    /// Whether those that are silent can show that it is this machine.
    const fn is_shown(&self) -> bool {
        self.fresh > 1 || self.certain > 0
    }

    fn mark(&mut self, key: u64, certain: bool) -> Silence {
        let heard = self.heard;
        let before = self.silent.get(&key).copied();
        self.unmark(key);
        let (began, rounds) = before.map_or((heard, 0), |before| (before.began, before.rounds));
        let silence = Silence { began, rounds: rounds.saturating_add(1), certain };
        self.silent.insert(key, silence);
        if began == heard {
            self.fresh += 1;
            self.certain += usize::from(certain);
        }
        silence
    }

    fn unmark(&mut self, key: u64) {
        self.nameless.remove(&key);
        if let Some(silence) = self.silent.remove(&key)
            && silence.began == self.heard
        {
            self.fresh = self.fresh.saturating_sub(1);
            self.certain = self.certain.saturating_sub(usize::from(silence.certain));
        }
    }
}
