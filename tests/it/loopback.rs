//! The real program on real sockets: resolvers and their troubles, several members behind a
//! name, and the limits and signals of the system.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "waits in real time for other programs")]

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
#[cfg(target_os = "linux")]
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use wsus_probe::demo::dns::{Entry, Trouble, Zone};
use wsus_probe::demo::hostile::Hostile;
use wsus_probe::demo::server::Behaviour;

#[cfg(target_os = "linux")]
use crate::support::exporter::listening;
use crate::support::program::{Run, Running, run, shell, wsus_probe};
use crate::support::report;
use crate::support::world::{LOOPBACK, NAME, World, listener, nobody};

/// Start and end of the program, judgement and output, on a busy machine.
const SLACK: Duration = Duration::from_secs(8);

fn zone(entries: impl IntoIterator<Item = (&'static str, Entry)>) -> Zone {
    entries.into_iter().map(|(name, entry)| (name.to_owned(), entry)).collect()
}

fn check(world: &World, resolver: &str, deadline: &str, url: &str) -> Run {
    let endpoint = format!("it={url}");
    let arguments = ["check", "--output", "json", "--deadline", deadline, "--resolver", resolver];
    let mut command = wsus_probe(arguments);
    run(command.args(["--endpoint", &endpoint, "--ca-file"]).arg(world.ca_file()))
}

/// Exit code, verdict and failure of the only endpoint.
fn verdict(run: &Run) -> (i32, String, String) {
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    (run.code(), endpoint["verdict"].as_str().unwrap().to_owned(), report::failure(endpoint))
}

fn down(failure: &str) -> (i32, String, String) {
    (1, "down".to_owned(), failure.to_owned())
}

#[test]
fn names_that_cannot_be_resolved() {
    let world = World::new();
    let resolver = world.dns(zone([
        ("silent.test", Entry::trouble(Trouble::Silent)),
        ("refused.test", Entry::trouble(Trouble::Refused)),
        ("servfail.test", Entry::trouble(Trouble::ServFail)),
        ("nxdomain.test", Entry::trouble(Trouble::NxDomain)),
        ("nodata.test", Entry::trouble(Trouble::NoData)),
        ("nowhere.test", Entry::alias("gone.test")),
        ("empty.test", Entry::alias("nodata.test")),
    ]));
    for (name, expected) in [
        ("silent.test", "resolve timeout"),
        ("refused.test", "resolve refused"),
        ("servfail.test", "resolve servfail"),
        ("nxdomain.test", "resolve nxdomain"),
        ("absent.test", "resolve nxdomain"),
        ("nodata.test", "resolve no_data"),
        ("nowhere.test", "resolve dangling_cname"),
        ("empty.test", "resolve dangling_cname"),
    ] {
        // Only silence lasts until the deadline.
        let deadline = if name == "silent.test" { "900ms" } else { "20s" };
        let run = check(&world, &resolver.to_string(), deadline, &format!("https://{name}"));
        assert_eq!(verdict(&run), down(expected), "{name}");
        assert!(run.elapsed < Duration::from_millis(900) + SLACK, "{name}: {:?}", run.elapsed);
        let report = run.json();
        let endpoint = report::endpoint(&report, "it");
        assert_eq!(endpoint["members"].as_array().map(Vec::len), Some(0), "{name}");
        let lookups = endpoint["lookups"].as_array().unwrap();
        assert_eq!(lookups.len(), 2, "{name}");
        let lost = report::findings(endpoint).contains(&"dns_resent".to_owned());
        assert!(name == "silent.test" || !lost, "{name}: an answer came");
        // An answer has a time, whatever it says; silence has none.
        for lookup in lookups {
            assert_eq!(lookup["time_ms"].is_number(), name != "silent.test", "{lookup}");
        }
    }
}

#[test]
fn a_resolver_that_is_not_there() {
    let world = World::new();
    let run = check(&world, &nobody().to_string(), "20s", "https://wsus.test");
    // It has said nothing of the name.
    let expected = (2, "unknown".to_owned(), "resolve unreachable".to_owned());
    assert_eq!(verdict(&run), expected, "{run:?}");
    // ICMP says so at once; without it, the deadline would.
    assert!(run.elapsed < SLACK, "{:?}", run.elapsed);
}

#[test]
fn truncated_late_and_lost_answers_still_lead_to_the_server() {
    let world = World::new();
    let server = world.https(Behaviour::Healthy);
    let entry = Entry::new([LOOPBACK]);
    for (what, entry) in [
        ("plain", entry.clone()),
        ("truncated", Entry { trouble: Trouble::Truncated, ..entry.clone() }),
        ("late", Entry { delay: Duration::from_millis(200), ..entry.clone() }),
        ("lost", Entry { drop_first: 1, ..entry }),
    ] {
        let resolver = world.dns(zone([(NAME, entry)]));
        let url = format!("https://{NAME}:{}", server.port());
        let run = check(&world, &resolver.to_string(), "5s", &url);
        let (code, verdict, failure) = verdict(&run);
        assert_eq!((code, verdict.as_str(), failure.as_str()), (0, "healthy", ""), "{what}");
        let report = run.json();
        let member = &report::endpoint(&report, "it")["members"][0];
        let resolve = member["phases"]["resolve_ms"].as_f64().unwrap();
        assert!(what != "late" || (200.0..2000.0).contains(&resolve), "{what}: {resolve}");
    }
}

#[test]
fn a_name_with_ipv6_only() {
    let world = World::new();
    let loopback = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let server = world.serve(listener(loopback, 0), Behaviour::Healthy, Some(world.tls(|_| {})));
    let resolver = world.dns(zone([(NAME, Entry::new([loopback]))]));
    let url = format!("https://{NAME}:{}", server.port());
    let run = check(&world, &resolver.to_string(), "5s", &url);
    assert_eq!(verdict(&run).1, "healthy", "{run:?}");
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    assert_eq!(endpoint["members"][0]["address"], server.ip().to_string());
    assert_eq!(endpoint["lookups"].as_array().map(Vec::len), Some(2));
    let findings = report::findings(endpoint);
    assert_eq!(findings, ["exposed_from_here"], "no IPv4 is nothing to worry about");
}

#[test]
fn three_members_one_dead_one_expired() {
    let world = World::new();
    let members = [1, 2, 3].map(|last| IpAddr::V4(Ipv4Addr::new(127, 78, 0, last)));
    // Nothing listens at the first; hardly anybody has the port elsewhere.
    let port = nobody().port();
    world.serve(listener(members[1], port), Behaviour::Healthy, Some(world.expired()));
    world.serve(listener(members[2], port), Behaviour::Healthy, Some(world.tls(|_| {})));
    let resolver = world.dns(zone([(NAME, Entry::new(members))]));
    let url = format!("https://{NAME}:{port}");
    let run = check(&world, &resolver.to_string(), "5s", &url);
    assert_eq!(verdict(&run), (3, "degraded".to_owned(), String::new()), "{run:?}");
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    let seen: Vec<(String, String)> = endpoint["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["verdict"].as_str().unwrap().to_owned(), report::failure(member)))
        .collect();
    let expected =
        [("down", "connect refused"), ("down", "tls certificate_expired"), ("healthy", "")];
    assert_eq!(seen, expected.map(|(verdict, failure)| (verdict.to_owned(), failure.to_owned())));
    assert_eq!(report::findings(endpoint)[0], "member_down");
    // The expired one was measured to the end all the same.
    assert!(endpoint["members"][1]["phases"]["wsus_ms"].is_number());
}

#[test]
fn a_thousand_endpoints_with_few_descriptors() {
    let world = World::new();
    let alive = world.https(Behaviour::Healthy);
    let dead = nobody();
    let endpoint = |number| {
        let address = if number == 500 { alive } else { dead };
        format!("[[endpoint]]\nname = \"e{number}\"\nurl = \"https://{address}\"\n")
    };
    let text: String = (0..1000).map(endpoint).collect();
    let config = world.file("thousand.toml", &text);
    let (config, ca) = (config.display(), world.ca_file());
    let ca = ca.display();
    for limit in [10, 64] {
        let script = format!(
            "ulimit -n {limit}; exec \"$0\" check --output json --deadline 40s --config {config} \
             --ca-file {ca}"
        );
        let run = run(&mut shell(&script));
        if run.code() == 2 && run.stdout.is_empty() {
            assert!(run.stderr.contains("hint:") && run.stderr.contains("ulimit"), "{run:?}");
            continue;
        }
        let report = run.json();
        let endpoints = report["endpoints"].as_array().unwrap();
        assert_eq!((run.code(), endpoints.len()), (3, 1000), "{limit}: {}", run.stderr);
        for endpoint in endpoints {
            let alive = endpoint["name"] == "e500";
            let expected = if alive { "" } else { "connect refused" };
            assert_eq!(report::failure(endpoint), expected, "{limit}: {endpoint}");
        }
    }
}

#[test]
fn too_few_descriptors_for_anything() {
    let world = World::new();
    let url = format!("https://{}", world.https(Behaviour::Healthy));
    // With fewer the system cannot even load the program.
    for limit in 4..20 {
        let script = format!("ulimit -n {limit}; exec \"$0\" check --endpoint {url}");
        let run = run(&mut shell(&script));
        assert!((0..=3).contains(&run.code()), "{limit}: {run:?}");
        assert!(!run.stdout.is_empty() || run.stderr.contains("error:"), "{limit}: {run:?}");
    }
}

#[test]
fn nobody_reads_the_output() {
    let world = World::new();
    let url = format!("https://{}", world.https(Behaviour::Healthy));
    let ca = world.ca_file();
    for command in ["check", "nearest", "check --output json", "man", "completions bash"] {
        let options = if command.starts_with(['m', 'c']) && !command.starts_with("check") {
            String::new()
        } else {
            format!("--endpoint {url} --ca-file {}", ca.display())
        };
        // The exit code of the program itself goes through a descriptor of its own.
        let script =
            format!("{{ {{ sleep 0.1; \"$0\" {command} {options}; echo $? >&3; }} | true; }} 3>&1");
        let run = run(&mut shell(&script));
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("0\n", ""), "{command}");
    }
}

/// The run of a command that got the signal when it knew enough for this exit code: on a slow
/// machine that takes more than a moment.
#[cfg(target_os = "linux")]
fn interrupted(command: &mut Command, signal: nix::sys::signal::Signal, code: i32) -> Run {
    let mut last = None;
    for moment in [700, 3_000, 10_000] {
        let child = Running::start(command);
        std::thread::sleep(Duration::from_millis(moment));
        child.signal(signal);
        let run = child.finish();
        assert!(run.waited < Duration::from_secs(5), "{command:?}: {:?}", run.waited);
        if run.status.code() == Some(code) {
            return run;
        }
        last = Some(run);
    }
    panic!("{command:?} ends otherwise than with {code}: {last:?}")
}

#[cfg(target_os = "linux")]
#[test]
fn interrupted_in_the_middle() {
    use nix::sys::signal::Signal;

    let world = World::new();
    let alive = format!("alive=https://{}", world.https(Behaviour::Healthy));
    let hung = format!("hung=https://{}", world.https(Behaviour::Hostile(Hostile::Silence)));
    let ca = world.ca_file();
    let options = ["--deadline", "20s", "--endpoint", &alive, "--endpoint", &hung];
    for (command, signal, code) in [
        (["check", "--output", "json"], Signal::SIGINT, 3),
        (["check", "--output", "text"], Signal::SIGTERM, 3),
        (["check", "--output", "nagios"], Signal::SIGINT, 3),
    ] {
        let run =
            interrupted(wsus_probe(command).args(options).arg("--ca-file").arg(&ca), signal, code);
        if command[2] == "json" {
            let report = run.json();
            assert_eq!(report["interrupted"], Value::Bool(true));
            assert_eq!(report::endpoint(&report, "alive")["verdict"], "healthy");
            let hung = report::endpoint(&report, "hung");
            assert_eq!(hung["verdict"], "unknown");
            assert!(hung["rtt_ms"].is_number(), "what was measured is kept");
        } else {
            assert!(run.stdout.contains("interrupted"), "{run:?}");
        }
    }
    let mut child = wsus_probe(["nearest", "--output", "json", "--deadline", "20s", "--endpoint"]);
    // Nothing is known to be down.
    let run = interrupted(child.arg(&hung).arg("--ca-file").arg(&ca), Signal::SIGINT, 2);
    let report = run.json();
    assert_eq!(report["reason"]["code"], "interrupted");
    assert!(report["selected"].is_null());
}

/// A network namespace of its own has not even a loopback interface that is up.
#[cfg(target_os = "linux")]
#[test]
fn no_network_at_all() {
    let script = "exec unshare -rn \"$0\" check --output json --deadline 2s";
    let run = run(&mut shell(script));
    assert!(!run.stderr.contains("unshare"), "cannot take the network away: {}", run.stderr);
    let report = run.json();
    let endpoints = report["endpoints"].as_array().unwrap();
    assert!(!endpoints.is_empty());
    let failures: BTreeSet<String> = endpoints.iter().map(report::failure).collect();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures.iter().all(|failure| failure.starts_with("resolve ")), "{failures:?}");
    let local = report["local_findings"].as_array().unwrap();
    assert!(local.iter().any(|finding| finding["code"] == "local_trouble"), "{report}");
    assert!(run.elapsed < Duration::from_secs(2) + SLACK, "{:?}", run.elapsed);
}

#[cfg(target_os = "linux")]
#[test]
fn no_route_to_a_literal_address() {
    let script = "exec unshare -rn \"$0\" check --output json --endpoint it=https://192.0.2.1";
    let run = run(&mut shell(script));
    assert!(!run.stderr.contains("unshare"), "cannot take the network away: {}", run.stderr);
    let expected = (2, "unknown".to_owned(), "connect no_route".to_owned());
    assert_eq!(verdict(&run), expected, "{run:?}");
}

/// An independent resolver, `unbound` of the Debian package of that name, by UDP and by TLS.
#[cfg(target_os = "linux")]
#[test]
fn unbound_answers_by_udp_and_by_tls() {
    const RESOLVER: &str = "resolver.it.test";
    let world = World::new();
    let server = world.https(Behaviour::Healthy);
    let (chain, key) = world.identity_files(RESOLVER);
    let (plain, encrypted) = (nobody(), nobody());
    let config = format!(
        "server:\n directory: \"\"\n chroot: \"\"\n username: \"\"\n pidfile: \"\"\n \
         use-syslog: no\n do-daemonize: no\n interface: 127.0.0.1@{}\n interface: 127.0.0.1@{}\n \
         tls-port: {}\n tls-service-pem: {}\n tls-service-key: {}\n \
         local-zone: \"it.test.\" static\n local-data: \"{NAME}. 60 IN A 127.0.0.1\"\n\
         remote-control:\n control-enable: no\n",
        plain.port(),
        encrypted.port(),
        encrypted.port(),
        chain.display(),
        key.display(),
    );
    let config = world.file("unbound.conf", &config);
    let mut unbound = shell("exec unbound -d -c \"$1\"");
    let unbound = Running::start(unbound.arg(config));
    assert!(
        listening(&[plain, encrypted]),
        "install the Debian package `unbound`: {:?}",
        unbound.finish()
    );
    let url = format!("https://{NAME}:{}", server.port());
    for resolver in [plain.to_string(), format!("tls://{encrypted}#{RESOLVER}")] {
        let run = check(&world, &resolver, "5s", &url);
        assert_eq!(verdict(&run), (0, "healthy".to_owned(), String::new()), "{resolver}: {run:?}");
        let run = check(&world, &resolver, "5s", "https://absent.it.test");
        assert_eq!(verdict(&run), down("resolve nxdomain"), "{resolver}");
    }
    // Not the name that the certificate is for.
    let run = check(&world, &format!("tls://{encrypted}#other.it.test"), "3s", &url);
    let (code, _, failure) = verdict(&run);
    assert!(code != 0 && failure.starts_with("resolve "), "{run:?}");
}
