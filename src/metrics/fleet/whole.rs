//! What is true of the fleet as a whole.

use crate::metrics::exposition::{Series, Value};
use crate::metrics::table::Family;
use crate::metrics::table::fleet as table;
use crate::model::monitor::Snapshot;
use crate::model::monitor::choice::ChangeReason;

type Writer = fn(&mut Series<'_>, &Snapshot);

/// A writer for each family.
pub(super) const WRITERS: &[(&Family, Writer)] = &[
    (&table::ENDPOINTS, |series, snapshot| {
        series.add("", &[], Value::Count(snapshot.endpoints.len() as u64));
    }),
    (&table::READY, |series, snapshot| series.add("", &[], Value::Flag(snapshot.ready))),
    (&table::LOCAL_TROUBLE, |series, snapshot| {
        series.add("", &[], Value::Flag(snapshot.trouble.is_some()));
    }),
    (&table::NEAREST_CHANGES, |series, snapshot| {
        for (reason, count) in ChangeReason::ALL.iter().zip(snapshot.choice.changes) {
            series.add("", &[reason.as_str()], Value::Count(count));
        }
    }),
    (&table::NEAREST_LAST_CHANGE, |series, snapshot| {
        series.add_if("", snapshot.choice.changed_at.map(Value::At));
    }),
];
