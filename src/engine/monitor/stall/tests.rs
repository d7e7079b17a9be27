//! A machine that is stopped, put to sleep, and whose clock is set.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use super::*;

/// Its clocks follow the runtime's, with these differences in milliseconds.
struct Fake {
    start: Instant,
    slept: AtomicU64,
    stepped: AtomicU64,
}

const FIRST_STEP: u64 = 1_000_000;

impl Fake {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            start: clock::now(),
            slept: AtomicU64::new(0),
            stepped: AtomicU64::new(FIRST_STEP),
        })
    }
}

impl Machine for Fake {
    fn wall(&self) -> SystemTime {
        let stepped = self.stepped.load(Ordering::Relaxed);
        UNIX_EPOCH + self.since_boot().unwrap() + Duration::from_millis(stepped)
    }

    fn since_boot(&self) -> Option<Duration> {
        let slept = Duration::from_millis(self.slept.load(Ordering::Relaxed));
        Some(clock::now() - self.start + slept)
    }

    fn routes(&self) -> Vec<(&'static str, Result<(), String>)> {
        Vec::new()
    }

    fn sockets(&self) -> usize {
        1
    }
}

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs the watch for two seconds with a disturbance after the first; returns what is said of
/// the first half second, of the whole time, and of the last half second.
async fn disturbed(disturb: impl AsyncFnOnce(&Fake)) -> [Disturbance; 3] {
    let fake = Fake::new();
    let watch = Arc::new(StallWatch::new(Arc::clone(&fake) as _));
    let vitals = Arc::new(Vitals::default());
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(Arc::clone(&watch).run(Arc::clone(&vitals)));
    let start = clock::now();
    tokio::time::sleep(ms(1000)).await;
    disturb(&fake).await;
    let after = clock::now();
    tokio::time::sleep(ms(1000)).await;
    let said = [
        watch.disturbance(start, start + ms(500)),
        watch.disturbance(start, clock::now()),
        watch.disturbance(after + ms(500), clock::now()),
    ];
    let longest = vitals.read().longest_stall;
    assert_eq!(longest, said[1].stalled);
    assert!(vitals.read().stalled >= longest);
    said
}

#[tokio::test(start_paused = true)]
async fn an_undisturbed_run_is_said_to_be_so() {
    assert_eq!(disturbed(async |_| {}).await, [Disturbance::default(); 3]);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_process_a_suspended_machine_and_a_set_clock_are_told_apart() {
    let nothing = Disturbance::default();
    let [before, whole, after] = disturbed(async |_| tokio::time::advance(ms(60_000)).await).await;
    assert_eq!([before, after], [nothing; 2]);
    let about = |found: Duration, expected| found.abs_diff(ms(expected)) <= BEAT;
    assert!(about(whole.stalled, 60_000) && whole.stepped.is_zero(), "{whole:?}");

    let suspend = async |fake: &Fake| {
        fake.slept.fetch_add(30_000, Ordering::Relaxed);
    };
    let [before, whole, after] = disturbed(suspend).await;
    assert_eq!([before, after], [nothing; 2]);
    assert!(about(whole.stalled, 30_000) && whole.stepped.is_zero(), "{whole:?}");

    for step in [FIRST_STEP + 5_000, FIRST_STEP - 5_000] {
        let set = async |fake: &Fake| fake.stepped.store(step, Ordering::Relaxed);
        let [before, whole, after] = disturbed(set).await;
        assert_eq!([before, after], [nothing; 2]);
        assert_eq!((whole.stalled, whole.stepped), (Duration::ZERO, ms(5_000)));
    }
}

/// After a stop the watch may be the last one to run again.
#[tokio::test(start_paused = true)]
async fn a_stall_is_known_before_the_watch_itself_wakes_up() {
    let fake = Fake::new();
    let watch = StallWatch::new(Arc::clone(&fake) as _);
    let start = clock::now();
    tokio::time::advance(ms(5_000)).await;
    assert_eq!(watch.disturbance(start, clock::now()).stalled, ms(4_900));
}

#[tokio::test(start_paused = true)]
async fn what_is_remembered_is_bounded_and_nothing_is_forgotten() {
    let fake = Fake::new();
    let watch = StallWatch::new(Arc::clone(&fake) as _);
    let start = clock::now();
    for stall in 0..5_000 {
        tokio::time::advance(BEAT + ms(if stall == 0 { 700 } else { 20 })).await;
        watch.look();
    }
    assert_eq!(watch.lock().pauses.len(), REMEMBERED);
    assert_eq!(watch.disturbance(start, start + ms(10)).stalled, ms(700));
    assert_eq!(watch.disturbance(clock::now(), clock::now()).stalled, ms(20));
}
