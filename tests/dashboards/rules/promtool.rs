//! What Prometheus' own tool says.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::read;

/// How often each file of tests is run: their outcome must not depend on chance.
const RUNS: usize = 2;

/// What the tool said, and whether it was content.
pub(super) fn promtool<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> (bool, String) {
    // It lives for seconds: collecting garbage less often saves a fifth of them.
    let output = Command::new("promtool").args(arguments).env("GOGC", "400").output();
    let output = output.expect("promtool is in the Debian package prometheus");
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.success(), out + &err)
}

/// Does all jobs, two at a time: the tool itself uses little more than one processor.
pub(super) fn at_once<T: Send>(jobs: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= jobs {
                return done;
            }
            done.push((number, job(number)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let other = scope.spawn(worker);
        let mut mine = worker();
        mine.extend(other.join().unwrap());
        mine
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The folder of the rules, as an argument of the tool.
fn path(name: &str) -> String {
    super::folder().join(name).to_str().unwrap().to_owned()
}

#[test]
fn the_rules_are_free_of_lint() {
    let mut arguments = vec!["check".to_owned(), "rules".to_owned()];
    arguments.extend(["--lint=all".to_owned(), "--lint-fatal".to_owned()]);
    arguments.extend(read::FILES.map(path));
    let (ok, said) = promtool(arguments);
    assert!(ok, "{said}");
}

#[test]
fn the_tests_of_the_rules_pass_each_time() {
    let files = read::files();
    let outcomes = at_once(files.len() * RUNS, |number| {
        let file: &Path = &files[number % files.len()];
        promtool([OsStr::new("test"), OsStr::new("rules"), file.as_os_str()])
    });
    for (number, (ok, said)) in outcomes.iter().enumerate() {
        assert!(ok, "run {}: {said}", number / files.len());
    }
}
