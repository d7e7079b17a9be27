//! `serve` under Wine, scraped from this machine.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::fleet::Site;
use crate::suite::Test;
use crate::support::program::{Running, run};
use crate::windows::{exe, windows_path};

pub(super) const TESTS: &[Test] = &[
    ("the_exporter_is_scraped_and_ended", the_exporter_is_scraped_and_ended),
    ("the_log_goes_to_a_file", the_log_goes_to_a_file),
];

/// Longer than it takes to start, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where it listens: the namespace is this test's own.
pub(super) const LISTEN: &str = "127.0.0.1:18531";

/// What curl gets from this path.
pub(super) fn page(path: &str) -> Option<String> {
    let url = format!("http://{LISTEN}{path}");
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--max-time", "10", &url]);
    let output = curl.output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Waits until a page has these words.
pub(super) fn wait_for(path: &str, words: &str) -> String {
    let start = Instant::now();
    loop {
        let now = page(path);
        match now {
            Some(text) if text.contains(words) => return text,
            _ if start.elapsed() > PATIENCE => panic!("{path} has no {words:?}: {now:?}"),
            _ => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

fn serve(site: &Site, options: &[&str]) -> Running {
    let config = site.windows_config();
    let words = ["serve", "--config", &config, "--web.listen-address", LISTEN];
    Running::start(&mut exe(words.iter().chain(options)))
}

fn the_exporter_is_scraped_and_ended() {
    let site = Site::start();
    let exporter = serve(&site, &[]);
    let metrics = wait_for("/metrics", "wsus_probe_endpoint_state{endpoint=\"syd\"");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("metrics");
    std::fs::write(&file, metrics).unwrap();
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(std::fs::File::open(&file).unwrap());
    let checked = promtool.output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert!(wait_for("/", "dfw").contains("<html"));
    exporter.signal(Signal::SIGINT);
    let ended = exporter.finish();
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stderr.contains("message=ended"), "{ended:?}");
}

fn the_log_goes_to_a_file() {
    let site = Site::start();
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("wsus-probe.log");
    let exporter = serve(&site, &["--log.file", &windows_path(&log)]);
    wait_for("/metrics", "wsus_probe_endpoint_state{endpoint=\"dfw\"");
    exporter.signal(Signal::SIGINT);
    let ended = exporter.finish();
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert!(text(&log).contains("message=listening") && text(&log).contains("message=ended"));
    // Who asks for the help of a service that is not there is told so.
    let missing = windows_path(&folder.path().join("no such folder").join("log"));
    let config = site.windows_config();
    let refused = run(&mut exe(["serve", "--config", &config, "--log.file", &missing]));
    assert_eq!(refused.code(), 2, "{refused:?}");
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
