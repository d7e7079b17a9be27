//! What the program chooses and reports when parts of the network are in trouble.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::regions::{REGIONS, Regions, Trouble, address};
use crate::suite::Test;

pub(crate) const TESTS: &[Test] = &[
    Test::new("nearest_is_chosen", || nearest(&[], "dfw")),
    Test::new("nearest_ignores_far_black_holes", || {
        nearest(&[(4, Trouble::BlackHole), (5, Trouble::BlackHole)], "dfw");
    }),
    Test::new("nearest_steps_over_near_black_holes", || {
        nearest(&[(0, Trouble::BlackHole), (1, Trouble::BlackHole)], "iad");
    }),
    Test::new("nearest_steps_over_503", || nearest(&[(0, Trouble::Stopped)], "ord")),
    Test::new("nearest_steps_over_an_expired_certificate", || {
        nearest(&[(0, Trouble::Expired)], "ord");
    }),
    Test::new("nearest_steps_over_a_refusal", || nearest(&[(0, Trouble::Refuse)], "ord")),
    Test::new("nearest_steps_over_the_unreachable", || {
        nearest(&[(0, Trouble::Unreachable)], "ord");
    }),
    Test::new("nearest_drops_a_server_that_falls_silent", falls_silent),
    Test::new("nearest_follows_the_network", follows),
    Test::new("nothing_is_chosen_where_nothing_works", nothing_works),
    Test::new("check_of_a_black_hole_ends_by_its_deadline", black_hole),
    Test::new("check_names_each_trouble", troubles),
];

/// Far more than any run takes that does not wait for the dead, on a machine that is busy.
const PROMPT: Duration = Duration::from_millis(1500);

/// How long a program may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a run may take that must wait, beyond its deadline.
const SLACK: Duration = Duration::from_secs(8);

/// `nearest` chooses this region, without waiting for the others: in one of some runs, because
/// whatever else the machine does only ever adds.
fn nearest(troubles: &[(usize, Trouble)], expected: &str) {
    let regions = with(troubles);
    let mut took = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let (code, report) = run(&regions, &["nearest", "--output", "json"]);
        took.push(start.elapsed());
        assert_eq!(selected(&report), Some(expected), "{report:#}");
        assert_eq!(code, Some(0));
        if took.iter().any(|took| *took < PROMPT) {
            break;
        }
    }
    assert!(took.iter().any(|took| *took < PROMPT), "it took {took:?}");
}

/// The nearest server answers the SYN and then nothing any more.
fn falls_silent() {
    let regions = with(&[]);
    let nearest = address(0).ip();
    let child = program(&regions, &["nearest", "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    loop {
        let counters = regions.lab.counters(nearest).unwrap();
        // More than SYNs is the acknowledgement of the server's.
        if counters.from_probe > counters.syns {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "no SYN was answered");
        std::thread::yield_now();
    }
    regions.set(0, Trouble::BlackHole);
    let (code, report) = parsed(&child.wait_with_output().unwrap());
    assert_eq!(selected(&report), Some("ord"), "{report:#}");
    assert_eq!(code, Some(0));
    assert_eq!(of(&report["candidates"], 0)["rejected"]["code"], "slow_to_answer", "{report:#}");
}

/// Each run sees the network as it is then.
fn follows() {
    let regions = with(&[]);
    for (trouble, expected) in
        [(Trouble::None, "dfw"), (Trouble::Refuse, "ord"), (Trouble::None, "dfw")]
    {
        regions.set(0, trouble);
        let (_, report) = run(&regions, &["nearest", "--output", "json"]);
        assert_eq!(selected(&report), Some(expected), "{trouble:?}: {report:#}");
    }
}

fn nothing_works() {
    let troubles: Vec<_> = (0..REGIONS.len()).map(|region| (region, Trouble::Refuse)).collect();
    let (code, report) = run(&with(&troubles), &["nearest", "--output", "json"]);
    assert_eq!(selected(&report), None, "{report:#}");
    assert_eq!(report["reason"]["code"], "none_healthy");
    assert_eq!(code, Some(1));
}

fn black_hole() {
    let regions = with(&[(5, Trouble::BlackHole)]);
    let start = Instant::now();
    let (code, report) = run(&regions, &["check", "--deadline", "1s", "--output", "json"]);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(1) + SLACK, "it took {took:?}");
    assert_eq!(failure(&report, 5), ("connect", "timeout"), "{report:#}");
    assert_eq!(of(&report["endpoints"], 5)["members"][0]["rtt_ms"], Value::Null);
    for region in 0..5 {
        assert_eq!(of(&report["endpoints"], region)["verdict"], "healthy", "{report:#}");
    }
    assert_ne!(code, Some(0));
}

/// Every trouble gets its own name.
fn troubles() {
    let regions = with(&[
        (0, Trouble::Stopped),
        (1, Trouble::Expired),
        (2, Trouble::Refuse),
        (3, Trouble::Unreachable),
    ]);
    let (_, report) = run(&regions, &["check", "--output", "json"]);
    assert_eq!(failure(&report, 0), ("wsus", "http_503"), "{report:#}");
    assert_eq!(failure(&report, 1), ("tls", "certificate_expired"), "{report:#}");
    assert_eq!(failure(&report, 2), ("connect", "refused"), "{report:#}");
    assert_eq!(failure(&report, 3), ("connect", "unreachable"), "{report:#}");
    assert_eq!(of(&report["endpoints"], 4)["verdict"], "healthy", "{report:#}");
}

fn with(troubles: &[(usize, Trouble)]) -> Regions {
    let regions = Regions::up().unwrap();
    for (region, trouble) in troubles {
        regions.set(*region, *trouble);
    }
    regions
}

fn run(regions: &Regions, arguments: &[&str]) -> (Option<i32>, Value) {
    parsed(&program(regions, arguments).output().unwrap())
}

fn program(regions: &Regions, arguments: &[&str]) -> Command {
    let mut command = regions.lab.probe_command(env!("CARGO_BIN_EXE_wsus-probe"));
    command.args(arguments).arg("--config").arg(regions.config_file());
    command
}

/// The exit code and what was written.
fn parsed(output: &Output) -> (Option<i32>, Value) {
    let messages = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.expect(&messages))
}

fn selected(report: &Value) -> Option<&str> {
    report["selected"]["name"].as_str()
}

/// What a report says of a region.
fn of(endpoints: &Value, region: usize) -> &Value {
    let all = endpoints.as_array().expect("a list of endpoints");
    all.iter().find(|one| one["name"] == REGIONS[region].0).expect("every region is reported")
}

/// Phase and cause of the failure of an endpoint's only member.
fn failure(report: &Value, region: usize) -> (&str, &str) {
    let failure = &of(&report["endpoints"], region)["members"][0]["failure"];
    (failure["phase"].as_str().unwrap_or_default(), failure["cause"].as_str().unwrap_or_default())
}
