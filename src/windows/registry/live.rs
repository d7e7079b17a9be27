//! The registry of this machine.
