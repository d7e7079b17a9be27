//! What only a monitoring run knows of an endpoint: counters, histograms, times, the choice.

use crate::metrics::exposition::{Series, Value};
use crate::metrics::fleet::Writer;
use crate::metrics::fleet::labelled::Labelled;
use crate::metrics::table::Family;
use crate::metrics::table::endpoint as table;
use crate::model::failure::Phase;
use crate::model::monitor::Ran;

/// A writer for each family.
pub(super) const WRITERS: &[(&Family, Writer)] = &[
    (&table::ATTEMPTS, |series, of| count(series, of, of.view.counts.attempts)),
    (&table::FAILURES, |series, of| {
        for (phase, count) in Phase::ALL.iter().zip(of.view.counts.failures) {
            series.add(&of.labels, &[phase.as_str()], Value::Count(count));
        }
    }),
    (&table::TAINTED, |series, of| count(series, of, of.view.counts.tainted)),
    (&table::LOCAL, |series, of| count(series, of, of.view.counts.local)),
    (&table::UNKNOWN, |series, of| count(series, of, of.view.counts.unknown)),
    (&table::PHASE_DURATION, |series, of| {
        for (phase, histogram) in Phase::ALL.iter().zip(&of.view.phases) {
            series.histogram(&of.labels, &[phase.as_str()], histogram);
        }
    }),
    (&table::SYN_RETRANSMITS, |series, of| {
        for (labels, member) in of.members() {
            series.add_if(labels, member.syn_retransmits.map(Value::Count));
        }
    }),
    (&table::DNS_RESENDS, |series, of| {
        let resends = of.view.dns.as_ref().and_then(|dns| dns.resends);
        series.add_if(&of.labels, resends.map(Value::Count));
    }),
    (&table::NEAREST, |series, of| series.add_if(&of.labels, of.is_nearest.map(Value::Flag))),
    (&table::ROUND_INTERVAL, |series, of| {
        series.add(&of.labels, &[], Value::Seconds(of.view.pace.round));
    }),
    (&table::LAST_ROUND, |series, of| ended(series, of, of.view.last_round)),
    (&table::LAST_CHECK, |series, of| ended(series, of, of.view.last_check)),
    (&table::LAST_SCAN, |series, of| ended(series, of, of.view.last_scan)),
];

fn count(series: &mut Series<'_>, of: &Labelled, count: u64) {
    series.add(&of.labels, &[], Value::Count(count));
}

fn ended(series: &mut Series<'_>, of: &Labelled, ran: Option<Ran>) {
    series.add_if(&of.labels, ran.map(|ran| Value::At(ran.at)));
}
