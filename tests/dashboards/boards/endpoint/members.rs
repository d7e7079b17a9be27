//! The addresses behind the name, and the name itself.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;

use super::{COUNTED, FROM, VANTAGE, here, state};
use crate::boards::{advice, columns};
use crate::grafana::panel::{Panel, color};
use crate::grafana::query::Query;

pub(super) fn panels() -> Vec<Panel> {
    vec![each(), differ(), name_lives(), retransmits(), dns_resends()]
}

fn each() -> Panel {
    let by = |labels: &str| format!("{VANTAGE}, member{labels}");
    let max = |family, labels: &str| format!("max by ({}) ({})", by(labels), here(family, ""));
    let failures = |matcher: &str| {
        format!(
            "max by ({}) ({})",
            by(", phase, cause"),
            here(&table::MEMBER_FAILURE_INFO, matcher)
        )
    };
    let days = format!(
        "(min by ({}) ({}) - time()) / 86400",
        by(""),
        here(&table::CERTIFICATE_NOT_AFTER, "")
    );
    let panel = Panel::table(
        "Members from each vantage point",
        "One row for each address and vantage point. Empty is not known. The clock says what \
         measured the round trip: user includes waiting in this process. HOST and PORT are those \
         of the URL.",
    )
    .when_empty("No address is known behind the name")
    .query(Query::table(state::of(&table::MEMBER_STATE, &by(""))))
    .query(Query::table(advice::with_key(failures, "todo")))
    .query(Query::table(max(&table::RTT, "")))
    .query(Query::table(max(&table::RTT_CLOCK, ", clock")))
    .query(Query::table(max(&table::TLS_INFO, ", version")))
    .query(Query::table(max(&table::CERTIFICATE_VALID, "")))
    .query(Query::table(days))
    .transform("merge", json!({}))
    .unit("none")
    .column("Round trip", [("unit", json!("s"))])
    .column("TLS", [("unit", json!("string"))]);
    let panel = columns::days_left(panel, "Days left");
    let panel = columns::coloured(panel, "State", 95, &state::WORDS);
    let valid = [("1", "accepted", color::GOOD), ("0", "refused", color::BAD)];
    let panel = columns::coloured(panel, "Certificate", 95, &valid);
    let panel = columns::prose(panel, "What to do first", 560, Some(advice::of_causes()));
    let panel = columns::wide(panel, &[("Member", 115), ("Vantage point", 100), ("Exporter", 130)]);
    let panel = columns::wide(panel, &[("Fails at", 70), ("Cause", 120), ("Round trip", 85)]);
    let panel = columns::wide(panel, &[("Clock", 60), ("TLS", 45)]);
    let shown = [
        ("member", "Member"),
        ("site", "Vantage point"),
        ("instance", "Exporter"),
        ("Value #A", "State"),
        ("phase", "Fails at"),
        ("cause", "Cause"),
        ("todo", "What to do first"),
        ("Value #C", "Round trip"),
        ("clock", "Clock"),
        ("version", "TLS"),
        ("Value #F", "Certificate"),
        ("Value #G", "Days left"),
    ];
    columns::arrange(panel, &shown, &["Time", "job", "Value #B", "Value #D", "Value #E"])
        .option("sortBy", json!([{"displayName": "Member", "desc": false}]))
}

fn differ() -> Panel {
    let differ = format!("max by ({VANTAGE}) ({})", here(&table::MEMBERS_DIFFER, ""));
    Panel::stat(
        "Members compared",
        "Whether clients would notice which member they got: other versions, certificates, answers \
         or databases. Members with different databases make clients scan everything again at each \
         change. What differs is among the findings below.",
    )
    .query(Query::instant(differ).legend(FROM))
    .unit("none")
    .thresholds(color::UNKNOWN, [])
    .values([("0", "alike", color::GOOD), ("1", "differ", color::WARN)])
    .option("textMode", json!("value_and_name"))
    .size(4, 8)
}

fn name_lives() -> Panel {
    let lives = format!("min by ({VANTAGE}) ({})", here(&table::DNS_TTL, ""));
    Panel::stat(
        "DNS time to live",
        "Of the last answer, as the resolver of each vantage point gave it: for so long clients \
         may still go to an address that was taken out of DNS.",
    )
    .query(Query::instant(lives).legend(FROM))
    .unit("s")
    .thresholds(color::PLAIN, [(3600.0, color::WARN)])
    .option("textMode", json!("value_and_name"))
    .size(4, 8)
}

fn retransmits() -> Panel {
    let count =
        format!("sum by (member) (increase({}[$__interval]))", here(&table::SYN_RETRANSMITS, ""));
    bars(
        "SYN retransmissions by member",
        "Connections for which the first packet had to be sent again, over all vantage points: \
         packets are lost on the way, or the server's backlog is full.",
    )
    .when_empty("No connection was tried, or the system cannot tell")
    .query(Query::range(count).legend("{{member}}").min_step(COUNTED))
    .size(8, 8)
}

fn dns_resends() -> Panel {
    let count =
        format!("sum by ({VANTAGE}) (increase({}[$__interval]))", here(&table::DNS_RESENDS, ""));
    bars(
        "DNS questions sent again",
        "By vantage point: its resolver is slow or loses packets. Nothing here is the endpoint's \
         fault.",
    )
    .when_empty("A literal address, or the transport cannot tell")
    .query(Query::range(count).legend(FROM).min_step(COUNTED))
    .size(8, 8)
}

/// Counted events.
pub(super) fn bars(title: &str, description: &str) -> Panel {
    let legend =
        json!({"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []});
    Panel::lines(title, description)
        .unit("short")
        .default("min", json!(0))
        .default("decimals", json!(0))
        .option("legend", legend)
        .custom([
            ("drawStyle", json!("bars")),
            ("fillOpacity", json!(80)),
            ("lineWidth", json!(0)),
            ("stacking", json!({"mode": "normal", "group": "A"})),
        ])
}
