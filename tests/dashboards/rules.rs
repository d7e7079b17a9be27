//! The recording and alerting rules: Prometheus' own tool runs their tests, and each of these is
//! shown to fail when a rule is wrong.

mod alertmanager;
mod alerts;
mod mutations;
mod names;
mod promtool;
pub(crate) mod read;

use std::path::PathBuf;

/// The folder of the rules.
pub(crate) fn folder() -> PathBuf {
    crate::generated::folder().join("prometheus")
}
