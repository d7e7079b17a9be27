//! What only Windows has, behind traits: so that everything that decides is tried on any system.

pub mod registry;
