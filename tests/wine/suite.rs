//! The list of tests, and what happens to them where there is no Wine.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};

use super::{apply, command_line, exporter, fleet, registry, service, tls, trust, windows};

/// A test: its name, and what it does.
pub(super) type Test = (&'static str, fn());

const TESTS: &[&[Test]] = &[
    command_line::TESTS,
    fleet::TESTS,
    tls::TESTS,
    trust::TESTS,
    exporter::TESTS,
    registry::TESTS,
    apply::TESTS,
    service::TESTS,
];

pub(super) fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They measure time, and share one registry.
    arguments.test_threads.get_or_insert(1);
    let there = std::env::var_os(windows::PROGRAM).is_some();
    let trials = TESTS.concat().into_iter().map(|(name, run)| {
        Trial::ignorable_test(name, move || {
            if !there {
                return Ok(Completion::ignored_with("only within tests/wine/run"));
            }
            run();
            Ok(Completion::Completed)
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
