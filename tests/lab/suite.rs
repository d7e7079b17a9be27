//! The list of tests, and what happens to them where they cannot run.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::wan::path::Path;
use super::wan::{Lab, Spec, netns};
use super::{accuracy, faults, lifetime, product, vantage};

/// Value of `WSUS_PROBE_LAB` with which tests that cannot run fail.
const REQUIRE: &str = "require";

pub(super) fn main() -> ExitCode {
    // The kernel grants user namespaces only to a process without further threads.
    let privilege = netns::acquire_privilege();
    if std::env::args().nth(1).as_deref() == Some(lifetime::HOLD) {
        return lifetime::hold();
    }
    raise_descriptor_limit();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(1);
    let ability = Ability::find(privilege);
    let tests = [
        accuracy::TESTS,
        faults::TESTS,
        lifetime::TESTS,
        product::truth::TESTS,
        product::choice::TESTS,
        product::check::TESTS,
        vantage::TESTS,
    ]
    .concat();
    let trials = tests.into_iter().map(|test| test.into_trial(&ability)).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Both ends of every connection are in this process, and the usual limit is 1024.
fn raise_descriptor_limit() {
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // A test that needs more than it gets says so.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, most, most);
    }
}

/// A test, and what it needs.
#[derive(Clone, Copy)]
pub(super) struct Test {
    name: &'static str,
    run: fn(),
    /// It has limits that only a real-time forwarder keeps on a busy machine.
    real_time: bool,
}

impl Test {
    pub(super) const fn new(name: &'static str, run: fn()) -> Self {
        Self { name, run, real_time: false }
    }

    pub(super) const fn real_time(name: &'static str, run: fn()) -> Self {
        Self { name, run, real_time: true }
    }

    fn into_trial(self, ability: &Ability) -> Trial {
        let obstacle = ability.obstacle(self);
        let required = ability.required;
        Trial::ignorable_test(self.name, move || match obstacle {
            None => {
                (self.run)();
                Ok(Completion::Completed)
            }
            Some(reason) if required => Err(Failed::from(reason)),
            Some(reason) => Ok(Completion::ignored_with(reason)),
        })
    }
}

/// What this machine lets the lab do.
struct Ability {
    /// Whether the forwarder runs in real time, or why there is no lab.
    lab: Result<bool, String>,
    /// Tests that cannot run fail.
    required: bool,
}

impl Ability {
    fn find(privilege: io::Result<()>) -> Self {
        let address = std::net::Ipv4Addr::new(10, 77, 1, 1).into();
        let spec = Spec::new([(address, Path::with_rtt(Duration::ZERO))]);
        let lab = privilege.and_then(|()| Lab::up(&spec)).map(|lab| lab.is_real_time());
        Self {
            lab: lab.map_err(|error| format!("no lab on this machine: {error}")),
            required: std::env::var("WSUS_PROBE_LAB").is_ok_and(|value| value == REQUIRE),
        }
    }

    fn obstacle(&self, test: Test) -> Option<String> {
        match &self.lab {
            Err(reason) => Some(reason.clone()),
            Ok(false) if test.real_time => {
                Some("SCHED_FIFO is not permitted, times would not be exact".to_owned())
            }
            Ok(_) => None,
        }
    }
}
