//! The program for Windows, and Wine's own commands.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::program::{Run, run};

/// The variable with the program for Windows.
pub(super) const PROGRAM: &str = "WSUS_PROBE_WINE_EXE";

/// The variable with Wine's loader.
const LOADER: &str = "WSUS_PROBE_WINE";

/// What Wine itself needs of the environment, and no more: nothing of it names an option.
const KEPT: [&str; 5] = ["WINEPREFIX", "WINEDEBUG", "WINEDLLOVERRIDES", "PATH", "HOME"];

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by tests/wine/run"))
}

/// A program under Wine, such as `reg`.
pub(super) fn wine<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(variable(LOADER));
    command.args(arguments).env_clear();
    command.envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program for Windows with these arguments.
pub(super) fn exe<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = wine([variable(PROGRAM)]);
    command.args(arguments);
    command
}

/// What it says to these arguments.
pub(super) fn says<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    run(&mut exe(arguments))
}

/// What Windows calls a file of this machine.
pub(super) fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}
