//! What the engine measures is what the network did.

use std::time::Duration;

use wsus_probe::model::report::{Lookup, MemberReport, RecordType, Verdict};
use wsus_probe::model::timing::{Clock, Timed};

use crate::regions::{self, REGIONS, RESOLVER_RTT, Regions, url};
use crate::rounds::{Round, round};
use crate::suite::Test;
use crate::wan::meter::percentile;
use crate::wan::path::Path;

pub(crate) const TESTS: &[Test] = &[
    Test::real_time("product_rtt_of_one_probe", || rtt(1, 9)),
    Test::real_time("product_rtt_of_100_probes_at_once", || rtt(100, 5)),
    Test::real_time("product_rtt_of_1000_probes_at_once", || rtt(1000, 3)),
    Test::real_time("product_times_of_the_phases", phases),
    Test::new("product_counts_syns_sent_again", syns),
    Test::new("product_counts_questions_sent_again", questions),
];

/// The region that is measured: in the middle.
const REGION: usize = 2;

/// Largest error of the round-trip time in the median, or a hundredth of it if that is more.
const LIMIT: Duration = Duration::from_micros(200);

/// What a server built for debugging, on a machine that is busy testing, may add to a phase
/// that contains its work.
const SERVER: Duration = Duration::from_millis(30);

/// Probes one address `count` times at once and judges the best round's median: whatever else
/// runs on the machine only ever adds.
fn rtt(count: usize, rounds: usize) {
    let regions = Regions::up().unwrap();
    let nominal = regions::rtt(REGION);
    let url = format!("https://{}", regions::address(REGION));
    let (mut kernel, mut user) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let Round { reports, user: connects, .. } =
            round(&regions, std::slice::from_ref(&url), count, 1);
        let rtts: Vec<Duration> = reports.iter().filter_map(|r| from_kernel(r.rtt)).collect();
        assert_eq!(rtts.len(), count, "every probe has a round-trip time");
        kernel.push(percentile(&rtts, 50).unwrap().abs_diff(nominal));
        user.push(percentile(&connects, 50).unwrap().abs_diff(nominal));
    }
    let late = regions.lab.punctuality();
    let evidence = format!(
        "{count} at once, RTT {nominal:?}: median errors of the rounds: kernel {kernel:?}, user \
         {user:?}; handed over late: p99 {:?}, at most {:?}",
        late.percentile(99).unwrap(),
        late.max()
    );
    println!("{evidence}");
    assert!(kernel.iter().min().unwrap() <= &LIMIT.max(nominal / 100), "{evidence}");
}

/// Each phase is timed by the kernel and takes its round trip, and in the best round little more:
/// the first pays for what the servers and the engine prepare once, and whatever else runs on the
/// machine only ever adds.
fn phases() {
    let regions = Regions::up().unwrap();
    let near = regions::rtt(REGION);
    let mut best = [Duration::MAX; 4];
    for _ in 0..4 {
        let member = only_member(round(&regions, &[url(REGION)], 1, 3));
        assert_eq!(member.verdict, Verdict::Healthy, "{member:?}");
        let samples = member.samples.iter().filter_map(|sample| from_kernel(*sample));
        assert_eq!(samples.count(), 3, "{member:?}");
        let phases = member.phases;
        let by_kernel = [phases.resolve, phases.connect, phases.tls].map(from_kernel);
        let all = by_kernel.into_iter().chain([phases.wsus.map(|wsus| wsus.duration)]);
        for (best, time) in best.iter_mut().zip(all) {
            *best = time.unwrap().min(*best);
        }
    }
    let [resolve, connect, tls, wsus] = best;
    assert_within(resolve, Duration::from_millis(RESOLVER_RTT), SERVER);
    assert_within(connect, near, SERVER);
    assert_within(tls, near, SERVER);
    assert_within(wsus, near, SERVER * 2);
}

/// A lost SYN is counted, and the time that it spoilt is not taken for a round trip.
fn syns() {
    const SAMPLES: u32 = 3;
    let regions = Regions::up().unwrap();
    // The samples' and the check's.
    regions.set_path(REGION, Path { drop_syns: SAMPLES + 1, ..regions::path(REGION) });
    let member = only_member(round(&regions, &[url(REGION)], 1, SAMPLES));
    assert_eq!(member.syn_retransmits, Some(SAMPLES), "{member:?}");
    assert_eq!(member.samples, [None; 3]);
    assert_eq!(member.rtt, None);
    let connect = member.phases.connect.unwrap();
    assert_eq!(connect.clock, Clock::User, "the kernel measures no connect with a lost SYN");
    assert!(connect.duration > Duration::from_secs(1), "{connect:?}");
    assert!(member.wsus.is_some(), "it works: {member:?}");
}

/// A lost question is asked again, and that is counted.
fn questions() {
    let regions = Regions::up().unwrap();
    regions.dns.change(|zone| {
        zone.get_mut(&regions::name(REGION)).unwrap().drop_first = 1;
    });
    let report = round(&regions, &[url(REGION)], 1, 1).reports.remove(0);
    let lookup = lookup(&report.lookups, RecordType::A);
    assert_eq!(lookup.resends, Some(1), "{lookup:?}");
    let asked = lookup.time.unwrap().duration;
    assert!(asked > Duration::from_millis(RESOLVER_RTT * 10), "the wait is part of it: {asked:?}");
    assert!(lookup.outcome.is_ok());
    let next = round(&regions, &[url(REGION)], 1, 1).reports.remove(0);
    assert_eq!(self::lookup(&next.lookups, RecordType::A).resends, Some(0));
}

fn lookup(lookups: &[Lookup], record_type: RecordType) -> &Lookup {
    lookups.iter().find(|lookup| lookup.record_type == record_type).expect("it was asked")
}

fn only_member(mut round: Round) -> MemberReport {
    assert_eq!(round.reports.len(), 1);
    let mut report = round.reports.remove(0);
    assert_eq!(report.members.len(), 1, "{} has one address: {report:?}", REGIONS[REGION].0);
    report.members.remove(0)
}

/// The duration if the kernel measured it; another clock is a failure of the test.
fn from_kernel(time: Option<Timed>) -> Option<Duration> {
    time.map(|time| {
        assert_eq!(time.clock, Clock::Kernel, "{time:?}");
        time.duration
    })
}

fn assert_within(value: Duration, nominal: Duration, slack: Duration) {
    assert!(value >= nominal && value < nominal + slack, "{value:?} is not {nominal:?}");
}
