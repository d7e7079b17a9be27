//! A log file that others may move away or empty at any time.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;

/// Writes lines at the end of a file, whole ones: each call is a line.
///
/// Before each line it looks whether the file is still the one of this name, and otherwise makes a
/// new one: so whoever moves the file away needs to tell nobody. A file that was emptied goes on at
/// its new end.
pub(super) struct LogFile {
    path: PathBuf,
    /// Absent where the last attempt to open it failed.
    file: Option<Handle>,
    /// Whether the last line was written in part only.
    is_torn: bool,
}

impl LogFile {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // Later this process may be in another folder.
        let path = std::path::absolute(path)?;
        Ok(Self { file: Some(handle(&path)?), path, is_torn: false })
    }

    /// Makes sure that the open file is the one of this name.
    fn follow(&mut self) -> io::Result<()> {
        let is_same = || Handle::from_path(&self.path).ok() == self.file;
        if self.file.is_some() && !is_waited_for(&self.path) && is_same() {
            return Ok(());
        }
        // Closed first: on Windows a removed file keeps its name until nobody has it open.
        self.file = None;
        self.file = Some(handle(&self.path)?);
        self.is_torn = false;
        Ok(())
    }
}

fn handle(path: &Path) -> io::Result<Handle> {
    if is_waited_for(path) {
        let text = "it is neither a file nor a character device";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Handle::from_file(OpenOptions::new().append(true).create(true).open(path)?)
}

/// Whether whoever opens it may wait for its other end, as with a named pipe.
#[cfg(unix)]
fn is_waited_for(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;

    // Why something cannot be looked at, or is a folder, is told by opening it.
    path.metadata().is_ok_and(|found| {
        let kind = found.file_type();
        kind.is_fifo() || kind.is_socket() || kind.is_block_device()
    })
}

/// Windows has its pipes in a place of their own, and opening one there does not wait.
#[cfg(not(unix))]
const fn is_waited_for(_path: &Path) -> bool {
    false
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.follow()?;
        let Some(file) = self.file.as_ref().map(Handle::as_file) else { return Ok(0) };
        let mut whole = Vec::with_capacity(line.len() + 1);
        if self.is_torn {
            whole.push(b'\n');
        }
        whole.extend(line);
        let (written, ended) = write_all(file, &whole);
        self.is_torn = if written > 0 { ended.is_err() } else { self.is_torn };
        ended.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many bytes were written, and why no more.
fn write_all(mut file: &File, mut bytes: &[u8]) -> (usize, io::Result<()>) {
    let all = bytes.len();
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return (all - bytes.len(), Err(io::ErrorKind::WriteZero.into())),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (all - bytes.len(), Err(error)),
        }
    }
    (all, Ok(()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn lines_go_to_the_end_of_the_file_of_this_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("log"), folder.path().join("log.1"));
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        fs::write(&path, "before\n").unwrap();
        let mut log = LogFile::open(&path).unwrap();
        log.write_all(b"a\n").unwrap();
        fs::rename(&path, &away).unwrap();
        log.write_all(b"b\n").unwrap();
        assert_eq!((&*read(&away), &*read(&path)), ("before\na\n", "b\n"));
        // Made anew by who moved it.
        fs::rename(&path, &away).unwrap();
        fs::write(&path, "made\n").unwrap();
        log.write_all(b"c\n").unwrap();
        assert_eq!((&*read(&away), &*read(&path)), ("b\n", "made\nc\n"));
        // Emptied.
        OpenOptions::new().write(true).truncate(true).open(&path).unwrap();
        log.write_all(b"d\n").unwrap();
        assert_eq!(read(&path), "d\n");
    }

    #[test]
    fn a_removed_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = LogFile::open(&path).unwrap();
        log.write_all(b"a\n").unwrap();
        fs::remove_file(&path).unwrap();
        log.write_all(b"b\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
    }

    /// Windows moves no folder in which a file is open.
    #[test]
    #[cfg(unix)]
    fn while_its_folder_is_away_nothing_can_be_written_and_then_it_can_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = LogFile::open(&path).unwrap();
        let moved = folder.path().with_extension("moved");
        fs::remove_file(&path).unwrap();
        fs::rename(folder.path(), &moved).unwrap();
        assert!(log.write_all(b"a\n").is_err());
        fs::rename(&moved, folder.path()).unwrap();
        log.write_all(b"b\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
    }

    #[test]
    #[cfg(unix)]
    fn a_named_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (path, pipe) = (folder.path().join("log"), folder.path().join("pipe"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let error = LogFile::open(&pipe).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{error}");
        // Put in the place of a file that is open.
        let mut log = LogFile::open(&path).unwrap();
        fs::rename(&pipe, &path).unwrap();
        assert_eq!(log.write_all(b"a\n").unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_line_after_a_torn_one_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = LogFile::open(&path).unwrap();
        log.write_all(b"half a li").unwrap();
        log.is_torn = true;
        log.write_all(b"whole\n").unwrap();
        log.write_all(b"next\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "half a li\nwhole\nnext\n");
        // This device is always full.
        let mut log = LogFile::open(Path::new("/dev/full")).unwrap();
        let error = log.write_all(b"a\n").unwrap_err();
        assert_eq!((error.kind(), log.is_torn), (io::ErrorKind::StorageFull, false));
    }
}
