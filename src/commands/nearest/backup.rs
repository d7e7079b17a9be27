//! The file with the values that a change replaces.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use crate::model::registry::Operation;
use crate::windows::apply::Backup;
use crate::wire::reg_file;

/// A registry file that undoes a change when it is imported.
pub(super) struct BackupFile {
    /// Where it is to be, if somebody said so.
    pub(super) path: Option<PathBuf>,
    /// When the change is made.
    pub(super) at: SystemTime,
}

impl Backup for BackupFile {
    fn save(&mut self, previous: &[Operation]) -> Result<String, String> {
        let path = self.path.clone().unwrap_or_else(|| PathBuf::from(file_name(self.at)));
        let told = |error: &io::Error| {
            format!(
                "the previous values cannot be saved in {}: {error}\nhint: name a new file in a \
                 folder that can be written with --backup",
                path.display()
            )
        };
        // The change may be undone from another folder.
        let whole = std::path::absolute(&path).map_err(|error| told(&error))?;
        let comment =
            "The values before a change by wsus-probe nearest --apply. Import to undo it.";
        let text = reg_file::text(&[comment.to_owned()], previous);
        write_new(&whole, &reg_file::utf16(&text)).map_err(|error| told(&error))?;
        Ok(whole.display().to_string())
    }
}

/// Writes a file that was not there, down to the disk; leaves nothing where that fails.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(file);
        // The first error is the one that matters.
        let _ = fs::remove_file(path);
    }
    written
}

/// No colon in it, which Windows does not allow in a name.
fn file_name(at: SystemTime) -> String {
    let at = Timestamp::try_from(at)
        .map_or_else(|_| String::new(), |at| at.strftime("-%Y%m%dT%H%M%SZ").to_string());
    format!("wsus-probe-before{at}.reg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_not_replaced_and_a_folder_that_is_not_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.reg");
        let at = "2026-11-21T03:00:00Z".parse::<Timestamp>().unwrap().into();
        let mut file = BackupFile { path: Some(path.clone()), at };
        assert_eq!(file.save(&[]), Ok(path.display().to_string()));
        fs::write(&path, "mine").unwrap();
        let error = file.save(&[]).unwrap_err();
        assert!(error.contains("a.reg") && error.contains("--backup"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        file.path = Some(folder.path().join("nosuch").join("a.reg"));
        assert!(file.save(&[]).is_err());
        assert_eq!(file_name(at), "wsus-probe-before-20261121T030000Z.reg");
    }
}
