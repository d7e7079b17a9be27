//! What only Windows has, behind traits: so that everything that decides is tried on any system.

pub mod event_log;
pub mod registry;
pub mod service;
