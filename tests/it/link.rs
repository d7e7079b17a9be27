//! Rounds over in-memory links with virtual delay: real handshakes, tokio's paused clock, no
//! sockets. What a phase takes is exact here, save that the timers of the links count whole
//! milliseconds.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "certificates are dated by the real clock")]

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use wsus_probe::decide::select::Rules;
use wsus_probe::engine::member::Sampling;
use wsus_probe::engine::once::once;
use wsus_probe::engine::race::{Race, WaitForAll};
use wsus_probe::engine::round::{self, Finished};
use wsus_probe::model::client::ClientFindingCode;
use wsus_probe::model::failure::{Cause, Phase};
use wsus_probe::model::report::{EndpointReport, Verdict};
use wsus_probe::model::selection::{NearestReport, ReasonCode, RejectionCode};
use wsus_probe::model::timing::Timed;
use wsus_probe::policy::audit;
use wsus_probe::policy::desired::Desired;

use crate::support::links::{Links, Manner, Server, target};

/// Time between the question for a name and its answer, in every test.
const RESOLVE: Duration = Duration::from_millis(2);

/// The links' timers count whole milliseconds: up to one more for each way there and back.
const ROUNDING: Duration = Duration::from_millis(2);

fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn at(number: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, number])
}

/// A name of its own for each server, numbered from 1.
fn links(servers: &[Server]) -> Links {
    let names: BTreeMap<String, Vec<IpAddr>> =
        (1..).zip(servers).map(|(n, _)| (format!("s{n}.test"), vec![at(n)])).collect();
    let servers = (1..).zip(servers).map(|(n, server)| (at(n), *server)).collect();
    Links::new(names, servers, RESOLVE)
}

async fn race(links: Links, current: Option<usize>) -> NearestReport {
    let targets: Arc<[_]> = links.names().map(|name| target(name, &links)).collect();
    let mut race = Race::new(Rules::default(), current);
    let finished = run(&targets, &links, &mut race).await;
    race.conclude(&finished, SystemTime::now())
}

async fn run(
    targets: &Arc<[wsus_probe::engine::ports::Target]>,
    links: &Links,
    watch: &mut dyn round::Watch,
) -> Finished {
    links.ready().await;
    let never = std::future::pending();
    round::run(targets, &links.ports(), Sampling::default(), watch, never).await
}

async fn check(links: &Links) -> (Vec<EndpointReport>, Duration) {
    let targets: Arc<[_]> = links.names().map(|name| target(name, links)).collect();
    let finished = run(&targets, links, &mut WaitForAll).await;
    (finished.board.reports(SystemTime::now()), finished.elapsed)
}

async fn lean(links: &Links) -> (EndpointReport, Duration) {
    links.ready().await;
    let name = links.names().next().unwrap();
    let target = Arc::new([target(name, links)]);
    let once = once(&target, &links.ports().lean(), Sampling::default()).await.unwrap();
    (once.report, once.elapsed)
}

fn within(time: Option<Timed>, least: Duration, most: Duration) -> bool {
    time.is_some_and(|time| (least..=most).contains(&time.duration))
}

#[tokio::test(start_paused = true)]
async fn phases_take_their_round_trips() {
    let rtt = ms(40);
    for (manner, round_trips) in [(Manner::Tls13, 1), (Manner::Tls12, 2)] {
        let (reports, _) = check(&links(&[Server { rtt, manner }])).await;
        let member = &reports[0].members[0];
        assert_eq!(member.verdict, Verdict::Healthy, "{manner:?}: {member:?}");
        let phases = &member.phases;
        assert_eq!(phases.resolve.map(|t| t.duration), Some(RESOLVE));
        assert_eq!(phases.connect.map(|t| t.duration), Some(rtt));
        assert_eq!(member.rtt.map(|t| t.duration), Some(rtt));
        let least = rtt * round_trips;
        let most = least + ROUNDING * round_trips;
        assert!(within(phases.tls, least, most), "{manner:?}: {:?}", phases.tls);
        assert!(within(phases.wsus, rtt, rtt + ROUNDING), "{:?}", phases.wsus);
    }
}

#[tokio::test(start_paused = true)]
async fn the_race_ends_when_no_rival_can_win() {
    let server = |rtt| Server { rtt: ms(rtt), manner: Manner::Tls13 };
    let report = race(links(&[server(190), server(12), server(110)]), None).await;
    assert_eq!(report.selection.selected, Some(1));
    assert_eq!(report.selection.reason.code, ReasonCode::NearestHealthy);
    // Name, connection, handshake and request of the nearest.
    let floor = RESOLVE + 3 * ms(12);
    assert!(report.elapsed >= floor && report.elapsed < floor + ms(8), "{:?}", report.elapsed);
    for far in [0, 2] {
        let rejected = report.selection.rejected[far].as_ref().map(|rejected| rejected.code);
        assert_eq!(rejected, Some(RejectionCode::FartherUnanswered));
    }
    assert!(report.selection.rejected[1].is_none());
}

#[tokio::test(start_paused = true)]
async fn neither_a_black_hole_nor_a_hung_server_delays_the_choice() {
    let server = |rtt, manner| Server { rtt: ms(rtt), manner };
    let alone = race(links(&[server(30, Manner::Tls13)]), None).await.elapsed;
    for manner in [Manner::BlackHole, Manner::Silent, Manner::Refused] {
        let report = race(links(&[server(90, manner), server(30, Manner::Tls13)]), None).await;
        assert_eq!(report.selection.selected, Some(1), "{manner:?}");
        assert_eq!(report.elapsed, alone, "{manner:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_best_wins_when_the_nearest_is_sick() {
    let server = |rtt, manner| Server { rtt: ms(rtt), manner };
    for manner in [Manner::Sick, Manner::Refused, Manner::Closes] {
        let servers = [server(12, manner), server(35, Manner::Tls13), server(48, Manner::Tls13)];
        let report = race(links(&servers), None).await;
        assert_eq!(report.selection.selected, Some(1), "{manner:?}");
        let code = |index: usize| report.selection.rejected[index].as_ref().map(|r| r.code);
        assert_eq!(code(0), Some(RejectionCode::Down), "{manner:?}");
        assert_eq!(report.candidates[0].verdict, Verdict::Down, "{manner:?}");
        let floor = RESOLVE + 3 * ms(35);
        assert!(report.elapsed < floor + floor / 2, "{manner:?}: {:?}", report.elapsed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hung_nearest_server_is_waited_for_with_patience_only() {
    let servers = [
        Server { rtt: ms(12), manner: Manner::Silent },
        Server { rtt: ms(35), manner: Manner::Tls13 },
    ];
    let report = race(links(&servers), None).await;
    assert_eq!(report.selection.selected, Some(1));
    let code = report.selection.rejected[0].as_ref().map(|r| r.code);
    assert_eq!(code, Some(RejectionCode::SlowToAnswer));
    let patience = Rules::default().patience;
    assert!(report.elapsed >= patience && report.elapsed < patience + ms(50));
}

#[tokio::test(start_paused = true)]
async fn the_server_in_use_stays_for_a_small_gain() {
    let server = |rtt| Server { rtt: ms(rtt), manner: Manner::Tls13 };
    let report = race(links(&[server(12), server(20)]), Some(1)).await;
    assert_eq!(report.selection.selected, Some(1));
    assert_eq!(report.selection.reason.code, ReasonCode::CurrentKept);
    let report = race(links(&[server(12), server(60)]), Some(1)).await;
    assert_eq!(report.selection.selected, Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_check_ends_at_the_limits_and_names_the_phase() {
    let cases = [
        (Manner::BlackHole, Phase::Connect, Cause::Timeout),
        (Manner::Refused, Phase::Connect, Cause::Refused),
        (Manner::Silent, Phase::Tls, Cause::Timeout),
        (Manner::Closes, Phase::Tls, Cause::Closed),
        (Manner::Sick, Phase::Wsus, Cause::Http503),
    ];
    let rtt = ms(50);
    let links = links(&cases.map(|(manner, ..)| Server { rtt, manner }));
    let (reports, elapsed) = check(&links).await;
    assert!(elapsed <= Links::LIMITS.deadline + RESOLVE, "{elapsed:?}");
    assert_eq!(reports.len(), cases.len());
    for (report, (manner, phase, cause)) in reports.iter().zip(cases) {
        let failure = report.failure.as_ref().unwrap_or_else(|| panic!("{manner:?}: {report:?}"));
        assert_eq!((failure.phase, failure.cause), (phase, cause), "{manner:?}");
        assert_eq!(report.verdict, Verdict::Down, "{manner:?}");
        // What was measured before the failure is kept, and nothing else is there.
        let phases = &report.members[0].phases;
        assert_eq!(phases.resolve.map(|t| t.duration), Some(RESOLVE), "{manner:?}");
        assert_eq!(phases.connect.is_some(), phase > Phase::Connect, "{manner:?}");
        assert_eq!(phases.tls.is_some(), phase > Phase::Tls, "{manner:?}");
        assert!(phases.wsus.is_none(), "{manner:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_interruption_keeps_what_was_seen() {
    let servers = [
        Server { rtt: ms(10), manner: Manner::Tls13 },
        Server { rtt: ms(400), manner: Manner::Tls13 },
        Server { rtt: ms(10), manner: Manner::Silent },
    ];
    let links = links(&servers);
    links.ready().await;
    let targets: Arc<[_]> = links.names().map(|name| target(name, &links)).collect();
    let stop = tokio::time::sleep(ms(100));
    let ports = links.ports();
    let finished = round::run(&targets, &ports, Sampling::default(), &mut WaitForAll, stop).await;
    assert!(finished.interrupted);
    assert_eq!(finished.elapsed, ms(100));
    let reports = finished.board.reports(SystemTime::now());
    let verdicts: Vec<Verdict> = reports.iter().map(|report| report.verdict).collect();
    assert_eq!(verdicts, [Verdict::Healthy, Verdict::Unknown, Verdict::Unknown]);
    assert!(reports[1].rtt.is_none() && reports[1].members[0].phases.resolve.is_some());
    assert_eq!(reports[2].rtt.map(|rtt| rtt.duration), Some(ms(10)));
}

#[tokio::test(start_paused = true)]
async fn each_member_of_a_name_is_judged_by_itself() {
    let names = BTreeMap::from([("pool.test".to_owned(), vec![at(1), at(2), at(3)])]);
    let servers = BTreeMap::from([
        (at(1), Server { rtt: ms(20), manner: Manner::Refused }),
        (at(2), Server { rtt: ms(20), manner: Manner::Expired }),
        (at(3), Server { rtt: ms(20), manner: Manner::Tls12 }),
    ]);
    let (reports, _) = check(&Links::new(names, servers, RESOLVE)).await;
    let members: Vec<(SocketAddr, Verdict)> =
        reports[0].members.iter().map(|member| (member.address, member.verdict)).collect();
    let address = |number| SocketAddr::new(at(number), 443);
    assert_eq!(
        members,
        [(address(1), Verdict::Down), (address(2), Verdict::Down), (address(3), Verdict::Healthy)]
    );
    assert_eq!((reports[0].verdict, &reports[0].failure), (Verdict::Degraded, &None));
    let expired = reports[0].members[1].failure.as_ref().map(|f| (f.phase, f.cause));
    assert_eq!(expired, Some((Phase::Tls, Cause::CertificateExpired)));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_never_resolves_delays_nobody() {
    let names = BTreeMap::from([
        ("a.test".to_owned(), vec![at(1)]),
        ("silent.test".to_owned(), Vec::new()),
    ]);
    let servers = BTreeMap::from([(at(1), Server { rtt: ms(12), manner: Manner::Tls13 })]);
    let links = Links::new(names, servers, RESOLVE);
    let report = race(links.clone(), None).await;
    assert_eq!(report.selection.selected, Some(0));
    let code = report.selection.rejected[1].as_ref().map(|r| r.code);
    assert_eq!(code, Some(RejectionCode::NotResolvedInTime));
    assert!(report.elapsed < RESOLVE + 3 * ms(12) + ms(8), "{:?}", report.elapsed);
    let (reports, elapsed) = check(&links).await;
    assert_eq!(elapsed, Links::LIMITS.resolve);
    let failure = reports[1].failure.as_ref().map(|f| (f.phase, f.cause));
    assert_eq!(failure, Some((Phase::Resolve, Cause::Timeout)));
}

#[tokio::test(start_paused = true)]
async fn a_lean_round_takes_its_round_trips_over_one_connection() {
    let rtt = ms(40);
    for (manner, round_trips, failure) in [
        (Manner::Tls13, 1, None),
        (Manner::Tls12, 2, None),
        (Manner::Expired, 1, Some((Phase::Tls, Cause::CertificateExpired))),
        (Manner::Sick, 1, Some((Phase::Wsus, Cause::Http503))),
    ] {
        let (report, elapsed) = lean(&links(&[Server { rtt, manner }])).await;
        let member = &report.members[0];
        let seen = member.failure.as_ref().map(|failure| (failure.phase, failure.cause));
        assert_eq!(seen, failure, "{manner:?}");
        assert_eq!((member.samples.len(), member.exchanges.len()), (1, 1));
        assert_eq!(member.rtt.map(|t| t.duration), Some(rtt));
        let least = rtt * round_trips;
        assert!(within(member.phases.tls, least, least + ROUNDING * round_trips), "{manner:?}");
        let answer = member.exchanges[0].outcome.as_ref().unwrap();
        assert!(within(answer.first_byte, rtt, rtt + ROUNDING), "{manner:?}: {answer:?}");
        let floor = RESOLVE + rtt + least + rtt;
        assert!(elapsed >= floor && elapsed <= floor + ROUNDING * (round_trips + 1), "{elapsed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lean_round_ends_at_the_limits_and_names_the_phase() {
    let limits = Links::LIMITS;
    for (manner, phase, cause, at_most) in [
        (Manner::BlackHole, Phase::Connect, Cause::Timeout, limits.connect),
        (Manner::Refused, Phase::Connect, Cause::Refused, Duration::ZERO),
        (Manner::Silent, Phase::Tls, Cause::Timeout, limits.tls),
        (Manner::Closes, Phase::Tls, Cause::Closed, ms(50)),
    ] {
        let (report, elapsed) = lean(&links(&[Server { rtt: ms(50), manner }])).await;
        let failure = report.members[0].failure.as_ref().map(|f| (f.phase, f.cause));
        assert_eq!(failure, Some((phase, cause)), "{manner:?}");
        assert!(elapsed <= RESOLVE + ms(50) + at_most + ROUNDING, "{manner:?}: {elapsed:?}");
        assert!(report.members[0].phases.wsus.is_none());
    }
}

/// The race alone ends as soon as the one in use has lost, and then nothing is known of it.
#[tokio::test(start_paused = true)]
async fn an_audit_knows_how_the_server_in_use_fares_although_it_lost() {
    let near = Server { rtt: ms(5), manner: Manner::Tls13 };
    for (rtt, manner, expected) in [
        (200, Manner::Tls13, ClientFindingCode::NearerServer),
        (200, Manner::Expired, ClientFindingCode::ServerSick),
        (5, Manner::Silent, ClientFindingCode::ServerSick),
    ] {
        let links = links(&[near, Server { rtt: ms(rtt), manner }]);
        let targets: Arc<[_]> = links.names().map(|name| target(name, &links)).collect();
        let mut race = Race::new(Rules::default(), Some(1)).waiting_for_current();
        let finished = run(&targets, &links, &mut race).await;
        let report = race.conclude(&finished, SystemTime::now());
        let url = report.candidates[1].endpoint.url.to_string();
        let found = audit::against_race(&[Desired::server(&url).document()], &report);
        let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [expected], "{manner:?}: {found:?}");
    }
}
