//! What a monitoring run knows: of each endpoint, and of the fleet as a whole.
//!
//! Three kinds of [`Job`] run for each endpoint, never two at once. *Rounds* measure: they alone
//! are counted and timed. *Checks* and *scans* look deeper and less often; what they found stays
//! valid until the next one.

pub mod choice;
#[cfg(test)]
pub(crate) mod fixture;
pub mod histogram;
pub mod history;
pub mod member;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::endpoint::Endpoint;
use super::failure::{Failure, Phase};
use super::finding::{Finding, FindingCode};
use super::report::Verdict;
use super::resolvers::ResolverView;
use super::timing::Timed;
use choice::Choice;
use histogram::Histogram;
use history::History;
use member::MemberView;

closed_list! {
    /// What is done for an endpoint, each at its own pace.
    Job {
        /// Resolve, connect, handshake and `GetConfig` over one connection to each member.
        Round => "round",
        /// The WSUS check of the standard profile.
        Check => "check",
        /// The scan of TLS versions and Windows clients.
        Scan => "scan",
    }
}

/// How often each kind of job runs for an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Start to start of two rounds.
    pub round: Duration,
    /// Start to start of two checks. A change of state brings the next one forward.
    pub check: Duration,
    /// Start to start of two scans.
    pub scan: Duration,
}

impl Pace {
    /// That of one kind of job.
    pub const fn of(&self, job: Job) -> Duration {
        match job {
            Job::Round => self.round,
            Job::Check => self.check,
            Job::Scan => self.scan,
        }
    }
}

/// Everything at one moment. Made by cloning pointers, so it is cheap and consistent.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// When it was taken.
    pub at: SystemTime,
    /// The endpoints in the order of the configuration.
    pub endpoints: Vec<Arc<EndpointView>>,
    /// Which endpoint is the nearest.
    pub choice: Choice,
    /// Why the fault is probably on this machine, while that is so.
    pub trouble: Option<LocalTrouble>,
    /// Every endpoint has had its first round.
    pub ready: bool,
}

impl Snapshot {
    /// The endpoint of that name, in any case.
    pub fn endpoint(&self, name: &str) -> Option<&Arc<EndpointView>> {
        self.endpoints.iter().find(|view| view.endpoint.name.0.eq_ignore_ascii_case(name))
    }

    /// The endpoint that is the choice, if there is one.
    pub fn selected(&self) -> Option<&Arc<EndpointView>> {
        let name = self.choice.selected.as_ref()?;
        self.endpoints.iter().find(|view| view.endpoint.name == *name)
    }
}

/// Every endpoint fails at once in a way that says nothing about any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTrouble {
    /// Since when.
    pub since: SystemTime,
    /// What was observed, one line each; the first says what it means.
    pub evidence: Vec<String>,
}

/// Everything known of one endpoint. The monitor changes it in place; a reader has a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointView {
    /// What is probed.
    pub endpoint: Arc<Endpoint>,
    /// How often.
    pub pace: Pace,
    /// The state, with hysteresis.
    pub state: State,
    /// The round-trip time that the last round measured: that of the median member.
    pub rtt: Option<Timed>,
    /// The resolver's part of the last round; absent for a literal address.
    pub dns: Option<DnsView>,
    /// What the resolvers that are compared said in the last check; empty where none are.
    pub resolvers: Vec<ResolverView>,
    /// What is known of each member, by address. Those that the last lookup did not bring any
    /// more are gone.
    pub members: Vec<MemberView>,
    /// Observations about the name.
    pub findings: Vec<Noted>,
    /// What was counted since the start of the process.
    pub counts: Counts,
    /// Durations of completed phases since the start of the process, in the order of
    /// [`Phase::ALL`], over all members.
    pub phases: [Histogram; Phase::ALL.len()],
    /// The last rounds.
    pub history: History,
    /// Rounds without any answer that are not counted yet, oldest first: it is not known whether
    /// the endpoint or this machine is at fault.
    pub held: Vec<Observation>,
    /// What the last rounds that count saw.
    pub recent: Recent,
    /// When the last round that counted ended, and how long it took: one that this process slept
    /// through does not.
    pub last_round: Option<Ran>,
    /// When the last check ended, and how long it took.
    pub last_check: Option<Ran>,
    /// See [`Self::last_check`].
    pub last_scan: Option<Ran>,
    /// When the next round is due.
    pub next_round: Option<SystemTime>,
    /// What the last round did, step by step, a line each, and why it does not count if so.
    pub trace: Arc<str>,
}

impl EndpointView {
    /// An endpoint of which nothing is known yet.
    pub fn new(endpoint: Arc<Endpoint>, pace: Pace, kept_rounds: usize, now: SystemTime) -> Self {
        Self {
            endpoint,
            pace,
            state: State::unknown(now),
            rtt: None,
            dns: None,
            resolvers: Vec::new(),
            members: Vec::new(),
            findings: Vec::new(),
            counts: Counts::default(),
            phases: <[Histogram; Phase::ALL.len()]>::default(),
            history: History::new(kept_rounds),
            held: Vec::new(),
            recent: Recent::default(),
            last_round: None,
            last_check: None,
            last_scan: None,
            next_round: None,
            trace: Arc::from(""),
        }
    }

    /// Whether a round has told something about it: rounds that this process slept through, that
    /// failed because of this machine, or that are still held told nothing. One that ended with a
    /// defect of this program is not waited for.
    pub const fn is_looked_at(&self) -> bool {
        self.counts.attempts > 0 || self.counts.unknown > 0 || self.counts.panicked > 0
    }

    /// The findings about the name and about its members, each code once.
    pub fn finding_codes(&self) -> Vec<FindingCode> {
        let own = self.findings.iter();
        let all = own.chain(self.members.iter().flat_map(|member| &member.findings));
        let mut codes: Vec<FindingCode> = all.map(|noted| noted.finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// What a round showed of the states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Of the name as a whole.
    pub verdict: Verdict,
    /// Why nothing works, or why nothing is known.
    pub failure: Option<Failure>,
    /// The same of each member.
    pub members: Vec<(SocketAddr, Verdict, Option<Failure>)>,
    /// Equal where two rounds saw the same, times aside. Comparable within one process only.
    pub fingerprint: u64,
}

/// What the last rounds that count saw: tells whether another one saw something new.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recent {
    /// Their [`Observation::fingerprint`]s, newest first.
    pub fingerprints: [Option<u64>; 4],
    /// What the newest of them said.
    pub verdict: Option<Verdict>,
    /// When a round called for a check last.
    pub asked: Option<SystemTime>,
    /// Something new was seen so soon after that, that the check waits.
    pub is_waiting: bool,
}

/// A finding and the kind of job that saw it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The finding; shared by all endpoints that have it in the same words.
    pub finding: Arc<Finding>,
    /// Who saw it.
    pub by: Job,
}

/// A state that does not change with every lost packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The state.
    pub verdict: Verdict,
    /// Since when; of an unknown one, since this endpoint is watched.
    pub since: SystemTime,
    /// Why nothing works, as the last failed round saw it.
    pub failure: Option<Failure>,
    /// How many observations in a row have said otherwise, and what the last of them said.
    pub contrary: Option<(Verdict, u32)>,
}

impl State {
    /// That of an endpoint or a member that was not looked at yet.
    pub const fn unknown(now: SystemTime) -> Self {
        Self { verdict: Verdict::Unknown, since: now, failure: None, contrary: None }
    }
}

/// What the last round saw of the resolver.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DnsView {
    /// The shortest TTL of the answers' address records.
    pub ttl: Option<Duration>,
    /// Questions that had to be sent again since the start of the process; `None` where the
    /// transport cannot tell.
    pub resends: Option<u64>,
    /// Why a family could not be resolved, a line each.
    pub failures: Vec<String>,
}

/// Counters since the start of the process. A round is in exactly one of them, except that
/// `failures` are among the `attempts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rounds that showed whether the endpoint works.
    pub attempts: u64,
    /// Those that showed that it does not, by the phase that failed, in the order of
    /// [`Phase::ALL`].
    pub failures: [u64; Phase::ALL.len()],
    /// Rounds that this process slept through, so that their times mean nothing.
    pub tainted: u64,
    /// Rounds that failed for reasons of this machine.
    pub local: u64,
    /// Rounds that did not show whether Windows clients can use the endpoint.
    pub unknown: u64,
    /// Jobs of any kind that ended with a defect of this program.
    pub panicked: u64,
}

/// A job that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// When it ended.
    pub at: SystemTime,
    /// How long it took.
    pub elapsed: Duration,
}

/// The last attempt to read the configuration again, or to read it at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reload {
    /// When the configuration in force was read.
    pub in_force_since: SystemTime,
    /// Why a later one was refused; `None` when the last attempt succeeded.
    pub refused: Option<String>,
}
