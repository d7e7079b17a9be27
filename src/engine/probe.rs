//! One endpoint: its name is resolved, and every address found is probed at once.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, timeout_at};

use crate::engine::event::{Sight, What};
use crate::engine::member::{self, Sampling};
use crate::engine::ports::{self, Ports, Target};
use crate::engine::resolvers;
use crate::model::endpoint::{Family, Host};
use crate::model::failure::Phase;
use crate::model::report::{Lookup, RecordType};
use crate::model::timing::Timed;
use crate::net::clock;
use crate::net::dns::unavailable;

/// Probes one endpoint and reports what it sees. The members of one address family do not wait
/// for the answer about the other. Ends soon after `deadline` at the latest. Dropping the future
/// abandons everything under way.
pub async fn probe(
    target: &Target,
    ports: &Ports,
    sampling: Sampling,
    deadline: Instant,
    report: &(dyn Fn(What) + Sync),
) {
    let probe = probe_members(target, ports, sampling, deadline, report);
    let compare = async {
        if let (Host::Name(name), true) = (&target.endpoint.url.host, ports.compares) {
            resolvers::compare(target, ports, name, deadline, report).await;
        }
    };
    tokio::join!(probe, compare);
    report(What::Finished);
}

async fn probe_members(
    target: &Target,
    ports: &Ports,
    sampling: Sampling,
    deadline: Instant,
    report: &(dyn Fn(What) + Sync),
) {
    let endpoint = &target.endpoint;
    let mut seen = BTreeSet::new();
    let mut members = FuturesUnordered::new();
    let mut start = |ip: IpAddr, resolve: Option<Timed>, members: &FuturesUnordered<_>| {
        let address = SocketAddr::new(ip, endpoint.url.port);
        if seen.insert(address) {
            report(What::Member(address, resolve));
            members.push(one_member(target, ports, sampling, address, deadline, report));
        }
    };
    match &endpoint.url.host {
        Host::Address(address) => start(*address, None, &members),
        Host::Name(name) => {
            let mut lookups: FuturesUnordered<_> = record_types(endpoint.family)
                .iter()
                .map(|&record_type| ask(target, ports, name, record_type, deadline))
                .collect();
            loop {
                tokio::select! {
                    Some(lookup) = lookups.next() => {
                        report(What::Resolved(lookup.clone()));
                        for address in lookup.outcome.iter().flat_map(|found| &found.addresses) {
                            start(*address, lookup.time, &members);
                        }
                    }
                    Some(()) = members.next() => {}
                    else => break,
                }
            }
        }
    }
    while members.next().await.is_some() {}
}

async fn ask(
    target: &Target,
    ports: &Ports,
    name: &str,
    record_type: RecordType,
    deadline: Instant,
) -> Lookup {
    // Bursts of questions are lost in sockets' buffers, so they are paced.
    let paced = timeout_at(deadline, ports.questions.acquire()).await;
    let socket = ports.permit(deadline).await;
    if paced.is_err() || socket.is_none() {
        return unavailable(record_type, &ports::no_socket(Phase::Resolve));
    }
    let left = deadline.saturating_duration_since(clock::now());
    target.resolver.lookup(name, record_type, target.limits.resolve.min(left)).await
}

async fn one_member(
    target: &Target,
    ports: &Ports,
    sampling: Sampling,
    address: SocketAddr,
    deadline: Instant,
    report: &(dyn Fn(What) + Sync),
) {
    let of_member = |sight: Sight| report(What::Of(address, sight));
    member::probe(target, ports, sampling, address, deadline, &of_member).await;
}

/// Which questions are asked about a name.
pub(super) fn record_types(family: Family) -> &'static [RecordType] {
    match family {
        Family::Any => &[RecordType::A, RecordType::Aaaa],
        Family::Ipv4 => &[RecordType::A],
        Family::Ipv6 => &[RecordType::Aaaa],
    }
}
