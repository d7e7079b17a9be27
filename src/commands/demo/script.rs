//! What happens to the demonstration's servers while they are watched.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::sleep_until;

use crate::demo::fleet::Fleet;
use crate::demo::script::Script;
use crate::demo::server::Behaviour;
use crate::model::endpoint::Endpoint;
use crate::net::clock;

/// One change at one place.
struct Step {
    /// Since the script began.
    at: Duration,
    dc: &'static str,
    change: Change,
    /// What happens, and what is to be seen of it.
    text: &'static str,
}

/// What is otherwise at a place from then on.
enum Change {
    /// How its servers behave.
    To(fn() -> Behaviour),
    AsAtTheStart,
    /// Its name has only its first address.
    LeavesDns,
    ComesBack,
}

const fn step(at_seconds: u64, dc: &'static str, change: Change, text: &'static str) -> Step {
    Step { at: Duration::from_secs(at_seconds), dc, change, text }
}

/// One after another, so that each can be told from the others; the two that a round can see are
/// far enough apart for the choice to go away and to come back.
const STEPS: [Step; 8] = [
    step(
        10,
        "dfw",
        Change::To(|| Behaviour::PoolStopped),
        "the nearest stops its application pools: it goes down, and the choice moves to ord",
    ),
    step(45, "dfw", Change::AsAtTheStart, "recovers, and the choice comes back"),
    step(
        60,
        "ord",
        Change::To(|| Behaviour::Scripted(Script::content_needs_tls())),
        "refuses content in clear text: degraded, as soon as the next check has seen it twice",
    ),
    step(75, "syd", Change::To(|| Behaviour::Healthy), "its pool is started: it comes up"),
    step(95, "ord", Change::AsAtTheStart, "serves content again, and recovers"),
    step(105, "syd", Change::AsAtTheStart, "its pool stops again: it goes down"),
    step(
        115,
        "ord",
        Change::LeavesDns,
        "its second member leaves DNS: degraded, because the member is expected",
    ),
    step(135, "ord", Change::ComesBack, "the member is back in DNS, and it recovers"),
];

/// After this the script begins again.
const LENGTH: Duration = Duration::from_secs(150);

/// Plays the script again and again, and tells each change on `messages`. Servers that do not
/// listen, because somebody wanted them so, are left out.
///
/// # Errors
/// Writing failed.
pub(super) async fn play(fleet: &Fleet, messages: &mut dyn Write) -> io::Result<Infallible> {
    let mut begin = clock::now();
    loop {
        for step in &STEPS {
            sleep_until(begin + step.at).await;
            if apply(fleet, step) {
                writeln!(messages, "demo: {}: {}", step.dc, step.text)?;
            }
        }
        begin += LENGTH;
        sleep_until(begin).await;
    }
}

/// Whether there is anything that could change.
fn apply(fleet: &Fleet, step: &Step) -> bool {
    let mut places = fleet.describe().iter().map(|site| &site.endpoint);
    let Some(place) = places.find(|endpoint| endpoint.name.0 == step.dc) else { return false };
    let members = &place.expected_members;
    let changed = members.iter().enumerate().filter(|(number, member)| match step.change {
        Change::To(behaviour) => fleet.set_behaviour(**member, behaviour()),
        Change::AsAtTheStart => fleet.reset_behaviour(**member),
        Change::LeavesDns => *number > 0 && list(fleet, place, **member, false),
        Change::ComesBack => *number > 0 && list(fleet, place, **member, true),
    });
    changed.count() > 0
}

/// Puts an address of a name into DNS or takes it out; false where that was so already.
fn list(fleet: &Fleet, place: &Endpoint, member: IpAddr, listed: bool) -> bool {
    let mut changed = false;
    fleet.dns().change(|zone| {
        let Some(entry) = zone.get_mut(&place.tls_name()) else { return };
        if entry.addresses.contains(&member) != listed {
            changed = true;
            entry.addresses.retain(|address| *address != member);
            entry.addresses.extend(Some(member).filter(|_| listed));
        }
    });
    changed
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;
    use crate::decide::monitor::patch_window;
    use crate::demo::fleet::FleetOptions;
    use crate::net::cbc_suites;

    #[test]
    fn steps_come_in_order_and_everything_is_undone_before_the_next_time() {
        assert!(STEPS.is_sorted_by_key(|step| step.at));
        assert!(STEPS.iter().all(|step| step.at < LENGTH));
        for step in &STEPS {
            let of_dns = |step: &Step| matches!(step.change, Change::LeavesDns | Change::ComesBack);
            let same = |other: &&Step| other.dc == step.dc && of_dns(other) == of_dns(step);
            let last = STEPS.iter().rfind(same).unwrap();
            let undoes = matches!(last.change, Change::AsAtTheStart | Change::ComesBack);
            assert!(undoes, "{}", step.dc);
        }
    }

    fn fleet(now: SystemTime) -> Fleet {
        let provider = Arc::new(cbc_suites::provider());
        Fleet::start(&FleetOptions { now, provider, faults: BTreeMap::new() }).unwrap()
    }

    #[tokio::test]
    async fn a_member_leaves_dns_and_comes_back() {
        let fleet = fleet(clock::wall());
        let listed = || {
            let mut addresses = Vec::new();
            let name = "msupdate.ord.demo.test";
            fleet.dns().change(|zone| addresses.clone_from(&zone[name].addresses));
            addresses
        };
        let before = listed();
        let of_dns = STEPS
            .iter()
            .filter(|step| matches!(step.change, Change::LeavesDns | Change::ComesBack));
        let seen: Vec<_> = of_dns.map(|step| (apply(&fleet, step), listed())).collect();
        assert_eq!(seen, [(true, vec![before[0]]), (true, before)]);
    }

    #[tokio::test]
    async fn a_patch_window_is_open_at_the_start_and_another_is_not() {
        // A day on which the clocks of no place jump, 2026-11-21.
        for hour in [498_672, 498_677, 498_680, 498_690] {
            let now = UNIX_EPOCH + Duration::from_hours(hour);
            let endpoints = fleet(now).endpoints();
            let open = endpoints.iter().filter_map(|endpoint| patch_window::is_open(endpoint, now));
            assert_eq!(open.collect::<Vec<_>>(), [true, false]);
        }
    }
}
