//! The product itself on the emulated network: the engine in this process, whose values can be
//! looked at closely, and the program as users start it.

pub(super) mod check;
pub(super) mod choice;
pub(super) mod truth;
