//! The metrics that are exported: one row each. Registration, help, documentation and the tests'
//! list all come from here.
//!
//! Label values come from closed lists, except those that the configuration gives (`endpoint`,
//! `dc`, `url`, `region`), the addresses of members (`member`, without the port, which is that of
//! `url`), and what a handshake negotiated. A label is always there; where its value is not known
//! it is empty, which Prometheus takes for an absent label. A *series* whose value was not
//! measured is absent: it is never 0 instead.

/// Declares a list of families, and a constant for each.
macro_rules! families {
    ($(#[doc = $list_doc:literal])+ $list:ident {
        $($row:ident: $kind:ident $name:literal [$($label:literal)*] $help:literal;)+
    }) => {
        $(
            #[doc = $help]
            pub const $row: crate::metrics::table::Family = crate::metrics::table::Family {
                name: $name,
                help: $help,
                kind: crate::metrics::table::Kind::$kind,
                labels: &[$($label),*],
            };
        )+

        $(#[doc = $list_doc])+
        pub const $list: &[crate::metrics::table::Family] = &[$($row),+];
    };
}

pub mod blackbox;
pub mod endpoint;
pub mod fleet;
pub mod own;
pub mod process;

/// What a metric is (Prometheus text format).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
}

impl Kind {
    /// The name of the type in the text format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// One family of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// With prefix and unit.
    pub name: &'static str,
    /// One sentence, with the unit, and when the series is absent.
    pub help: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels, in order.
    pub labels: &'static [&'static str],
}

/// Labels whose values are the same in many families, in the order in which they come first.
const SHARED_LABELS: [&str; 3] = ["endpoint", "dc", "member"];

impl Family {
    /// The labels beside those that tell which endpoint or member it is.
    pub fn own_labels(&self) -> impl Iterator<Item = &'static str> {
        self.labels.iter().copied().filter(|label| !SHARED_LABELS.contains(label))
    }
}

/// What `/metrics` has: the families about the endpoints, about the fleet and about the exporter.
/// Those of the process are beside these, in [`process::PROCESS`].
pub fn exported() -> impl Iterator<Item = &'static Family> {
    endpoint::STATES.iter().chain(endpoint::HISTORIES).chain(fleet::FLEET).chain(own::OWN)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_say_what_they_are() {
        let mut names = BTreeSet::new();
        for family in exported() {
            let name = family.name;
            assert!(names.insert(name), "{name} twice");
            assert!(name.starts_with("wsus_probe_"), "{name}");
            assert_eq!(name.ends_with("_total"), family.kind == Kind::Counter, "{name}");
        }
        for family in blackbox::BLACKBOX {
            assert!(names.insert(family.name) && family.name.starts_with("probe_"));
        }
    }

    #[test]
    fn texts_need_no_escaping_and_shared_labels_come_first() {
        for family in exported().chain(blackbox::BLACKBOX) {
            assert!(!family.help.contains(['\\', '\n', '|']) && !family.help.is_empty());
            let own: Vec<_> = family.own_labels().collect();
            let shared = family.labels.len() - own.len();
            assert_eq!(family.labels[..shared], SHARED_LABELS[..shared], "{}", family.name);
        }
    }
}
