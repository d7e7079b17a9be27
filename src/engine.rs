//! The life of one probe, and rounds of probes.
//!
//! A round runs every target at once. Tasks report what they see as [`event::Event`]s; the round
//! folds them into a [`board::Board`] and asks after each whether it may stop. Nothing is lost
//! when it stops early: the board holds all that was reported.

pub mod board;
pub mod encrypted_dns;
pub mod event;
pub mod judge;
pub mod member;
pub mod monitor;
pub mod once;
pub mod ports;
pub mod probe;
pub mod race;
pub mod resolvers;
pub mod round;
pub mod tls_scan;
pub mod trace;
pub mod wsus_check;
