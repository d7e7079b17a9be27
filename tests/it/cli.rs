//! The contract of the command line: help, exit codes, what goes to which stream, every format.

#![cfg(test)]

use std::path::Path;

use wsus_probe::demo::hostile::Hostile;
use wsus_probe::demo::server::Behaviour;

use crate::support::program::{Run, run, wsus_probe};
use crate::support::report;
use crate::support::world::World;

fn plain(line: &str) -> Run {
    run(&mut wsus_probe(line.split_whitespace()))
}

fn on(config: &Path, line: &str) -> Run {
    run(wsus_probe(line.split_whitespace()).arg("--config").arg(config))
}

#[test]
fn help_texts() {
    for command in [
        "",
        "nearest",
        "check",
        "tls",
        "explain",
        "healthcheck",
        "serve",
        "demo",
        "config",
        "config show",
        "config check",
        "completions",
        "man",
    ] {
        let run = plain(&format!("{command} --help"));
        assert_eq!((run.code(), run.stderr.as_str()), (0, ""), "{command}");
        let name = if command.is_empty() { "program" } else { command };
        insta::assert_snapshot!(format!("help of {name}").replace(' ', "_"), run.stdout);
    }
    let version = plain("--version");
    assert_eq!(version.stdout, format!("wsus-probe {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn misuse_is_told_on_standard_error_with_a_way_out() {
    for (line, part) in [
        ("", "Usage"),
        ("chekc", "check"),
        ("nearest --samples 0", "1..=10"),
        ("check --endpoint ftp://a.test", "hint:"),
        ("check --endpoint https://a.test/path", "hint:"),
        ("check --deadline 5", "hint:"),
        ("check --dc mars", "hint:"),
        ("check nosuch", "hint:"),
        ("check --config /nonexistent/file.toml", "hint:"),
        ("check --ca-file /nonexistent/ca.pem", "hint:"),
        ("nearest --current nonsense://x", "hint:"),
        ("tls nosuch", "hint:"),
        ("tls --endpoint ftp://a.test", "hint:"),
        ("tls https://a.test/path", "hint:"),
        ("tls --ca-file /nonexistent/ca.pem", "hint:"),
        ("man nearst", "hint:"),
        ("demo --fault dead=mars", "hint:"),
    ] {
        let run = plain(line);
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{line}");
        assert!(run.stderr.contains(part), "{line}: {}", run.stderr);
    }
}

/// A file that is missing ends each command before it sends anything.
#[test]
fn who_gives_no_configuration_is_told_whose_servers_are_asked() {
    let note = "note: no configuration: using the embedded catalogue of six public endpoints; ";
    for (line, is_told) in [
        ("check", true),
        ("check dfw --output json", true),
        ("nearest --output url", true),
        ("tls --dc dfw", true),
        ("tls https://a.test", false),
        ("check --endpoint https://a.test", false),
        ("check --config tests/data/config/good/minimal.toml", false),
        // Some monitoring systems show everything that a plugin writes.
        ("check --output nagios", false),
    ] {
        let run = plain(&format!("{line} --ca-file /nonexistent/ca.pem"));
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{line}");
        let first = run.stderr.lines().next().unwrap();
        assert_eq!(first.starts_with(note), is_told, "{line}: {}", run.stderr);
        assert!(!is_told || first.ends_with("--config FILE or set WSUS_PROBE_CONFIG"), "{first}");
    }
}

#[test]
fn configuration_names_the_origin_of_each_value() {
    let mut command = wsus_probe(["config", "show"]);
    let run = run(command.env("WSUS_PROBE_DEADLINE", "7s"));
    assert_eq!(run.code(), 0);
    let deadline = run.stdout.lines().find(|line| line.starts_with("deadline")).unwrap();
    assert!(deadline.contains("7s") && deadline.contains("WSUS_PROBE_DEADLINE"), "{deadline}");
    // What is printed is itself a configuration, with the same meaning.
    let world = World::new();
    let again = on(&world.file("shown.toml", &run.stdout), "config show");
    assert_eq!(again.code(), 0, "{}", again.stderr);
    let run = plain("config check");
    assert_eq!((run.code(), run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("6 endpoints\n"), "{}", run.stdout);
}

#[test]
fn scripts_for_shells_and_manual_pages() {
    for (line, part) in [
        ("completions bash", "complete -F"),
        ("completions powershell", "Register-ArgumentCompleter"),
        ("man", ".TH wsus-probe"),
        ("man nearest", "WSUS_PROBE_NEAREST_STRICT"),
    ] {
        let run = plain(line);
        assert_eq!((run.code(), run.stderr.as_str()), (0, ""), "{line}");
        assert!(run.stdout.contains(part), "{line}");
    }
}

#[test]
fn nearest_in_every_format() {
    let world = World::new();
    let (fleet, config) = world.fleet();
    let url = fleet.endpoints()[0].url.to_string();

    let run = on(&config, "nearest --output url");
    assert_eq!(
        (run.code(), run.stdout.as_str(), run.stderr.as_str()),
        (0, &*format!("{url}\n"), "")
    );

    let run = on(&config, "nearest --output json");
    let report = run.json();
    assert_eq!((run.code(), run.stderr.as_str()), (0, ""));
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["selected"]["name"], "dfw");
    assert_eq!(report["selected"]["url"], url.as_str());
    assert_eq!(report["reason"]["code"], "nearest_healthy");
    let dfw = report::endpoint(&report, "dfw");
    assert!(dfw["rejected"].is_null());
    assert_eq!(dfw["rtt_clock"], "simulated");
    assert_eq!(dfw["rtt_ms"].as_f64(), Some(12.0));
    assert!(report::endpoint(&report, "hkg")["rejected"]["code"].is_string());
    // The far ones cost no time: nobody waited until the farthest had answered.
    assert_eq!(report::endpoint(&report, "hkg")["verdict"], "unknown", "{report}");

    let run = on(&config, "nearest --output reg");
    assert_eq!((run.code(), run.stderr.as_str()), (0, ""));
    assert!(run.stdout.trim_start_matches('\u{feff}').starts_with("Windows Registry Editor"));
    for value in ["\"WUServer\"", "\"WUStatusServer\""] {
        assert!(run.stdout.contains(&format!("{value}=\"{url}\"")), "{}", run.stdout);
    }
    assert!(run.stdout.contains("\"UseWUServer\"=dword:00000001"), "{}", run.stdout);

    let run = on(&config, "nearest --output powershell");
    assert_eq!((run.code(), run.stderr.as_str()), (0, ""));
    for part in [url.as_str(), "UseWUServer", "wuauserv", "gpupdate"] {
        assert!(run.stdout.contains(part), "{part}");
    }

    let run = on(&config, "nearest");
    assert!(run.stdout.contains("dfw") && run.stdout.contains(&url), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'), "no colour where there is no terminal");
}

#[test]
fn nearest_without_a_choice_writes_no_data() {
    let world = World::new();
    let (fleet, config) = world.fleet();
    for endpoint in fleet.endpoints() {
        for address in endpoint.expected_members {
            assert!(fleet.set_behaviour(address, Behaviour::PoolStopped));
        }
    }
    for format in ["url", "reg", "powershell"] {
        let run = on(&config, &format!("nearest --output {format}"));
        assert_eq!((run.code(), run.stdout.as_str()), (1, ""), "{format}");
        assert!(run.stderr.contains("503"), "{}", run.stderr);
    }
    let run = on(&config, "nearest --output json");
    let report = run.json();
    assert_eq!(run.code(), 1);
    assert!(report["selected"].is_null() && report["confidence"].is_null());
    assert_eq!(report["reason"]["code"], "none_healthy");
}

#[test]
fn exit_codes_and_the_plugin_states() {
    let world = World::new();
    let (fleet, config) = world.fleet();
    let members = |index: usize| fleet.endpoints()[index].expected_members.clone();
    let each = |expected: [i32; 3]| {
        let check = on(&config, "check --output json dfw ord");
        let nearest = on(&config, "nearest --dc dfw --dc ord --output json");
        let nagios = on(&config, "check --output nagios dfw ord");
        assert_eq!(nagios.stdout.lines().count(), 1);
        let codes = [check.code(), nearest.code(), nagios.code()];
        assert_eq!(codes, expected, "{}\n{}", check.stdout, nagios.stdout);
        nagios.stdout
    };
    assert!(each([0, 0, 0]).starts_with("WSUS OK - 2 of 2 healthy|'dfw_rtt'=12ms;;;0 "));
    // One member of two.
    assert!(fleet.set_behaviour(members(0)[0], Behaviour::Hostile(Hostile::Close)));
    assert!(each([3, 0, 1]).starts_with("WSUS WARNING - 1 of 2 healthy; degraded: dfw"));
    let strict = on(&config, "nearest --dc dfw --output json");
    assert_eq!(strict.code(), 3, "the only choice is degraded");
    // Both.
    assert!(fleet.set_behaviour(members(0)[1], Behaviour::Hostile(Hostile::Close)));
    let line = each([3, 0, 2]);
    let expected = "WSUS CRITICAL - 1 of 2 healthy; down: dfw (tls closed for everybody)";
    assert!(line.starts_with(expected), "{line}");
    for address in members(1) {
        assert!(fleet.set_behaviour(address, Behaviour::NotWsus));
    }
    assert!(each([1, 1, 2]).starts_with("WSUS CRITICAL - 0 of 2 healthy; down: dfw"));
}

#[test]
fn a_scan_of_tls_by_name_and_by_url() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    let clear = format!("http://{}", world.http(Behaviour::Healthy));
    let run = on(&config, &format!("tls dfw {clear} --output json"));
    let report = run.json();
    assert_eq!((run.code(), run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert_eq!(report["not_scanned"][0]["url"], clear.as_str());
    assert_eq!(report["endpoints"].as_array().unwrap().len(), 1);
    for member in report::endpoint(&report, "dfw")["members"].as_array().unwrap() {
        assert_eq!(member["requests"], 0, "a scan stands in place of the check");
        let scan = &member["tls_scan"];
        let supported: Vec<_> = scan["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| (version["protocol"].as_str().unwrap(), &version["support"]))
            .filter(|(_, support)| *support == "supported")
            .map(|(protocol, _)| protocol)
            .collect();
        assert_eq!(supported, ["1.2", "1.3"], "{scan}");
        assert_eq!(scan["chains"][0]["certificate"]["verdict"], "ok");
        assert!(scan["clients"].as_array().unwrap().len() > 10);
        assert!(scan["suites"].as_array().unwrap().is_empty());
    }
    let run = on(&config, "tls dfw");
    for part in
        ["at both members, 127.77.1.1 and 127.77.1.2", "TLS 1.3  yes", "8.1 / Server 2012 R2"]
    {
        assert!(run.stdout.contains(part), "{part} in {}", run.stdout);
    }
    // Of what has no TLS, nothing is known.
    let run = plain(&format!("tls {clear}"));
    assert_eq!(run.code(), 2);
    assert!(run.stdout.contains("http:// has no TLS"), "{}", run.stdout);
}

#[test]
fn only_the_deep_check_of_a_healthy_server_scans_its_tls() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    for (profile, scanned) in [("quick", false), ("standard", false), ("deep", true)] {
        let run = on(&config, &format!("check dfw --output json --profile {profile}"));
        let report = run.json();
        for member in report::endpoint(&report, "dfw")["members"].as_array().unwrap() {
            assert_eq!(!member["tls_scan"].is_null(), scanned, "{profile}: {member}");
        }
    }
}

#[test]
fn a_tie_is_not_certain_enough_for_strict() {
    let world = World::new();
    let server = |name: &str| format!("{name}=https://{}", world.https(Behaviour::Healthy));
    let (one, other) = (server("one"), server("other"));
    let arguments = ["nearest", "--strict", "1", "--endpoint", &one, "--endpoint", &other];
    let run = run(wsus_probe(arguments).arg("--ca-file").arg(world.ca_file()));
    assert_eq!(run.code(), 3, "{run:?}");
}

#[test]
fn the_server_in_use_stays_for_a_small_gain() {
    let world = World::new();
    let (fleet, config) = world.fleet();
    // 35 ms away, against 12 ms: worth moving. 48 ms against 35 ms: not.
    let current = fleet.endpoints()[1].url.to_string();
    let run = on(&config, &format!("nearest --output json --current {current}"));
    assert_eq!(run.json()["selected"]["name"], "dfw");
    let current = fleet.endpoints()[2].url.to_string();
    let run = on(&config, &format!("nearest --dc ord --dc iad --output json --current {current}"));
    let report = run.json();
    assert_eq!(report["selected"]["name"], "iad");
    assert_eq!(report["reason"]["code"], "current_kept");
}

#[test]
fn the_trace_goes_to_standard_error() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    let run = on(&config, "check --output json -v dfw");
    assert_eq!(run.code(), 0);
    assert!(run.json()["endpoints"].is_array());
    for part in [
        "dfw: A 127.77.1.1, 127.77.1.2",
        "SYN sent",
        "connected in",
        "TLS 1.3 in",
        "certificate ok",
        "get_config: 200 in",
        "finished",
    ] {
        assert!(run.stderr.contains(part), "{part} in {}", run.stderr);
    }
}

#[test]
fn colour_is_asked_for_or_for_terminals() {
    let world = World::new();
    let url = format!("https://{}", world.http(Behaviour::Healthy));
    let colourful = |arguments: &[&str], no_color: Option<&str>| {
        let mut command = wsus_probe(["check", "--endpoint", &url]);
        command.args(arguments);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        run(&mut command).stdout.contains('\u{1b}')
    };
    assert!(!colourful(&[], None));
    assert!(colourful(&["--color", "always"], None));
    assert!(colourful(&["--color", "always"], Some("1")), "what is asked for on the line wins");
    assert!(!colourful(&["--color", "never"], None));
}

#[test]
fn the_demonstration_shows_everything_and_cleans_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = wsus_probe(["demo", "--fault", "dead=dfw,http-503=ord,half-dead=iad"]);
    let run = run(command.env("TMPDIR", folder.path()));
    assert_eq!(run.code(), 0, "{}", run.stderr);
    for part in ["$ wsus-probe nearest", "$ wsus-probe check", "lon", "503", "simulated"] {
        assert!(run.stdout.contains(part), "{part} in {}", run.stdout);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "files are left behind");
}
