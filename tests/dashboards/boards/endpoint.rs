//! The endpoint dashboard: what somebody opens from an alert at night. From the top: what is
//! wrong and what to do, since when, where the time goes, which member, which service, and how
//! much of the error budget is left.

mod members;
mod now;
mod reliability;
pub(super) mod services;
mod state;
mod time;

use wsus_probe::metrics::table::{Family, endpoint as table, fleet};

use super::{ENDPOINT, SELECTED_SITE, others, variables};
use crate::grafana::board::{Board, Row, events, moments};
use crate::grafana::panel::color;

/// What the queries of this dashboard select by. The endpoint is one, and compared as it is: the
/// dots of a host name are no wildcards.
const HERE: &str = r#"job=~"$job",site=~"$site",dc=~"$dc",endpoint="$endpoint""#;

/// The same for recorded series over all vantage points.
const HERE_OF_ALL: &str = r#"job=~"$job",dc=~"$dc",endpoint="$endpoint""#;

/// The labels that tell vantage points apart, with or without `site`.
const VANTAGE: &str = "job, instance, site";

/// How a vantage point is called: the instance tells two at one site apart, and is all there is
/// where no site is given.
const FROM: &str = "{{site}} {{instance}}";

/// The shortest time in which events are counted: two scrapes at the usual interval, so that each
/// event is in exactly one bar.
const COUNTED: &str = "2m";

pub(super) fn board() -> Board {
    Board {
        uid: ENDPOINT.0,
        title: ENDPOINT.1,
        description: "One endpoint: whether it works and from where, why not and what to do, since \
                      when, where the time goes, and which member and service is at fault.",
        from: "now-6h",
        variables: variables(false),
        annotations: vec![window_open(), nearest_changed()],
        links: others(ENDPOINT.0),
        rows: vec![
            Row::open("Now", now::panels()),
            Row::open("Since when", time::states()),
            Row::open("Where the time goes", time::durations()),
            Row::open("Members", members::panels()),
            Row::open("WSUS services and findings", services::panels()),
            Row::open("Failures and error budget", reliability::panels()),
        ],
    }
}

fn window_open() -> serde_json::Value {
    let open = format!("max by (endpoint) ({}) == 1", here(&table::PATCH_WINDOW, ""));
    events("Patch window", color::PLAIN, &open, "Patch window of {{endpoint}}", "")
}

/// When a vantage point last chose another endpoint, of those that chose or left this one within
/// two steps of annotations: also where it came back between two of them.
fn nearest_changed() -> serde_json::Value {
    let nearest = here(&table::NEAREST, "");
    let at = format!("{}{{{SELECTED_SITE}}}", fleet::NEAREST_LAST_CHANGE.name);
    let changed = format!("({at} and on ({VANTAGE}) changes({nearest}[2m]) > 0)");
    let title = "Nearest of {{site}} {{instance}} changed";
    moments("Nearest changed", "purple", &changed, title, "To or from this endpoint")
}

/// The family's series of the endpoint, with one more matcher or none.
fn here(family: &Family, matcher: &str) -> String {
    let comma = if matcher.is_empty() { "" } else { "," };
    format!("{}{{{HERE}{comma}{matcher}}}", family.name)
}

/// The same of a part of a histogram or summary.
fn part(family: &Family, suffix: &str, matcher: &str) -> String {
    let comma = if matcher.is_empty() { "" } else { "," };
    format!("{}_{suffix}{{{HERE}{comma}{matcher}}}", family.name)
}
