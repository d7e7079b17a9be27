//! The exporter's HTTP surface, on listeners that are passed in.
//!
//! Requests are answered with hyper alone: there are a dozen paths, none has a body, and every
//! answer is complete before its first byte is sent. What is exposed to strangers is bounded by
//! [`limits::Limits`].

mod admission;
mod answer;
mod auth;
mod body;
mod door;
mod encoding;
pub mod limits;
pub mod listen;
mod origin;
mod pages;
mod peer;
mod percent;
mod probe;
mod rate;
mod rendering;
mod route;
pub mod site;
mod surface;
pub mod web_config;

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::{join, join_all};
use tokio::sync::watch;

use crate::server::door::Door;
use crate::server::limits::Limits;
use crate::server::site::Site;
use crate::server::surface::Surface;

/// How the surface is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Web {
    /// The file with TLS, users and headers, in the format of Prometheus' exporter-toolkit.
    pub config_file: Option<PathBuf>,
}

/// Serves within `limits` until `shutdown` completes; then ends open connections within a short grace.
///
/// Dropping the future closes everything at once.
///
/// # Errors
/// The web configuration file cannot be used. Later changes of it that cannot be used are told
/// in the log, and what was in force stays.
pub async fn run(
    limits: Limits,
    listeners: Vec<TcpListener>,
    web: Web,
    site: Arc<Site>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let surface = Arc::new(Surface::new(limits, web.config_file, site)?);
    let (tell, told) = watch::channel(false);
    let mut doors = Vec::with_capacity(listeners.len());
    for listener in listeners {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        doors.push(Door::new(listener, Arc::clone(&surface), told.clone()).serve());
    }
    let close = async move {
        shutdown.await;
        // Doors that are gone need not be told.
        let _ = tell.send(true);
    };
    join(join_all(doors), close).await;
    Ok(())
}
