//! What the program says of a server of the zoo, by way of its library.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use wsus_probe::engine::event::Sight;
use wsus_probe::engine::judge::{ChainJudge, PlatformRoots};
use wsus_probe::engine::ports::{Check, Ports, Target};
use wsus_probe::engine::tls_scan::{ScanPlan, When, scan};
use wsus_probe::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Host, Limits, Scheme,
};
use wsus_probe::model::exchange::Exchange;
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::report::{Addresses, Lookup, RecordType};
use wsus_probe::model::tls::Presented;
use wsus_probe::model::tls_scan::{Support, TlsScan};
use wsus_probe::net::dns::Resolve;
use wsus_probe::net::tcp::Kernel;

use super::{NAME, Saying};

/// Of the scans of the zoo. Shorter than the program's own, so that servers that hang take little
/// time; still far more than any server here takes to answer.
pub(crate) const LIMITS: Limits = Limits {
    deadline: Duration::from_secs(15),
    resolve: Duration::from_secs(1),
    connect: Duration::from_secs(3),
    tls: Duration::from_secs(3),
    wsus: Duration::from_secs(1),
};

/// Stands for what a scan has no use for.
struct Nobody;

impl Resolve for Nobody {
    fn lookup<'a>(
        &'a self,
        _name: &'a str,
        record_type: RecordType,
        _limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        let outcome = Ok(Addresses { addresses: Vec::new(), ttl: None, cname_chain: Vec::new() });
        Box::pin(async move {
            Lookup { record_type, time: None, resends: None, answered_by: None, outcome }
        })
    }
}

impl Check for Nobody {
    fn connections(&self) -> usize {
        1
    }

    fn check<'a>(
        &'a self,
        _endpoint: &'a Endpoint,
        _member: SocketAddr,
        _limits: &'a Limits,
        _connections: usize,
        _told: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>> {
        Box::pin(async { None })
    }
}

/// The program's scan, ready to run any number of times.
pub(crate) struct Product {
    judge: Arc<ChainJudge>,
    ports: Ports,
    plan: ScanPlan,
}

impl Product {
    /// That looks for the versions and nothing else.
    pub(crate) fn new() -> Self {
        /// More than the zoo opens at once.
        const SOCKETS: usize = 512;
        let judge = Arc::new(ChainJudge::new(PlatformRoots::load_in_background(), &[]).unwrap());
        let plan = ScanPlan {
            when: When::Only,
            protocols: Protocol::ALL.to_vec(),
            suites: false,
            clients: false,
            concurrency: 2,
        };
        Self { judge, ports: Ports::new(Arc::new(Kernel::new()), Arc::new(Nobody), SOCKETS), plan }
    }

    /// Needs the clock of tokio, running.
    #[expect(clippy::disallowed_methods, reason = "the deadline is by the real clock")]
    pub(crate) async fn scan(&self, address: SocketAddr) -> TlsScan {
        let host = Host::Name(NAME.to_owned());
        let target = Target {
            endpoint: Arc::new(Endpoint {
                family: Family::Ipv4,
                ..Endpoint::bare(
                    EndpointName(NAME.to_owned()),
                    EndpointUrl { scheme: Scheme::Https, host, port: address.port() },
                )
            }),
            resolver: Arc::new(Nobody),
            judge: Arc::clone(&self.judge) as _,
            compared: Arc::default(),
            limits: LIMITS,
        };
        let deadline = tokio::time::Instant::now() + LIMITS.deadline;
        let deaf = |_: Sight| {};
        scan(&target, &self.ports, &self.plan, address, deadline, &deaf).await
    }
}

/// The versions of a scan.
pub(crate) fn saying(scan: &TlsScan) -> Saying {
    let mut letters = ['-'; 5];
    for report in &scan.versions {
        let place = Protocol::ALL.iter().position(|protocol| *protocol == report.protocol);
        if let Some(letter) = place.and_then(|place| letters.get_mut(place)) {
            *letter = match report.support {
                Support::Supported => 'y',
                Support::NotSupported => 'n',
                Support::Unknown => '?',
            };
        }
    }
    Saying(letters)
}
