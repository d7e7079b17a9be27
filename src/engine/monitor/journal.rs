//! The log of a monitoring run: a line for each change, none for a probe.

use std::time::{Duration, SystemTime};

use tracing::{error, info, warn};

use crate::decide::monitor::fold::Change;
use crate::decide::monitor::taint::Disturbance;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::monitor::choice::{ChangeReason, Choice};
use crate::model::monitor::{EndpointView, Job, LocalTrouble};
use crate::model::report::Verdict;
use crate::model::text::one_line;

/// The longest text in a line, in characters.
const MAX_TEXT: usize = 300;

/// A changed state; the endpoint's own was what it was since `before`.
pub(super) fn changed(view: &EndpointView, before: SystemTime, change: &Change, now: SystemTime) {
    let endpoint = view.endpoint.name.0.as_str();
    let dc = view.endpoint.dc.as_deref();
    let (from, to) = (change.from.as_str(), change.to.as_str());
    let member = change.member.map(|address| address.to_string());
    let of_member = view.members.iter().find(|known| Some(known.address) == change.member);
    let event = if member.is_some() { "member_state" } else { "endpoint_state" };
    let lasted = member.is_none().then(|| whole(before, now));
    let state = of_member.map_or(&view.state, |member| &member.state);
    let failure = state.failure.as_ref().filter(|_| change.to == Verdict::Down);
    let phase = failure.map(|Failure { phase, .. }| Phase::as_str(*phase));
    let cause = failure.map(|Failure { cause, .. }| Cause::as_str(*cause));
    let detail = failure.map(|failure| one_line(&failure.detail, MAX_TEXT));
    let (member, lasted, detail) = (member.as_deref(), lasted.as_deref(), detail.as_deref());
    let text = one_line(&change.text, MAX_TEXT);
    match change.to {
        Verdict::Down | Verdict::Degraded => {
            warn!(event, endpoint, dc, member, from, to, lasted, phase, cause, detail, "{text}");
        }
        Verdict::Healthy | Verdict::Unknown => {
            info!(event, endpoint, dc, member, from, to, lasted, phase, cause, detail, "{text}");
        }
    }
}

/// A changed choice. Nothing where it is the same, but for the figures of its reason.
pub(super) fn chosen(before: &Choice, after: &Choice) {
    if (&before.selected, before.changes) == (&after.selected, after.changes) {
        return;
    }
    let name = |choice: &Choice| choice.selected.as_ref().map(|name| name.0.clone());
    let (from, to) = (name(before), name(after));
    let grown = before.changes.iter().zip(&after.changes).map(|(before, after)| after > before);
    let reason = ChangeReason::ALL.iter().zip(grown).find(|(_, grown)| *grown);
    let reason = reason.map(|(reason, _)| reason.as_str());
    let (from, to) = (from.as_deref(), to.as_deref());
    let text = one_line(&after.text, MAX_TEXT);
    if to.is_some() {
        info!(event = "nearest", from, to, reason, "{text}");
    } else {
        warn!(event = "nearest", from, to, reason, "{text}");
    }
}

/// This machine is in trouble.
pub(super) fn trouble_begins(trouble: &LocalTrouble) {
    let evidence: Vec<_> = trouble.evidence.iter().map(|line| one_line(line, MAX_TEXT)).collect();
    warn!(
        event = "local_trouble",
        state = "begin",
        evidence = evidence.join("; "),
        "no endpoint is heard any more: probably this machine or its network"
    );
}

/// It is over.
pub(super) fn trouble_ends(trouble: &LocalTrouble, now: SystemTime) {
    let lasted = whole(trouble.since, now);
    info!(
        event = "local_trouble",
        state = "end",
        lasted,
        "endpoints are heard again, or too few that are not are left to blame this machine"
    );
}

/// This process did not get to run, or the wall clock was set.
pub(super) fn stall(found: Disturbance) {
    let Disturbance { stalled, stepped } = found;
    let (stalled, stepped) = (stalled.as_secs_f64(), stepped.as_secs_f64());
    warn!(
        event = "stall",
        stalled_seconds = stalled,
        stepped_seconds = stepped,
        "this process did not get to run, or the wall clock was set: rounds under way may not count"
    );
}

/// A defect of this program.
pub(super) fn panicked(view: &EndpointView, job: Job) {
    let endpoint = view.endpoint.name.0.as_str();
    error!(
        event = "panic",
        endpoint,
        dc = view.endpoint.dc.as_deref(),
        job = job.as_str(),
        "a defect of this program ended this job early; please report it"
    );
}

/// To the second.
fn whole(since: SystemTime, now: SystemTime) -> String {
    let lasted = now.duration_since(since).unwrap_or_default();
    humantime::format_duration(Duration::from_secs(lasted.as_secs())).to_string()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::model::endpoint::EndpointName;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_choice_is_told_when_it_changes_and_not_with_its_figures() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let none = Choice::default();
        let choice = |text: &str, name: Option<&str>, first| {
            let mut changes = none.changes;
            changes[0] = first;
            let selected = name.map(|name| EndpointName(name.to_owned()));
            Choice { text: text.to_owned(), selected, changes, ..none.clone() }
        };
        let before = choice("not chosen yet: 0 of 2 endpoints were looked at", None, 0);
        let first = choice("dfw is healthy at 12.1 ms", Some("dfw"), 1);
        let later = choice("dfw is healthy at 12.2 ms", Some("dfw"), 1);
        tracing::subscriber::with_default(log, || {
            for (before, after) in [(&none, &before), (&before, &first), (&first, &later)] {
                chosen(before, after);
            }
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("at 12.1 ms") && text.contains("first"), "{text}");
    }
}
