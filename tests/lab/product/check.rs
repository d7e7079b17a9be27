//! The standard check over a distance.

use std::time::Duration;

use wsus_probe::model::report::Verdict;
use wsus_probe::model::request::{MOST_STANDARD_REQUESTS, Profile};
use wsus_probe::model::service::Outcome;

use crate::regions::{self, Regions, url};
use crate::rounds::{Round, round_of};
use crate::suite::Test;
use crate::wan::path::Path;

pub(crate) const TESTS: &[Test] =
    &[Test::real_time("product_standard_check_over_a_distance", standard_over_a_distance)];

/// The region that is checked: in the middle.
const REGION: usize = 2;

/// Its distance, far above what this machine's scheduling adds.
const DISTANCE: Duration = Duration::from_millis(600);

/// Connect, TLS 1.3, and two requests one after another; no connection carries more.
const ROUND_TRIPS: u32 = 4;

/// Everything passes, in the bounds of requests and of time: one round trip more than the floor
/// would be an exchange that nobody planned.
fn standard_over_a_distance() {
    let regions = Regions::up().unwrap();
    regions.set_path(REGION, Path::with_rtt(DISTANCE));
    let floor = DISTANCE * ROUND_TRIPS;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let Round { mut reports, elapsed, .. } =
            round_of(Profile::Standard, &regions, &[url(REGION)], 1, 3);
        let report = reports.remove(0);
        assert_eq!(report.verdict, Verdict::Healthy, "{report:?}");
        let member = &report.members[0];
        assert_eq!(member.exchanges.len(), MOST_STANDARD_REQUESTS);
        assert!(member.services.iter().all(|service| service.outcome == Outcome::Pass));
        for answer in member.exchanges.iter().filter_map(|one| one.outcome.as_ref().ok()) {
            let first_byte = answer.first_byte.unwrap().duration;
            assert!(first_byte >= DISTANCE && first_byte < DISTANCE * 2, "{first_byte:?}");
        }
        best = best.min(elapsed);
    }
    println!("a standard check at {DISTANCE:?} took {best:?}, floor {floor:?}");
    let resolve = Duration::from_millis(regions::RESOLVER_RTT);
    assert!(best >= floor && best < floor + resolve + DISTANCE, "{best:?}");
}
