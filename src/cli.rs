//! Command line: raw options and help text.
