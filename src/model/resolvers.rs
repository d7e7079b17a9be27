//! What several resolvers say of one name, side by side.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::endpoint::ResolverChoice;
use super::failure::Cause;
use super::report::{Lookup, RecordType};
use super::timing::Timed;

/// What one resolver said of an endpoint's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolverReport {
    /// Which.
    pub resolver: ResolverChoice,
    /// The servers that it stands for, in the system's order; empty where they are not known.
    pub servers: Vec<SocketAddr>,
    /// The endpoint's members come from its answers, or may: it is the resolver that the endpoint
    /// is probed with, or one of the servers of that.
    pub is_own: bool,
    /// One entry per record type asked.
    pub lookups: Vec<Lookup>,
    /// Second answers, where the first ones differed between resolvers: they tell a cache from
    /// its source.
    pub again: Vec<Again>,
}

/// A question that was asked a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// From the first answer to the second.
    pub after: Duration,
    /// The second answer.
    pub lookup: Lookup,
}

/// What a lookup says of the addresses of one family; a failure says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// These, in no order.
    Addresses(BTreeSet<IpAddr>),
    /// That there are none.
    Nothing,
}

impl Said {
    /// What that lookup says; `None` where it failed.
    pub fn of(lookup: &Lookup) -> Option<Self> {
        match &lookup.outcome {
            Ok(found) => Some(Self::Addresses(found.addresses.iter().copied().collect())),
            Err(failure) => says_none(failure.cause).then_some(Self::Nothing),
        }
    }
}

/// Whether the cause is an answer: that the name has no such addresses.
const fn says_none(cause: Cause) -> bool {
    matches!(cause, Cause::NxDomain | Cause::NoData | Cause::DanglingCname)
}

impl ResolverReport {
    /// The first answer about a record type.
    pub fn lookup(&self, record_type: RecordType) -> Option<&Lookup> {
        self.lookups.iter().find(|lookup| lookup.record_type == record_type)
    }

    /// The second answer about a record type.
    pub fn again(&self, record_type: RecordType) -> Option<&Again> {
        self.again.iter().find(|again| again.lookup.record_type == record_type)
    }

    /// What it says of a record type; `None` where it said nothing.
    pub fn said(&self, record_type: RecordType) -> Option<Said> {
        self.lookup(record_type).and_then(Said::of)
    }

    /// How long its slowest answer took.
    pub fn time(&self) -> Option<Timed> {
        self.lookups.iter().filter_map(|lookup| lookup.time).max_by_key(|time| time.duration)
    }
}

closed_list! {
    /// How what a resolver says stands to what more than half say, or, where no answer has so many on
    /// its side, to the configured members. The order of addresses is no difference.
    Agreement {
        /// The same addresses.
        Same => "same",
        /// Some of the addresses and no other one.
        Part => "part",
        /// All of the addresses and others.
        More => "more",
        /// Other addresses, or none where there are some, or some where there are none.
        Differs => "differs",
        /// Others contradict it, and nothing tells who is right.
        Split => "split",
    }
}

/// A resolver as a monitoring run keeps it, from the last check.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolverView {
    /// Which, as the configuration spells it.
    pub name: Arc<str>,
    /// It answered every question, if only by saying that there is nothing; `None` where that is
    /// not known, because it was not asked or this machine could not ask.
    pub is_up: Option<bool>,
    /// How long its slowest answer took.
    pub time: Option<Timed>,
    /// How many addresses it gave; `None` where a question was not answered.
    pub addresses: Option<u64>,
    /// The shortest TTL of its address records.
    pub ttl: Option<Duration>,
    /// How it stands to the others; `None` where that is not known.
    pub agreement: Option<Agreement>,
}
