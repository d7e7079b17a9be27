//! Reqwest's two hooks into connecting: where to, and when done.

use std::future::{self, Future};
use std::iter;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower::{Layer, Service};

use super::Progress;
use crate::model::endpoint::SimulatedLink;

/// Resolves every name to one member, so that no name is ever resolved behind the prober's back.
pub(super) struct Pin(pub(super) SocketAddr);

impl Resolve for Pin {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(iter::once(self.0));
        Box::pin(future::ready(Ok(addresses)))
    }
}

/// Notes when a connection is complete, after the delay of the simulated link if there is one.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) progress: Progress,
    pub(super) link: Option<SimulatedLink>,
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
    S::Response: Send,
    S::Error: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let Watch { progress, link } = self.watch.clone();
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
