//! `serve` as a child process: its log, its pages.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "a real process is asked over real sockets")]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::program::{PROGRAM, Run, Running, shell, wsus_probe};
use crate::support::world::nobody;

/// Longer than anything takes that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// A running exporter.
pub(crate) struct Exporter {
    pub(crate) running: Running,
    pub(crate) address: SocketAddr,
    log: PathBuf,
    _folder: TempDir,
}

/// An answer of the web server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Exporter {
    /// Starts it at a free port.
    pub(crate) fn start(config: &Path, options: &[&str]) -> Self {
        Self::start_by(wsus_probe(["serve"]), config, options)
    }

    /// The same with no more than so many descriptors.
    pub(crate) fn start_with_descriptors(config: &Path, count: u32) -> Self {
        let mut command = shell(&format!("ulimit -n {count}; exec \"$0\" \"$@\""));
        command.arg("serve");
        Self::start_by(command, config, &[])
    }

    /// The same under a tool that takes a command after its options and hands signals on to it.
    pub(crate) fn start_under(tool: &str, tool_options: &[String], config: &Path) -> Self {
        let mut command = shell("tool=$1; shift; exec \"$tool\" \"$@\"");
        command.arg(tool).args(tool_options).args([PROGRAM, "serve"]);
        Self::start_by(command, config, &[])
    }

    /// The same with a log that goes elsewhere.
    pub(crate) fn start_with_log(config: &Path, to: impl Into<Stdio>) -> Self {
        let mut command = wsus_probe(["serve"]);
        let (folder, log, address) = Self::prepare(&mut command, config, &[]);
        command.stderr(to);
        Self { running: Running::start(&mut command), address, log, _folder: folder }
    }

    fn start_by(mut command: Command, config: &Path, options: &[&str]) -> Self {
        let (folder, log, address) = Self::prepare(&mut command, config, options);
        Self { running: Running::start(&mut command), address, log, _folder: folder }
    }

    fn prepare(
        command: &mut Command,
        config: &Path,
        options: &[&str],
    ) -> (TempDir, PathBuf, SocketAddr) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let address = nobody();
        let listen = address.to_string();
        command.args(["--web.listen-address", &listen]).args(options).arg("--config").arg(config);
        command.stderr(File::create(&log).unwrap());
        (folder, log, address)
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the log has the text so many times.
    pub(crate) fn wait_for_log(&self, text: &str, times: usize) -> String {
        let log = || self.log();
        wait(|| Some(log()).filter(|log| log.matches(text).count() >= times))
            .unwrap_or_else(|| panic!("no {text:?} in {}", self.log()))
    }

    /// Asks for a page once.
    pub(crate) fn get(&self, path: &str) -> Option<Answer> {
        self.ask("GET", path)
    }

    /// Makes a request once; `None` if there was no whole answer.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// Asks again and again until the answer is as wanted.
    pub(crate) fn wait_for(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        wait(|| self.get(path).filter(&wanted))
            .unwrap_or_else(|| panic!("{path} is {:?}; the log is {}", self.get(path), self.log()))
    }

    /// Asks it to end, and waits until it has.
    #[cfg(target_os = "linux")]
    pub(crate) fn end(self) -> (Run, String) {
        self.end_by(nix::sys::signal::Signal::SIGTERM)
    }

    /// The same by this signal.
    #[cfg(target_os = "linux")]
    pub(crate) fn end_by(self, signal: nix::sys::signal::Signal) -> (Run, String) {
        self.running.signal(signal);
        let run = self.running.finish();
        let log = std::fs::read_to_string(&self.log).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        (run, log)
    }
}

/// Waits until somebody listens at each of these addresses.
pub(crate) fn listening(addresses: &[SocketAddr]) -> bool {
    let all = || addresses.iter().all(|address| TcpStream::connect(address).is_ok());
    wait(|| all().then_some(())).is_some()
}

/// Looks until there is something to see, or patience ends.
pub(crate) fn wait<T>(look: impl Fn() -> Option<T>) -> Option<T> {
    wait_at_most(PATIENCE, LOOK, look)
}

/// The same with another patience, and another time between two looks.
pub(crate) fn wait_at_most<T>(
    patience: Duration,
    pause: Duration,
    look: impl Fn() -> Option<T>,
) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < patience {
        if let Some(found) = look() {
            return Some(found);
        }
        std::thread::sleep(pause);
    }
    None
}
