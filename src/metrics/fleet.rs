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

/// How long a part of the text is, in bytes: so short that the allocator keeps it, and still
/// hundreds of series.
const PART: usize = 64 << 10;

/// Writes the series that an endpoint has in one family.
type Writer = fn(&mut Series<'_>, &Labelled);

/// Writes what a single run, the configuration and the clock can tell: without counters, histories
/// and the choice.
pub(super) fn write_states(out: &mut String, snapshot: &Snapshot) {
    let detail = Detail { buckets: false };
    Parts::of(state::WRITERS.to_vec(), snapshot, detail).fill(out, usize::MAX);
}

/// All series of a snapshot, as text in parts that are to be compressed one after the other: of
/// thousands of endpoints it has tens of megabytes.
/// All are of the same moment. A part ends with a line, but a family may go on in the next one.
pub struct Parts {
    /// What comes before all endpoints.
    whole: Option<String>,
    endpoints: Vec<Labelled>,
    writers: Vec<(&'static Family, Writer)>,
    detail: Detail,
    /// Which family is next, and which endpoint of it.
    next: (usize, usize),
    /// The heading of that family was written.
    headed: bool,
}

impl Parts {
    /// The text of a snapshot.
    pub fn new(snapshot: &Snapshot, detail: Detail) -> Self {
        let mut whole = String::new();
        for (family, writer) in whole::WRITERS {
            writer(&mut Series::new(&mut whole, family, detail.buckets), snapshot);
        }
        let writers = [state::WRITERS, history::WRITERS].concat();
        Self { whole: Some(whole), ..Self::of(writers, snapshot, detail) }
    }

    fn of(writers: Vec<(&'static Family, Writer)>, snapshot: &Snapshot, detail: Detail) -> Self {
        let endpoints = Labelled::all(snapshot);
        Self { whole: None, endpoints, writers, detail, next: (0, 0), headed: false }
    }

    /// Goes on writing until the text is that long, or everything is written.
    fn fill(&mut self, out: &mut String, length: usize) {
        out.extend(self.whole.take());
        while out.len() < length
            && let Some((family, writer)) = self.writers.get(self.next.0)
        {
            let mut series = Series::new(out, family, self.detail.buckets).headed(self.headed);
            while series.written() < length
                && let Some(endpoint) = self.endpoints.get(self.next.1)
            {
                writer(&mut series, endpoint);
                self.next.1 += 1;
            }
            self.headed = series.is_headed();
            if self.next.1 >= self.endpoints.len() {
                (self.next, self.headed) = ((self.next.0 + 1, 0), false);
            }
        }
    }
}

impl Iterator for Parts {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        // The last endpoint goes beyond the length.
        let mut part = String::with_capacity(PART + PART / 4);
        self.fill(&mut part, PART);
        (!part.is_empty()).then_some(part)
    }
}

#[cfg(test)]
mod tests;
