//! The thread that carries packets between the two devices, each at its time.
#![expect(unsafe_code, reason = "nix does not wrap sched_setscheduler")]

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};
use std::io::{self, PipeReader};
use std::net::IpAddr;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::prctl::set_timerslack;
use nix::sys::time::TimeSpec;

use super::packet::Packet;
use super::path::{Direction, Fate, Live, Random, Traits};
use super::punctuality::Punctuality;
use super::tun::Tun;

/// How long before a packet is due the thread stops sleeping and watches the clock: longer
/// than the kernel takes to wake a real-time thread.
const SPIN: Duration = Duration::from_micros(60);

/// Real-time priority of the thread, 1 to 99: any is above all ordinary processes.
const PRIORITY: i32 = 50;

/// Packets under way at most; those above are dropped, so that memory stays bounded.
const IN_FLIGHT: usize = 100_000;

/// Bytes: the longest IP packet.
const PACKET: usize = 65_536;

/// What the forwarder shares with the lab.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) paths: HashMap<IpAddr, Live>,
    pub(super) random: Random,
    pub(super) punctuality: Punctuality,
    /// The lab is being taken down.
    pub(super) stop: bool,
}

/// A table behind a lock, which is only ever held for one decision.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<Mutex<Table>>);

impl Shared {
    pub(super) fn new(table: Table) -> Self {
        Self(Arc::new(Mutex::new(table)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Table> {
        // No holder can leave the table half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the kernel for exact timers, and to run the calling thread before ordinary ones.
/// Returns whether the latter was granted; without it a busy machine makes packets late.
pub(super) fn become_punctual() -> bool {
    // One nanosecond; real-time threads have no slack anyway.
    let _ = set_timerslack(1);
    let parameters = libc::sched_param { sched_priority: PRIORITY };
    // SAFETY: 0 is the calling thread, and the parameters outlive the call.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const parameters) == 0 }
}

/// Moves packets between the namespaces until told to stop.
pub(super) struct Forwarder {
    probe: Tun,
    servers: Tun,
    /// Reports the end of the lab to a sleeping forwarder.
    wake: PipeReader,
    shared: Shared,
    in_flight: BinaryHeap<Reverse<InFlight>>,
    accepted: u64,
}

impl Forwarder {
    pub(super) fn new(probe: Tun, servers: Tun, wake: PipeReader, shared: Shared) -> Self {
        Self { probe, servers, wake, shared, in_flight: BinaryHeap::new(), accepted: 0 }
    }

    /// Runs until the table says stop or a device fails.
    ///
    /// Takes at most one packet from each device between two deliveries: a packet's time
    /// starts when it is taken, so none may wait behind a burst that goes the other way.
    pub(super) fn run(mut self) -> io::Result<()> {
        let mut buffer = vec![0; PACKET];
        while !self.shared.lock().stop {
            let delivered = self.deliver_one();
            let taken = self.take(Direction::ToServers, &mut buffer)?
                | self.take(Direction::ToProbe, &mut buffer)?;
            if !delivered && !taken {
                self.sleep()?;
            }
        }
        Ok(())
    }

    /// Takes one packet that goes in `direction`, if there is one, and decides its fate.
    fn take(&mut self, direction: Direction, buffer: &mut [u8]) -> io::Result<bool> {
        let from = match direction {
            Direction::ToServers => &self.probe,
            Direction::ToProbe => &self.servers,
        };
        let Some(bytes) = from.receive(buffer)? else { return Ok(false) };
        let now = Instant::now();
        let Some(packet) = Packet::parse(bytes) else { return Ok(true) };
        let server = match direction {
            Direction::ToServers => packet.destination,
            Direction::ToProbe => packet.source,
        };
        let traits =
            Traits { direction, length: bytes.len(), syn: packet.is_syn(), flow: packet.flow() };
        let fate = {
            let table = &mut *self.shared.lock();
            let Some(path) = table.paths.get_mut(&server) else { return Ok(true) };
            path.decide(traits, now, &mut table.random)
        };
        match fate {
            Fate::Forward(due) => self.enqueue(due, direction, bytes.to_vec()),
            Fate::Refuse(due) => self.answer(due, packet.refusal()),
            Fate::Unreachable(due) => self.answer(due, packet.host_unreachable()),
            Fate::Drop => {}
        }
        Ok(true)
    }

    fn answer(&mut self, due: Instant, packet: Option<Vec<u8>>) {
        if let Some(packet) = packet {
            self.enqueue(due, Direction::ToProbe, packet);
        }
    }

    fn enqueue(&mut self, due: Instant, direction: Direction, packet: Vec<u8>) {
        if self.in_flight.len() < IN_FLIGHT {
            self.accepted += 1;
            let number = self.accepted;
            self.in_flight.push(Reverse(InFlight { due, number, direction, packet }));
        }
    }

    /// Hands over the packet that is due first, if its time has come.
    fn deliver_one(&mut self) -> bool {
        let now = Instant::now();
        if self.in_flight.peek().is_none_or(|Reverse(first)| first.due > now) {
            return false;
        }
        let Some(Reverse(first)) = self.in_flight.pop() else { return false };
        let to = match first.direction {
            Direction::ToServers => &self.servers,
            Direction::ToProbe => &self.probe,
        };
        // A packet the kernel does not take is a packet lost on arrival.
        let _ = to.send(&first.packet);
        self.shared.lock().punctuality.record(now.saturating_duration_since(first.due));
        true
    }

    /// Waits for a packet, the end, or shortly before the next packet is due.
    fn sleep(&self) -> io::Result<()> {
        let wait = match self.in_flight.peek() {
            Some(Reverse(first)) => {
                let wait = first.due.saturating_duration_since(Instant::now());
                match wait.checked_sub(SPIN) {
                    Some(wait) => Some(TimeSpec::from_duration(wait)),
                    None => return Ok(()),
                }
            }
            None => None,
        };
        let mut watched = [self.probe.as_fd(), self.servers.as_fd(), self.wake.as_fd()]
            .map(|fd| PollFd::new(fd, PollFlags::POLLIN));
        match ppoll(&mut watched, wait, None) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A packet on its way; the order is that of delivery.
#[derive(Debug, PartialEq, Eq)]
struct InFlight {
    due: Instant,
    /// Keeps packets that are due at the same time in the order they were sent.
    number: u64,
    direction: Direction,
    packet: Vec<u8>,
}

impl Ord for InFlight {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl PartialOrd for InFlight {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
