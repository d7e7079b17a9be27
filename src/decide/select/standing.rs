//! What is known of each candidate while a round is running.

use std::time::Duration;

use super::Rules;
use crate::decide::stats;

/// How far the name of a candidate has been resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// At least one address is known, since this time; other families may still be open.
    Done(Duration),
    /// No address, and none will come.
    Failed,
    /// No address yet.
    Pending,
}

impl Resolution {
    pub(super) fn done_at(self) -> Option<Duration> {
        match self {
            Self::Done(at) => Some(at),
            Self::Failed | Self::Pending => None,
        }
    }
}

/// What is known of a member's or a candidate's health so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Works with warnings.
    Degraded,
    /// Does not work.
    Down,
    /// Works.
    Healthy,
    /// Cannot be reached from this machine for reasons of this machine; counts for nothing.
    Ignored,
    /// Not known yet.
    Pending,
}

/// One member of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Round-trip times of the samples that have answered.
    pub samples: Vec<Duration>,
    /// When the last of the samples still unanswered was sent; `None` when none is out.
    pub pending_since: Option<Duration>,
    /// Samples that have not been sent yet.
    pub unsent: bool,
    /// Its health so far.
    pub health: Health,
}

impl Member {
    /// The smallest round-trip time so far.
    pub fn rtt(&self) -> Option<Duration> {
        self.samples.iter().copied().min()
    }

    /// Whether its first round-trip time is still to come.
    fn is_being_measured(&self) -> bool {
        let coming = self.unsent || self.pending_since.is_some();
        self.counts() && self.samples.is_empty() && coming
    }

    fn counts(&self) -> bool {
        !matches!(self.health, Health::Down | Health::Ignored)
    }
}

/// One endpoint in the race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Lower wins ties.
    pub priority: Option<u32>,
    /// It is the server in use.
    pub current: bool,
    /// State of its name.
    pub resolution: Resolution,
    /// When the first connection attempt to any member was sent.
    pub first_sample: Option<Duration>,
    /// Its members known so far.
    pub members: Vec<Member>,
}

impl Candidate {
    /// The median round-trip time of the members that may work; `None` while none has answered.
    pub fn score(&self) -> Option<Duration> {
        stats::median(self.members.iter().filter(|m| m.counts()).filter_map(Member::rtt))
    }

    /// Whether anything about it is still to come.
    pub(super) fn is_open(&self) -> bool {
        self.resolution == Resolution::Pending
            || self.members.iter().any(|m| m.health == Health::Pending || m.is_being_measured())
    }

    /// Whether all its members are out of this machine's reach or judgement.
    pub(super) fn is_beyond_judgement(&self) -> bool {
        !self.members.is_empty() && self.members.iter().all(|m| m.health == Health::Ignored)
    }

    /// When the last sample went out that is still unanswered and could change the score.
    pub(super) fn last_pending_sample(&self) -> Option<Duration> {
        self.members.iter().filter(|m| m.counts()).filter_map(|m| m.pending_since).max()
    }

    /// Its health as a whole at `now`, given its score.
    ///
    /// A member that has not answered a single sample for as long as its siblings' score and a
    /// guard is counted as down: it is dead or so far away that clients will notice.
    pub(super) fn health(&self, score: Duration, rules: &Rules, now: Duration) -> Health {
        let limit = score + rules.guard_for(score, false);
        let mut works = 0_usize;
        let mut broken = 0_usize;
        let mut degraded = false;
        for member in &self.members {
            match member.health {
                Health::Healthy => works += 1,
                Health::Degraded => {
                    works += 1;
                    degraded = true;
                }
                Health::Down => broken += 1,
                Health::Ignored => {}
                Health::Pending => {
                    let silent = member.samples.is_empty()
                        && !member.unsent
                        && member.pending_since.is_some_and(|sent| now > sent + limit);
                    if !silent {
                        return Health::Pending;
                    }
                    broken += 1;
                }
            }
        }
        match (works, broken) {
            (0, _) => Health::Down,
            (_, 0) if !degraded => Health::Healthy,
            _ => Health::Degraded,
        }
    }
}
