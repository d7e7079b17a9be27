//! States as one number: what a vantage point says, and what it is worth.

use wsus_probe::metrics::table::{Family, endpoint as table, fleet};

use super::{VANTAGE, here};
use crate::boards::SELECTED_SITE;
use crate::boards::standing::too_old;
use crate::grafana::panel::color;

/// What the number says, and its colour: only what is known to work is green.
pub(super) const WORDS: [(&str, &str, &str); 7] = [
    ("3", "healthy", color::GOOD),
    ("2", "degraded", color::WARN),
    ("1", "down", color::BAD),
    ("0", "unknown", color::UNKNOWN),
    ("4", "its own trouble", color::UNKNOWN),
    ("5", "stale", color::UNKNOWN),
    ("-1", "silent", color::UNKNOWN),
];

/// The state of the endpoint or of its members; the order is such that the greatest is the best
/// that anybody saw.
pub(super) fn of(family: &Family, by: &str) -> String {
    let of = |state: &str| here(family, &format!("state=\"{state}\""));
    format!(
        "max by ({by}) ({} * 3 > 0 or {} * 2 > 0 or {} > 0 or {} * 0)",
        of("healthy"),
        of("degraded"),
        of("down"),
        of("unknown")
    )
}

/// The state that each vantage point reports, unless it is in trouble itself or its last round is
/// too long ago.
pub(super) fn from_each() -> String {
    let trouble = format!("{}{{{SELECTED_SITE}}}", fleet::LOCAL_TROUBLE.name);
    let state = of(&table::ENDPOINT_STATE, VANTAGE);
    let latest = |family| format!("max by ({VANTAGE}) ({})", here(family, ""));
    format!(
        "({}) * 0 + 5 \
         or (max by ({VANTAGE}) ({trouble}) == 1 and {state}) * 0 + 4 \
         or {state}",
        too_old(&latest(&table::LAST_ROUND), &latest(&table::ROUND_INTERVAL)),
    )
}

/// The same, and those that reported in the time that is shown and do not any more.
pub(super) fn from_each_ever() -> String {
    let seen = here(&table::ENDPOINT_STATE, "state=\"unknown\"");
    format!("{} or max by ({VANTAGE}) (present_over_time({seen}[$__range])) * -1", from_each())
}
