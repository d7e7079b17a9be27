//! The text of one configuration file, and positions in it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use crate::config::defaults::MAX_FILE_BYTES;
use crate::config::error::{Location, Problem};
use crate::config::origin::Origin;

/// The text, and where each of its lines begins.
pub(super) struct Source {
    path: Arc<Path>,
    /// The embedded catalogue: its lines are nothing a user could look up.
    embedded: bool,
    pub(super) text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// A text that did not come from a file of the user.
    pub(super) fn embedded(text: &str) -> Self {
        Self::new(Path::new("catalog.toml"), true, text.to_owned())
    }

    /// Reads a file of bounded size; a byte order mark is dropped.
    ///
    /// # Errors
    /// The file cannot be read, is a directory, is too large or is not UTF-8.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let mut bytes = Vec::new();
        let outcome =
            open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        match outcome {
            Err(error) => Err(unreadable(path, &error)),
            Ok(length) if length as u64 > MAX_FILE_BYTES => Err(Problem::new(
                format!(
                    "{}: the configuration file is larger than {} MiB",
                    path.display(),
                    MAX_FILE_BYTES / (1024 * 1024)
                ),
                "a [fleet] template says in two lines what endpoints of one pattern take pages for",
            )),
            Ok(_) => Self::decode(path, bytes),
        }
    }

    fn new(path: &Path, embedded: bool, text: String) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), embedded, text, line_starts }
    }

    fn decode(path: &Path, bytes: Vec<u8>) -> Result<Self, Problem> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
            Problem::new(
                format!("{}:{line}: the file is not UTF-8 text", path.display()),
                "save it as UTF-8; Windows editors also offer UTF-16 and ANSI",
            )
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Self::new(path, false, text))
    }

    /// Line and column of a byte offset.
    pub(super) fn location(&self, offset: usize) -> Location {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        Location { path: Arc::clone(&self.path), line, column: before.chars().count() + 1 }
    }

    /// The origin of a value at a byte offset.
    pub(super) fn origin(&self, offset: usize) -> Origin {
        if self.embedded {
            return Origin::Catalogue;
        }
        let line = self.line_starts.partition_point(|&start| start <= offset);
        Origin::File { path: Arc::clone(&self.path), line }
    }

    /// The folder that relative paths in the file start from.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new(""))
    }
}

/// Windows denies the permission to open a folder, which would say something else.
fn open(path: &Path) -> io::Result<File> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    File::open(path)
}

/// The message for a file that cannot be read.
fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let kind = error.kind();
    let (what, hint) = if kind == io::ErrorKind::NotFound {
        let hint = "check the path, or leave --config out to use the embedded catalogue";
        ("there is no such configuration file".to_owned(), hint)
    } else if kind == io::ErrorKind::IsADirectory {
        ("is a directory: expected a configuration file".to_owned(), "name the file in it")
    } else if kind == io::ErrorKind::PermissionDenied {
        let hint = "make it readable for the user that runs wsus-probe";
        ("permission to read the configuration file was denied".to_owned(), hint)
    } else {
        let what = format!("the configuration file cannot be read: {error}");
        (what, "check the path and the disk it is on")
    };
    Problem::new(format!("{}: {what}", path.display()), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new(Path::new("x.toml"), false, "a\r\nüb = 1\n".to_owned());
        for (offset, expected) in [(0, "x.toml:1:1"), (3, "x.toml:2:1"), (5, "x.toml:2:2")] {
            assert_eq!(source.location(offset).to_string(), expected);
        }
        assert_eq!(source.origin(5).to_string(), "x.toml:2");
        assert_eq!(source.location(999).line, 3);
    }

    #[test]
    fn each_reason_for_not_reading_a_file_has_its_own_message() {
        for (kind, part) in [
            (io::ErrorKind::NotFound, "no such"),
            (io::ErrorKind::PermissionDenied, "denied"),
            (io::ErrorKind::IsADirectory, "directory"),
            (io::ErrorKind::InvalidFilename, "cannot be read"),
        ] {
            let text = unreadable(Path::new("x.toml"), &kind.into()).to_string();
            assert!(text.contains(part) && text.contains("hint:"), "{text}");
        }
    }

    #[test]
    fn a_directory_and_an_oversized_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = Source::read(folder.path()).err().unwrap().to_string();
        assert!(text.contains("is a directory"), "{text}");

        let large = folder.path().join("large.toml");
        File::create(&large).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        let text = Source::read(&large).err().unwrap().to_string();
        assert!(text.contains("larger than 4 MiB"), "{text}");
        File::create(&large).unwrap().set_len(MAX_FILE_BYTES).unwrap();
        assert!(Source::read(&large).is_ok());
    }
}
