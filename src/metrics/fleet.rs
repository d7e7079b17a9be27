//! The endpoints of a snapshot as metrics.
//!
//! Everything is written from the snapshot, family by family, so that an endpoint or a member that
//! is gone leaves nothing behind.

mod history;
mod labelled;
mod state;
mod whole;

use crate::metrics::exposition::Series;
use crate::metrics::fleet::labelled::Labelled;
use crate::metrics::table::Family;
use crate::model::monitor::Snapshot;

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Durations as histograms; otherwise only their sum and count, for very large fleets.
    pub buckets: bool,
}

/// Writes the series that an endpoint has in one family.
type Writer = fn(&mut Series<'_>, &Labelled<'_>);

/// Writes all series of a snapshot.
pub fn write(out: &mut String, snapshot: &Snapshot, detail: Detail) {
    for (family, writer) in whole::WRITERS {
        writer(&mut Series::new(out, family, detail.buckets), snapshot);
    }
    let endpoints = Labelled::all(snapshot);
    write_all(out, state::WRITERS, &endpoints, detail);
    write_all(out, history::WRITERS, &endpoints, detail);
}

/// Writes what a single run can tell: without counters, histories and the choice.
pub(super) fn write_states(out: &mut String, snapshot: &Snapshot) {
    write_all(out, state::WRITERS, &Labelled::all(snapshot), Detail { buckets: false });
}

fn write_all(
    out: &mut String,
    writers: &[(&'static Family, Writer)],
    endpoints: &[Labelled<'_>],
    detail: Detail,
) {
    for (family, writer) in writers {
        let mut series = Series::new(out, family, detail.buckets);
        for endpoint in endpoints {
            writer(&mut series, endpoint);
        }
    }
}

#[cfg(test)]
mod tests;
