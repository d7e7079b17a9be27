//! Monotonic and wall time.
