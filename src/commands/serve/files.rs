//! Whether files have changed since they were read.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells one version of a file from another: time of the last change and size in bytes.
/// `None` of a file that is not there.
type Version = Option<(SystemTime, u64)>;

/// The files that a configuration was read from, in the version that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Files {
    read: Vec<(PathBuf, Version)>,
    /// The versions at the last look.
    seen: Vec<Version>,
}

impl Files {
    /// Remembers the version of a file that is about to be read.
    pub(super) fn reading(&mut self, path: &Path) {
        self.read.push((path.to_owned(), version(path)));
    }

    /// Looks again: whether a file is not the one that was read, and nobody is writing any more,
    /// as all are the same as at the last look. So a file that is half written is left alone.
    pub(super) fn have_settled_changed(&mut self) -> bool {
        let now: Vec<Version> = self.read.iter().map(|(path, _)| version(path)).collect();
        let changed = self.read.iter().zip(&now).any(|((_, read), now)| read != now);
        let settled = self.seen == now;
        self.seen = now;
        changed && settled
    }
}

fn version(path: &Path) -> Version {
    let data = std::fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_it_has_settled() {
        let folder = tempfile::tempdir().unwrap();
        let (path, missing) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "one").unwrap();
        let mut files = Files::default();
        files.reading(&path);
        files.reading(&missing);
        assert!(!files.have_settled_changed() && !files.have_settled_changed());
        std::fs::write(&path, "other").unwrap();
        assert!(!files.have_settled_changed(), "somebody may still be writing");
        std::fs::write(&path, "another").unwrap();
        assert!(!files.have_settled_changed(), "somebody still is");
        assert!(files.have_settled_changed());
        // Until it is read again.
        let mut files = Files::default();
        files.reading(&path);
        files.reading(&missing);
        assert!(!files.have_settled_changed() && !files.have_settled_changed());
        std::fs::write(&missing, "").unwrap();
        assert!(!files.have_settled_changed() && files.have_settled_changed());
    }
}
