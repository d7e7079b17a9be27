//! Judging chains against roots that are loaded in the background.

pub mod remembered;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use tokio::sync::{OnceCell, watch};

use crate::engine::ports::Judge;
use crate::model::certificate::CertificateReport;
use crate::model::tls::Presented;
use crate::net::clock;
use crate::net::trust::{self, TrustError, TrustStore};

/// The platform's roots, on their way. Clones share them.
#[derive(Debug, Clone)]
pub struct PlatformRoots(watch::Receiver<Option<Arc<Vec<CertificateDer<'static>>>>>);

impl PlatformRoots {
    /// Starts to load them on a thread of its own: reading them takes longer than the first
    /// round trips of a probe, and they are not needed before a chain has arrived.
    pub fn load_in_background() -> Self {
        let (sender, receiver) = watch::channel(None);
        std::thread::spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(Some(Arc::new(trust::platform_roots())));
        });
        Self(receiver)
    }

    /// The roots, once they are there. None at all if the thread died.
    async fn get(&self) -> Arc<Vec<CertificateDer<'static>>> {
        let mut receiver = self.0.clone();
        match receiver.wait_for(Option::is_some).await {
            Ok(roots) => roots.clone().unwrap_or_default(),
            Err(_) => Arc::default(),
        }
    }
}

/// Judges by the platform's roots and some more.
pub struct ChainJudge {
    platform: PlatformRoots,
    extra: Vec<CertificateDer<'static>>,
    store: OnceCell<TrustStore>,
}

impl ChainJudge {
    /// Reads the `ca_file`s at once, so that a bad one is told before anything is sent.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn new(platform: PlatformRoots, ca_files: &[PathBuf]) -> Result<Self, TrustError> {
        let extra = trust::read_files(ca_files)?;
        Ok(Self { platform, extra, store: OnceCell::new() })
    }

    /// The store, once the platform's roots are there.
    pub async fn store(&self) -> &TrustStore {
        self.store
            .get_or_init(async || {
                let platform = self.platform.get().await;
                TrustStore::new(platform.iter().chain(&self.extra))
            })
            .await
    }
}

impl Judge for ChainJudge {
    fn judge<'a>(
        &'a self,
        presented: &'a Presented,
        server_name: &'a str,
    ) -> BoxFuture<'a, CertificateReport> {
        Box::pin(async move { self.store().await.judge(presented, server_name, clock::wall()) })
    }
}
