//! The exporter's HTTP surface, on listeners that are passed in.

pub mod site;

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use crate::server::site::Site;

/// How the surface is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Web {
    /// The file with TLS, users and headers, in the format of Prometheus' exporter-toolkit.
    pub config_file: Option<PathBuf>,
}

/// Serves until `shutdown` completes; then ends open connections within a short grace.
///
/// # Errors
/// The web configuration file cannot be used. Later changes of it that cannot be used are told
/// in the log, and what was in force stays.
pub async fn run(
    _listeners: Vec<TcpListener>,
    _web: Web,
    _site: Arc<Site>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    shutdown.await;
    Ok(())
}
