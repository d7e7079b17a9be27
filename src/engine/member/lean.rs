//! One connection for everything: round-trip time, handshake and the answer to `GetConfig`.

use futures_util::future::join;
use tokio::time::timeout;

use super::Member;
use crate::engine::event::Sight;
use crate::engine::wsus_check::digest::digest;
use crate::model::exchange::{Answer, Exchange};
use crate::model::failure::Failure;
use crate::model::request::Request;
use crate::net::http::direct::{self, Carrier};
use crate::net::http::progress::Progress;
use crate::net::tcp::Link;
use crate::net::tls::evidence::Evidence;

impl Member<'_> {
    /// Nothing is tried twice or in another way: what a fault is due to is found out elsewhere.
    pub(super) async fn lean(&self) {
        let Ok((_permit, link)) = self.connect(0).await else { return };
        // Only what is connected takes the memory for more.
        Box::pin(self.go_on(link)).await;
    }

    async fn go_on(&self, link: Box<dyn Link>) {
        let evidence = Evidence::default();
        if !self.is_https() {
            return self.ask(Box::new(link), &evidence).await;
        }
        match self.secure(link, &evidence).await {
            Ok(stream) => {
                // The chain is judged while the answer is on its way; whatever the judgement is,
                // the answer is evidence.
                join(self.ask(stream, &evidence), self.judge(evidence.presented())).await;
            }
            Err(failure) => {
                self.tell(Err(failure));
                self.judge(evidence.presented()).await;
            }
        }
    }

    async fn ask(&self, stream: Box<dyn Carrier>, evidence: &Evidence) {
        let url = self.target.endpoint.requested_url();
        let progress = Progress::default();
        let member = self.address.ip();
        let asking = direct::ask(stream, &url, member, Request::GetConfig, &progress);
        let limit = self.target.limits.wsus.min(self.left());
        let outcome = match timeout(limit, asking).await {
            Ok(answered) => answered.map(|answer| {
                digest(Request::GetConfig, answer, evidence.client_certificate_requested())
            }),
            Err(_) => Err(progress.timed_out()),
        };
        self.tell(outcome);
    }

    fn tell(&self, outcome: Result<Answer, Failure>) {
        (self.report)(Sight::Asked(Exchange { request: Request::GetConfig, outcome }));
    }
}
