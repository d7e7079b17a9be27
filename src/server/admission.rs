//! How many connections are open at once.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for connections: some for everybody, and a few more for this machine.
pub(super) struct Places {
    all: Arc<Semaphore>,
    loopback: Arc<Semaphore>,
}

impl Places {
    pub(super) fn new(all: usize, loopback: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), loopback: Arc::new(Semaphore::new(loopback)) }
    }

    /// A place until the permit is dropped, if there is one right now.
    pub(super) fn take(&self, peer: IpAddr) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.all).try_acquire_owned() {
            return Some(permit);
        }
        let is_local = peer.to_canonical().is_loopback();
        is_local.then(|| Arc::clone(&self.loopback).try_acquire_owned().ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::Places;

    #[test]
    fn the_last_places_are_for_this_machine() {
        let places = Places::new(1, 1);
        let [far, near]: [IpAddr; 2] =
            ["192.0.2.1", "::ffff:127.0.0.1"].map(|ip| ip.parse().unwrap());
        let first = places.take(far);
        assert!(first.is_some());
        assert!(places.take(far).is_none());
        let second = places.take(near);
        assert!(second.is_some());
        assert!(places.take(near).is_none());
        drop(first);
        assert!(places.take(far).is_some());
    }
}
