//! `schedule`: what is due, by the clocks of a reader.

#![cfg(test)]

use std::io::Write as _;

use crate::support::program::{Run, run, wsus_probe};

const FLEET: &str = r#"release_after = "14d"

[[endpoint]]
name = "dfw"
region = "Dallas"
url = "https://wsus.dfw.example.test"
time_zone = "America/Chicago"
patch_window = "01:00-05:00"

[[endpoint]]
name = "lon"
url = "https://wsus.lon.example.test"
time_zone = "Europe/London"
patch_window = "not documented"
"#;

fn schedule(line: &str) -> Run {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(FLEET.as_bytes()).unwrap();
    let mut command = wsus_probe(["schedule"].into_iter().chain(line.split_whitespace()));
    run(command.arg("--config").arg(file.path()))
}

#[test]
fn the_calendar_is_told_in_every_form_and_what_is_not_known_stays_so() {
    let asked = "--at 2026-11-21T08:30Z --time-zone Europe/Berlin";
    let text = schedule(asked);
    assert_eq!((text.code(), text.stderr.as_str()), (0, ""));
    for part in
        ["Tue 2026-12-08", "Tue 2026-11-24", "Sat 08:00-12:00", "2 h 30 min left", "not documented"]
    {
        assert!(text.stdout.contains(part), "{part} in {}", text.stdout);
    }
    let document = schedule(&format!("{asked} --output json")).json();
    assert_eq!(document["release_after_days"], 14);
    let [dfw, lon] = [&document["endpoints"][0], &document["endpoints"][1]];
    assert_eq!(
        (&dfw["open"], &dfw["opens_at"]),
        (&true.into(), &"2026-11-21T08:00:00+01:00".into())
    );
    assert_eq!((&lon["open"], &lon["window_unknown"]), (&().into(), &"not_documented".into()));
    let ical = schedule(&format!("{asked} --output ical --months 1 dfw"));
    assert!(ical.stdout.starts_with("BEGIN:VCALENDAR\r\n"), "{}", ical.stdout);
    assert!(ical.stdout.contains("DTSTART:20261121T070000Z\r\n") && !ical.stdout.contains("lon"));
}

#[test]
fn options_win_and_what_is_wrong_with_them_is_told_with_a_remedy() {
    let document = schedule("--release-after 21d --at 2026-11-21T08:30Z --output json").json();
    assert_eq!(document["cycles"][0]["release"], "2026-12-01");
    let told = schedule("--at 2026-11-01T01:30 --time-zone America/Chicago --output ical");
    assert!(told.stderr.starts_with("note: --at 2026-11-01 01:30 comes twice"), "{}", told.stderr);
    for (line, part) in [
        (
            "--release-after 36h",
            "--release-after is \"36h\": expected whole days with their unit, from 0d to 90d",
        ),
        ("--release-after 3", "--release-after is \"3\": expected whole days"),
        ("--at tomorrow", "--at is \"tomorrow\""),
        ("--time-zone CT", "--time-zone is \"CT\""),
        ("nosuch", "nosuch"),
        ("--months 25", "1..=24"),
    ] {
        let run = schedule(line);
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{line}");
        assert!(run.stderr.contains(part), "{line}: {}", run.stderr);
    }
}

/// Without an option the clocks are this machine's.
#[cfg(unix)]
#[test]
fn the_time_zone_of_this_machine() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(FLEET.as_bytes()).unwrap();
    let run = run(wsus_probe(["schedule", "--at", "2026-11-21T14:00"])
        .env("TZ", "Asia/Hong_Kong")
        .arg("--config")
        .arg(file.path()));
    let first = run.stdout.lines().next().unwrap();
    assert_eq!(
        first,
        "As of Sat 2026-11-21 14:00 +08:00, Asia/Hong_Kong (this machine's time zone)"
    );
}
