//! The fleet: which data centers' endpoints work, from where, and what to do first.

mod availability;
mod columns;
mod errors;
mod exporters;
mod findings;
mod now;
mod overview;
mod vantage;

use wsus_probe::metrics::table::{fleet, own};

use super::standing::at;
use super::{FLEET, others, variables};
use crate::grafana::board::{Board, Row, moments};
use crate::grafana::panel::color;

pub(super) fn board() -> Board {
    Board {
        uid: FLEET.0,
        title: FLEET.1,
        description: "Which WSUS endpoints work, from which vantage points, and what to do first. \
                      What is not known is grey, and what was not measured is a gap.",
        from: "now-6h",
        variables: variables(true),
        annotations: vec![
            moments(
                "Nearest changed",
                color::PLAIN,
                &at(&fleet::NEAREST_LAST_CHANGE, ""),
                "Another endpoint is the nearest",
                "seen from {{site}} {{instance}}",
            ),
            moments(
                "Configuration read",
                "purple",
                &at(&own::RELOAD_SUCCESS_TIME, ""),
                "The exporter read its configuration",
                "{{site}} {{instance}}",
            ),
        ],
        links: others(FLEET.0),
        rows: vec![
            Row::open("Now", now::panels()),
            Row::open("Availability by data center", availability::panels()),
            Row::open("Endpoints", [overview::panel()]),
            Row::open("What to do", [findings::panel()]),
            Row::open("Vantage points compared", vantage::panels()),
            Row::open("Errors and error budget", errors::panels()),
            Row::closed("Exporters", exporters::panels()),
        ],
    }
}
