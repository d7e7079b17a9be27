//! How endpoints stand, from all vantage points together: the queries that need no recording rules.
//!
//! Recorded series would be cheaper, but without the rules the dashboard must still tell who is
//! down. What a vantage point says counts as in the rules: not while it is in trouble itself, and
//! not when its last round is too long ago.

use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::metrics::table::{Family, fleet};

use super::{SELECTED, SELECTED_SITE};
use crate::grafana::panel::color;

/// The labels of what one vantage point says of one endpoint.
pub(crate) const VIEW: &str = "job, instance, site, endpoint";

/// The labels of a vantage point.
pub(crate) const VANTAGE: &str = "job, instance, site";

/// The shortest step of what is shown over time: windows of `$__interval` are never shorter, so
/// that at least one scrape is in each.
pub(crate) const STEP: &str = "1m";

/// How long what a vantage point told is remembered when it has fallen silent.
pub(crate) const MEMORY: &str = "6h";

/// Value, text and colour of what [`standing`] gives, the worst first.
pub(crate) const STANDINGS: [(&str, &str, &str); 5] = [
    ("0", "Down", color::BAD),
    ("1", "Partly", color::WARN),
    ("2", "Unknown", color::UNKNOWN),
    ("3", "Warnings", "yellow"),
    ("4", "Works", color::GOOD),
];

/// Which samples a query looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// The last one.
    Now,
    /// All since the point before, so that nothing short falls between two points of a wide range.
    Step,
}

impl Over {
    fn worst(self, selector: &str) -> String {
        match self {
            Self::Now => selector.to_owned(),
            Self::Step => format!("max_over_time({selector}[$__interval])"),
        }
    }

    /// 1 only where it was so all the time.
    fn lasting(self, selector: &str) -> String {
        match self {
            Self::Now => selector.to_owned(),
            Self::Step => format!("min_over_time({selector}[$__interval])"),
        }
    }
}

/// The series of a family that are selected, with a further matcher or none.
pub(crate) fn of(family: &Family, matcher: &str) -> String {
    selector(family, SELECTED, matcher)
}

/// The same for a family about vantage points.
pub(crate) fn at(family: &Family, matcher: &str) -> String {
    selector(family, SELECTED_SITE, matcher)
}

fn selector(family: &Family, selected: &str, matcher: &str) -> String {
    let comma = if matcher.is_empty() { "" } else { "," };
    format!("{}{{{selected}{comma}{matcher}}}", family.name)
}

/// The series of states, each 1 or 0.
pub(crate) fn in_state(state: &str) -> String {
    of(&table::ENDPOINT_STATE, &format!("state=~\"{state}\""))
}

/// What each vantage point says, in the values of [`STANDINGS`]: 4, 3 or 0. Absent where it
/// cannot tell.
pub(crate) fn quality(over: Over) -> String {
    let down = over.worst(&in_state("down"));
    let degraded = over.worst(&in_state("degraded"));
    let unknown = over.lasting(&in_state("unknown"));
    let trouble = over.lasting(&at(&fleet::LOCAL_TROUBLE, ""));
    format!(
        "(4 - clamp_max(4 * max without (state) ({down}) + max without (state) ({degraded}), 4) \
         unless on ({VIEW}) {unknown} == 1 \
         unless on ({VANTAGE}) {trouble} == 1 \
         unless on ({VIEW}) {})",
        stale()
    )
}

/// Whose last round is too long ago.
pub(crate) fn stale() -> String {
    let last = of(&table::LAST_ROUND, "");
    let interval = of(&table::ROUND_INTERVAL, "");
    format!("({})", too_old(&last, &interval))
}

/// Whether the last round is too long ago for that interval of rounds: the measure of the recording
/// rules.
pub(crate) fn too_old(last: &str, interval: &str) -> String {
    format!("time() - {last} > 3 * {interval} + 60")
}

/// How each endpoint stands by the words of all vantage points that can tell, in the values of
/// [`STANDINGS`]; `by` are the labels that are left. Over time it is absent where none reports: a
/// gap. Now it is unknown then.
pub(crate) fn standing(over: Over, by: &str) -> String {
    let quality = quality(over);
    let known = of(&table::ENDPOINT_STATE, "state=\"unknown\"");
    let known = match over {
        Over::Now => remembered(),
        Over::Step => format!("present_over_time({known}[$__interval])"),
    };
    format!(
        "(min by ({by}) ({quality}) > 0 \
         or max by ({by}) ({quality}) > bool 0 \
         or 2 * group by ({by}) ({known}))"
    )
}

/// Everything that a vantage point tells of, or told of lately that is silent now. What one does
/// not tell that answers was removed from its configuration.
pub(crate) fn remembered() -> String {
    let known = of(&table::ENDPOINT_STATE, "state=\"unknown\"");
    format!(
        "{known} or ({} unless on ({VANTAGE}) up{{{SELECTED_SITE}}} == 1)",
        lately(&format!("group by ({VIEW}, dc) ({known})"))
    )
}

/// Everything that the query brought within the memory: by a coarse step, and lately by a fine one
/// because what is younger than a step may have no point.
pub(crate) fn lately(query: &str) -> String {
    format!("(present_over_time(({query})[{MEMORY}:10m]) or present_over_time(({query})[15m:1m]))")
}

/// Which part of the range, of the time for which it is known, an endpoint worked: from the
/// vantage point that saw it work longest, because a fault on the way to one does not hurt the
/// others' clients; of the time of the one that knows most, so that one which looked only briefly
/// does not speak for the rest.
pub(crate) fn availability() -> String {
    let longest = |state| {
        let seen = format!("sum_over_time({}[$__range])", in_state(state));
        format!("max by (endpoint) (sum without (state) ({seen}))")
    };
    format!("{} / ({} > 0)", longest("healthy|degraded"), longest("healthy|degraded|down"))
}
