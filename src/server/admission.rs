//! How many connections are open at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::peer::Peer;

/// One of so many places is all that one peer may have.
const SHARE: usize = 4;

/// Places that one peer may have however few there are: a scrape, and a page with what it loads.
const LEAST: usize = 4;

/// Places for connections: some for everybody, of which nobody gets too many, and a few more for
/// this machine.
pub(super) struct Places {
    all: Arc<Semaphore>,
    loopback: Arc<Semaphore>,
    each: usize,
    held: Arc<Mutex<HashMap<Peer, usize>>>,
}

/// A place until it is dropped.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    _counted: Option<Counted>,
}

/// One more among the places that a peer holds.
struct Counted {
    peer: Peer,
    held: Arc<Mutex<HashMap<Peer, usize>>>,
}

impl Places {
    pub(super) fn new(all: usize, loopback: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all)),
            loopback: Arc::new(Semaphore::new(loopback)),
            each: ((all + loopback) / SHARE).max(LEAST),
            held: Arc::default(),
        }
    }

    /// A place, if there is one right now for this peer. This machine may have all of them:
    /// whoever comes through a proxy on it has its address.
    pub(super) fn take(&self, peer: Peer) -> Option<Place> {
        if peer.is_loopback() {
            let permit = free(&self.all).or_else(|| free(&self.loopback))?;
            return Some(Place { _permit: permit, _counted: None });
        }
        let counted = self.count(peer)?;
        Some(Place { _permit: free(&self.all)?, _counted: Some(counted) })
    }

    fn count(&self, peer: Peer) -> Option<Counted> {
        let mut held = locked(&self.held);
        let count = held.get(&peer).copied().unwrap_or_default();
        if count >= self.each {
            return None;
        }
        held.insert(peer, count + 1);
        Some(Counted { peer, held: Arc::clone(&self.held) })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut held = locked(&self.held);
        match held.get_mut(&self.peer) {
            Some(count) if *count > 1 => *count -= 1,
            // Nobody is kept who holds nothing.
            Some(_) | None => drop(held.remove(&self.peer)),
        }
    }
}

fn free(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    Arc::clone(places).try_acquire_owned().ok()
}

fn locked(held: &Mutex<HashMap<Peer, usize>>) -> MutexGuard<'_, HashMap<Peer, usize>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{LEAST, Place, Places};
    use crate::server::peer::Peer;

    fn peer(ip: &str) -> Peer {
        Peer::at(ip.parse().unwrap())
    }

    /// As many as there are for this peer.
    fn take_all(places: &Places, ip: &str) -> Vec<Place> {
        std::iter::from_fn(|| places.take(peer(ip))).collect()
    }

    #[test]
    fn the_last_places_are_for_this_machine() {
        let places = Places::new(1, 1);
        let (far, near) = (peer("192.0.2.1"), peer("::ffff:127.0.0.1"));
        let first = places.take(far);
        assert!(first.is_some());
        assert!(places.take(far).is_none());
        let second = places.take(near);
        assert!(second.is_some());
        assert!(places.take(near).is_none());
        drop(first);
        assert!(places.take(far).is_some());
    }

    #[test]
    fn no_peer_gets_more_than_its_share() {
        let places = Places::new(36, 4);
        let first = take_all(&places, "192.0.2.1");
        let second = take_all(&places, "2001:db8::1");
        assert_eq!((first.len(), second.len()), (10, 10));
        assert!(places.take(peer("2001:db8::2")).is_none(), "the same network");
        assert_eq!(take_all(&places, "127.0.0.1").len(), 20);
        drop((first, second));
        assert!(places.held.lock().unwrap().is_empty());
        assert_eq!(take_all(&Places::new(8, 2), "192.0.2.1").len(), LEAST);
    }
}
