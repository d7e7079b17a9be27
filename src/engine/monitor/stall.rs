//! Whether this process got to run, and whether its clocks went alike.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::decide::monitor::taint::Disturbance;
use crate::engine::monitor::journal;
use crate::engine::monitor::vitals::Vitals;
use crate::net::clock;
use crate::net::machine::Machine;

/// Time between two looks at the clocks: shorter pauses may go unseen, and a fraction of the
/// timeouts of a probe is what matters.
const BEAT: Duration = Duration::from_millis(100);

/// Less than this is the timer's own grain, and of no weight for any probe.
const NOTABLE: Duration = Duration::from_millis(10);

/// A pause that is worth a line in the log.
const WORTH_TELLING: Duration = Duration::from_millis(500);

/// Pauses remembered; beyond, the oldest are joined. A busy machine has some each second, and a
/// round takes seconds.
const REMEMBERED: usize = 512;

/// Two readings of the monotonic clock around one of the others are no farther apart than this,
/// unless the process was interrupted between them.
const TOGETHER: Duration = Duration::from_millis(1);

/// Tries to read all clocks without an interruption.
const TRIES: usize = 3;

/// Remembers what disturbed this process.
pub(super) struct StallWatch {
    machine: Arc<dyn Machine>,
    seen: Mutex<Seen>,
}

struct Seen {
    last: Reading,
    pauses: VecDeque<Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    at: Instant,
    wall: SystemTime,
    since_boot: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    from: Instant,
    to: Instant,
    disturbance: Disturbance,
}

impl StallWatch {
    /// Watches from now on, as long as [`Self::run`] runs.
    pub(super) fn new(machine: Arc<dyn Machine>) -> Self {
        let last = read(&*machine);
        Self { machine, seen: Mutex::new(Seen { last, pauses: VecDeque::new() }) }
    }

    /// Looks at the clocks regularly, for ever.
    pub(super) async fn run(self: Arc<Self>, vitals: Arc<Vitals>) {
        self.lock().last = read(&*self.machine);
        loop {
            // Not an interval: it would try to catch up with what was missed.
            tokio::time::sleep(BEAT).await;
            let found = self.look();
            vitals.update(|counted| {
                counted.longest_stall = counted.longest_stall.max(found.stalled);
                counted.stalled = counted.stalled.saturating_add(found.stalled);
            });
            if found.stalled >= WORTH_TELLING || found.stepped >= WORTH_TELLING {
                journal::stall(found);
            }
        }
    }

    /// What disturbed this process at some time from `from` to `to`, which is not after now.
    pub(super) fn disturbance(&self, from: Instant, to: Instant) -> Disturbance {
        let seen = self.lock();
        // A pause that has only just ended may be known here before the watch wakes up.
        let current = seen.last.until(&read(&*self.machine));
        let recent = seen.pauses.iter().rev().take_while(|pause| pause.to >= from);
        let meant = recent.chain(&current).filter(|pause| pause.from <= to && pause.to >= from);
        meant.fold(Disturbance::default(), |sum, pause| worse(sum, pause.disturbance))
    }

    fn look(&self) -> Disturbance {
        let now = read(&*self.machine);
        let mut seen = self.lock();
        let pause = seen.last.until(&now);
        seen.last = now;
        let Some(pause) = pause else { return Disturbance::default() };
        seen.pauses.push_back(pause);
        if seen.pauses.len() > REMEMBERED
            && let Some(oldest) = seen.pauses.pop_front()
            && let Some(next) = seen.pauses.front_mut()
        {
            next.from = oldest.from;
            next.disturbance = worse(oldest.disturbance, next.disturbance);
        }
        pause.disturbance
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    /// The pause between two looks, if there was a notable one.
    fn until(&self, now: &Self) -> Option<Pause> {
        let passed = now.at.saturating_duration_since(self.at);
        let slept = match (self.since_boot, now.since_boot) {
            (Some(before), Some(after)) => after.saturating_sub(before).saturating_sub(passed),
            _ => Duration::ZERO,
        };
        let expected = passed + slept;
        let stepped = match now.wall.duration_since(self.wall) {
            Ok(forward) => forward.abs_diff(expected),
            Err(back) => back.duration() + expected,
        };
        let notable = |time: Duration| if time >= NOTABLE { time } else { Duration::ZERO };
        let stalled = notable(passed.saturating_sub(BEAT)) + notable(slept);
        let disturbance = Disturbance { stalled, stepped: notable(stepped) };
        let pause = Pause { from: self.at, to: now.at, disturbance };
        (disturbance != Disturbance::default()).then_some(pause)
    }
}

fn worse(one: Disturbance, other: Disturbance) -> Disturbance {
    Disturbance { stalled: one.stalled.max(other.stalled), stepped: one.stepped.max(other.stepped) }
}

/// All clocks at one moment, as far as that can be had.
fn read(machine: &dyn Machine) -> Reading {
    let once = || {
        let before = clock::now();
        let (wall, since_boot) = (machine.wall(), machine.since_boot());
        let at = clock::now();
        (at.saturating_duration_since(before), Reading { at, wall, since_boot })
    };
    let mut best = once();
    for _ in 1..TRIES {
        if best.0 <= TOGETHER {
            break;
        }
        let next = once();
        if next.0 < best.0 {
            best = next;
        }
    }
    best.1
}
