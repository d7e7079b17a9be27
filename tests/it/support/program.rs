//! The program as a child process with a bounded life and a clean environment.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "the life of a real process is real time")]

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Path of the program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_wsus-probe");

/// Longer than any program takes to end once it is waited for: the longest deadline of a test and a
/// slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Time between two looks at a child.
const LOOK: Duration = Duration::from_millis(2);

/// A finished run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
    /// How long its end was waited for.
    pub(crate) waited: Duration,
}

impl Run {
    /// The exit code; fails the test where a signal ended the program.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("killed: {self:?}"))
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The program with these arguments, an environment of nothing but `PATH`, and no input.
pub(crate) fn wsus_probe<S: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments);
    clean(&mut command);
    command
}

/// A shell command in which `"$0"` is the program.
pub(crate) fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM]);
    clean(&mut command);
    command
}

fn clean(command: &mut Command) {
    command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// Runs to the end.
pub(crate) fn run(command: &mut Command) -> Run {
    Running::start(command).finish()
}

/// A child that is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    started: Instant,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        Self { child, started, stdout, stderr }
    }

    /// The process id, for signals.
    #[cfg(target_os = "linux")]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, signal).unwrap();
    }

    /// Waits for its end. What it did before is the test's own time.
    pub(crate) fn finish(mut self) -> Run {
        let asked = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(asked.elapsed() < PATIENCE, "the program does not end");
            std::thread::sleep(LOOK);
        };
        let (elapsed, waited) = (self.started.elapsed(), asked.elapsed());
        let text = |stream: Option<JoinHandle<String>>| {
            stream.map(|stream| stream.join().unwrap()).unwrap_or_default()
        };
        let (stdout, stderr) = (text(self.stdout.take()), text(self.stderr.take()));
        assert!(!stderr.contains("panicked"), "{stderr}");
        Run { status, stdout, stderr, elapsed, waited }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}
