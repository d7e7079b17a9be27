//! What becomes of the name as a whole.

use super::Step::{Blamed, Check, Release, Round, Tainted};
use super::*;
use crate::model::failure::Cause::{self, Timeout};
use crate::model::monitor::Pace;

#[test]
fn a_failure_is_confirmed_by_the_check_that_it_calls_for() {
    let story = run(
        "refused",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (Check(works()), "healthy a1 h"),
            (Round(works()), "healthy a2 hh"),
            (Round(refused()), "healthy a3 f1 hhD check"),
            (Check(refused()), "down a3 f1 hhD [connect refused: as observed]"),
            (Round(refused()), "down a4 f2 hhDD"),
            (Round(works()), "down a5 f2 hhDDh check"),
            (Check(works()), "healthy a5 f2 hhDDh [everything that was asked works]"),
        ],
    );
    assert_eq!(story.view.counts.failures, [0, 2, 0, 0]);
    assert!(story.view.members.iter().all(|one| one.state.verdict == Verdict::Healthy));
}

#[test]
fn one_lost_round_changes_no_state() {
    run(
        "lost",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (Round(silent()), "healthy a2 f1 hD check"),
            (Check(works()), "healthy a2 f1 hD"),
            (Round(works()), "healthy a3 f1 hDh check"),
            (Round(silent()), "healthy a4 f2 hDhD check"),
            (Round(silent()), "down a5 f3 hDhDD [connect timeout: as observed]"),
        ],
    );
}

#[test]
fn nothing_looks_fresh_while_every_round_is_slept_through() {
    let mut story = run(
        "tainted for long",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (Tainted(works()), "healthy a1 t1 ht"),
            (Tainted(works()), "healthy a1 t2 htt"),
            (Tainted(works()), "healthy a1 t3 httt"),
            (
                Tainted(works()),
                "unknown a1 t4 htttt [resolve local_limit: the last 4 rounds do not count: slept]",
            ),
        ],
    );
    let second = |seconds| fixture::now() + Duration::from_secs(seconds);
    assert_eq!(story.view.last_round.unwrap().at, second(1), "the last one that counted");
    assert_eq!(story.view.rtt, None);
    for member in &story.view.members {
        assert_eq!((member.rtt, member.phases), (None, Phases::default()));
        assert_eq!(member.state.verdict, Verdict::Unknown);
        assert!(member.state.failure.as_ref().unwrap().detail.contains("slept"));
    }
    assert!(
        story.view.trace.ends_with("this round does not count: slept\n"),
        "{}",
        story.view.trace
    );
    story.go(&Round(works()));
    assert_eq!(story.view.state.verdict, Verdict::Healthy);
    assert_eq!(story.view.last_round.unwrap().at, second(6));
}

#[test]
fn what_was_slept_through_changes_no_state() {
    let story = run(
        "tainted",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (Tainted(silent()), "healthy a1 t1 ht"),
            (Tainted(silent()), "healthy a1 t2 htt"),
            (Tainted(works()), "healthy a1 t3 httt"),
            (Round(works()), "healthy a2 t3 httth"),
        ],
    );
    assert_eq!(story.view.phases.map(|histogram| histogram.count), [2, 4, 4, 4]);
    assert_eq!(story.view.members[0].syn_retransmits, Some(2));
    assert_eq!(story.view.dns.unwrap().resends, Some(2));
}

#[test]
fn held_rounds_are_counted_once_it_is_known_whose_they_are() {
    let held = || Blamed(silent(), Blame::Held);
    run(
        "the endpoint's",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (held(), "healthy a1 hD held 1"),
            (Release(Blame::Held), "healthy a1 hD held 1"),
            (Release(Blame::Endpoint), "healthy a2 f1 hD check"),
            (Check(silent()), "down a2 f1 hD [connect timeout: as observed]"),
            (Round(silent()), "down a3 f2 hDD"),
        ],
    );
    let story = run(
        "this machine's",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (held(), "healthy a1 hD held 1"),
            (Check(silent()), "healthy a1 hD held 1"),
            (Tainted(silent()), "healthy a1 t1 hDt held 1"),
            (Release(Blame::Local), "healthy a1 t1 l1 hLt"),
            (
                Blamed(silent(), Blame::Local),
                "unknown a1 t1 l2 hLtL [connect timeout: probably this machine's own trouble: as \
                 observed]",
            ),
            (Blamed(nameless(Timeout), Blame::Local), "unknown a1 t1 l3 hLtLL"),
            (Round(works()), "healthy a2 t1 l3 hLtLLh [everything that was asked works]"),
        ],
    );
    assert_eq!(story.view.counts.failures, [0; 4]);
    run(
        "an answer settles what is held, as the endpoint's",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (held(), "healthy a1 hD held 1"),
            (Round(works()), "healthy a3 f1 hDh check"),
        ],
    );
}

#[test]
fn what_is_held_is_bounded() {
    let mut story = Story::new();
    for _ in 0..20 {
        story.go(&Blamed(silent(), Blame::Held));
    }
    assert_eq!(story.view.held.len(), MOST_HELD);
    let folded = story.go(&Release(Blame::Endpoint));
    assert_eq!(
        story.told(&folded),
        "down a8 f8 u12 ????????????DDDDDDDD check [connect timeout: as observed]"
    );
}

#[test]
fn what_a_check_found_stays_until_the_next_one() {
    run(
        "content",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (Check(no_content()), "healthy a1 h check"),
            (Check(no_content()), "degraded a1 h [content_failed: content_failed was seen]"),
            (Round(works()), "degraded a2 hg"),
            (Round(works()), "degraded a3 hgg"),
            (Check(works()), "degraded a3 hgg check"),
            (Check(works()), "healthy a3 hgg [everything that was asked works]"),
            (Round(works()), "healthy a4 hggh"),
        ],
    );
}

#[test]
fn an_answer_disproves_why_there_was_none() {
    let stopped = || {
        let mut member = ill(1, Phase::Wsus, Cause::Http503);
        member.rtt = Some(ms(10));
        report(vec![member])
    };
    let explained = || {
        let mut report = stopped();
        report.members[0].findings = vec![warning(FindingCode::WsusPoolStopped)];
        report
    };
    let well = || report(vec![well(1)]);
    let story = run(
        "pool",
        &[
            (Round(stopped()), "down a1 f1 D check [wsus http_503: as observed]"),
            (Check(explained()), "down a1 f1 D"),
            (Round(stopped()), "down a2 f2 DD"),
            (Round(well()), "down a3 f2 DDh check"),
            (Check(well()), "healthy a3 f2 DDh [everything that was asked works]"),
        ],
    );
    assert_eq!(story.view.finding_codes(), []);
}

#[test]
fn checks_that_contradict_each_other_end() {
    let mut story = Story::new();
    story.go(&Round(works()));
    let asked = |report: EndpointReport, story: &mut Story| story.go(&Check(report)).check_now;
    let seen = [no_content(), refused(), no_content(), refused()];
    let asked: Vec<bool> = seen.into_iter().map(|report| asked(report, &mut story)).collect();
    assert_eq!(asked, [true, false, true, false], "none calls for one that calls for another");
}

#[test]
fn unknown_rounds_are_no_attempts() {
    let away = || report(vec![ill(1, Phase::Connect, Cause::LocalLimit)]);
    run(
        "out of sockets",
        &[
            (Round(works()), "healthy a1 h check [everything that was asked works]"),
            (Round(away()), "healthy a1 u1 h? check"),
            (Check(away()), "healthy a1 u1 h?"),
            (Round(works()), "healthy a2 u1 h?h check"),
        ],
    );
}

#[test]
fn no_blame_where_something_works() {
    let mut story = Story::new();
    let report = works();
    let finished = Finished {
        report: &report,
        at: fixture::now(),
        elapsed: Duration::ZERO,
        trace: Arc::from(""),
    };
    round(&mut story.view, &finished, None, Blame::Held);
    assert_eq!((story.view.counts.attempts, story.view.held.len()), (1, 0));
    // Unless a wrong clock only makes it look so.
    for _ in 0..2 {
        round(&mut story.view, &finished, None, Blame::Local);
    }
    assert_eq!((story.view.counts.attempts, story.view.counts.local), (1, 2));
    assert_eq!(story.view.state.verdict, Verdict::Unknown);
}

#[test]
fn every_finding_has_its_depth_and_rounds_keep_theirs() {
    // A lean round of a real server saw these: they must not wait for a check.
    for code in [FindingCode::CertificateExpiresSoon, FindingCode::MemberDown] {
        let mut noted = Vec::new();
        noted::replace(&mut noted, &[warning(code)], Job::Check);
        assert_eq!(noted, [], "{code:?} by a check");
        noted::replace(&mut noted, &[warning(code)], Job::Round);
        assert_eq!(noted.len(), 1, "{code:?} by a round");
    }
    let mut noted = Vec::new();
    let hsts = [warning(FindingCode::Hsts), warning(FindingCode::OldTlsAccepted)];
    noted::replace(&mut noted, &hsts, Job::Check);
    noted::replace(&mut noted, &hsts, Job::Scan);
    let kept: Vec<_> = noted.iter().map(|one| (one.finding.code, one.by)).collect();
    assert_eq!(kept, [(FindingCode::Hsts, Job::Check), (FindingCode::OldTlsAccepted, Job::Scan)]);
    noted::replace(&mut noted, &hsts[..1], Job::Round);
    let kept: Vec<_> = noted.iter().map(|one| (one.finding.code, one.by)).collect();
    assert_eq!(
        kept,
        [(FindingCode::Hsts, Job::Round), (FindingCode::OldTlsAccepted, Job::Scan)],
        "what is said in the same words is said once"
    );
}

/// Two machines behind one address show different certificates.
#[test]
fn unlike_machines_behind_one_address_are_no_news_for_long() {
    let other = |number: u8| {
        let mut report = works();
        let certificate = report.members[0].certificate.as_mut().unwrap();
        certificate.chain[0].subject = format!("CN=machine-{number}");
        report
    };
    let asked = |numbers: &mut dyn Iterator<Item = u8>, count: usize| {
        let mut story = Story::new();
        story.every(story.view.pace.round);
        let rounds = numbers.take(count).map(|number| story.go(&Round(other(number))).check_now);
        rounds.map(usize::from).sum::<usize>()
    };
    assert_eq!(asked(&mut [1, 2].into_iter().cycle(), 40), 2);
    assert_eq!(asked(&mut [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1].into_iter(), 11), 3);
    let mut story = Story::new();
    story.view.pace = Pace { check: Duration::from_hours(1), ..story.view.pace };
    story.every(story.view.pace.round);
    let rounds = (0..24).map(|number| usize::from(story.go(&Round(other(number))).check_now));
    assert_eq!(
        rounds.sum::<usize>(),
        2,
        "a tenth of the interval between them, ever new as they are"
    );
    let rounds = (0..12).map(|_| usize::from(story.go(&Round(other(100))).check_now));
    assert_eq!(rounds.sum::<usize>(), 1, "what came too soon is not forgotten");
    assert!(story.go(&Round(refused())).check_now, "another verdict does not wait");
}
