//! The embedded catalogue of endpoints, in the shape of a user's file.

/// Used when no configuration file is named. Parsed by the same code as a user's file.
pub const CATALOG: &str = include_str!("catalog.toml");
