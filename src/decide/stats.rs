//! Statistics over round-trip times.
