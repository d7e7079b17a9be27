//! How it stands, why, and what to do.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;

use super::{FROM, HERE_OF_ALL, VANTAGE, here, state};
use crate::boards::{advice, columns};
use crate::grafana::panel::{Panel, color, steps};
use crate::grafana::query::Query;

/// The way to the certificates of this endpoint.
const TO_TLS: &str = "/d/wsus-tls?${datasource:queryparam}&${job:queryparam}&${site:queryparam}\
    &${dc:queryparam}&${endpoint:queryparam}&${__url_time_range}";

/// The way back.
const TO_FLEET: &str = "/d/wsus-fleet?${datasource:queryparam}&${job:queryparam}\
    &${site:queryparam}&${__url_time_range}";

pub(super) fn panels() -> Vec<Panel> {
    vec![
        states(),
        verdict(),
        members(),
        about(),
        round_trip(),
        certificate(),
        tls(),
        patch_window(),
        nearest(),
        views(),
    ]
}

fn states() -> Panel {
    Panel::stat(
        "State by vantage point",
        "What each exporter says now. Down from one place while others say healthy: look at the \
         path from there. Down from all: look at the server. Grey is not known: unknown means that \
         rounds did not show it, stale that no round has ended for too long, its own trouble that \
         the exporter's machine cannot reach anything, silent that it reported within the time \
         shown and does not any more: look at the exporter.",
    )
    .size(8, 4)
    .query(Query::instant(state::from_each_ever()).legend(FROM))
    .unit("none")
    .thresholds(color::UNKNOWN, [])
    .values(state::WORDS)
    .option("textMode", json!("value_and_name"))
}

fn verdict() -> Panel {
    Panel::stat(
        "All together",
        "What the alerts go by: down only when every vantage point that can tell says so. No data \
         means that none can tell, or that the recording rules are not loaded.",
    )
    .size(4, 4)
    .query(
        Query::instant(format!("endpoint:wsus_probe_vote:max{{{HERE_OF_ALL}}}")).legend("{{dc}}"),
    )
    .unit("none")
    .thresholds(color::UNKNOWN, [])
    .values([("1", "works", color::GOOD), ("0", "down", color::BAD)])
    .option("textMode", json!("value"))
    .link("The whole fleet", TO_FLEET)
}

/// Of the members of which something is known; where nothing is, the sums are absent and not 0.
fn members() -> Panel {
    let in_state = |state: &str| {
        let flags = here(&table::MEMBER_STATE, &format!("state=~\"{state}\""));
        format!("max by (member) ({flags})")
    };
    let known = in_state("healthy|degraded|down");
    let sum = |state: &str| format!("sum({} and on (member) {known} == 1)", in_state(state));
    let unknown = format!("sum(1 - {known})");
    let most = |family| format!("max({})", here(family, ""));
    let shown = [("mode", json!("fixed")), ("fixedColor", json!(color::PLAIN))];
    let plain = serde_json::Value::Object(
        shown.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    );
    Panel::stat(
        "Members",
        "Addresses behind the name. A member works if it works from at least one vantage point, \
         and is counted as down if at least one says so: it can be both. Not known: no vantage \
         point can tell. Fewer than expected: one is missing in DNS or in the load balancer. \
         Expected is there only where the configuration lists members.",
    )
    .size(6, 4)
    .query(Query::instant(sum("healthy|degraded")).legend("work"))
    .query(Query::instant(sum("down")).legend("down"))
    .query(Query::instant(unknown).legend("not known"))
    .query(Query::instant(most(&table::MEMBERS)).legend("in DNS"))
    .query(Query::instant(most(&table::MEMBERS_EXPECTED)).legend("expected"))
    .unit("none")
    .thresholds(color::BAD, [(1.0, color::GOOD)])
    .column("down", [("thresholds", steps(color::GOOD, &[(1.0, color::BAD)]))])
    .column("not known", [("thresholds", steps(color::PLAIN, &[(1.0, color::UNKNOWN)]))])
    .column("in DNS", [("color", plain.clone())])
    .column("expected", [("color", plain)])
    .option("textMode", json!("value_and_name"))
}

fn round_trip() -> Panel {
    let rtt = format!("max by ({VANTAGE}) ({})", here(&table::ENDPOINT_RTT, ""));
    Panel::stat(
        "Round-trip time",
        "Of the last round, from each vantage point, to the member in the middle. Absent while \
         nobody answers: a dead server has no distance.",
    )
    .size(6, 4)
    .query(Query::instant(rtt).legend(FROM))
    .unit("s")
    .thresholds(color::PLAIN, [(0.4, color::WARN)])
    .option("textMode", json!("value_and_name"))
}

fn certificate() -> Panel {
    let left = format!("(min({}) - time()) / 86400", here(&table::CERTIFICATE_NOT_AFTER, ""));
    Panel::stat(
        "Certificate: days left",
        "Until the first certificate of any member's chain ends, as presented, trusted or not. \
         After that day every client refuses to connect: renew it and bind it on every member.",
    )
    .size(4, 4)
    .query(Query::instant(left).legend("days"))
    .unit(columns::DAYS)
    .default("decimals", json!(1))
    .thresholds(color::BAD, [(7.0, color::WARN), (21.0, color::GOOD)])
    .link("Certificates", TO_TLS)
}

fn tls() -> Panel {
    let count = format!("count by (version, suite) ({})", here(&table::TLS_INFO, ""));
    Panel::stat(
        "Negotiated TLS",
        "What the last handshakes agreed on. More than one line: members or paths differ.",
    )
    .size(6, 4)
    .query(Query::instant(count).legend("TLS {{version}} {{suite}}"))
    .unit("none")
    .thresholds(color::PLAIN, [])
    .option("textMode", json!("name"))
    .link("Certificates and versions", TO_TLS)
}

fn patch_window() -> Panel {
    Panel::stat(
        "Patch window",
        "Whether the nightly window in which clients patch is open, by the endpoint's own clock. \
         In the window a fault hurts now. No data: no window or no time zone is configured.",
    )
    .size(4, 4)
    .query(Query::instant(format!("max({})", here(&table::PATCH_WINDOW, ""))).legend("window"))
    .unit("none")
    .thresholds(color::UNKNOWN, [])
    .values([("1", "open", color::WARN), ("0", "closed", color::PLAIN)])
    .option("textMode", json!("value"))
}

fn nearest() -> Panel {
    let nearest = format!("max by ({VANTAGE}) ({})", here(&table::NEAREST, ""));
    Panel::stat(
        "Nearest of whom",
        "Whether this is the endpoint that servers at that vantage point should use: the nearest \
         that works. If it fails, they move to the next.",
    )
    .size(4, 4)
    .query(Query::instant(nearest).legend(FROM))
    .unit("none")
    .thresholds(color::UNKNOWN, [])
    .values([("1", "nearest", color::GOOD), ("0", "another is", color::PLAIN)])
    .option("textMode", json!("value_and_name"))
}

fn about() -> Panel {
    let about = format!("count by (url, region, role) ({})", here(&table::ENDPOINT_INFO, ""));
    Panel::stat(
        "What it is",
        "The URL that clients have, the region, and the place among servers that synchronize, as \
         configured. More than one line: exporters are configured differently.",
    )
    .size(6, 4)
    .query(Query::instant(about).legend("{{url}} {{region}} {{role}}"))
    .unit("none")
    .thresholds(color::PLAIN, [])
    .option("textMode", json!("name"))
    .option("colorMode", json!("none"))
    .link("The whole fleet", TO_FLEET)
}

fn views() -> Panel {
    let failures = |matcher: &str| {
        format!("max by ({VANTAGE}, phase, cause) ({})", here(&table::FAILURE_INFO, matcher))
    };
    // Rounds that do not show that it is down have no cause.
    let others = format!(
        "label_replace(max by ({VANTAGE}) ({} == 1), \"todo\", \"{}\", \"\", \"\")",
        here(&table::ENDPOINT_STATE, "state=~\"degraded|unknown\""),
        advice::ELSEWHERE
    );
    let others = format!("({others} unless on ({VANTAGE}) {})", failures(""));
    let todo = format!("{} or {others}", advice::with_key(failures, "todo"));
    let by_vantage = |family| format!("max by ({VANTAGE}) ({})", here(family, ""));
    let age = format!("time() - {}", by_vantage(&table::LAST_ROUND));
    let seconds = [("unit", json!("s"))];
    let panel = Panel::table(
        "What each vantage point sees, why it fails, and what to do",
        "Phase and cause are there only where the endpoint is down; otherwise the findings below \
         say what is known. HOST and PORT are those of the URL. More about a cause, and what to do \
         next: wsus-probe explain CAUSE.",
    )
    .size(24, 7)
    .query(Query::table(state::from_each_ever()))
    .query(Query::table(todo))
    .query(Query::table(by_vantage(&table::ENDPOINT_RTT)))
    .query(Query::table(age))
    .transform("merge", json!({}))
    .unit("none")
    .column("Round trip", seconds.clone())
    .column("Last round ago", seconds);
    let panel = columns::coloured(panel, "State", 120, &state::WORDS);
    let panel = columns::prose(panel, "What to do first", 640, Some(advice::of_causes()));
    let widths = [("Vantage point", 110), ("Exporter", 140), ("Fails at", 75), ("Cause", 150)];
    let panel = columns::wide(panel, &widths);
    let panel = columns::wide(panel, &[("Round trip", 90), ("Last round ago", 110)]);
    let shown = [
        ("site", "Vantage point"),
        ("instance", "Exporter"),
        ("Value #A", "State"),
        ("phase", "Fails at"),
        ("cause", "Cause"),
        ("todo", "What to do first"),
        ("Value #C", "Round trip"),
        ("Value #D", "Last round ago"),
    ];
    columns::arrange(panel, &shown, &["Time", "job", "Value #B"])
}
