//! Renderers: reports in, text out.

pub mod client_audit;
pub mod client_render;
pub mod explain;
pub mod html;
pub mod human;
pub mod json;
pub mod nagios;
mod problem;
pub mod reg;
mod scan_words;
mod text;

#[cfg(test)]
mod fixture;
