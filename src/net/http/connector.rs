//! Reqwest's two hooks into connecting: where to, and when done.

use std::error::Error;
use std::fmt;
use std::future::{self, Future};
use std::iter;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower::{Layer, Service};

use super::progress::Progress;
use crate::model::endpoint::SimulatedLink;

/// Resolves every name to one member, so that no name is ever resolved behind the prober's back.
pub(super) struct Pin(pub(super) SocketAddr);

impl Resolve for Pin {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(iter::once(self.0));
        Box::pin(future::ready(Ok(addresses)))
    }
}

/// Notes when the connection is complete, after the delay of the simulated link if there is one,
/// and refuses to open a second one: a kept-alive connection may be free an instant later, and
/// one that is gone is replaced by the lane's owner, who counts connections.
#[derive(Clone)]
pub(super) struct Watch {
    progress: Progress,
    link: Option<SimulatedLink>,
    spent: Arc<AtomicBool>,
}

impl Watch {
    pub(super) fn new(progress: Progress, link: Option<SimulatedLink>) -> Self {
        Self { progress, link, spent: Arc::default() }
    }
}

/// The one connection was opened before and is not free, or no more.
#[derive(Debug)]
struct Spent;

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was opened before and is not free")
    }
}

impl Error for Spent {}

/// Whether a request failed, unsent, for want of a second connection.
pub(super) fn is_spent(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = next {
        if current.is::<Spent>() {
            return true;
        }
        next = current.source();
    }
    false
}

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, connector: S) -> Watched<S> {
        Watched { watch: self.clone(), connector }
    }
}

/// A connector under [`Watch`].
#[derive(Clone)]
pub(super) struct Watched<S> {
    watch: Watch,
    connector: S,
}

impl<S, Target> Service<Target> for Watched<S>
where
    S: Service<Target>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
    S::Error: From<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let Watch { progress, link, spent } = self.watch.clone();
        if spent.swap(true, Ordering::Relaxed) {
            let refusal: Box<dyn Error + Send + Sync> = Box::new(Spent);
            return Box::pin(future::ready(Err(refusal.into())));
        }
        let connecting = self.connector.call(target);
        Box::pin(async move {
            if link == Some(SimulatedLink::BlackHole) {
                return future::pending().await;
            }
            let connection = connecting.await?;
            if let Some(SimulatedLink::RoundTrip(delay)) = link {
                tokio::time::sleep(delay).await;
            }
            progress.connected_now();
            Ok(connection)
        })
    }
}
