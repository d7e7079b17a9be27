//! The lanes to one port of a member.

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::digest::digest;
use super::queue::Queue;
use crate::model::endpoint::{EndpointUrl, Limits, SimulatedLink};
use crate::model::exchange::{Answer, Exchange, NOT_ASKED};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::tls::Presented;
use crate::net::clock;
use crate::net::http::progress::Progress;
use crate::net::http::{Asked, Destination, HttpError, Lane};
use crate::net::tls::evidence::Evidence;

/// How long a connection that was dropped has to close before another takes its place: the work
/// is done in the background, and the server shall not see more connections than were agreed.
const CLOSING: Duration = Duration::from_millis(1);

/// One port of a member, and what is asked there.
pub(super) struct Group<'a> {
    pub(super) url: EndpointUrl,
    pub(super) member: SocketAddr,
    pub(super) link: Option<SimulatedLink>,
    pub(super) limits: &'a Limits,
    pub(super) deadline: Instant,
    pub(super) queue: Queue,
    /// The server was seen to close a kept-alive connection without a word.
    pub(super) closes_silently: AtomicBool,
    pub(super) told: &'a (dyn Fn(Exchange) + Sync),
}

impl Group<'_> {
    pub(super) fn has_work(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Asks everything over so many connections at once. The result is the chain that the first
    /// of them to see one was presented.
    pub(super) async fn run(self, lanes: usize) -> Option<Presented> {
        let active = AtomicUsize::new(lanes);
        let workers = (0..lanes).map(|_| self.work(&active));
        join_all(workers).await.into_iter().flatten().next()
    }

    /// One connection at a time, as long as there is something to ask. Where a connection cannot
    /// be had, what it was for is left to the others, if there are any.
    async fn work(&self, active: &AtomicUsize) -> Option<Presented> {
        let mut worker =
            Worker { group: self, evidence: Evidence::default(), lane: None, opened: false };
        while let Some(request) = self.queue.next().await {
            if clock::now() >= self.deadline {
                self.tell(request, Err(not_asked()));
                continue;
            }
            match worker.ask(request).await {
                Ok(answer) => self.tell(request, Ok(answer)),
                Err(HttpError { failure, connected: true }) => self.tell(request, Err(failure)),
                Err(HttpError { failure, connected: false }) => {
                    let last = active.fetch_sub(1, Ordering::Relaxed) == 1;
                    if last || request == Request::GetConfig {
                        self.tell(request, Err(failure.clone()));
                    } else {
                        self.queue.put_back(request);
                    }
                    if last {
                        self.queue.give_up(&failure, self.told);
                    }
                    break;
                }
            }
        }
        worker.evidence.presented()
    }

    fn tell(&self, request: Request, outcome: Result<Answer, Failure>) {
        let exchange = Exchange { request, outcome };
        self.queue.over(request, &exchange.outcome);
        (self.told)(exchange);
    }
}

/// One lane after another.
struct Worker<'a> {
    group: &'a Group<'a>,
    evidence: Evidence,
    lane: Option<Lane>,
    /// It has opened a lane before.
    opened: bool,
}

impl Worker<'_> {
    async fn ask(&mut self, request: Request) -> Result<Answer, HttpError> {
        if let Some(mut lane) = self.lane.take() {
            let asked = self.within_limits(&mut lane, request).await;
            if !self.is_lost(&lane, &asked) {
                return self.finish(lane, request, asked);
            }
        }
        if mem::replace(&mut self.opened, true) {
            sleep(CLOSING).await;
        }
        let group = self.group;
        let mut lane = Lane::new(Destination {
            url: group.url.clone(),
            member: group.member,
            tls: Arc::new(self.evidence.client_config()),
            link: group.link,
        });
        let asked = self.within_limits(&mut lane, request).await;
        self.finish(lane, request, asked)
    }

    /// Whether a kept-alive connection ended before any byte of an answer. Servers may close one
    /// at any time without a word, so that it says nothing about the request: RFC 9112 section
    /// 9.3.1 has it sent on a new connection. It is done once, and then no connection of the group
    /// is used twice any more, so that it happens at most once to each.
    fn is_lost(&self, lane: &Lane, asked: &Asked) -> bool {
        let cut = match asked {
            Asked::Gone => return true,
            Asked::Answered(_) => false,
            Asked::Failed(HttpError { failure, .. }) => {
                matches!(failure.cause, Cause::Closed | Cause::Reset)
            }
        };
        let lost = cut && lane.progress().status().is_none();
        if lost {
            self.group.closes_silently.store(true, Ordering::Relaxed);
        }
        lost
    }

    fn finish(&mut self, lane: Lane, request: Request, asked: Asked) -> Result<Answer, HttpError> {
        match asked {
            Asked::Answered(answer) => {
                let again = !self.group.closes_silently.load(Ordering::Relaxed);
                self.lane = Some(lane).filter(|lane| again && lane.is_reusable());
                Ok(digest(request, answer, self.evidence.client_certificate_requested()))
            }
            Asked::Failed(error) => Err(error),
            // Only a lane that was used before can be gone.
            Asked::Gone => Err(HttpError { failure: not_asked(), connected: true }),
        }
    }

    async fn within_limits(&self, lane: &mut Lane, request: Request) -> Asked {
        let progress = lane.progress();
        tokio::select! {
            asked = lane.ask(request) => asked,
            () = out_of_time(&progress, self.group.limits, self.group.deadline) => {
                let connected = progress.is_connected();
                Asked::Failed(HttpError { failure: progress.timed_out(), connected })
            }
        }
    }
}

/// Completes when the connection, or the request upon it, has taken longer than it may, or when
/// the deadline has passed.
async fn out_of_time(progress: &Progress, limits: &Limits, deadline: Instant) {
    let step_by_step = async {
        // An endpoint without TLS is given its time all the same: it only ever connects faster.
        let connecting = timeout(limits.connect + limits.tls, progress.connected());
        if connecting.await.is_ok() {
            sleep(limits.wsus).await;
        }
    };
    // Either way the time is up.
    let _ = timeout_at(deadline, step_by_step).await;
}

fn not_asked() -> Failure {
    let detail = format!("{NOT_ASKED}: the time for this member was over before its turn came");
    Failure::new(Phase::Wsus, Cause::Timeout, detail)
}
