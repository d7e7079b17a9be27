//! The program for Windows, run under Wine against servers of this machine.
//!
//! `tests/wine/run` builds it, starts Wine in a network namespace of its own, and runs these tests
//! there, one after the other. Elsewhere every test is shown as ignored, with the reason. A
//! further file of tests has a `TESTS` table like the others and is added to the list in `suite`.
#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::disallowed_methods,
        reason = "a test bench has its own clock, sockets and environment"
    )
)]
#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "in a test a failed step ends the test, and prints why"
    )
)]

#[cfg(target_os = "linux")]
mod apply;
#[cfg(target_os = "linux")]
mod command_line;
#[cfg(target_os = "linux")]
mod exporter;
#[cfg(target_os = "linux")]
mod fleet;
#[cfg(target_os = "linux")]
mod registry;
#[cfg(target_os = "linux")]
mod service;
#[cfg(target_os = "linux")]
mod suite;
#[cfg(target_os = "linux")]
mod tls;
#[cfg(target_os = "linux")]
mod trust;
#[cfg(target_os = "linux")]
mod windows;

#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "shared with the integration tests")]
#[path = "../it/support"]
mod support {
    pub(crate) mod peer;
    pub(crate) mod ports;
    pub(crate) mod program;
    pub(crate) mod world;
}

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    suite::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    use libtest_mimic::{Arguments, Completion, Trial, run};
    let ignored = || Ok(Completion::ignored_with("the servers of these tests need Linux"));
    run(&Arguments::from_args(), vec![Trial::ignorable_test("wine", ignored)]).exit_code()
}
