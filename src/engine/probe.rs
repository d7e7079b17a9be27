//! One endpoint: its name is resolved, and every address found is probed at once.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::Semaphore;

use crate::engine::event::{Sight, What};
use crate::engine::member::{self, Sampling};
use crate::engine::ports::{Ports, Target};
use crate::model::endpoint::{Family, Host};
use crate::model::report::{Lookup, RecordType};
use crate::model::timing::Timed;

/// Probes one endpoint and reports what it sees. The members of one address family do not wait
/// for the answer about the other. Dropping the future abandons everything under way.
pub async fn probe(
    target: &Target,
    ports: &Ports,
    sampling: Sampling,
    questions: &Semaphore,
    report: &(dyn Fn(What) + Sync),
) {
    let endpoint = &target.endpoint;
    let mut seen = BTreeSet::new();
    let mut members = FuturesUnordered::new();
    let mut start = |ip: IpAddr, resolve: Option<Timed>, members: &FuturesUnordered<_>| {
        let address = SocketAddr::new(ip, endpoint.url.port);
        if seen.insert(address) {
            report(What::Member(address, resolve));
            members.push(one_member(target, ports, sampling, address, report));
        }
    };
    match &endpoint.url.host {
        Host::Address(address) => start(*address, None, &members),
        Host::Name(name) => {
            let mut lookups: FuturesUnordered<_> = record_types(endpoint.family)
                .iter()
                .map(|&record_type| ask(target, name, record_type, questions))
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
    report(What::Finished);
}

async fn ask(
    target: &Target,
    name: &str,
    record_type: RecordType,
    questions: &Semaphore,
) -> Lookup {
    // Never closed. Bursts of questions are lost in sockets' buffers, so they are paced.
    let _permit = questions.acquire().await.ok();
    target.resolver.lookup(name, record_type, target.limits.resolve).await
}

async fn one_member(
    target: &Target,
    ports: &Ports,
    sampling: Sampling,
    address: SocketAddr,
    report: &(dyn Fn(What) + Sync),
) {
    let of_member = |sight: Sight| report(What::Of(address, sight));
    member::probe(target, ports, sampling, address, &of_member).await;
}

fn record_types(family: Family) -> &'static [RecordType] {
    match family {
        Family::Any => &[RecordType::A, RecordType::Aaaa],
        Family::Ipv4 => &[RecordType::A],
        Family::Ipv6 => &[RecordType::Aaaa],
    }
}
