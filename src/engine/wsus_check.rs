//! The WSUS check of one member: request, parse, judge.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::{sleep, timeout};

use crate::decide;
use crate::engine::ports::{Check, Checked};
use crate::model::endpoint::{Endpoint, Limits};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::timing::Timed;
use crate::model::wsus::WsusAnswer;
use crate::net::http::{self, HttpAnswer, HttpRequest, Progress};
use crate::net::tcp::Dial;
use crate::net::tls::evidence::Evidence;
use crate::wire::soap;

/// Checks over HTTP or HTTPS, each member on a fresh connection.
pub struct HttpCheck {
    dialer: Arc<dyn Dial>,
}

impl HttpCheck {
    /// The dialer is asked for simulated links only; the check's connections are its own.
    pub fn new(dialer: Arc<dyn Dial>) -> Self {
        Self { dialer }
    }

    async fn check(&self, endpoint: &Endpoint, member: SocketAddr, limits: &Limits) -> Checked {
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
                Ok(answer) => judge(&request, &answer)
                    .map_err(|failure| for_want_of_a_certificate(failure, &evidence)),
            },
            () = out_of_time(&progress, limits) => Err(progress.timed_out()),
        };
        Checked { outcome, presented: evidence.presented() }
    }
}

impl Check for HttpCheck {
    fn get_config<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        member: SocketAddr,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Checked> {
        Box::pin(self.check(endpoint, member, limits))
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

/// Servers that demand a client certificate may complete the handshake without one and refuse
/// the request: IIS with 403, nginx with 400.
fn for_want_of_a_certificate(failure: Failure, evidence: &Evidence) -> Failure {
    let refused = matches!(failure.cause, Cause::Http400 | Cause::Http403);
    if !refused || !evidence.client_certificate_requested() {
        return failure;
    }
    let detail = format!("the server asked for a client certificate, then: {}", failure.detail);
    Failure::new(Phase::Tls, Cause::ClientCertificateRequired, detail)
}

fn judge(
    request: &HttpRequest,
    answer: &HttpAnswer,
) -> Result<(WsusAnswer, Option<Timed>), Failure> {
    let soap = soap::parse(&answer.reply.body);
    let judged = decide::wsus::judge(&answer.reply, &soap, &request.url)?;
    Ok((judged, answer.time))
}
