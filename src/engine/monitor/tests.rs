//! The whole run over a made-up network, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::*;
use crate::engine::ports::{Check, Judge};
use crate::model::certificate::CertificateReport;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Limits, Scheme};
use crate::model::exchange::Exchange;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::monitor::Job;
use crate::model::report::{Lookup, RecordType, Verdict};
use crate::model::tls::Presented;
use crate::net::dns::{Resolve, unavailable};
use crate::net::tcp::{Dial, DialError, Dialed};

const LIMITS: Limits =
    Limits { deadline: secs(5), resolve: secs(2), connect: secs(3), tls: secs(3), wsus: secs(3) };
const PACE: Pace = Pace { round: secs(30), check: secs(300), scan: secs(21_600) };

const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// How the peer at an address answers connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// After ten milliseconds.
    Refuses,
    BlackHole,
    /// There is no way to it from this machine.
    NoRoute,
    /// The dialer itself has a defect.
    Panics,
}

/// The network and its machine. Everything else refuses connections.
struct World {
    start: Instant,
    sockets: usize,
    manners: Mutex<BTreeMap<u32, Manner>>,
    /// Who was dialed for which kind of job, and when.
    dialed: Mutex<Vec<(Duration, u32, Job)>>,
    under_way: AtomicUsize,
}

/// A dialer and a check for one kind of job.
struct Tagged(Arc<World>, Job);

impl World {
    fn new(manners: &[(u32, Manner)]) -> Arc<Self> {
        Self::with_sockets(manners, 4096)
    }

    fn with_sockets(manners: &[(u32, Manner)], sockets: usize) -> Arc<Self> {
        Arc::new(Self {
            start: clock::now(),
            sockets,
            manners: Mutex::new(manners.iter().copied().collect()),
            dialed: Mutex::default(),
            under_way: AtomicUsize::new(0),
        })
    }

    fn plan(self: &Arc<Self>, numbers: impl IntoIterator<Item = u32>, pace: Pace) -> Plan {
        let ports = |job| {
            let dialer = Arc::new(Tagged(Arc::clone(self), job));
            Ports::new(dialer, Arc::new(Tagged(Arc::clone(self), job)), 100_000)
        };
        let planned = |number| Planned { target: target(number, self), pace };
        Plan {
            endpoints: numbers.into_iter().map(planned).collect(),
            round: ports(Job::Round),
            check: ports(Job::Check),
            scan: ports(Job::Scan),
        }
    }

    fn times(&self, number: u32, job: Job) -> Vec<Duration> {
        let dialed = self.dialed.lock().unwrap();
        dialed.iter().filter(|d| (d.1, d.2) == (number, job)).map(|d| d.0).collect()
    }
}

fn target(number: u32, world: &Arc<World>) -> Target {
    let host = Host::Address(IpAddr::V4(Ipv4Addr::from_bits(0x7f00_0000 + number)));
    let url = EndpointUrl { scheme: Scheme::Https, host, port: 443 };
    let fake = Arc::new(Tagged(Arc::clone(world), Job::Round));
    Target {
        endpoint: Arc::new(Endpoint::bare(EndpointName(format!("wsus-{number:05}")), url)),
        resolver: Arc::clone(&fake) as _,
        judge: fake,
        compared: Arc::default(),
        limits: LIMITS,
    }
}

impl Machine for World {
    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + secs(1_795_248_000) + (clock::now() - self.start)
    }

    fn since_boot(&self) -> Option<Duration> {
        Some(clock::now() - self.start)
    }

    fn routes(&self) -> Vec<(&'static str, Result<(), String>)> {
        vec![("IPv4", Err("Network is unreachable (os error 101)".to_owned()))]
    }

    fn sockets(&self) -> usize {
        self.sockets
    }
}

impl Resolve for Tagged {
    fn lookup<'a>(
        &'a self,
        _name: &'a str,
        record_type: RecordType,
        _limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        let failure = Failure::new(Phase::Resolve, Cause::NxDomain, "there are no names here");
        Box::pin(async move { unavailable(record_type, &failure) })
    }
}

impl Judge for Tagged {
    fn judge<'a>(
        &'a self,
        _presented: &'a Presented,
        _server_name: &'a str,
    ) -> BoxFuture<'a, CertificateReport> {
        unreachable!("nobody presents a certificate")
    }
}

struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Dial for Tagged {
    fn dial(&self, to: SocketAddr, limit: Duration) -> BoxFuture<'_, Result<Dialed, DialError>> {
        Box::pin(async move {
            let IpAddr::V4(address) = to.ip() else { panic!("an IPv6 address") };
            let number = address.to_bits() - 0x7f00_0000;
            let at = clock::now() - self.0.start;
            self.0.dialed.lock().unwrap().push((at, number, self.1));
            let manner = self.0.manners.lock().unwrap().get(&number).copied();
            self.0.under_way.fetch_add(1, Ordering::Relaxed);
            let _under_way = UnderWay(&self.0.under_way);
            let (wait, cause) = match manner.unwrap_or(Manner::Refuses) {
                Manner::Refuses => (Duration::from_millis(10), Cause::Refused),
                Manner::BlackHole => (limit, Cause::Timeout),
                Manner::NoRoute => (Duration::ZERO, Cause::NoRoute),
                Manner::Panics => panic!("a defect on purpose"),
            };
            tokio::time::sleep(wait).await;
            let failure = Failure::new(Phase::Connect, cause, "made up");
            Err(DialError { failure, syn_retransmits: None })
        })
    }
}

impl Check for Tagged {
    fn connections(&self) -> usize {
        1
    }

    fn check<'a>(
        &'a self,
        _endpoint: &'a Endpoint,
        _member: SocketAddr,
        _limits: &'a Limits,
        _connections: usize,
        _told: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>> {
        Box::pin(std::future::pending())
    }
}

/// A run that is under way.
struct Running {
    handle: Handle,
    shutdown: Option<oneshot::Sender<()>>,
    tasks: JoinSet<()>,
}

impl Running {
    fn start(world: &Arc<World>, plan: Plan, grace: Duration) -> Self {
        let (monitor, handle) = Monitor::on(Arc::clone(world) as _, plan);
        let (shutdown, asked) = oneshot::channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(monitor.run(async { drop(asked.await) }, grace));
        Self { handle, shutdown: Some(shutdown), tasks }
    }

    fn counted(&self) -> vitals::Counted {
        self.handle.vitals().read()
    }

    /// How long it takes to end.
    async fn end(&mut self) -> Duration {
        let asked = clock::now();
        self.shutdown.take().unwrap().send(()).unwrap();
        self.tasks.join_next().await.unwrap().unwrap();
        clock::now() - asked
    }
}

async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_endpoints_get_their_rounds_in_time() {
    const ENDPOINTS: u32 = 10_000;
    let world = World::new(&[]);
    let run = Running::start(&world, world.plan(0..ENDPOINTS, PACE), secs(1));
    assert!(!run.handle.snapshot().ready);
    wait(secs(60)).await;
    let snapshot = run.handle.snapshot();
    assert!(snapshot.ready);
    assert_eq!(snapshot.endpoints.len(), ENDPOINTS as usize);
    let due = |at: Option<SystemTime>| at.is_some_and(|at| at <= snapshot.at + PACE.round);
    assert!(snapshot.endpoints.iter().all(|view| due(view.next_round)));
    let mut rounds = vec![0; ENDPOINTS as usize];
    for (_, number, job) in &*world.dialed.lock().unwrap() {
        rounds[*number as usize] += usize::from(*job == Job::Round);
    }
    assert!(rounds.iter().all(|count| *count == 2));
    let counted = run.counted();
    assert_eq!((counted.dropped, counted.panicked), (0, 0));
    assert_eq!(counted.lag.count, u64::from(ENDPOINTS) * 2);
    // The runtime's timer rounds up to the next millisecond, and no round is later than that.
    assert!(counted.lag.sum <= Duration::from_millis(1) * ENDPOINTS * 2, "{counted:?}");
    assert_eq!(counted.longest_stall, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_black_hole_costs_its_own_rounds_only() {
    let pace = Pace { round: secs(2), ..PACE };
    let world = World::new(&[(1, Manner::BlackHole)]);
    let run = Running::start(&world, world.plan(0..3, pace), secs(1));
    wait(secs(60)).await;
    assert!(world.times(0, Job::Round).len() >= 29);
    // Each takes as long as connecting may take, so every other slot is lost.
    let black_holed = world.times(1, Job::Round).len();
    assert!((13..=16).contains(&black_holed), "{black_holed}");
    let dropped = run.counted().dropped;
    assert!((12..=18).contains(&dropped), "{dropped}");
}

#[tokio::test(start_paused = true)]
async fn no_more_jobs_are_under_way_than_there_are_sockets() {
    let pace = Pace { round: secs(4), ..PACE };
    let holes: Vec<_> = (0..100).map(|number| (number, Manner::BlackHole)).collect();
    let world = World::with_sockets(&holes, 20);
    let run = Running::start(&world, world.plan(0..100, pace), secs(1));
    for _ in 0..40 {
        wait(secs(1)).await;
        assert!(world.under_way.load(Ordering::Relaxed) <= 20);
    }
    let counted = run.counted();
    assert!(counted.in_flight <= 20 && counted.in_flight_limit == 20, "{counted:?}");
    assert!(counted.dropped > 500, "{counted:?}");
}

#[tokio::test(start_paused = true)]
async fn a_defect_is_contained_and_counted() {
    let world = World::new(&[(1, Manner::Panics)]);
    let run = Running::start(&world, world.plan(0..3, PACE), secs(1));
    wait(secs(100)).await;
    let snapshot = run.handle.snapshot();
    assert!(snapshot.ready);
    let view = snapshot.endpoint("wsus-00001").unwrap();
    // Also the check and the scan had it.
    assert!(view.counts.panicked >= 5, "{:?}", view.counts);
    assert_eq!(view.counts.panicked, run.counted().panicked);
    assert_eq!(view.counts.attempts, 0);
    assert!(world.times(1, Job::Round).len() >= 3);
    assert_eq!(snapshot.endpoint("wsus-00000").unwrap().counts.panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn another_plan_keeps_what_stays_and_abandons_what_goes() {
    let world = World::new(&[(1, Manner::BlackHole), (2, Manner::BlackHole)]);
    let run = Running::start(&world, world.plan(0..3, PACE), secs(1));
    wait(Duration::from_millis(450)).await;
    let rounds_before = world.times(0, Job::Round);
    assert_eq!(world.times(1, Job::Round).len(), 1);
    let under_way = world.under_way.load(Ordering::Relaxed);
    assert_eq!(under_way, 2);
    let before = run.handle.snapshot();
    // 1 goes, 2 is another one of the same name, 3 is new and comes first.
    let mut plan = world.plan([3, 2, 0], PACE);
    let other = Endpoint {
        server_name: Some("elsewhere.example.test".into()),
        ..(*plan.endpoints[1].target.endpoint).clone()
    };
    plan.endpoints[1].target.endpoint = Arc::new(other);
    run.handle.replace(plan);
    let after = run.handle.snapshot();
    let names: Vec<_> = after.endpoints.iter().map(|view| view.endpoint.name.0.as_str()).collect();
    assert_eq!(names, ["wsus-00003", "wsus-00002", "wsus-00000"]);
    wait(Duration::from_millis(1)).await;
    assert!(world.under_way.load(Ordering::Relaxed) <= 1, "what goes is abandoned");
    let kept = (&before.endpoints[0], &run.handle.snapshot().endpoints[2]);
    assert_eq!(kept.0.next_round, kept.1.next_round);
    assert_eq!(kept.0.state.since, kept.1.state.since);
    wait(secs(60)).await;
    assert_eq!(world.times(1, Job::Round).len(), 1);
    assert!(world.times(2, Job::Round).len() >= 3, "{:?}", world.times(2, Job::Round));
    assert!(world.times(3, Job::Round).len() >= 2);
    assert!(world.times(0, Job::Round).starts_with(&rounds_before));
    assert_eq!(run.counted().in_flight, 0);
    assert!(run.counted().panicked == 0 && run.handle.snapshot().ready);
}

#[tokio::test(start_paused = true)]
async fn what_is_told_of_an_endpoint_may_change_without_losing_what_is_known() {
    let pace = Pace { check: PACE.scan, ..PACE };
    let world = World::new(&[]);
    let run = Running::start(&world, world.plan(0..2, pace), secs(1));
    wait(secs(100)).await;
    let before = run.handle.snapshot();
    let jobs = |job| world.times(0, job).len();
    let (checks, scans) = (jobs(Job::Check), jobs(Job::Scan));
    assert_eq!(scans, 1);
    let replace = |change: &dyn Fn(&mut Endpoint)| {
        let mut plan = world.plan(0..2, pace);
        change(Arc::make_mut(&mut plan.endpoints[0].target.endpoint));
        run.handle.replace(plan);
    };
    replace(&|endpoint| endpoint.region = Some("elsewhere".into()));
    wait(secs(40)).await;
    let after = run.handle.snapshot();
    let [before, after] = [before, after].map(|snapshot| Arc::clone(&snapshot.endpoints[0]));
    assert_eq!(after.endpoint.region.as_deref(), Some("elsewhere"));
    assert!(after.history.iter().len() > before.history.iter().len());
    assert!(after.counts.attempts > before.counts.attempts);
    assert_eq!((jobs(Job::Check), jobs(Job::Scan)), (checks, scans), "nothing else is asked");
    replace(&|endpoint| endpoint.expected_members = vec![[192, 0, 2, 1].into()]);
    wait(secs(1)).await;
    assert_eq!((jobs(Job::Check), jobs(Job::Scan)), (checks + 1, scans), "a check at once");
    replace(&|endpoint| {
        endpoint.expected_members = vec![[192, 0, 2, 1].into()];
        endpoint.tls.forbid.push(crate::model::protocol::Protocol::Tls10);
    });
    // It waits for a gap between two rounds.
    wait(secs(40)).await;
    assert_eq!(jobs(Job::Scan), scans + 1, "and a scan");
}

#[tokio::test(start_paused = true)]
async fn who_was_ready_once_stays_so() {
    let world = World::new(&[(1, Manner::BlackHole)]);
    let run = Running::start(&world, world.plan(0..2, PACE), secs(1));
    wait(secs(1)).await;
    assert!(!run.handle.snapshot().ready, "one has not answered yet");
    run.handle.replace(world.plan(0..1, PACE));
    assert!(run.handle.snapshot().ready, "it is not waited for any more");
    run.handle.replace(world.plan(0..9, PACE));
    assert!(run.handle.snapshot().ready, "and is not needed again");
}

#[tokio::test(start_paused = true)]
async fn plans_may_change_all_the_time() {
    let world = World::new(&[(3, Manner::BlackHole)]);
    let run = Running::start(&world, world.plan(0..10, PACE), secs(1));
    for turn in 0..200_u32 {
        let pace = Pace { round: secs(5 + u64::from(turn % 7)), ..PACE };
        run.handle.replace(world.plan(turn % 3..8 + turn % 5, pace));
        wait(Duration::from_millis(137)).await;
    }
    run.handle.replace(world.plan(std::iter::empty(), PACE));
    wait(secs(10)).await;
    assert_eq!(run.handle.snapshot().endpoints.len(), 0);
    assert_eq!(world.under_way.load(Ordering::Relaxed), 0);
    let at_most: BTreeSet<u32> = world.dialed.lock().unwrap().iter().map(|d| d.1).collect();
    assert!(at_most.iter().all(|number| *number < 12));
}

#[tokio::test(start_paused = true)]
async fn an_end_waits_for_what_is_under_way_but_no_longer_than_its_grace() {
    for (grace, expected) in [(secs(10), 2_500..3_100), (secs(1), 1_000..1_010)] {
        let world = World::new(&[(0, Manner::BlackHole)]);
        let mut run = Running::start(&world, world.plan(0..2, PACE), grace);
        wait(Duration::from_millis(100)).await;
        assert_eq!(world.under_way.load(Ordering::Relaxed), 1);
        let dialed = world.dialed.lock().unwrap().len();
        let took = run.end().await.as_millis();
        assert!(expected.contains(&took), "{grace:?}: {took} ms");
        wait(secs(100)).await;
        assert_eq!(world.under_way.load(Ordering::Relaxed), 0);
        assert!(world.dialed.lock().unwrap().len() <= dialed + 1, "nothing more is started");
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_run_abandons_everything() {
    let world = World::new(&[(0, Manner::BlackHole)]);
    let run = Running::start(&world, world.plan(0..2, PACE), secs(10));
    wait(Duration::from_millis(100)).await;
    drop(run.tasks);
    wait(Duration::from_millis(1)).await;
    assert_eq!(world.under_way.load(Ordering::Relaxed), 0);
    assert_eq!(run.handle.snapshot().endpoints.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_process_catches_up_with_nothing() {
    let world = World::new(&[]);
    let run = Running::start(&world, world.plan(0..300, PACE), secs(1));
    wait(secs(40)).await;
    tokio::time::advance(secs(60)).await;
    let woken = clock::now() - world.start;
    wait(secs(30)).await;
    let dialed = world.dialed.lock().unwrap();
    let rounds = dialed.iter().filter(|(at, _, job)| *at >= woken && *job == Job::Round);
    let mut each_second = BTreeMap::<u64, usize>::new();
    rounds.for_each(|(at, ..)| *each_second.entry(at.as_secs()).or_default() += 1);
    assert!(each_second.values().all(|count| *count < 30), "{each_second:?}");
    assert!((290..=310).contains(&each_second.values().sum::<usize>()), "{each_second:?}");
    let counted = run.counted();
    assert!((590..=600).contains(&counted.dropped), "{counted:?}");
    assert!(counted.longest_stall >= secs(59), "{counted:?}");
}

/// Of this process; 0 where the system does not tell.
fn resident_pages() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0)
}

#[test]
fn snapshots_are_cheap_and_endpoints_are_small() {
    const ENDPOINTS: u32 = 10_000;
    let world = World::new(&[]);
    let plan = world.plan(0..ENDPOINTS, PACE);
    let before = resident_pages();
    let (monitor, handle) = Monitor::on(Arc::clone(&world) as _, plan);
    monitor.shared.lock().begin(clock::now(), world.wall());
    println!("pages for {ENDPOINTS} endpoints: {}", resident_pages().saturating_sub(before));
    let best = (0..5).map(|_| {
        let start = clock::now();
        let snapshot = handle.snapshot();
        let took = clock::now() - start;
        assert_eq!(snapshot.endpoints.len(), ENDPOINTS as usize);
        took
    });
    println!("a snapshot of {ENDPOINTS}: {:?}", best.min());
    let view = size_of::<crate::model::monitor::EndpointView>();
    println!("bytes: view {view}, watched {}", size_of::<fleet::Watched>());
    assert!(view < 2_048, "{view}");
}

/// Everybody falls silent, and is heard again; then one alone falls silent.
#[tokio::test(start_paused = true)]
async fn silence_of_all_is_this_machines_and_silence_of_one_is_its_own() {
    let world = World::new(&[]);
    let run = Running::start(&world, world.plan(0..6, PACE), secs(1));
    wait(secs(65)).await;
    assert_eq!(run.handle.snapshot().trouble, None);
    let set = |numbers: std::ops::Range<u32>, manner| {
        world.manners.lock().unwrap().extend(numbers.map(|number| (number, manner)));
    };
    set(0..6, Manner::BlackHole);
    let checks = |from: Duration| {
        let dialed = world.dialed.lock().unwrap();
        dialed.iter().filter(|(at, _, job)| *at >= from && *job == Job::Check).count()
    };
    let before = run.handle.snapshot();
    wait(secs(100)).await;
    let silent = run.handle.snapshot();
    let trouble = silent.trouble.clone().unwrap();
    let evidence = trouble.evidence.join("\n");
    assert!(evidence.contains("Network is unreachable"), "{evidence}");
    for (before, silent) in before.endpoints.iter().zip(&silent.endpoints) {
        assert_eq!(before.counts.failures[1], silent.counts.failures[1], "nothing is counted");
        assert!(silent.counts.local >= 2 && silent.held.is_empty(), "{:?}", silent.counts);
    }
    // Only what was due anyway is checked.
    assert!(checks(secs(70)) <= 6, "{}", checks(secs(70)));
    set(0..6, Manner::Refuses);
    wait(secs(70)).await;
    assert_eq!(run.handle.snapshot().trouble, None);
    set(2..3, Manner::BlackHole);
    wait(secs(100)).await;
    let one = run.handle.snapshot();
    assert_eq!(one.trouble, None);
    let view = one.endpoint("wsus-00002").unwrap();
    let local = silent.endpoint("wsus-00002").unwrap().counts.local;
    assert_eq!(view.counts.local, local);
    assert_eq!(view.state.failure.as_ref().map(|failure| failure.cause), Some(Cause::Timeout));
    assert!(view.held.is_empty());
}

#[tokio::test(start_paused = true)]
async fn those_that_are_not_due_yet_are_not_silent() {
    let (quick, slow) = (Pace { round: secs(2), ..PACE }, Pace { round: secs(100), ..PACE });
    let world = World::new(&[]);
    let mut plan = world.plan(0..4, quick);
    plan.endpoints[2].pace = slow;
    plan.endpoints[3].pace = slow;
    let run = Running::start(&world, plan, secs(1));
    wait(secs(120)).await;
    world.manners.lock().unwrap().extend([(0, Manner::BlackHole), (1, Manner::BlackHole)]);
    for second in 0..250 {
        wait(secs(1)).await;
        assert_eq!(run.handle.snapshot().trouble, None, "second {second}");
    }
    let snapshot = run.handle.snapshot();
    for view in &snapshot.endpoints[..2] {
        assert!(view.counts.failures[1] > 15, "{:?}", view.counts);
        assert_eq!((view.counts.local, view.state.verdict), (0, Verdict::Down));
    }
}

#[tokio::test(start_paused = true)]
async fn another_plan_ends_trouble_of_endpoints_that_are_gone() {
    let world = World::new(&[(0, Manner::BlackHole), (1, Manner::BlackHole)]);
    let run = Running::start(&world, world.plan(0..2, PACE), secs(1));
    wait(secs(10)).await;
    assert!(run.handle.snapshot().trouble.is_some());
    run.handle.replace(world.plan(std::iter::empty(), PACE));
    assert_eq!(run.handle.snapshot().trouble, None);
    run.handle.replace(world.plan([0], PACE));
    wait(secs(100)).await;
    let snapshot = run.handle.snapshot();
    assert_eq!((snapshot.trouble, snapshot.endpoints[0].counts.local), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn no_route_at_all_is_trouble_of_this_machine() {
    for endpoints in [1, 3] {
        let manners: Vec<_> = (0..endpoints).map(|number| (number, Manner::NoRoute)).collect();
        let world = World::new(&manners);
        let run = Running::start(&world, world.plan(0..endpoints, PACE), secs(1));
        wait(secs(70)).await;
        let snapshot = run.handle.snapshot();
        let evidence = snapshot.trouble.unwrap().evidence.join("\n");
        assert!(evidence.contains("connections failed with no_route"), "{evidence}");
        assert!(!snapshot.ready);
        for view in snapshot.endpoints {
            assert_eq!((view.state.verdict, view.counts.attempts), (Verdict::Unknown, 0));
        }
    }
}

/// One without a route of its own says nothing about the others.
#[tokio::test(start_paused = true)]
async fn a_local_fault_of_one_settles_no_round_of_another() {
    let world = World::new(&[(1, Manner::NoRoute)]);
    let mut plan = world.plan(0..4, Pace { round: secs(40), ..PACE });
    // Many rounds without a route between two of the others.
    plan.endpoints[1].pace.round = secs(2);
    let run = Running::start(&world, plan, secs(1));
    wait(secs(45)).await;
    world.manners.lock().unwrap().insert(0, Manner::BlackHole);
    wait(secs(200)).await;
    let snapshot = run.handle.snapshot();
    let counts = snapshot.endpoints[0].counts;
    assert_eq!(counts.local, 0);
    assert!(counts.failures[1] >= 3, "{counts:?}");
    assert_eq!(snapshot.trouble, None);
}
