//! Named pipes: opening one waits for whoever writes to it, perhaps for ever.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// The error of a pipe from which nothing came: one without a writer cannot be told from one whose
/// writer has gone without a word.
pub(super) const SILENT: ErrorKind = ErrorKind::TimedOut;

/// How long to wait until it is looked again whether something was written.
const PAUSE: Duration = Duration::from_millis(20);

/// So many times it is looked for a writer.
const TRIES: u32 = 100;

/// How long it is looked for a writer.
pub(super) const PATIENCE: Duration = PAUSE.saturating_mul(TRIES);

/// Whether a name is that of a pipe.
#[cfg(unix)]
pub(super) fn is_one(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;

    path.metadata().is_ok_and(|found| found.file_type().is_fifo())
}

/// Windows has its pipes in a place of their own, and opening one there does not wait.
#[cfg(not(unix))]
pub(super) const fn is_one(_path: &Path) -> bool {
    false
}

/// Opens a pipe, whether or not somebody writes to it.
#[cfg(unix)]
pub(super) fn open(path: &Path) -> io::Result<Pipe<File>> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    Ok(Pipe::new(file))
}

/// Where there are none.
#[cfg(not(unix))]
pub(super) fn open(path: &Path) -> io::Result<Pipe<File>> {
    File::open(path).map(Pipe::new)
}

/// A pipe that was opened without waiting. While nobody writes to it, it looks as if it were at its
/// end; while somebody does and nothing is there, reading would wait.
pub(super) struct Pipe<R> {
    inner: R,
    /// Whether somebody writes to it, or did.
    has_writer: bool,
}

impl<R> Pipe<R> {
    const fn new(inner: R) -> Self {
        Self { inner, has_writer: false }
    }
}

impl<R: Read> Read for Pipe<R> {
    #[expect(clippy::disallowed_methods, reason = "files are read before anything else runs")]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut tries = 0;
        loop {
            match self.inner.read(into) {
                Ok(0) if !self.has_writer => tries += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.has_writer = true,
                result => {
                    self.has_writer = true;
                    return result;
                }
            }
            if tries > TRIES {
                return Err(SILENT.into());
            }
            thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a pipe answers, one step for each time it is read.
    struct Steps(Vec<io::Result<&'static [u8]>>);

    impl Read for Steps {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let mut bytes = self.0.remove(0)?;
            bytes.read(into)
        }
    }

    fn all(steps: Vec<io::Result<&'static [u8]>>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Pipe::new(Steps(steps)).read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn a_writer_is_waited_for_but_not_for_ever() {
        let waits = || Err(ErrorKind::WouldBlock.into());
        assert_eq!(all(vec![Ok(b""), waits(), Ok(b"a"), waits(), Ok(b"b")]).unwrap(), b"ab");
        assert_eq!(all(vec![waits(), Ok(b"")]).unwrap(), b"", "somebody wrote nothing");
        assert_eq!(all(vec![]).unwrap_err().kind(), SILENT);
    }
}
