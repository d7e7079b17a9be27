//! What a path does to packets: data, and decisions that are functions of (packet, now).

use std::time::{Duration, Instant};

/// The network between the probe and one server address. Changes apply to packets that enter
/// the path afterwards; those under way keep the time they were given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Path {
    /// Round-trip time without jitter; half of it in each direction.
    pub(crate) rtt: Duration,
    /// Upper bound of what is added to a round trip: each direction adds a uniformly
    /// distributed time of up to half of it. The packets of a flow stay in order.
    pub(crate) jitter: Duration,
    /// Probability, 0 to 1, that a packet is lost; in each direction.
    pub(crate) loss: f64,
    /// Bits per second in each direction; `None` is unlimited. A backlog of more than
    /// [`BACKLOG`] is dropped at the tail.
    pub(crate) rate: Option<u64>,
    /// How many of the next SYNs from the probe are lost.
    pub(crate) drop_syns: u32,
    /// What becomes of packets at all.
    pub(crate) state: State,
}

impl Path {
    /// A path that only takes time.
    pub(crate) const fn with_rtt(rtt: Duration) -> Self {
        Self { rtt, jitter: Duration::ZERO, loss: 0.0, rate: None, drop_syns: 0, state: State::Up }
    }

    /// The same with a state.
    pub(crate) const fn with_state(self, state: State) -> Self {
        Self { state, ..self }
    }
}

/// What becomes of the packets of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// They are forwarded.
    Up,
    /// They vanish, in both directions.
    BlackHole,
    /// After one round trip the probe gets an RST for TCP, ICMP port unreachable for the rest.
    Refuse,
    /// After one round trip the probe gets ICMP host unreachable.
    Unreachable,
}

/// The longest time a packet waits for a rate-limited path: what home routers of the better
/// sort hold.
pub(crate) const BACKLOG: Duration = Duration::from_millis(200);

/// Whither a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    ToServers,
    ToProbe,
}

/// What decisions need to know of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    pub(super) direction: Direction,
    /// Length of the IP packet in bytes.
    pub(super) length: usize,
    /// Opens a TCP connection.
    pub(super) syn: bool,
    /// Any number that is the same for all packets of a flow in one direction.
    pub(super) flow: u16,
}

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Hand it over at this time.
    Forward(Instant),
    /// Hand a refusal of it to the probe at this time.
    Refuse(Instant),
    /// Hand an ICMP host unreachable to the probe at this time.
    Unreachable(Instant),
    /// Forget it.
    Drop,
}

/// What happened on a path since the lab came up, in packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    /// SYNs the probe sent, lost ones included.
    pub(crate) syns: u64,
    /// Packets the probe sent, lost ones included.
    pub(crate) from_probe: u64,
    /// Packets the server sent, lost ones included.
    pub(crate) from_server: u64,
    /// Packets of either that were not forwarded.
    pub(crate) dropped: u64,
}

/// A path and what it remembers.
#[derive(Debug)]
pub(super) struct Live {
    path: Path,
    lanes: [Lane; 2],
    pub(super) counters: Counters,
}

/// One direction of a path.
#[derive(Debug, Clone)]
struct Lane {
    /// When the last packet of a rate-limited path has left the sender.
    free_at: Instant,
    /// When the last packet of each group of flows is due.
    last_due: Vec<Instant>,
}

/// Groups of flows whose packets stay in order. Flows that share a group only delay each
/// other by less than the jitter, so the number just has to be large against the flows that
/// send within one jitter.
const FLOW_GROUPS: usize = 1024;

impl Live {
    pub(super) fn new(path: Path, now: Instant) -> Self {
        let lane = Lane { free_at: now, last_due: vec![now; FLOW_GROUPS] };
        Self { path, lanes: [lane.clone(), lane], counters: Counters::default() }
    }

    pub(super) fn path(&self) -> Path {
        self.path
    }

    /// Replaces the path; packets still under way no longer hold back those that follow.
    pub(super) fn set(&mut self, path: Path, now: Instant) {
        let counters = self.counters;
        *self = Self { counters, ..Self::new(path, now) };
    }

    pub(super) fn decide(&mut self, packet: Traits, now: Instant, random: &mut Random) -> Fate {
        let fate = self.fate(packet, now, random);
        self.counters.syns += u64::from(packet.syn);
        match packet.direction {
            Direction::ToServers => self.counters.from_probe += 1,
            Direction::ToProbe => self.counters.from_server += 1,
        }
        self.counters.dropped += u64::from(!matches!(fate, Fate::Forward(_)));
        fate
    }

    fn fate(&mut self, packet: Traits, now: Instant, random: &mut Random) -> Fate {
        match (self.path.state, packet.direction) {
            (State::Up, _) => {}
            (State::Refuse, Direction::ToServers) => return Fate::Refuse(now + self.path.rtt),
            (State::Unreachable, Direction::ToServers) => {
                return Fate::Unreachable(now + self.path.rtt);
            }
            (State::BlackHole, _) | (State::Refuse | State::Unreachable, Direction::ToProbe) => {
                return Fate::Drop;
            }
        }
        if packet.syn && self.path.drop_syns > 0 {
            self.path.drop_syns -= 1;
            return Fate::Drop;
        }
        if random.fraction() < self.path.loss {
            return Fate::Drop;
        }
        let lane = &mut self.lanes[packet.direction as usize];
        lane.pass(&self.path, packet, now, random).map_or(Fate::Drop, Fate::Forward)
    }
}

impl Lane {
    /// When the packet arrives at the other end; `None` if the queue is full.
    fn pass(
        &mut self,
        path: &Path,
        packet: Traits,
        now: Instant,
        random: &mut Random,
    ) -> Option<Instant> {
        let mut sent = now;
        if let Some(rate) = path.rate {
            let start = self.free_at.max(now);
            if start.saturating_duration_since(now) > BACKLOG {
                return None;
            }
            let nanoseconds = packet.length as u64 * 8 * 1_000_000_000 / rate.max(1);
            sent = start + Duration::from_nanos(nanoseconds);
            self.free_at = sent;
        }
        let jitter = path.jitter.mul_f64(random.fraction() / 2.0);
        let last = &mut self.last_due[usize::from(packet.flow) % FLOW_GROUPS];
        *last = (sent + path.rtt / 2 + jitter).max(*last);
        Some(*last)
    }
}

/// Repeatable random numbers (xorshift64*, Vigna 2016): quality is of no concern here, a
/// test that can be run again is.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        // The generator is stuck at zero.
        Self(seed.max(1))
    }

    /// Uniformly distributed, 0 inclusive to 1 exclusive.
    pub(super) fn fraction(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        f64::from(u32::try_from(bits).unwrap_or(u32::MAX)) / (f64::from(u32::MAX) + 1.0)
    }
}
