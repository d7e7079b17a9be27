//! The embedded catalogue of endpoints, in the shape of a user's file.

/// Used when no configuration file is named. Parsed by the same code as a user's file.
pub const CATALOG: &str = include_str!("catalog.toml");

/// Told where it is used.
pub(super) const CATALOGUE_NOTE: &str = "no configuration: using the embedded catalogue of six public endpoints; for your own, give \
     --config FILE or set WSUS_PROBE_CONFIG";
