//! Whose password may be hashed next, so that no peer's guesses take the turns of all others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::net::clock;
use crate::server::peer::Peer;

/// Requests of one peer whose passwords wait to be hashed, or are: a scrape and a browser.
const EACH: usize = 2;

/// After a wrong password nothing is hashed for the peer for so many times as long as that hash
/// took, so that its guesses get a tenth of a core.
const REST: u32 = 9;

/// Shortest and longest time without a hash after a wrong password: long enough to make guessing
/// pointless, short enough for who has mistyped, on however slow a machine.
const PENALTY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// What is known of each peer that waits or has guessed wrong just now: hardly more than there
/// can be hashes within the longest penalty.
#[derive(Clone, Default)]
pub(super) struct Turns {
    peers: Arc<Mutex<HashMap<Peer, Standing>>>,
}

#[derive(Default)]
struct Standing {
    waiting: usize,
    barred: Option<Instant>,
}

impl Standing {
    fn is_barred(&self, now: Instant) -> bool {
        self.barred.is_some_and(|until| now < until)
    }
}

/// A turn of a peer until it is dropped.
pub(super) struct Turn {
    peer: Peer,
    turns: Turns,
}

impl Turns {
    /// A turn for this peer, unless it has too many or has just guessed wrong.
    pub(super) fn take(&self, peer: Peer) -> Option<Turn> {
        let now = clock::now();
        let mut peers = self.locked();
        peers.retain(|_, standing| standing.waiting > 0 || standing.is_barred(now));
        let standing = peers.entry(peer).or_default();
        if standing.waiting >= EACH || standing.is_barred(now) {
            return None;
        }
        standing.waiting += 1;
        Some(Turn { peer, turns: self.clone() })
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Peer, Standing>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Whether the peer has guessed wrong since it took this turn.
    pub(super) fn is_barred(&self) -> bool {
        let now = clock::now();
        self.turns.locked().get(&self.peer).is_some_and(|standing| standing.is_barred(now))
    }

    /// The password was wrong, and to find out took so long.
    pub(super) fn was_wrong(&self, took: Duration) {
        let (shortest, longest) = PENALTY;
        let until = clock::now() + took.saturating_mul(REST).clamp(shortest, longest);
        if let Some(standing) = self.turns.locked().get_mut(&self.peer) {
            standing.barred = Some(until);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(standing) = self.turns.locked().get_mut(&self.peer) {
            standing.waiting = standing.waiting.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{EACH, PENALTY, REST, Turns};
    use crate::server::peer::Peer;

    #[tokio::test(start_paused = true)]
    async fn a_wrong_password_bars_its_peer_for_a_while() {
        let turns = Turns::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| Peer::at(ip.parse().unwrap()));
        let held: Vec<_> = std::iter::from_fn(|| turns.take(one)).collect();
        assert_eq!(held.len(), EACH);
        assert!(turns.take(other).is_some());
        drop(held);
        let slow = Duration::from_millis(500);
        for (took, penalty) in
            [(Duration::ZERO, PENALTY.0), (slow, slow * REST), (Duration::from_hours(1), PENALTY.1)]
        {
            let turn = turns.take(one).unwrap();
            assert!(!turn.is_barred());
            turn.was_wrong(took);
            assert!(turn.is_barred());
            drop(turn);
            advance(penalty.saturating_sub(Duration::from_millis(1))).await;
            assert!(turns.take(one).is_none());
            assert!(turns.take(other).is_some());
            advance(Duration::from_millis(1)).await;
        }
        drop(turns.take(other));
        assert!(turns.locked().len() <= 1, "nobody is kept for ever");
    }
}
