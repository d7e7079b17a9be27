//! The settings of Windows clients: what they are, what is wrong with them, what they will do.
//!
//! Pure functions of what was read; the readers are in `wire`, the registry of a machine in
//! `windows`.

pub mod audit;
pub mod correct;
pub mod desired;
pub mod effective;
pub mod forecast;
pub mod setting;
