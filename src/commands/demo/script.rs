//! What happens to the demonstration's servers while they are watched.

use std::convert::Infallible;
use std::io::{self, Write};
use std::time::Duration;

use tokio::time::sleep_until;

use crate::demo::fleet::Fleet;
use crate::demo::script::Script;
use crate::demo::server::Behaviour;
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

/// How the servers of a place behave from then on.
enum Change {
    To(fn() -> Behaviour),
    AsAtTheStart,
}

const fn step(at_seconds: u64, dc: &'static str, change: Change, text: &'static str) -> Step {
    Step { at: Duration::from_secs(at_seconds), dc, change, text }
}

/// One after another, so that each can be told from the others; the two that a round can see are
/// far enough apart for the choice to go away and to come back.
const STEPS: [Step; 6] = [
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
];

/// After this the script begins again.
const LENGTH: Duration = Duration::from_mins(2);

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

/// Whether anything listens there that could change.
fn apply(fleet: &Fleet, step: &Step) -> bool {
    let place = fleet.describe().iter().find(|site| site.endpoint.name.0 == step.dc);
    let members = place.map_or(&[][..], |site| &site.endpoint.expected_members);
    let changed = members.iter().filter(|member| match step.change {
        Change::To(behaviour) => fleet.set_behaviour(**member, behaviour()),
        Change::AsAtTheStart => fleet.reset_behaviour(**member),
    });
    changed.count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_in_order_and_everything_is_undone_before_the_next_time() {
        assert!(STEPS.is_sorted_by_key(|step| step.at));
        assert!(STEPS.iter().all(|step| step.at < LENGTH));
        for step in &STEPS {
            let last = STEPS.iter().rfind(|other| other.dc == step.dc).unwrap();
            assert!(matches!(last.change, Change::AsAtTheStart), "{}", step.dc);
        }
    }
}
