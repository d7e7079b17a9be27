//! `client explain`: what a client will do, asked of files.

#![cfg(test)]

use std::io::Write as _;

use crate::support::program::{Run, run, wsus_probe};

const SETTINGS: &str = "Windows Registry Editor Version 5.00\r\n\r\n\
    [HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate]\r\n\
    \"WUServer\"=\"https://wsus.corp.example:8531\"\r\n\
    \"WUStatusServer\"=\"https://wsus.corp.example:8531\"\r\n\r\n\
    [HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU]\r\n\
    \"UseWUServer\"=dword:00000001\r\n\
    \"AUOptions\"=dword:00000004\r\n\
    \"ScheduledInstallDay\"=dword:00000000\r\n\
    \"ScheduledInstallTime\"=dword:00000003\r\n\
    \"RescheduleWaitTime\"=dword:0000000f\r\n\
    \"RescheduleWaitTimeEnabled\"=dword:00000001\r\n";

fn explain(line: &str) -> Run {
    let mut file = tempfile::NamedTempFile::with_suffix(".reg").unwrap();
    file.write_all(SETTINGS.as_bytes()).unwrap();
    let arguments = ["client", "explain"].into_iter().chain(line.split_whitespace());
    run(wsus_probe(arguments).arg(file.path()))
}

/// The page's second example, with its figures.
#[test]
fn a_missed_installation_is_made_up_for() {
    let asked = "--time-zone America/Chicago --missed 2026-11-21T03:00 \
                 --service-start 2026-11-21T08:45";
    let text = explain(asked);
    assert_eq!((text.code(), text.stderr.as_str()), (0, ""));
    for part in [
        "Updates come from the WSUS server https://wsus.corp.example:8531",
        "Sat 2026-11-21 08:55 -06:00  by user",
        "Sat 2026-11-21 09:00 -06:00  then",
        "The installation of Sat 2026-11-21 03:00 takes place on Sat 2026-11-21 09:00",
    ] {
        let flowing = text.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.stdout.contains(part) || flowing.contains(part), "{part} in {}", text.stdout);
    }
    let document = explain(&format!("{asked} --output json")).json();
    assert_eq!(document["server_url"], "https://wsus.corp.example:8531");
    assert_eq!(document["at"], "2026-11-21T08:45:00-06:00");
    let events = document["events"].as_array().unwrap();
    let made_up = events.iter().find(|e| e["kind"] == "rescheduled_installation").unwrap();
    assert_eq!(made_up["at"], "2026-11-21T09:00:00-06:00");
    assert_eq!(document["restart"]["situations"].as_array().unwrap().len(), 7);
}

/// These are told before a file is read.
#[test]
fn what_is_wrong_with_a_question_is_told_with_a_remedy() {
    for (line, part) in [
        ("--time-zone America/Chicgo", "--time-zone is \"America/Chicgo\""),
        ("--at yesterday", "--at is \"yesterday\""),
        ("--missed 03:00", "--missed is \"03:00\""),
        ("--service-start 2026-11-21", "add the time of day"),
        (
            "--missed 2026-11-21T03:00 --service-start 2026-11-21T02:00",
            "--service-start is not after --missed",
        ),
    ] {
        let run = explain(line);
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{line}");
        assert!(run.stderr.contains(part) && run.stderr.contains("hint: "), "{}", run.stderr);
    }
    let arguments = ["client", "explain", "--time-zone", "Central Standard Time", "x.reg"];
    let told = run(&mut wsus_probe(arguments)).stderr;
    assert!(told.contains("that is a name of Windows; write America/Chicago"), "{told}");
}
