//! Renderers: reports in, text out.

pub mod client_audit;
pub mod client_explain;
pub mod client_render;
pub mod explain;
pub mod html;
pub mod human;
pub mod ical;
pub mod json;
pub mod machine;
pub mod moment;
pub mod nagios;
mod problem;
pub mod reg;
mod scan_words;
pub mod schedule;
mod text;

#[cfg(test)]
pub(crate) mod fixture;
