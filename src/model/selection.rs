//! The choice of the nearest healthy endpoint, with its reasons.

use std::time::Duration;

use super::finding::Finding;
use super::report::EndpointReport;

closed_list! {
    /// Why the selected endpoint was selected, or why none was.
    ReasonCode {
        /// The lowest round-trip time of all healthy endpoints.
        NearestHealthy => "nearest_healthy",
        /// The server in use stays: the gain of leaving it is too small to be worth a full scan
        /// of every client.
        CurrentKept => "current_kept",
        /// As near as another one within the tie limit; the configured priority decided.
        TieByPriority => "tie_by_priority",
        /// As near as another one within the tie limit; the order in the configuration decided.
        TieByOrder => "tie_by_order",
        /// Only one endpoint was asked about, and it is healthy.
        OnlyCandidate => "only_candidate",
        /// No endpoint is healthy; this is the nearest that works at all.
        NearestDegraded => "nearest_degraded",
        /// No endpoint works.
        NoneHealthy => "none_healthy",
        /// The run ended before the choice could be made.
        Interrupted => "interrupted",
    }
}

closed_list! {
    /// Why an endpoint was not selected.
    RejectionCode {
        /// It does not work.
        Down => "down",
        /// It works with warnings, and a healthy one was found.
        Degraded => "degraded",
        /// Measured, and farther away.
        Farther => "farther",
        /// No answer when the choice was made. Whatever was sent to it had been out for longer than
        /// the choice needed.
        FartherUnanswered => "farther_unanswered",
        /// Near, but its health check took too long while a healthy one was known.
        SlowToAnswer => "slow_to_answer",
        /// Its name was not resolved when the choice was made.
        NotResolvedInTime => "not_resolved_in_time",
        /// As near as the choice within the tie limit, and the tie-break went against it.
        TieLost => "tie_lost",
        /// Nearer, but not by enough to leave the server in use.
        GainTooSmall => "gain_too_small",
        /// Nothing is known: the run ended first.
        Unfinished => "unfinished",
    }
}

/// A code and the sentence that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained<C> {
    /// Stable code.
    pub code: C,
    /// One line for people.
    pub text: String,
}

/// Which endpoint to use, and why not the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Index of the choice in [`NearestReport::candidates`].
    pub selected: Option<usize>,
    /// Why this one, or why none.
    pub reason: Explained<ReasonCode>,
    /// How sure it is that no rival is nearer: 0.5 (a coin toss) to 1.0. Absent when nothing
    /// was selected.
    pub confidence: Option<f64>,
    /// For each candidate why it was not selected; `None` only for the selected one.
    pub rejected: Vec<Option<Explained<RejectionCode>>>,
}

/// The result of one `nearest` run.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestReport {
    /// Every endpoint in configuration order.
    pub candidates: Vec<EndpointReport>,
    /// The choice.
    pub selection: Selection,
    /// Observations about this machine rather than about an endpoint.
    pub local_findings: Vec<Finding>,
    /// From the first question to the choice.
    pub elapsed: Duration,
}

/// The result of one `check` run.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Every endpoint in configuration order.
    pub endpoints: Vec<EndpointReport>,
    /// Observations about this machine rather than about an endpoint.
    pub local_findings: Vec<Finding>,
    /// From the first question to the last answer.
    pub elapsed: Duration,
    /// The run was ended before every endpoint had answered or timed out.
    pub interrupted: bool,
}
