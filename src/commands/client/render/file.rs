//! Where the result goes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes to a file that is not there yet, or to standard output. A file that cannot be written as
/// a whole is removed again. Gives a sentence where the file cannot be written.
///
/// # Errors
/// Writing to standard output failed.
pub(super) fn write(
    bytes: &[u8],
    to: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<Result<(), String>> {
    let Some(path) = to else { return out.write_all(bytes).map(Ok) };
    let file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Ok(Err(format!(
                "{} exists already, and is not replaced\n  hint: remove it or name another file",
                path.display()
            )));
        }
        Err(error) => return Ok(Err(failed(path, &error))),
    };
    Ok(fill(file, bytes).map_err(|error| {
        let hint = match fs::remove_file(path) {
            Ok(()) => "nothing was left there",
            Err(_) => "what is there now is not whole: remove it",
        };
        format!("cannot write {}: {error}\n  hint: {hint}", path.display())
    }))
}

/// The disk may tell only when it is made to hold the data that it is full.
fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

fn failed(path: &Path, error: &io::Error) -> String {
    let hint = if error.kind() == io::ErrorKind::NotFound {
        "make the folder first"
    } else {
        "choose a folder in which you may write"
    };
    format!("cannot write {}: {error}\n  hint: {hint}", path.display())
}
