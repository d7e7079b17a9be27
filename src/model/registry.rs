//! What stands in a Windows registry, and in the files that are read into one.
//!
//! A file is a list of operations, not a state: it can delete as well as set, and a later line wins.

use std::fmt;

/// The root of a registry path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// `HKEY_LOCAL_MACHINE`, where the settings of the machine are.
    LocalMachine,
    /// `HKEY_CURRENT_USER`.
    CurrentUser,
    /// `HKEY_CLASSES_ROOT`.
    ClassesRoot,
    /// `HKEY_USERS`.
    Users,
    /// `HKEY_CURRENT_CONFIG`.
    CurrentConfig,
}

impl Root {
    /// Every root.
    pub const ALL: [Self; 5] = [
        Self::LocalMachine,
        Self::CurrentUser,
        Self::ClassesRoot,
        Self::Users,
        Self::CurrentConfig,
    ];

    /// The name as a registry file writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LocalMachine => "HKEY_LOCAL_MACHINE",
            Self::CurrentUser => "HKEY_CURRENT_USER",
            Self::ClassesRoot => "HKEY_CLASSES_ROOT",
            Self::Users => "HKEY_USERS",
            Self::CurrentConfig => "HKEY_CURRENT_CONFIG",
        }
    }
}

/// A key: a root and the path below it, with backslashes between its parts and none at its ends,
/// in the letter case of its source. Windows does not tell letter cases apart, so compare with
/// [`KeyPath::is`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath {
    /// Under which root.
    pub root: Root,
    /// The path below it; empty is the root itself.
    pub path: String,
}

impl KeyPath {
    /// A key of the machine.
    pub fn machine(path: &str) -> Self {
        Self { root: Root::LocalMachine, path: path.to_owned() }
    }

    /// Whether both are the same key, as Windows compares them.
    pub fn is(&self, other: &Self) -> bool {
        self.root == other.root && self.path.to_lowercase() == other.path.to_lowercase()
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.as_str())?;
        if self.path.is_empty() { Ok(()) } else { write!(f, "\\{}", self.path) }
    }
}

/// The data of a value with its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Data {
    /// `REG_SZ`, without the NUL at its end.
    String(String),
    /// `REG_EXPAND_SZ`, not expanded.
    ExpandString(String),
    /// `REG_MULTI_SZ`.
    MultiString(Vec<String>),
    /// `REG_DWORD`.
    Dword(u32),
    /// `REG_QWORD`.
    Qword(u64),
    /// `REG_BINARY`.
    Binary(Vec<u8>),
    /// Any other type, or bytes that do not fit the type they are said to have: a `REG_DWORD` of
    /// three bytes, a string of an odd number of them, unpaired surrogates.
    Other {
        /// The number of the type, as in `RegSetValueEx`.
        kind: u32,
        /// As they are.
        bytes: Vec<u8>,
    },
}

impl Data {
    /// The text of a `REG_SZ`; absent for every other type.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::ExpandString(_)
            | Self::MultiString(_)
            | Self::Dword(_)
            | Self::Qword(_)
            | Self::Binary(_)
            | Self::Other { .. } => None,
        }
    }

    /// The number of a `REG_DWORD`; absent for every other type.
    pub const fn number(&self) -> Option<u32> {
        match self {
            Self::Dword(number) => Some(*number),
            Self::String(_)
            | Self::ExpandString(_)
            | Self::MultiString(_)
            | Self::Qword(_)
            | Self::Binary(_)
            | Self::Other { .. } => None,
        }
    }

    /// The number of the type, as in `RegSetValueEx` (winnt.h).
    pub const fn kind(&self) -> u32 {
        match self {
            Self::String(_) => 1,
            Self::ExpandString(_) => 2,
            Self::Binary(_) => 3,
            Self::Dword(_) => 4,
            Self::MultiString(_) => 7,
            Self::Qword(_) => 11,
            Self::Other { kind, .. } => *kind,
        }
    }
}

/// What a step of a source does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// The key is named, and made if it is not there.
    Key(KeyPath),
    /// The key goes with all that is in it.
    DeleteKey(KeyPath),
    /// A value is set. The default value of a key has an empty name.
    Set {
        /// Where.
        key: KeyPath,
        /// The value's name.
        name: String,
        /// What it is set to.
        data: Data,
        /// Only where there is no such value yet (`**soft.` of a policy file).
        soft: bool,
    },
    /// One value goes.
    DeleteValue {
        /// Where.
        key: KeyPath,
        /// The value's name.
        name: String,
    },
    /// All values of a key go.
    DeleteValues(KeyPath),
}

/// Where in its source something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The whole of it.
    Whole,
    /// A line of a text, from 1.
    Line(usize),
    /// A byte of a file, from 0.
    Byte(usize),
    /// The registry of this machine.
    View(View),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the whole"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
            Self::View(view) => write!(f, "{} view", view.as_str()),
        }
    }
}

/// Which programs see a part of the registry: 64-bit Windows keeps some keys twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// What 64-bit programs see; the update agent is one of them.
    Bits64,
    /// What 32-bit programs see (`Wow6432Node`).
    Bits32,
}

impl View {
    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bits64 => "64-bit",
            Self::Bits32 => "32-bit",
        }
    }
}

/// One step of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub at: Place,
    /// What it does.
    pub operation: Operation,
    /// Whether the importer of Windows reads it so. False for what is only recognizable as meant:
    /// a second value on a line, a file without its first line.
    pub certain: bool,
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A registry file, `Windows Registry Editor Version 5.00`.
    Reg5,
    /// A registry file, `REGEDIT4`.
    Reg4,
    /// A text that has the lines of a registry file but not its first one.
    RegWithoutHeader,
    /// A `Registry.pol` of Group Policy (MS-GPREG).
    PolicyFile,
    /// The registry of this machine.
    Live,
}

impl Format {
    /// Whether it is a text, in which numbers are written in hexadecimal.
    pub const fn is_text(self) -> bool {
        match self {
            Self::Reg5 | Self::Reg4 | Self::RegWithoutHeader => true,
            Self::PolicyFile | Self::Live => false,
        }
    }
}

/// Something about the form of a source, whatever its settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where.
    pub at: Place,
    /// What kind.
    pub kind: RemarkKind,
    /// What stands there, shortened and without control characters; may be empty.
    pub text: String,
}

closed_list! {
    /// What can be odd about the form of a source.
    RemarkKind {
        /// Several values stand on one line: an importer passes over all of them.
        SeveralOnOneLine => "several_on_one_line",
        /// The first line that makes a text a registry file is missing.
        NoHeader => "no_header",
        /// A line that is neither a key, a value nor a comment: an importer passes over it.
        UnreadableLine => "unreadable_line",
        /// A value stands before any key.
        ValueWithoutKey => "value_without_key",
        /// The root of a key is abbreviated or misspelled, and it can be seen which key is meant: an
        /// importer passes over it and the values under it.
        BadRoot => "bad_root",
        /// The line of a key has a blank before the key or no closing bracket: an importer passes
        /// over this line only, so that the values below go to the key before it.
        BadBrackets => "bad_brackets",
        /// The root of a key is none at all: nobody can say which key is meant.
        UnknownRoot => "unknown_root",
        /// The data of a value cannot be read: an importer passes over the value.
        BadData => "bad_data",
        /// Data that can be read is followed by something that is no part of it: an importer passes
        /// over the value.
        DoubtfulData => "doubtful_data",
        /// The text is encoded in a way that the importer of Windows does not read, such as UTF-16
        /// without a byte order mark.
        BadEncoding => "bad_encoding",
        /// Bytes that are not text in the encoding of the file.
        BadBytes => "bad_bytes",
        /// The file ends in the middle of something.
        CutShort => "cut_short",
        /// A record of a policy file is larger, or another one, than it says.
        BadRecord => "bad_record",
        /// A type of data that registries do not have.
        UnknownType => "unknown_type",
        /// The same value is set more than once, and differently: the last one stays.
        SetTwice => "set_twice",
    }
}

/// A source as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub format: Format,
    /// Its steps, in order.
    pub entries: Vec<Entry>,
    /// What is odd about its form.
    pub remarks: Vec<Remark>,
}

/// Why a source could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Where it went wrong.
    pub at: Place,
    /// What is wrong. One line.
    pub text: String,
    /// What to do. One line.
    pub remedy: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at != Place::Whole {
            write!(f, "{}: ", self.at)?;
        }
        write!(f, "{}\n  hint: {}", self.text, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_does_not_tell_keys_apart() {
        let key = KeyPath::machine("Software\\Policies");
        assert!(key.is(&KeyPath::machine("SOFTWARE\\policies")));
        assert!(!key.is(&KeyPath { root: Root::CurrentUser, ..key.clone() }));
        assert_eq!(key.to_string(), "HKEY_LOCAL_MACHINE\\Software\\Policies");
    }
}
