//! Tests on an emulated wide-area network with the kernel's real TCP.
//!
//! Where the network cannot be built every test is shown as ignored, with the reason; with the
//! environment variable `WSUS_PROBE_LAB=require` it fails instead. The tests run one after
//! the other, because they measure time. A further file of tests has a `TESTS` table like the
//! others and is added to the list in `suite`.
#![expect(
    clippy::disallowed_methods,
    reason = "a test bench has its own clock, sockets and environment"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "in a test a failed step ends the test, and prints why"
)]

#[cfg(target_os = "linux")]
mod accuracy;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod lifetime;
#[cfg(target_os = "linux")]
mod product;
#[cfg(target_os = "linux")]
mod regions;
#[cfg(target_os = "linux")]
mod rounds;
#[cfg(target_os = "linux")]
mod suite;
#[cfg(target_os = "linux")]
mod vantage;
#[cfg(target_os = "linux")]
mod wan;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    suite::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    use libtest_mimic::{Arguments, Completion, Trial, run};
    let ignored = || Ok(Completion::ignored_with("the lab needs Linux"));
    run(&Arguments::from_args(), vec![Trial::ignorable_test("lab", ignored)]).exit_code()
}
