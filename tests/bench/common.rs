//! What the benchmarks share: when they run, and how they print.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use crate::wan::meter::percentile;
use crate::wan::{Lab, netns};

/// Brings a lab up and runs a benchmark on it if `cargo bench` asks for it; `cargo test
/// --all-targets` starts benchmarks too, and must not wait for them.
pub(crate) fn run<T: AsRef<Lab>>(up: fn() -> io::Result<T>, benchmark: fn(&T)) -> ExitCode {
    let privilege = netns::acquire_privilege();
    if !std::env::args().any(|argument| argument == "--bench") {
        eprintln!("not run: benchmarks are for `cargo bench`");
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!("THIS IS A BUILD FOR DEBUGGING: the figures say nothing about a release");
    }
    match privilege.and_then(|()| up()) {
        Ok(world) => {
            println!("load of the machine at the start: {}", load());
            benchmark(&world);
            println!("\nload of the machine at the end: {}", load());
            report_punctuality(world.as_ref());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("no lab on this machine: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A percentile in milliseconds; `-` if there is none.
pub(crate) fn in_ms(durations: &[Duration], percent: usize) -> String {
    percentile(durations, percent)
        .map_or_else(|| "-".to_owned(), |value| format!("{:.1}", value.as_secs_f64() * 1e3))
}

/// Prints one line of a table whose first column is a name.
pub(crate) fn row(name: impl Display, columns: &[&dyn Display]) {
    print!("{name:<34}");
    for column in columns {
        print!(" {:>10}", column.to_string());
    }
    println!();
}

/// Processes that ran or waited for a processor, averaged over 1, 5 and 15 minutes (proc(5)).
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn report_punctuality(lab: &Lab) {
    let late = lab.punctuality();
    println!(
        "forwarder: real time {}, {} packets, late at most {:?} for 99 % and {:?} for all",
        lab.is_real_time(),
        late.packets(),
        late.percentile(99).unwrap_or_default(),
        late.max()
    );
}
