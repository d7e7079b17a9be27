//! Finds every suite and group that one version accepts.

use std::time::Duration;

use tokio::time::{sleep, timeout_at};

use crate::decide::suite_search::{Offer, Search};
use crate::engine::tls_scan::asker::Asker;
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{HelloShape, SuiteReport, VersionReport};
use crate::wire::client_hello::Hello;

/// How long to leave a server alone before the same hello is tried again: those that limit
/// connections count by the second.
const PAUSE: Duration = Duration::from_secs(1);

/// Enumerates the suites and groups of an accepted version, one hello after another; `None` where
/// it is not accepted. Ends at the deadline with what is known by then. Dropping the future closes
/// the connection.
pub(super) async fn enumerate(asker: &Asker<'_>, version: &VersionReport) -> Option<SuiteReport> {
    let (shape, first) = version.choice()?;
    let mut search = Search::new(version.protocol, shape, first);
    let all = ask_all(asker, version.protocol, shape, &mut search);
    if timeout_at(asker.deadline, all).await.is_err() {
        search.stop("the deadline passed");
    }
    Some(search.report())
}

async fn ask_all(asker: &Asker<'_>, protocol: Protocol, shape: HelloShape, search: &mut Search) {
    while let Some(Offer { suites, groups, again }) = search.next() {
        if again {
            sleep(PAUSE).await;
        }
        let usual = asker.hello(protocol, shape);
        let groups = groups.unwrap_or_else(|| usual.groups.clone());
        let attempt = asker.ask_paced(&Hello { suites, groups, ..usual }).await;
        search.take(&attempt.answer);
    }
}
