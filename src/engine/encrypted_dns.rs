//! A resolver over TLS, made when the trusted roots that must vouch for it are there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;

use crate::engine::judge::ChainJudge;
use crate::model::endpoint::ResolverChoice;
use crate::model::failure::{Cause, Failure};
use crate::model::report::{Lookup, RecordType};
use crate::net::dns::{Dns, Resolve, unavailable};

/// DNS over TLS (RFC 7858) with a verified server.
pub struct EncryptedDns {
    choice: ResolverChoice,
    limit: Duration,
    judge: Arc<ChainJudge>,
    resolver: OnceCell<Result<Dns, Failure>>,
}

impl EncryptedDns {
    /// `limit` is that of one question.
    pub fn new(choice: ResolverChoice, limit: Duration, judge: Arc<ChainJudge>) -> Self {
        Self { choice, limit, judge, resolver: OnceCell::new() }
    }

    async fn resolver(&self) -> &Result<Dns, Failure> {
        self.resolver
            .get_or_init(async || {
                let tls = self.judge.store().await.verifying_config();
                Dns::new(&self.choice, self.limit, tls)
            })
            .await
    }

    /// The library does not tell why there is no connection.
    fn explain(&self, failure: &mut Failure) {
        if let (Cause::Unreachable, ResolverChoice::Tls { name, .. }) =
            (failure.cause, &self.choice)
        {
            failure.detail.push_str(": nothing speaks TLS there, or its certificate is not for ");
            failure.detail.push_str(name);
            failure.detail.push_str(" or not trusted here");
        }
    }
}

impl Resolve for EncryptedDns {
    fn lookup<'a>(
        &'a self,
        name: &'a str,
        record_type: RecordType,
        limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        Box::pin(async move {
            match self.resolver().await {
                Ok(dns) => {
                    let mut lookup = dns.lookup(name, record_type, limit).await;
                    if let Err(failure) = &mut lookup.outcome {
                        self.explain(failure);
                    }
                    lookup
                }
                Err(failure) => unavailable(record_type, failure),
            }
        })
    }

    fn servers(&self) -> Vec<SocketAddr> {
        self.choice.server().into_iter().collect()
    }
}
