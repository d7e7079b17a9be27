//! `/probe`: one endpoint, probed for this request.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::HeaderMap;
use tokio::sync::Semaphore;

use crate::engine::member::Sampling;
use crate::engine::once::{self, Once};
use crate::engine::ports::Target;
use crate::metrics;
use crate::model::finding::Finding;
use crate::model::request::Profile;
use crate::model::text::one_line;
use crate::server::answer::{self, Answer, EXPOSITION};
use crate::server::percent;
use crate::server::site::{Refused, Site};

/// In which Prometheus tells how long it will wait, in seconds.
const TIMEOUT_HEADER: &str = "x-prometheus-scrape-timeout-seconds";

/// Left of that time for the answer's way back, as in `blackbox_exporter`.
const WAY_BACK: Duration = Duration::from_millis(500);

/// The longest that a probe on request takes, whatever its target's deadline is: less than
/// [`crate::server::limits::Limits::exchange`].
const LONGEST: Duration = Duration::from_secs(100);

/// Beyond the deadline, in which a probe has ended: only a defect takes longer.
const MARGIN: Duration = Duration::from_secs(2);

/// Characters of what was asked for that are repeated in an answer.
const MAX_SHOWN: usize = 300;

/// What the query asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    target: String,
    profile: Profile,
    debug: bool,
}

/// Probes, or says why not. Dropping the future abandons the probe.
pub(super) async fn answer(
    site: &Site,
    places: &Semaphore,
    query: &str,
    headers: &HeaderMap,
) -> Answer {
    let bad = |fault: String| answer::text(StatusCode::BAD_REQUEST, fault + "\n");
    let (asked, scrape) = match (parse(query), scrape_timeout(headers)) {
        (Ok(asked), Ok(scrape)) => (asked, scrape),
        (Err(fault), _) | (_, Err(fault)) => return bad(fault),
    };
    let found = site.settings().find.find(&asked.target, asked.profile);
    let (mut target, ports) = match found {
        Ok(found) => found,
        Err(Refused::Malformed(fault)) => return bad(fault),
        Err(Refused::Forbidden(reason)) => {
            return answer::text(StatusCode::FORBIDDEN, reason + "\n");
        }
    };
    let Ok(_place) = places.try_acquire() else {
        let body = "as many probes on request are under way as may be: try again soon\n";
        return answer::later(StatusCode::SERVICE_UNAVAILABLE, body);
    };
    let deadline = scrape.unwrap_or(LONGEST).min(LONGEST).min(target.limits.deadline);
    target.limits.deadline = deadline;
    let target: Arc<[Target; 1]> = Arc::new([target]);
    let run = once::once(&target, &ports, Sampling::default());
    let ended = tokio::time::timeout(deadline + MARGIN, Box::pin(run)).await;
    let Ok(Some(once)) = ended else {
        let body = "a defect of wsus-probe: the probe has no result; see its log\n";
        return answer::text(StatusCode::INTERNAL_SERVER_ERROR, body);
    };
    let mut text = if asked.debug { summary(&once) } else { String::new() };
    metrics::probe::write(&mut text, &once, deadline);
    if asked.debug {
        answer::text(StatusCode::OK, text)
    } else {
        answer::with_type(StatusCode::OK, EXPOSITION, text)
    }
}

fn parse(query: &str) -> Result<Asked, String> {
    let (mut target, mut profile, mut debug) = (None, Profile::Quick, false);
    for (name, value) in percent::query(query)? {
        match name.as_str() {
            "target" => target = Some(value).filter(|target| !target.is_empty()),
            "profile" => profile = named(&value)?,
            "debug" => debug = flag(&value)?,
            // Scrape configurations made for blackbox_exporter name one.
            "module" => {}
            other => {
                let other = one_line(other, MAX_SHOWN);
                return Err(format!(
                    "there is no parameter {other}; there are target, profile and debug"
                ));
            }
        }
    }
    let target = target.ok_or(
        "the parameter target is missing: give an endpoint's name or URL, such as \
         /probe?target=NAME; /api/v1/endpoints lists them",
    )?;
    Ok(Asked { target, profile, debug })
}

fn named(text: &str) -> Result<Profile, String> {
    let all = [Profile::Quick, Profile::Standard, Profile::Deep];
    all.into_iter().find(|profile| profile.as_str() == text).ok_or_else(|| {
        format!("profile is {}: use quick, standard or deep", one_line(text, MAX_SHOWN))
    })
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" | "" => Ok(false),
        other => Err(format!("debug is {}: use true or false", one_line(other, MAX_SHOWN))),
    }
}

/// What is left of the scrape's own timeout, if it tells one.
fn scrape_timeout(headers: &HeaderMap) -> Result<Option<Duration>, String> {
    let Some(value) = headers.get(TIMEOUT_HEADER) else { return Ok(None) };
    let seconds = value.to_str().ok().and_then(|text| text.parse::<f64>().ok());
    let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let timeout = timeout.filter(|timeout| !timeout.is_zero()).ok_or_else(|| {
        "the header X-Prometheus-Scrape-Timeout-Seconds is not a number of seconds above 0"
            .to_owned()
    })?;
    // Of a very short one, half is better than nothing.
    Ok(Some(timeout.saturating_sub(WAY_BACK).max(timeout / 2)))
}

/// What happened and what it means, in front of the metrics.
fn summary(once: &Once) -> String {
    let report = &once.report;
    let mut text = format!("Trace:\n{}\nReport:\n", once.trace);
    let _ = writeln!(text, "{} is {}", report.endpoint.url, report.verdict.as_str());
    if let Some(failure) = &report.failure {
        let (phase, cause) = (failure.phase.as_str(), failure.cause.as_str());
        let _ = writeln!(text, "failed in {phase}: {cause}: {}", failure.detail);
    }
    report.findings.iter().for_each(|finding| write_finding(&mut text, finding));
    for member in &report.members {
        let _ = writeln!(text, "member {}", member.address);
        member.findings.iter().for_each(|finding| write_finding(&mut text, finding));
    }
    text.push_str("\nMetrics:\n");
    text
}

fn write_finding(text: &mut String, finding: &Finding) {
    let code = finding.code.as_str();
    let Finding { observed, meaning, action, .. } = finding;
    let _ = writeln!(text, "{code}: {observed}. {meaning}. {action}");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::header::{HeaderMap, HeaderValue};

    use super::{Asked, TIMEOUT_HEADER, parse, scrape_timeout};
    use crate::model::request::Profile;

    #[test]
    fn queries_are_read_or_refused_with_a_remedy() {
        let asked = |profile, debug| Asked { target: "dfw".to_owned(), profile, debug };
        assert_eq!(parse("target=dfw&module=http_2xx"), Ok(asked(Profile::Quick, false)));
        assert_eq!(parse("debug=true&profile=deep&target=dfw"), Ok(asked(Profile::Deep, true)));
        for (query, part) in [
            ("", "target is missing"),
            ("target=", "target is missing"),
            ("target=a&profile=full", "use quick, standard or deep"),
            ("target=a&debug=yes", "true or false"),
            ("target=a&tagret=b", "no parameter tagret"),
            ("target=a&target=b", "twice"),
            ("target=%00", "control character"),
        ] {
            let fault = parse(query).unwrap_err();
            assert!(fault.contains(part), "{query}: {fault}");
        }
    }

    #[test]
    fn the_scrape_timeout_leaves_time_for_the_answer() {
        for (value, expected) in [
            (None, Ok(None)),
            (Some("10"), Ok(Some(9_500))),
            (Some("0.6"), Ok(Some(300))),
            (Some("1e300"), Err(())),
            (Some("NaN"), Err(())),
            (Some("-1"), Err(())),
            (Some("0"), Err(())),
            (Some("soon"), Err(())),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(TIMEOUT_HEADER, HeaderValue::from_static(value));
            }
            let expected = expected.map(|ms| ms.map(Duration::from_millis));
            assert_eq!(scrape_timeout(&headers).map_err(|_| ()), expected, "{value:?}");
        }
    }
}
