//! Small pictures in SVG. Each says the same in words, for those who cannot see it.

use std::fmt::Write as _;
use std::time::Duration;

use maud::{Markup, html};

use super::words;
use crate::model::monitor::history::{History, Outcome, Point};
use crate::model::report::{Phases, Verdict};
use crate::model::timing::Timed;

/// Columns of a strip: still apart on a phone.
const CELLS: usize = 90;

/// Width of a column and the gap beside it, in the picture's own units.
const CELL: usize = 4;

/// Height of the pictures in their own units.
const HEIGHT: usize = 20;

/// Rounds that share a column, and what is shown of them.
struct Cell {
    outcome: Outcome,
    rtt: Option<Duration>,
}

/// The last rounds as columns, oldest first: the worst outcome of each, and the median of its
/// round-trip times.
fn cells(history: &History) -> Vec<Cell> {
    let points: Vec<&Point> = history.iter().collect();
    let share = points.len().div_ceil(CELLS).max(1);
    let mut cells: Vec<Cell> = points.rchunks(share).filter_map(cell).collect();
    cells.reverse();
    cells
}

fn cell(points: &[&Point]) -> Option<Cell> {
    let outcome = points.iter().map(|point| point.outcome).max_by_key(|&o| weight(o))?;
    let mut rtts: Vec<Duration> = points.iter().filter_map(|point| point.rtt()).collect();
    rtts.sort_unstable();
    Some(Cell { outcome, rtt: rtts.get(rtts.len() / 2).copied() })
}

/// Which outcome stands for several.
const fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Down => 5,
        Outcome::Degraded => 4,
        Outcome::Local => 3,
        Outcome::Unknown => 2,
        Outcome::Tainted => 1,
        Outcome::Healthy => 0,
    }
}

/// How an outcome is drawn: its height, and how much of each column is filled. The higher, the
/// worse; thin posts tell nothing about the endpoint. So nothing rests on colour alone.
const fn shape(outcome: Outcome) -> (usize, &'static str) {
    match outcome {
        Outcome::Healthy => (7, "3 1"),
        Outcome::Degraded => (13, "3 1"),
        Outcome::Down => (HEIGHT, "3 1"),
        Outcome::Unknown => (HEIGHT, "1 3"),
        Outcome::Local => (10, "1 3"),
        Outcome::Tainted => (2, "3 1"),
    }
}

/// The outcome in words.
pub(super) const fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Healthy => "healthy",
        Outcome::Degraded => "degraded",
        Outcome::Down => "down",
        Outcome::Unknown => "not known",
        Outcome::Tainted => "slept through",
        Outcome::Local => "this machine",
    }
}

/// The state of the last rounds, a column each.
pub(super) fn strip(history: &History) -> Markup {
    let cells = cells(history);
    let skipped = CELLS.saturating_sub(cells.len());
    html! {
        svg.strip viewBox={ "0 0 " (CELLS * CELL) " " (HEIGHT) } preserveAspectRatio="none"
            role="img" aria-label=(spoken(history)) {
            @for &outcome in Outcome::ALL {
                @let path = runs(&cells, skipped, outcome);
                @if !path.is_empty() { (stroke(outcome, &path)) }
            }
        }
    }
}

fn stroke(outcome: Outcome, path: &str) -> Markup {
    let (height, dashes) = shape(outcome);
    html! {
        path class=(outcome.as_str()) d=(path) stroke-width=(height) stroke-dasharray=(dashes) {}
    }
}

/// A line through each run of columns with this outcome; it is drawn as thick as a column is high.
fn runs(cells: &[Cell], skipped: usize, outcome: Outcome) -> String {
    let (height, _) = shape(outcome);
    let mut path = String::new();
    let mut column = skipped;
    for run in cells.chunk_by(|a, b| a.outcome == b.outcome) {
        if run.first().is_some_and(|cell| cell.outcome == outcome) {
            let (x, length) = (column * CELL, run.len() * CELL);
            // Writing to a String cannot fail. Doubled, because the middle may be at a half.
            let middle = 2 * HEIGHT - height;
            let _ = write!(path, "M{x} {}{}h{length}", middle / 2, half(middle));
        }
        column += run.len();
    }
    path
}

const fn half(doubled: usize) -> &'static str {
    if doubled % 2 == 1 { ".5" } else { "" }
}

fn spoken(history: &History) -> String {
    let rounds = history.iter().len();
    let counted = Outcome::ALL
        .iter()
        .map(|&outcome| (outcome, history.iter().filter(|point| point.outcome == outcome).count()));
    let parts: Vec<String> = counted
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{count} {}", outcome_words(outcome)))
        .collect();
    match rounds {
        0 => "No round yet".to_owned(),
        _ => format!("Last {}: {}", words::count(rounds, "round"), parts.join(", ")),
    }
}

/// What the strip's columns mean.
pub(super) fn legend() -> Markup {
    let meanings = [
        (Outcome::Healthy, "healthy"),
        (Outcome::Degraded, "degraded: works, with warnings"),
        (Outcome::Down, "down"),
        (Outcome::Unknown, "not known whether Windows clients can use it"),
        (Outcome::Local, "failed because of this machine: not counted"),
        (Outcome::Tainted, "this process slept through it: not counted"),
    ];
    html! {
        ul.legend {
            @for (outcome, meaning) in meanings {
                @let cell = [Cell { outcome, rtt: None }, Cell { outcome, rtt: None }];
                li {
                    svg.strip.sample viewBox={ "0 0 " (2 * CELL) " " (HEIGHT) } aria-hidden="true" {
                        (stroke(outcome, &runs(&cell, 0, outcome)))
                    }
                    (meaning)
                }
            }
        }
    }
}

/// The round-trip times of the last rounds, from zero to the largest; where nothing was measured,
/// nothing is drawn.
pub(super) fn sparkline(history: &History) -> Option<Markup> {
    let cells = cells(history);
    let measured: Vec<Duration> = cells.iter().filter_map(|cell| cell.rtt).collect();
    let (least, most) = (measured.iter().min()?, measured.iter().max()?);
    let skipped = CELLS.saturating_sub(cells.len());
    let range = if words::milliseconds(*least) == words::milliseconds(*most) {
        words::milliseconds(*most)
    } else {
        format!("{} to {}", words::milliseconds(*least), words::milliseconds(*most))
    };
    Some(html! {
        svg.spark viewBox={ "0 0 " (CELLS * CELL) " " (HEIGHT) } preserveAspectRatio="none"
            role="img" aria-label={ "Round-trip times: " (range) } {
            path d=(line(&cells, skipped, *most)) vector-effect="non-scaling-stroke" {}
        }
        span.range { "RTT " (range) }
    })
}

fn line(cells: &[Cell], skipped: usize, most: Duration) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for (number, cell) in cells.iter().enumerate() {
        let Some(rtt) = cell.rtt else {
            pen_down = false;
            continue;
        };
        let x = (skipped + number) * CELL + CELL / 2;
        let y = level(rtt, most);
        // A lone point is a line of no length, which has round ends. Writing cannot fail.
        let _ = if pen_down { write!(path, "L{x} {y:.1}") } else { write!(path, "M{x} {y:.1}h0") };
        pen_down = true;
    }
    path
}

/// How far down a duration is drawn, with room for the thickness of the line.
#[expect(clippy::cast_precision_loss, reason = "the height is a small number")]
fn level(rtt: Duration, most: Duration) -> f64 {
    let room = 1.5;
    let share = if most.is_zero() { 0.0 } else { rtt.as_secs_f64() / most.as_secs_f64() };
    (HEIGHT as f64 - room) - share * (HEIGHT as f64 - 2.0 * room)
}

/// How long each completed phase took, one after the other.
pub(super) fn phases(phases: &Phases) -> Option<Markup> {
    let all = [
        ("DNS", "resolve", phases.resolve),
        ("connect", "connect", phases.connect),
        ("TLS", "tls", phases.tls),
        ("WSUS", "wsus", phases.wsus),
    ];
    let done: Vec<(&str, &str, Timed)> =
        all.into_iter().filter_map(|(words, class, timed)| Some((words, class, timed?))).collect();
    let total: f64 = done.iter().map(|(_, _, timed)| timed.duration.as_secs_f64()).sum();
    if done.is_empty() {
        return None;
    }
    let mut start = 0.0;
    let bars: Vec<(&str, f64, f64)> = done
        .iter()
        .map(|(_, class, timed)| {
            let share = timed.duration.as_secs_f64() / total.max(f64::MIN_POSITIVE) * 100.0;
            let bar = (*class, start, share);
            start += share;
            bar
        })
        .collect();
    Some(html! {
        svg.phases viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            @for (class, start, share) in bars {
                rect class=(class) x=(format!("{start:.1}")) width=(format!("{share:.1}")) height="8" {}
            }
        }
        ul.phase-list {
            @for (words, class, timed) in &done {
                li { i class={ "swatch " (class) } {} (words) " " (words::timed(*timed)) }
            }
        }
    })
}

/// A state as a sign of its own shape beside its word.
pub(super) fn state(verdict: Verdict) -> Markup {
    let path = match verdict {
        Verdict::Healthy => "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM4.5 8l2.5 2.7 4.5-5",
        Verdict::Degraded => "M8 1.5L15 14.5H1zM8 6v4M8 12v.6",
        Verdict::Down => "M1.5 1.5h13v13h-13zM5 5l6 6M11 5l-6 6",
        Verdict::Unknown => "M8 1l7 7-7 7-7-7zM6.4 6.6a1.7 1.7 0 1 1 2.4 1.6q-.8.4-.8 1.2M8 11v.6",
    };
    html! {
        span class={ "state " (verdict.as_str()) } {
            svg.icon viewBox="0 0 16 16" aria-hidden="true" { path d=(path) {} }
            (verdict.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn history(outcomes: &[Outcome], rtt: impl Fn(usize) -> Option<u64>) -> History {
        let mut history = History::new(outcomes.len().max(1));
        for (number, outcome) in outcomes.iter().enumerate() {
            let rtt = rtt(number).map(Duration::from_millis);
            history.push(Point::new(UNIX_EPOCH, rtt, *outcome, None));
        }
        history
    }

    #[test]
    fn runs_are_one_line_each_and_the_newest_is_on_the_right() {
        use Outcome::{Down, Healthy};
        let text = strip(&history(&[Healthy, Healthy, Down], |_| None)).into_string();
        assert!(text.contains("M348 16.5h8"), "{text}");
        assert!(text.contains("M356 10h4"), "{text}");
        assert!(text.contains("Last 3 rounds: 2 healthy, 1 down"), "{text}");
    }

    #[test]
    fn many_rounds_share_columns_and_the_worst_shows() {
        let mut outcomes = vec![Outcome::Healthy; 1_000];
        outcomes[500] = Outcome::Down;
        let cells = cells(&history(&outcomes, |number| Some(number as u64)));
        assert!(cells.len() <= CELLS, "{}", cells.len());
        assert_eq!(cells.iter().filter(|cell| cell.outcome == Outcome::Down).count(), 1);
    }

    #[test]
    fn a_gap_is_not_a_zero() {
        let rtt = |number| [Some(10), None, Some(0), Some(20), None][number];
        let history = history(&[Outcome::Healthy; 5], rtt);
        let path = line(&cells(&history), 0, Duration::from_millis(20));
        assert_eq!(path, "M2 10.0h0M10 18.5h0L14 1.5");
        let text = sparkline(&history).unwrap().into_string();
        assert!(text.contains("RTT 0.00 ms to 20.0 ms"), "{text}");
        assert!(sparkline(&History::new(3)).is_none());
    }

    #[test]
    fn only_completed_phases_are_drawn() {
        let timed = |ms| Some(Timed::kernel(Duration::from_millis(ms)));
        let some = Phases { connect: timed(30), tls: timed(10), ..Phases::default() };
        let text = phases(&some).unwrap().into_string();
        assert!(text.contains(r#"class="connect" x="0.0" width="75.0""#), "{text}");
        assert!(!text.contains("WSUS") && !text.contains("DNS"), "{text}");
        assert!(phases(&Phases::default()).is_none());
        let zero = Phases { connect: timed(0), ..Phases::default() };
        assert!(phases(&zero).unwrap().into_string().contains("width=\"0.0\""));
    }
}
