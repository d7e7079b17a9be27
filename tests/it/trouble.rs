//! Every kind of trouble that a server or its surroundings can make: what the program says of
//! it, how it exits, that it ends in time, and that what was measured before is kept.

#![cfg(test)]

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use wsus_probe::demo::hostile::Hostile;
use wsus_probe::demo::server::Behaviour;

use crate::support::program::{Run, run, wsus_probe};
use crate::support::report;
use crate::support::world::{World, nobody};

/// Deadline of a run that is expected to need it: far above what loopback takes, short for a test.
const SHORT: Duration = Duration::from_secs(2);

/// Deadline of a run that should end long before it, whatever else the machine is doing.
const LONG: Duration = Duration::from_secs(30);

/// Start and end of the program, judgement and output, on a busy machine.
const SLACK: Duration = Duration::from_secs(8);

fn check(world: &World, url: &str, deadline: Duration) -> Run {
    let limits = ["deadline", "connect_timeout", "tls_timeout", "wsus_timeout"];
    let limits = limits.map(|limit| format!("{limit} = \"{}ms\"\n", deadline.as_millis())).concat();
    let endpoint = format!("[[endpoint]]\nname = \"it\"\nurl = \"{url}\"\n");
    let config = world.file("it.toml", &(limits + &endpoint));
    let arguments = ["check", "--output", "json", "--config"];
    run(wsus_probe(arguments).arg(config).arg("--ca-file").arg(world.ca_file()))
}

/// Which phases a member completed.
fn phases(member: &Value) -> String {
    let done = |key: &str| member["phases"][key].is_number();
    let names = ["resolve_ms", "connect_ms", "tls_ms", "wsus_ms"];
    let done: Vec<&str> =
        names.into_iter().filter(|key| done(key)).map(|key| key.trim_end_matches("_ms")).collect();
    done.join(" ")
}

#[derive(Debug)]
struct Case {
    behaviour: Behaviour,
    /// Phase and cause; several, separated by bars, where the order of packets decides.
    failure: &'static str,
    phases: &'static str,
}

fn case(behaviour: Behaviour, failure: &'static str, phases: &'static str) -> Case {
    Case { behaviour, failure, phases }
}

fn hostile(hostile: Hostile, failure: &'static str, phases: &'static str) -> Case {
    case(Behaviour::Hostile(hostile), failure, phases)
}

/// Probes each server on its own, and tells all that are wrong at once.
fn each(scheme: &str, cases: &[Case]) {
    let world = World::new();
    let mut wrong = Vec::new();
    for case in cases {
        let behaviour = case.behaviour.clone();
        let address = match scheme {
            "https" => world.https(behaviour),
            _ => world.http(behaviour),
        };
        let deadline = if case.failure.ends_with("timeout") { SHORT } else { LONG };
        let run = check(&world, &format!("{scheme}://{address}"), deadline);
        let report = run.json();
        let endpoint = report::endpoint(&report, "it");
        let member = &endpoint["members"][0];
        // Where only this program's own TLS has failed, nothing is known of the endpoint.
        let expected = match case.failure {
            "" => 0,
            "tls no_common_suite" | "tls no_common_version" => 2,
            _ => 1,
        };
        let failure = report::failure(member);
        let seen = (run.code(), phases(member));
        let named = report::failure(endpoint) == report::failure(member);
        let kept = member["rtt_ms"].is_number();
        let soon = run.elapsed < deadline + SLACK;
        let known = case.failure.split('|').any(|known| known == failure);
        if seen != (expected, case.phases.to_owned()) || !(known && named && kept && soon) {
            let elapsed = run.elapsed;
            wrong.push(format!("{case:?}: {seen:?} after {elapsed:?}, {}", member["failure"]));
        }
    }
    assert!(wrong.is_empty(), "{scheme}:\n{}", wrong.join("\n"));
}

#[test]
fn https_servers_that_break_the_handshake() {
    each(
        "https",
        &[
            hostile(Hostile::Reset, "tls reset", "connect"),
            hostile(Hostile::Close, "tls closed", "connect"),
            hostile(Hostile::CloseAfterFirstBytes, "tls closed", "connect"),
            hostile(Hostile::Silence, "tls timeout", "connect"),
            hostile(Hostile::Garbage, "tls not_tls", "connect"),
            hostile(Hostile::SshBanner, "tls not_tls", "connect"),
            hostile(Hostile::PlainHttp, "tls plain_http", "connect"),
            hostile(Hostile::DripTls, "tls timeout", "connect"),
            hostile(Hostile::HelloThenSilence, "tls timeout", "connect"),
            hostile(Hostile::Alert(40), "tls no_common_suite", "connect"),
            hostile(Hostile::Alert(70), "tls no_common_version", "connect"),
            hostile(Hostile::Alert(80), "tls alert", "connect"),
            hostile(Hostile::Alert(112), "tls unrecognized_name", "connect"),
            hostile(Hostile::HugeCertificate, "tls tls_protocol", "connect"),
        ],
    );
}

#[test]
fn https_servers_that_break_http() {
    each(
        "https",
        &[
            hostile(Hostile::DripHttp, "wsus timeout", "connect tls"),
            hostile(Hostile::EndlessHeaders, "wsus headers_too_large", "connect tls"),
            hostile(Hostile::EndlessBody, "wsus body_too_large", "connect tls"),
            hostile(Hostile::CloseAfterRequest, "wsus closed", "connect tls"),
            // Refused by its length before anything is unpacked.
            case(Behaviour::GzipBomb, "wsus body_too_large", "connect tls"),
            case(Behaviour::EntityBomb, "wsus bad_xml", "connect tls"),
            case(Behaviour::DeepXml, "wsus bad_xml", "connect tls"),
        ],
    );
}

#[test]
fn https_servers_that_are_no_wsus_or_a_sick_one() {
    each(
        "https",
        &[
            case(Behaviour::Healthy, "", "connect tls wsus"),
            case(Behaviour::Slow(Duration::from_millis(30)), "", "connect tls wsus"),
            case(Behaviour::Slow(Duration::from_secs(9)), "wsus timeout", "connect tls"),
            case(Behaviour::PoolStopped, "wsus http_503", "connect tls"),
            case(Behaviour::Status(401), "wsus http_401", "connect tls"),
            case(Behaviour::Status(403), "wsus http_403", "connect tls"),
            case(Behaviour::Status(404), "wsus http_404", "connect tls"),
            case(Behaviour::Status(500), "wsus http_500", "connect tls"),
            // An empty body, but the header says HTML.
            case(Behaviour::Status(204), "wsus html_page", "connect tls"),
            case(Behaviour::Status(418), "wsus http_status", "connect tls"),
            case(Behaviour::SoapFault("ServerBusy".into()), "wsus soap_fault", "connect tls"),
            case(Behaviour::HtmlPortal, "wsus html_page", "connect tls"),
            case(Behaviour::NotWsus, "wsus not_wsus", "connect tls"),
            case(
                Behaviour::Redirect("https://elsewhere.test/".into()),
                "wsus redirect_elsewhere",
                "connect tls",
            ),
            case(
                Behaviour::Redirect("/ClientWebService/client.asmx".into()),
                "wsus redirect_loop",
                "connect tls",
            ),
            case(Behaviour::Redirect("/login".into()), "wsus redirect", "connect tls"),
        ],
    );
}

#[test]
fn clear_text_servers() {
    each(
        "http",
        &[
            case(Behaviour::Healthy, "", "connect wsus"),
            case(Behaviour::PoolStopped, "wsus http_503", "connect"),
            hostile(Hostile::Reset, "connect reset|wsus reset", "connect"),
            hostile(Hostile::Close, "wsus closed", "connect"),
            hostile(Hostile::Silence, "wsus timeout", "connect"),
            hostile(Hostile::Garbage, "wsus not_http", "connect"),
            hostile(Hostile::SshBanner, "wsus not_http", "connect"),
            hostile(Hostile::DripHttp, "wsus timeout", "connect"),
            hostile(Hostile::EndlessHeaders, "wsus headers_too_large", "connect"),
            hostile(Hostile::EndlessBody, "wsus body_too_large", "connect"),
        ],
    );
}

#[test]
fn the_wrong_scheme_is_named() {
    let world = World::new();
    for (url, expected) in [
        (format!("http://{}", world.https(Behaviour::Healthy)), "wsus tls_on_http_port"),
        (format!("https://{}", world.http(Behaviour::Healthy)), "tls plain_http"),
    ] {
        let run = check(&world, &url, LONG);
        let report = run.json();
        let endpoint = report::endpoint(&report, "it");
        assert_eq!((run.code(), report::failure(endpoint).as_str()), (1, expected), "{run:?}");
    }
}

#[test]
fn clear_text_is_healthy_with_a_note() {
    let world = World::new();
    let run = check(&world, &format!("http://{}", world.http(Behaviour::Healthy)), LONG);
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    assert_eq!((run.code(), endpoint["verdict"].as_str()), (0, Some("healthy")), "{run:?}");
    assert_eq!(report::findings(endpoint), ["cleartext_metadata", "exposed_from_here"]);
    assert!(endpoint["members"][0]["tls"].is_null());
    assert!(endpoint["members"][0]["certificate"].is_null());
}

#[test]
fn nothing_listens() {
    let world = World::new();
    let address: SocketAddr = nobody();
    let run = check(&world, &format!("https://{address}"), LONG);
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    assert_eq!((run.code(), report::failure(endpoint).as_str()), (1, "connect refused"));
    assert_eq!(phases(&endpoint["members"][0]), "");
    assert!(run.elapsed < SLACK, "{:?}", run.elapsed);
}

#[test]
fn a_black_hole_ends_at_the_limit_of_connecting() {
    let world = World::new();
    let config = world.file(
        "hole.toml",
        "connect_timeout = \"300ms\"\n[[endpoint]]\nname = \"it\"\nurl = \"https://127.99.0.1\"\n\
         [simulated]\n\"127.99.0.1\" = \"black_hole\"\n",
    );
    let arguments = ["check", "--output", "json", "--config"];
    let run = run(wsus_probe(arguments).arg(config));
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    assert_eq!((run.code(), report::failure(endpoint).as_str()), (1, "connect timeout"));
    assert!(endpoint["rtt_ms"].is_null() && endpoint["members"][0]["rtt_ms"].is_null());
    assert!((300.0..1950.0).contains(&report["elapsed_ms"].as_f64().unwrap()), "{report}");
}
