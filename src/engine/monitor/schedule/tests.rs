//! Schedules played through without any clock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::net::clock;

const PACE: Pace = Pace { round: secs(30), check: secs(300), scan: secs(6 * 3600) };
const DEADLINE: Duration = secs(10);

const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Plays a schedule: jobs take the time they are told to.
struct Play {
    schedule: Schedule,
    start: Instant,
    now: Instant,
    ends: BTreeSet<(Instant, u64)>,
    running: BTreeMap<u64, Job>,
    started: Vec<(Duration, u64, Job)>,
    dropped: u64,
    latest: Duration,
    most: usize,
}

impl Play {
    fn new(endpoints: u64, pace: &Pace, in_flight: usize, extra_gap: Duration) -> Self {
        let start = clock::now();
        let mut schedule = Schedule::new(start);
        schedule.limit(in_flight, extra_gap);
        let new = usize::try_from(endpoints).unwrap();
        for key in 0..endpoints {
            schedule.add(key, &name(key), pace, DEADLINE, new, start);
        }
        Self {
            schedule,
            start,
            now: start,
            ends: BTreeSet::new(),
            running: BTreeMap::new(),
            started: Vec::new(),
            dropped: 0,
            latest: Duration::ZERO,
            most: 0,
        }
    }

    /// Plays on to that time since the start.
    fn until(&mut self, end: Duration, takes: impl Fn(u64, Job) -> Duration) {
        let end = self.start + end;
        loop {
            let first_end = self.ends.first().map(|(at, _)| *at);
            let wake = self.schedule.wake(self.now);
            let Some(next) = first_end.into_iter().chain(wake).min().filter(|next| *next <= end)
            else {
                self.now = end;
                return;
            };
            self.now = next.max(self.now);
            let mut todo = Todo::default();
            while let Some(&(at, key)) = self.ends.first()
                && at <= self.now
            {
                self.ends.pop_first();
                let ended = self.schedule.ended(key, self.now);
                assert_eq!(ended, self.running.remove(&key));
                self.schedule.go_on(key, self.now, &mut todo);
            }
            self.schedule.due(self.now, &mut todo);
            self.dropped += todo.dropped.iter().map(|(_, rounds)| rounds).sum::<u64>();
            for Start { key, job, late } in todo.starts {
                assert_eq!(self.running.insert(key, job), None, "{key} overlaps with itself");
                self.ends.insert((self.now + takes(key, job), key));
                self.started.push((self.now - self.start, key, job));
                self.latest = self.latest.max(late.unwrap_or_default());
            }
            assert_eq!(self.schedule.in_flight(), self.running.len());
            self.most = self.most.max(self.running.len());
        }
    }

    fn times(&self, key: u64, job: Job) -> Vec<Duration> {
        let of = self.started.iter().filter(|(_, k, j)| (*k, *j) == (key, job));
        of.map(|(at, ..)| *at).collect()
    }

    fn count(&self, job: Job) -> usize {
        self.started.iter().filter(|(.., j)| *j == job).count()
    }

    /// The most starts in one tick, rounds only or all.
    fn burst(&self) -> usize {
        let mut ticks = BTreeMap::<u128, usize>::new();
        for (at, ..) in &self.started {
            *ticks.entry(at.as_millis()).or_default() += 1;
        }
        ticks.values().copied().max().unwrap_or_default()
    }
}

fn name(key: u64) -> String {
    format!("wsus-{key:05}")
}

fn quick(_: u64, _: Job) -> Duration {
    Duration::from_millis(50)
}

const GAP: Duration = Duration::from_millis(100);

#[test]
fn ten_thousand_endpoints_keep_their_times_without_bursts() {
    let mut play = Play::new(10_000, &PACE, 4096, GAP);
    play.until(secs(60), quick);
    for key in 0..10_000 {
        assert_eq!(play.times(key, Job::Round).len(), 2, "{key}");
    }
    assert_eq!(play.dropped, 0);
    assert!(play.latest <= TICK, "{:?}", play.latest);
    // Those that follow the end of a round are bounded by that.
    assert!(play.burst() <= 2 * STARTS_PER_TICK, "{}", play.burst());
    // A fifth of the regular checks, and what the pacer lets through, but not one for each.
    let checks = play.count(Job::Check);
    assert!((2_000..3_200).contains(&checks), "{checks}");
    assert!(play.count(Job::Scan) < 200, "{}", play.count(Job::Scan));
}

#[test]
fn a_small_fleet_is_known_within_seconds_and_then_regularly() {
    let mut play = Play::new(6, &PACE, 64, GAP);
    play.until(secs(4), quick);
    for key in 0..6 {
        assert!(play.times(key, Job::Round)[0] < Duration::from_millis(120));
        assert!(!play.times(key, Job::Check).is_empty(), "{key}");
        assert_eq!(play.times(key, Job::Scan).len(), 1, "{key}");
    }
    play.until(secs(3600), quick);
    for key in 0..6 {
        let rounds = play.times(key, Job::Round);
        assert!(
            rounds[1..].windows(2).all(|pair| pair[1].abs_diff(pair[0]) == PACE.round),
            "{rounds:?}"
        );
        let checks = play.times(key, Job::Check).len();
        assert!((12..=13).contains(&checks), "{checks}");
    }
    assert_eq!(play.dropped, 0);
}

#[test]
fn a_round_that_does_not_end_costs_the_next_ones_and_no_other_endpoint() {
    let pace = Pace { round: secs(1), ..PACE };
    let mut play = Play::new(3, &pace, 64, GAP);
    // Every round of one endpoint takes two and a half intervals.
    let takes = |key, _| if key == 1 { Duration::from_millis(2500) } else { GAP };
    play.until(secs(300), takes);
    let slow = play.times(1, Job::Round).len() as u64;
    assert!((90..=100).contains(&slow), "{slow}");
    // Three for each check or scan that went before.
    assert!((190..=215).contains(&play.dropped), "{}", play.dropped);
    assert!(play.times(0, Job::Round).len() >= 299);
    assert!(play.latest <= TICK, "{:?}", play.latest);
}

#[test]
fn a_round_waits_for_a_check_that_is_under_way_and_checks_find_their_gap() {
    let pace = Pace { round: secs(5), check: secs(20), scan: secs(100) };
    let mut play = Play::new(5, &pace, 64, GAP);
    let takes = |_, job| match job {
        Job::Round => secs(1),
        Job::Check | Job::Scan => secs(4),
    };
    play.until(secs(600), takes);
    assert_eq!(play.dropped, 0);
    for key in 0..5 {
        assert!(play.times(key, Job::Round).len() >= 119, "{key}");
        let checks = play.times(key, Job::Check).len();
        assert!((29..=32).contains(&checks), "{key}: {checks}");
        let scans = play.times(key, Job::Scan).len();
        assert!((6..=8).contains(&scans), "{key}: {scans}");
    }
}

#[test]
fn no_more_are_under_way_than_may_be() {
    let pace = Pace { round: secs(10), ..PACE };
    let mut play = Play::new(200, &pace, 50, GAP);
    play.until(secs(60), |_, _| secs(9));
    assert_eq!(play.most, 50);
    assert!(play.dropped > 500, "{}", play.dropped);
    assert!(play.latest <= TICK, "{:?}", play.latest);
}

#[test]
fn nothing_is_caught_up_with_after_a_pause() {
    let mut play = Play::new(3_000, &PACE, 4096, GAP);
    play.until(secs(120), quick);
    let (before, dropped) = (play.count(Job::Round), play.dropped);
    // The process is stopped for a minute: every endpoint misses two rounds.
    play.now += secs(60);
    play.until(secs(210), quick);
    let missed = play.dropped - dropped;
    assert!((5_900..=6_000).contains(&missed), "{missed}");
    let after = play.count(Job::Round) - before;
    assert!((3_000..=3_100).contains(&after), "{after}");
    assert!(play.burst() <= 2 * STARTS_PER_TICK, "{}", play.burst());
    let mut seconds = BTreeMap::<u64, usize>::new();
    let woken = play.started.iter().filter(|(at, _, job)| *at >= secs(180) && *job == Job::Round);
    for (at, ..) in woken {
        *seconds.entry(at.as_secs()).or_default() += 1;
    }
    assert!(seconds.values().all(|count| *count < 200), "{seconds:?}");
    assert!(play.latest <= LATE, "{:?}", play.latest);
}

#[test]
fn checks_that_are_brought_forward_are_paced() {
    let mut play = Play::new(1_000, &PACE, 4096, GAP);
    play.until(secs(200), quick);
    let before = play.count(Job::Check);
    for key in 0..1_000 {
        play.schedule.bring_forward(key);
        play.schedule.bring_forward(key);
    }
    play.until(secs(230), quick);
    // A tenth of the regular ones, eight at once and ten a second.
    let checks = play.count(Job::Check) - before;
    assert!((350..=420).contains(&checks), "{checks}");
    play.schedule.hold_extra(true);
    let before = play.count(Job::Check);
    play.until(secs(260), quick);
    let checks = play.count(Job::Check) - before;
    assert!((70..=130).contains(&checks), "{checks}");
}

#[test]
fn one_endpoint_is_checked_at_once_when_something_happens() {
    let mut play = Play::new(6, &PACE, 64, GAP);
    play.until(secs(100), quick);
    let (at, key, _) = *play.started.iter().rfind(|(.., job)| *job == Job::Round).unwrap();
    play.schedule.bring_forward(key);
    play.until(secs(131), quick);
    let checks = play.times(key, Job::Check);
    // No more than a few in a row, whatever is wished for.
    for _ in 0..20 {
        play.schedule.bring_forward(key);
        play.until(play.now - play.start + secs(1), quick);
    }
    assert!(play.times(key, Job::Check).len() <= checks.len() + 2);
    let soon = checks.iter().find(|check| **check >= at).unwrap();
    assert!(*soon < secs(115), "{soon:?}");
}

#[test]
fn what_is_wished_for_while_checks_are_held_comes_afterwards() {
    // No regular check comes in between.
    let pace = Pace { check: secs(24 * 3600), ..PACE };
    let mut play = Play::new(1, &pace, 64, GAP);
    play.until(secs(100), quick);
    let before = play.count(Job::Check);
    play.schedule.hold_extra(true);
    play.schedule.bring_forward(0);
    play.until(secs(110), quick);
    assert_eq!(play.count(Job::Check), before);
    play.schedule.hold_extra(false);
    play.until(secs(141), quick);
    assert_eq!(play.count(Job::Check), before + 1);
}

#[test]
fn another_pace_applies_without_a_burst_and_what_is_gone_is_gone() {
    let mut play = Play::new(2_000, &PACE, 4096, GAP);
    play.until(secs(90), quick);
    let faster = Pace { round: secs(10), ..PACE };
    for key in 0..1_000 {
        play.schedule.change(key, &name(key), &faster, DEADLINE, play.now);
    }
    for key in 1_000..2_000 {
        play.schedule.remove(key);
        play.running.remove(&key);
    }
    play.ends.retain(|(_, key)| *key < 1_000);
    let before = play.started.len();
    play.until(secs(120), quick);
    let rounds = play.started[before..].iter().filter(|(.., job)| *job == Job::Round);
    let mut each = BTreeMap::<u64, usize>::new();
    rounds.for_each(|(_, key, _)| *each.entry(*key).or_default() += 1);
    assert_eq!(each.len(), 1_000);
    assert!(each.iter().all(|(key, count)| *key < 1_000 && *count == 3), "{each:?}");
    assert!(play.burst() <= 2 * STARTS_PER_TICK);
}

#[test]
fn a_spoilt_scan_is_tried_once_more() {
    let mut play = Play::new(1, &PACE, 64, GAP);
    play.until(secs(10), quick);
    assert_eq!(play.count(Job::Scan), 1);
    play.schedule.scan_again(0);
    play.until(secs(70), quick);
    play.schedule.scan_again(0);
    play.until(secs(140), quick);
    assert_eq!(play.count(Job::Scan), 2);
}

#[test]
fn scans_that_are_brought_forward_are_paced_and_few() {
    let mut play = Play::new(100, &PACE, 4096, GAP);
    let wish = |play: &mut Play| {
        for key in 0..100 {
            play.schedule.bring_scan_forward(key, play.now);
        }
    };
    play.until(Duration::from_millis(10), quick);
    wish(&mut play);
    play.until(secs(120), quick);
    assert_eq!(play.count(Job::Scan), 100, "the first ones come anyway");
    play.schedule.hold_extra(true);
    wish(&mut play);
    play.until(secs(150), quick);
    assert_eq!(play.count(Job::Scan), 100, "held");
    play.schedule.hold_extra(false);
    play.until(secs(160), quick);
    // Eight at once and two a second.
    let soon = play.count(Job::Scan) - 100;
    assert!((15..=30).contains(&soon), "{soon}");
    for _ in 0..60 {
        play.until(play.now - play.start + secs(30), quick);
        wish(&mut play);
    }
    assert_eq!(play.count(Job::Scan), 200, "one each, whatever is wished for");
    play.until(secs(2_400), quick);
    wish(&mut play);
    play.until(secs(2_460), quick);
    assert_eq!(play.count(Job::Scan), 300, "and again after a tenth of the interval");
}

#[test]
fn a_stopped_schedule_starts_nothing() {
    let mut play = Play::new(10, &PACE, 64, GAP);
    play.until(secs(40), quick);
    play.schedule.stop();
    let before = play.started.len();
    play.until(secs(400), quick);
    assert_eq!(play.started.len(), before);
}
