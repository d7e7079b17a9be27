//! What the system tells of this process.

use std::time::SystemTime;

use prometheus::core::{Collector, Desc};
use prometheus::proto;

use crate::metrics::own::since_1970;
use crate::metrics::own::vitals::{describe, number};
use crate::metrics::table::{Family, process as table};

/// A value that is known, and whose it is.
type Reading = (&'static Family, Option<f64>);

/// Asks the system whenever metrics are asked for.
pub(super) struct ProcessCollector {
    start_time: f64,
    descriptions: Vec<Desc>,
}

impl ProcessCollector {
    /// A collector for this process. `started` counts only where the system cannot be asked.
    ///
    /// # Errors
    /// A name that the library does not take.
    pub(super) fn new(started: SystemTime) -> Result<Self, prometheus::Error> {
        let start_time = start_time().unwrap_or_else(|| since_1970(started));
        Ok(Self { start_time, descriptions: describe(table::PROCESS)? })
    }
}

impl Collector for ProcessCollector {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        let start: Reading = (&table::START_TIME, Some(self.start_time));
        let readings = usage().into_iter().chain(memory()).chain([start]);
        readings.filter_map(|(family, value)| Some(number(family, value?))).collect()
    }
}

#[cfg(unix)]
fn usage() -> [Reading; 3] {
    use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
    use nix::sys::time::TimeVal;

    let seconds = |time: TimeVal| float(time.tv_sec()) + float(time.tv_usec()) / 1e6;
    let cpu = getrusage(UsageWho::RUSAGE_SELF).ok();
    let limit = |of| {
        let (soft, _) = getrlimit(of).ok()?;
        (soft != libc::RLIM_INFINITY).then(|| float(soft))
    };
    [
        (&table::CPU, cpu.map(|used| seconds(used.user_time()) + seconds(used.system_time()))),
        (&table::VIRTUAL_MAX, limit(Resource::RLIMIT_AS)),
        (&table::MAX_FDS, limit(Resource::RLIMIT_NOFILE)),
    ]
}

#[cfg(not(unix))]
const fn usage() -> [Reading; 0] {
    []
}

/// The fields of `/proc/self/status`, and the entries of `/proc/self/fd` (proc(5)).
#[cfg(target_os = "linux")]
fn memory() -> [Reading; 4] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let mut words = status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace();
        let value: f64 = words.next()?.parse().ok()?;
        Some(if words.next() == Some("kB") { value * 1024.0 } else { value })
    };
    // One of them is open only for looking.
    let open = std::fs::read_dir("/proc/self/fd").ok().map(|all| all.count().saturating_sub(1));
    [
        (&table::RESIDENT, field("VmRSS:")),
        (&table::VIRTUAL, field("VmSize:")),
        (&table::THREADS, field("Threads:")),
        (&table::OPEN_FDS, open.and_then(|open| u32::try_from(open).ok()).map(f64::from)),
    ]
}

#[cfg(not(target_os = "linux"))]
const fn memory() -> [Reading; 0] {
    []
}

/// The kernel's clock ticks for user space, per second: the same on every architecture that Rust's
/// standard library supports on Linux.
#[cfg(target_os = "linux")]
const USER_HZ: f64 = 100.0;

/// When the machine came up plus how much later the process did (proc(5)).
#[cfg(target_os = "linux")]
fn start_time() -> Option<f64> {
    let machine = std::fs::read_to_string("/proc/stat").ok()?;
    let boot: f64 = machine.lines().find_map(|line| line.strip_prefix("btime "))?.parse().ok()?;
    let process = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the name, in brackets, and may itself have blanks and brackets.
    let (_, from_third) = process.rsplit_once(") ")?;
    let ticks: f64 = from_third.split(' ').nth(22 - 3)?.parse().ok()?;
    Some(boot + ticks / USER_HZ)
}

#[cfg(not(target_os = "linux"))]
const fn start_time() -> Option<f64> {
    None
}

#[cfg(unix)]
#[expect(clippy::cast_precision_loss, reason = "the format has floats only")]
fn float(value: impl TryInto<i64>) -> f64 {
    value.try_into().unwrap_or(i64::MAX) as f64
}
