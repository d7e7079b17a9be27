//! The registry of the exporter itself.

use std::time::Duration;

use super::*;

fn written(reload: &Reload) -> String {
    let own = Own::new(Arc::default(), UNIX_EPOCH + Duration::from_secs(5)).unwrap();
    own.answered("/metrics", 200);
    own.answered("/metrics", 200);
    own.answered("/probe", 403);
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
