//! What only Windows has, behind traits: so that everything that decides is tried on any system.

pub mod apply;
pub mod event_log;
pub mod places;
pub mod registry;
pub mod rights;
pub mod service;
