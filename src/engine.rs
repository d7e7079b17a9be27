//! The life of one probe, and rounds of probes.
