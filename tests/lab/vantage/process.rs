//! A program with a log, which ends with the test.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

/// Lines of each log that are shown when a test fails.
const LAST_LINES: usize = 5;

/// A program that is killed when this is dropped.
pub(super) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it, with a log of this name in the folder.
    pub(super) fn start(name: &str, command: &mut Command, folder: &TempDir) -> Self {
        let log = folder.path().join(format!("{name}.log"));
        let file = File::create(&log).expect("a log");
        let errors = file.try_clone().expect("a second handle of the log");
        let child = command.stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
        let child = child.expect(name);
        Self { name: name.to_owned(), child, log }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let ended = self.child.try_wait();
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            eprintln!("{} ({ended:?}), its last lines:", self.name);
            let first = log.lines().count().saturating_sub(LAST_LINES);
            log.lines().skip(first).for_each(|line| eprintln!("  {line:.300}"));
        }
    }
}
