//! Where a value comes from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The source of one configured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in: `config::defaults`.
    Default,
    /// The embedded catalogue of endpoints.
    Catalogue,
    /// A line of the configuration file, counted from 1.
    File {
        /// The file as it was named on the command line.
        path: Arc<Path>,
        /// Line of the value.
        line: usize,
    },
    /// A command-line option, such as `--deadline`.
    Flag(&'static str),
    /// An argument of the command without an option's name, such as `URL`.
    Argument(&'static str),
    /// An environment variable, such as `WSUS_PROBE_DEADLINE`.
    Environment(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Catalogue => f.write_str("catalogue"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Flag(name) | Self::Argument(name) | Self::Environment(name) => f.write_str(name),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// Pairs a value with its source.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// The same source with the value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}
