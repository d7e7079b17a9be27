//! `nearest --apply` where there is no registry: a clear end before anything is sent.

#![cfg(all(test, not(windows)))]

use crate::support::program::{run, wsus_probe};

#[test]
fn a_system_without_a_registry_is_told_so_before_anything_is_sent() {
    // Nobody listens there; a run that got so far would say that the endpoint is down.
    let line = "nearest --apply --yes --endpoint http://127.0.0.1:1";
    let run = run(&mut wsus_probe(line.split_whitespace()));
    assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("error: this system has no registry"), "{}", run.stderr);
    assert!(run.stderr.contains("\n  hint: "), "{}", run.stderr);
}

#[test]
fn options_of_a_change_need_one() {
    for option in ["--yes", "--force", "--backup=x.reg"] {
        let run = run(&mut wsus_probe(["nearest", option]));
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{option}");
        assert!(run.stderr.contains("--apply"), "{option}: {}", run.stderr);
    }
}
