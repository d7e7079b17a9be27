//! How often an endpoint is looked at: `[serve]` says it for all, `[[endpoint]]` for one.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::config::defaults::{
    CHECK_INTERVAL, CHECK_INTERVAL_RANGE, INTERVAL, INTERVAL_RANGE, TLS_INTERVAL,
    TLS_INTERVAL_RANGE,
};
use crate::config::file::duration;
use crate::config::origin::{Origin, Sourced};
use crate::config::section::{Findings, Section, Value};
use crate::model::monitor::Pace;

/// The keys, in the order of [`Paces`].
pub const KEYS: [&str; 3] = ["interval", "check_interval", "tls_interval"];

/// What one level mentions.
#[derive(Debug, Clone, Default)]
pub(super) struct PaceLayer([Option<Sourced<Duration>>; KEYS.len()]);

/// Each pause with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paces {
    /// Start to start of two rounds.
    pub round: Sourced<Duration>,
    /// Start to start of two checks.
    pub check: Sourced<Duration>,
    /// Start to start of two TLS scans.
    pub scan: Sourced<Duration>,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            round: Sourced::new(INTERVAL, Origin::Default),
            check: Sourced::new(CHECK_INTERVAL, Origin::Default),
            scan: Sourced::new(TLS_INTERVAL, Origin::Default),
        }
    }
}

impl Paces {
    /// With a more specific layer on top.
    pub(super) fn under(&self, layer: &PaceLayer) -> Self {
        let PaceLayer([round, check, scan]) = layer;
        let pick = |base: &Sourced<Duration>, over: &Option<Sourced<Duration>>| {
            over.as_ref().unwrap_or(base).clone()
        };
        Self {
            round: pick(&self.round, round),
            check: pick(&self.check, check),
            scan: pick(&self.scan, scan),
        }
    }

    /// The pauses alone.
    pub const fn pace(&self) -> Pace {
        Pace { round: self.round.value, check: self.check.value, scan: self.scan.value }
    }

    /// Each by its key in the file.
    pub const fn each(&self) -> [(&'static str, &Sourced<Duration>); KEYS.len()] {
        let [round, check, scan] = KEYS;
        [(round, &self.round), (check, &self.check), (scan, &self.scan)]
    }
}

/// Takes the keys out of a table.
pub(super) fn layer(section: &mut Section<'_>, findings: &mut Findings) -> PaceLayer {
    let [round, check, scan] = KEYS;
    let mut take = |key: &'static str, range: &RangeInclusive<Duration>| {
        section.take(findings, key, |value: &Value<'_>| duration(value, range))
    };
    PaceLayer([
        take(round, &INTERVAL_RANGE),
        take(check, &CHECK_INTERVAL_RANGE),
        take(scan, &TLS_INTERVAL_RANGE),
    ])
}
