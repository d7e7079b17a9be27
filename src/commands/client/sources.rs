//! The sources that a `client` command is given, and this machine's registry.

mod pipe;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::model::registry::Document;
use crate::model::text::one_line;
use crate::output::client_audit::STANDARD_INPUT;
use crate::wire::registry_source::{self, MAX_BYTES};

/// The argument that stands for standard input.
const DASH: &str = "-";

/// The number of Windows for a file that another program has open and shares with nobody.
const SHARING_VIOLATION: i32 = 32;

/// Characters of a name that errors show.
const SHOWN: usize = 200;

/// Where settings were read, and what stands there.
pub(super) struct Sources {
    /// The name of each source for people: its path as it was given, `standard input`, or
    /// `registry of this machine`.
    pub(super) names: Vec<String>,
    /// One for each name.
    pub(super) documents: Vec<Document>,
}

impl Sources {
    /// Reads the files in order; this machine's registry where there is no file.
    ///
    /// # Errors
    /// A sentence that names the place and the remedy.
    pub(super) fn read(files: &[PathBuf]) -> Result<Self, String> {
        if files.is_empty() {
            return this_machine();
        }
        let mut sources = Self { names: Vec::new(), documents: Vec::new() };
        for path in files {
            let is_input = path.as_os_str() == DASH;
            let name =
                if is_input { STANDARD_INPUT.to_owned() } else { path.display().to_string() };
            let shown = one_line(&name, SHOWN);
            let bytes = if is_input { limited(io::stdin().lock()) } else { file(path) };
            let bytes = bytes.map_err(|problem| problem.told(&shown))?;
            let document = registry_source::read(&bytes, &name)
                .map_err(|error| format!("{shown}: {error}"))?;
            sources.names.push(name);
            sources.documents.push(document);
        }
        Ok(sources)
    }
}

#[cfg(windows)]
fn this_machine() -> Result<Sources, String> {
    use crate::policy::setting::Key;
    use crate::windows::registry::{self, live::Live};

    let keys = [Key::WindowsUpdate, Key::Au, Key::UserWindowsUpdate, Key::UserExplorer];
    let document = registry::document(&Live, &keys.map(Key::path))
        .map_err(|error| format!("{error}\n  hint: run as a user who may read it"))?;
    Ok(Sources { names: vec!["registry of this machine".to_owned()], documents: vec![document] })
}

#[cfg(not(windows))]
fn this_machine() -> Result<Sources, String> {
    let text = "there is no registry on this system; name a file\n  hint: on the Windows machine, \
                `reg export HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate wsus.reg` \
                writes one";
    Err(text.to_owned())
}

/// Why a file has no bytes.
enum Problem {
    Directory,
    TooLarge,
    /// A pipe from which nothing came.
    Silent,
    System(io::Error),
}

impl Problem {
    fn told(&self, name: &str) -> String {
        match self {
            Self::Directory => {
                format!("{name} is a directory\n  hint: name a file in it, such as Registry.pol")
            }
            Self::TooLarge => format!(
                "{name} has more than {} MiB\n  hint: export only the key of the policy: {}",
                MAX_BYTES >> 20,
                r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
            ),
            Self::Silent => format!(
                "nothing came from the pipe {name} within {} s: nobody writes to it, or what wrote \
                 to it wrote nothing\n  hint: see whether the command that is to write to it \
                 fails, begin to write first, or name a file",
                pipe::PATIENCE.as_secs()
            ),
            Self::System(error) => format!("cannot read {name}: {error}\n  hint: {}", hint(error)),
        }
    }
}

fn hint(error: &io::Error) -> &'static str {
    if cfg!(windows) && error.raw_os_error() == Some(SHARING_VIOLATION) {
        return "another program has it open; copy the file, or try again when that has ended";
    }
    if error.kind() == io::ErrorKind::NotFound {
        "check the path; `-` is standard input"
    } else if error.kind() == io::ErrorKind::PermissionDenied {
        "run as a user who may read it, or copy it from there"
    } else {
        "copy the file to a local disk and name the copy"
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Problem> {
    // Windows does not open directories, and says no more than that it is denied.
    if path.is_dir() {
        return Err(Problem::Directory);
    }
    if pipe::is_one(path) {
        let bytes = limited(pipe::open(path).map_err(Problem::System)?);
        return bytes.map_err(|problem| match problem {
            Problem::System(error) if error.kind() == pipe::SILENT => Problem::Silent,
            other @ (Problem::Directory
            | Problem::TooLarge
            | Problem::Silent
            | Problem::System(_)) => other,
        });
    }
    let file = File::open(path).map_err(Problem::System)?;
    let size = file.metadata().map_err(Problem::System)?.len();
    if usize::try_from(size).map_or(true, |size| size > MAX_BYTES) {
        return Err(Problem::TooLarge);
    }
    limited(file)
}

/// All of an input that may be without end, such as a pipe or a device.
fn limited(input: impl Read) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    input.take(one_more).read_to_end(&mut bytes).map_err(Problem::System)?;
    if bytes.len() > MAX_BYTES { Err(Problem::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_names_the_file_and_what_to_do() {
        let system = |kind: io::ErrorKind| Problem::System(io::Error::from(kind));
        for (problem, part) in [
            (Problem::Directory, "is a directory"),
            (Problem::TooLarge, "more than 32 MiB"),
            (Problem::Silent, "within 2 s: nobody writes to it, or what wrote to it wrote nothing"),
            (system(io::ErrorKind::NotFound), "check the path"),
            (system(io::ErrorKind::PermissionDenied), "run as a user who may read it"),
            (system(io::ErrorKind::Other), "copy the file"),
        ] {
            let text = problem.told("a.reg");
            assert!(text.contains("a.reg") && text.contains("\n  hint: "), "{text}");
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_file_in_use_has_its_own_hint_where_the_number_means_that() {
        let error = io::Error::from_raw_os_error(SHARING_VIOLATION);
        assert_eq!(hint(&error).contains("another program"), cfg!(windows));
    }

    #[test]
    fn an_input_without_end_is_left_when_it_is_too_large() {
        assert!(matches!(limited(io::repeat(b'x')), Err(Problem::TooLarge)));
        assert_eq!(limited(&b"abc"[..]).ok().unwrap(), b"abc");
    }
}
