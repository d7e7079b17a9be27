//! The suites against themselves and against broken records.
