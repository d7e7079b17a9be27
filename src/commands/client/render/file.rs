//! Where the result goes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Where that is.
pub(super) enum Target<'a> {
    /// A file that is not there yet.
    File(&'a Path),
    /// Standard output where people see it.
    Terminal(&'a mut dyn Write),
    /// Standard output for a program or a file.
    Stream(&'a mut dyn Write),
}

/// Writes. A file that cannot be written as a whole is removed again. Gives a sentence where it
/// cannot be written there.
///
/// # Errors
/// Writing to standard output failed.
pub(super) fn write(bytes: &[u8], target: Target<'_>) -> io::Result<Result<(), String>> {
    let path = match target {
        Target::Terminal(_) if !is_for_terminals(bytes) => return Ok(Err(NOT_SHOWN.to_owned())),
        Target::Terminal(out) | Target::Stream(out) => return out.write_all(bytes).map(Ok),
        Target::File(path) => path,
    };
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

/// Whether it is text without anything that a terminal takes for an order: what is written may be
/// from somebody else's file.
fn is_for_terminals(bytes: &[u8]) -> bool {
    let is_order = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    str::from_utf8(bytes).is_ok_and(|text| !text.contains(is_order))
}

const NOT_SHOWN: &str = "this is not fit for a terminal: it has control characters\n  hint: write it \
                         to a file with --to FILE";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_everywhere_but_to_a_terminal() {
        for (bytes, is_shown) in [
            (&b"\"a\"=\"b\"\r\n\t\xc3\xbc\n"[..], true),
            (b"\"a\"=\"\x1b]0;b\x07\"\r\n", false),
            (b"\xc2\x9b2J", false),
            (b"PReg\x01\0\0\0", false),
            (b"\xff\xfe", false),
        ] {
            let (mut terminal, mut stream) = (Vec::new(), Vec::new());
            let shown = write(bytes, Target::Terminal(&mut terminal)).unwrap();
            assert_eq!((shown.is_ok(), terminal.is_empty()), (is_shown, !is_shown), "{bytes:?}");
            assert_eq!(write(bytes, Target::Stream(&mut stream)).unwrap(), Ok(()));
            assert_eq!(stream, bytes);
        }
    }
}
