//! The WSUS check of one member: the requests of a profile, each with its evidence.

pub(in crate::engine) mod digest;
mod queue;
mod worker;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::future::{BoxFuture, join};

use self::queue::Queue;
use self::worker::Group;
use crate::engine::ports::Check;
use crate::model::endpoint::{Endpoint, EndpointUrl, Limits, Scheme};
use crate::model::exchange::{Exchange, NOT_ASKED};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::{Channel, Profile, Request};
use crate::model::tls::Presented;
use crate::net::clock;
use crate::net::tcp::Dial;

/// Connections to the service port: the standard profile's requests there then take two round
/// trips. To save one of them would take a connection, and a handshake, for each.
const SERVICE_LANES: usize = 4;

/// Connections to the content port: what depends on the first answer there is a pair, so that all
/// of it is over before the service port, which has a handshake more.
const CONTENT_LANES: usize = 2;

/// Checks over HTTP or HTTPS, each member on fresh connections.
pub struct HttpCheck {
    dialer: Arc<dyn Dial>,
    profile: Profile,
}

impl HttpCheck {
    /// The dialer is asked for simulated links only; the check's connections are its own.
    pub fn new(dialer: Arc<dyn Dial>, profile: Profile) -> Self {
        Self { dialer, profile }
    }

    async fn ask_all(
        &self,
        endpoint: &Endpoint,
        member: SocketAddr,
        limits: &Limits,
        connections: usize,
        told: &(dyn Fn(Exchange) + Sync),
    ) -> Option<Presented> {
        let deadline = clock::now() + limits.deadline;
        let asked = endpoint.requested_url();
        let group = |url: EndpointUrl, queue| Group {
            member: SocketAddr::new(member.ip(), url.port),
            link: self.dialer.simulated(member.ip()),
            url,
            limits,
            deadline,
            queue,
            told,
            closes_silently: AtomicBool::new(false),
        };
        if asked.scheme == Scheme::Http {
            // Both channels are the same port.
            return group(asked, self.queue(Scheme::Http, None)).run(connections).await;
        }
        let content = self.queue(Scheme::Https, Some(Channel::Content));
        let content = if let Some(url) = asked.content_url() {
            Some(group(url, content))
        } else {
            content.give_up(&no_content_port(&asked), told);
            None
        };
        let service = group(asked, self.queue(Scheme::Https, Some(Channel::Service)));
        let Some(content) = content.filter(Group::has_work) else {
            return service.run(connections).await;
        };
        if connections == 1 {
            let presented = service.run(1).await;
            content.run(1).await;
            return presented;
        }
        // Of fewer connections than wanted, each port still gets its share.
        let all = SERVICE_LANES + CONTENT_LANES;
        let content_lanes = (connections * CONTENT_LANES / all).max(1);
        let service_lanes = connections - content_lanes;
        join(service.run(service_lanes), content.run(content_lanes)).await.0
    }

    /// The requests for one channel, or for both.
    fn queue(&self, scheme: Scheme, channel: Option<Channel>) -> Queue {
        let requests = Request::ALL.iter().copied().filter(|request| {
            request.is_part_of(self.profile, scheme)
                && channel.is_none_or(|channel| request.channel() == channel)
        });
        Queue::new(requests)
    }
}

impl Check for HttpCheck {
    fn connections(&self) -> usize {
        match self.profile {
            Profile::Quick => 1,
            Profile::Standard | Profile::Deep => SERVICE_LANES + CONTENT_LANES,
        }
    }

    fn check<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        member: SocketAddr,
        limits: &'a Limits,
        connections: usize,
        told: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>> {
        let connections = connections.clamp(1, self.connections());
        Box::pin(self.ask_all(endpoint, member, limits, connections, told))
    }
}

fn no_content_port(asked: &EndpointUrl) -> Failure {
    let detail = format!("{NOT_ASKED}: no clear-text port belongs to {asked}");
    Failure::new(Phase::Connect, Cause::Io, detail)
}

#[cfg(test)]
mod tests;
