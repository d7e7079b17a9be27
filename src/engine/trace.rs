//! The trace of `-v`: each step of each probe, as it happens, one line each.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::engine::event::{Event, Sight, What};
use crate::engine::ports::Target;
use crate::model::exchange::Exchange;
use crate::model::failure::Failure;
use crate::model::report::Lookup;
use crate::model::resolvers::ResolverReport;
use crate::model::text::one_line;
use crate::model::timing::Timed;

/// The longest text of a line, in characters.
const MAX_TEXT: usize = 300;

/// The line for an event, without a line break. `None` for events that show nothing new.
pub fn line(event: &Event, targets: &Arc<[Target]>) -> Option<String> {
    let name = targets.get(event.target).map_or("?", |target| target.endpoint.name.0.as_str());
    let text = match &event.what {
        What::Resolved(lookup) => resolved(lookup),
        What::Compared(reports) => compared(reports),
        What::Member(..) | What::Of(_, Sight::Done) => return None,
        What::Of(address, sight) => format!("{address} {}", seen(sight)?),
        What::Finished => "finished".to_owned(),
    };
    let at = event.at.as_secs_f64() * 1000.0;
    Some(format!("[{at:9.1} ms] {name}: {}", one_line(&text, MAX_TEXT)))
}

fn resolved(lookup: &Lookup) -> String {
    let kind = lookup.record_type.as_str();
    let mut text = match &lookup.outcome {
        Ok(found) => {
            let addresses: Vec<String> = found.addresses.iter().map(ToString::to_string).collect();
            let mut text = format!("{kind} ");
            for name in &found.cname_chain {
                let _ = write!(text, "alias of {name}, ");
            }
            text + &addresses.join(", ")
        }
        Err(failure) => format!("{kind} {}", failed(failure)),
    };
    if let Some(time) = lookup.time {
        let _ = write!(text, " in {}", timed(time));
    }
    text
}

fn compared(reports: &[ResolverReport]) -> String {
    let last = |report: &ResolverReport| -> String {
        let again = report.again.iter().map(|again| format!("again {}", resolved(&again.lookup)));
        let first = report.lookups.iter().map(resolved);
        let said: Vec<String> = first.chain(again).collect();
        format!("{}: {}", report.resolver, said.join("; "))
    };
    let all: Vec<String> = reports.iter().map(last).collect();
    format!("resolvers compared: {}", all.join(" | "))
}

fn seen(sight: &Sight) -> Option<String> {
    Some(match sight {
        Sight::Sent { sample } => format!("SYN sent (sample {sample})"),
        Sight::Connected { sample, connect, syn_retransmits, .. } => {
            let again = match syn_retransmits {
                Some(count) if *count > 0 => format!(", {count} SYN(s) sent again"),
                Some(_) | None => String::new(),
            };
            format!("connected in {} (sample {sample}{again})", timed(*connect))
        }
        Sight::NotConnected { sample, failure, .. } => {
            format!("not connected (sample {sample}): {}", failed(failure))
        }
        Sight::Secured { session, time, .. } => {
            let time = time.map(|time| format!(" in {}", timed(time))).unwrap_or_default();
            let group = session.group.as_deref().unwrap_or("-");
            format!("TLS {}{time}, {}, {group}", session.version.as_str(), session.suite)
        }
        Sight::NotSecured(failure) => format!("TLS failed: {}", failed(failure)),
        Sight::Certificate(report) => match report.problems.first() {
            None => "certificate ok".to_owned(),
            Some(problem) => {
                format!("certificate {}: {}", problem.verdict.as_str(), problem.detail)
            }
        },
        Sight::Asked(Exchange { request, outcome: Ok(answer) }) => {
            let time = answer.first_byte.map(|time| format!(" in {}", timed(time)));
            let (status, time) = (answer.reply.status, time.unwrap_or_default());
            format!("{}: {status}{time}, {} bytes", request.as_str(), answer.body_bytes)
        }
        Sight::Asked(Exchange { request, outcome: Err(failure) }) => {
            format!("{}: {}", request.as_str(), failed(failure))
        }
        Sight::Scanned(scan) => {
            let versions = scan.versions.iter();
            let said: Vec<String> = versions
                .map(|report| format!("{} {}", report.protocol.as_str(), report.support.as_str()))
                .collect();
            format!("TLS scan over {} connections: {}", scan.connections, said.join(", "))
        }
        Sight::Done => return None,
    })
}

fn failed(failure: &Failure) -> String {
    format!("{} {}: {}", failure.phase.as_str(), failure.cause.as_str(), failure.detail)
}

fn timed(time: Timed) -> String {
    let ms = time.duration.as_secs_f64() * 1000.0;
    format!("{ms:.2} ms ({} clock)", time.clock.as_str())
}
