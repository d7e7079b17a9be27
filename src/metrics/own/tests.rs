//! The registry of the exporter itself.

use std::time::Duration;

use super::*;

fn written(reload: &Reload) -> String {
    let own = Own::new(Arc::default(), UNIX_EPOCH + Duration::from_secs(5)).unwrap();
    own.answered("/metrics", 200);
    own.answered("/metrics", 200);
    own.answered("/probe", 403);
    own.web_config_read(reload.refused.is_none());
    let mut out = "# before\n".to_owned();
    own.write(&mut out, reload);
    out
}

#[test]
fn a_refused_reload_shows_while_the_time_stays() {
    let in_force_since = UNIX_EPOCH + Duration::from_hours(24);
    for (refused, flag) in [(None, 1), (Some("line 3".to_owned()), 0)] {
        let text = written(&Reload { in_force_since, refused });
        for line in [
            format!("wsus_probe_config_last_reload_successful {flag}"),
            format!("wsus_probe_web_config_last_reload_successful {flag}"),
            "wsus_probe_config_last_reload_success_timestamp_seconds 86400".to_owned(),
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
    }
}

#[test]
fn everything_of_the_table_is_written() {
    let text = written(&Reload { in_force_since: UNIX_EPOCH, refused: None });
    let own: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("process_") && !line.contains("_bucket"))
        .collect();
    // The version changes with every release.
    let own = own.join("\n").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(own.replace(ARCH, "ARCH").replace(OS, "OS"));
    for family in table::OWN {
        assert!(text.contains(&format!("# HELP {} {}\n", family.name, family.help)));
    }
    assert!(text.contains("\nprocess_start_time_seconds "), "{text}");
}

#[test]
fn two_exporters_do_not_disturb_each_other() {
    let reload = Reload { in_force_since: UNIX_EPOCH, refused: None };
    assert_eq!(written(&reload).matches("/metrics\"} 2").count(), 1);
    assert_eq!(written(&reload).matches("/metrics\"} 2").count(), 1);
}

/// The value of a line that has no labels.
#[cfg(target_os = "linux")]
fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} in {text}")).parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_is_told_to_the_fraction_of_a_second() {
    use crate::net::clock;

    let own = Own::new(Arc::default(), UNIX_EPOCH).unwrap();
    let reload = Reload { in_force_since: UNIX_EPOCH, refused: None };
    let text = || {
        let mut out = String::new();
        own.write(&mut out, &reload);
        out
    };
    let before = text();
    assert!(!before.contains("web_config"), "there is no such file: {before}");
    let cpu = |text: &str| value(text, "process_cpu_seconds_total");
    let mut rose = false;
    // A few milliseconds of work.
    for _ in 0..1_000 {
        let more = cpu(&text()) - cpu(&before);
        rose = more > 0.0 && more < 1.0;
        if rose {
            break;
        }
    }
    assert!(rose, "{before}");
    let now = since_1970(clock::wall());
    let age = now - value(&before, "process_start_time_seconds");
    // The machine's start is known to the second only.
    assert!((-2.0..86_400.0).contains(&age), "{age}");
    let of = |name| value(&before, name);
    assert!(of("process_virtual_memory_bytes") >= of("process_resident_memory_bytes"));
    assert!(of("process_resident_memory_bytes") > 1_000_000.0);
    assert!((3.0..=of("process_max_fds")).contains(&of("process_open_fds")));
    assert!(of("process_threads") >= 1.0);
}
