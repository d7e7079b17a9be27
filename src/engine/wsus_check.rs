//! The WSUS check of one member: the requests of a profile, each with its evidence.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::{sleep, timeout};

use crate::engine::ports::Check;
use crate::model::endpoint::{Endpoint, Limits};
use crate::model::exchange::{Answer, Content, Exchange};
use crate::model::request::{Profile, Request};
use crate::model::tls::Presented;
use crate::net::http::{self, HttpAnswer, HttpRequest, Progress};
use crate::net::tcp::Dial;
use crate::net::tls::evidence::Evidence;
use crate::wire::soap;

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

    async fn get_config(
        &self,
        endpoint: &Endpoint,
        member: SocketAddr,
        limits: &Limits,
        told: &(dyn Fn(Exchange) + Sync),
    ) -> Option<Presented> {
        let evidence = Evidence::default();
        let request = HttpRequest {
            url: endpoint.requested_url(),
            member,
            tls: Arc::new(evidence.client_config()),
            link: self.dialer.simulated(member.ip()),
        };
        let progress = Progress::default();
        let outcome = tokio::select! {
            asked = http::get_config(&request, &progress) => match asked {
                Err(error) => Err(error.failure),
                Ok(answer) => Ok(digest(answer, evidence.client_certificate_requested())),
            },
            () = out_of_time(&progress, limits) => Err(progress.timed_out()),
        };
        told(Exchange { request: Request::GetConfig, outcome });
        evidence.presented()
    }
}

impl Check for HttpCheck {
    fn connections(&self) -> usize {
        match self.profile {
            Profile::Quick | Profile::Standard | Profile::Deep => 1,
        }
    }

    fn check<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        member: SocketAddr,
        limits: &'a Limits,
        _connections: usize,
        told: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>> {
        Box::pin(self.get_config(endpoint, member, limits, told))
    }
}

/// Completes when the connection, or the request upon it, has taken longer than it may, or when
/// the deadline has passed.
async fn out_of_time(progress: &Progress, limits: &Limits) {
    let step_by_step = async {
        // An endpoint without TLS is given its time all the same: it only ever connects faster.
        let connecting = timeout(limits.connect + limits.tls, progress.connected());
        if connecting.await.is_ok() {
            sleep(limits.wsus).await;
        }
    };
    // Either way the time is up.
    let _ = timeout(limits.deadline, step_by_step).await;
}

fn digest(answer: HttpAnswer, certificate_requested: bool) -> Answer {
    Answer {
        content: Content::Soap(soap::parse(&answer.reply.body)),
        body_bytes: answer.reply.body.len(),
        reply: answer.reply,
        certificate_requested,
        first_byte: answer.time,
        transfer: None,
    }
}
