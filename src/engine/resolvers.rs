//! One name, several resolvers: all are asked at the same time, and asked again where they differ.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use crate::decide::resolvers::disputed;
use crate::engine::event::What;
use crate::engine::ports::{self, Ports, Target};
use crate::engine::probe::record_types;
use crate::model::endpoint::ResolverChoice;
use crate::model::failure::Phase;
use crate::model::report::{Lookup, RecordType};
use crate::model::resolvers::{Again, ResolverReport};
use crate::net::clock;
use crate::net::dns::{Resolve, unavailable};

/// From the first answer to the second question. TTLs are in whole seconds: after more than one,
/// that of a cached answer is lower, and that of its source is not.
const PAUSE: Duration = Duration::from_millis(1_100);

/// Questions to one resolver that are out at once, over all endpoints. Each resolver has its own
/// share, so that one that never answers holds up no other.
const QUESTIONS_IN_FLIGHT: usize = 16;

/// A resolver whose answers are compared with those of others.
#[derive(Clone)]
pub struct Compared {
    /// Which.
    pub choice: ResolverChoice,
    /// Asks it. Not the resolver that the endpoint is probed with, even where that is the same
    /// server: what is noted of two questions for one name at once could not be told apart.
    pub resolver: Arc<dyn Resolve>,
    /// See [`ResolverReport::is_own`].
    pub is_own: bool,
    /// A permit for each question that may be out at once.
    pub questions: Arc<Semaphore>,
}

impl Compared {
    /// The permits of one resolver.
    pub fn permits() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(QUESTIONS_IN_FLIGHT))
    }
}

/// Asks every resolver for every kind of address, and reports what they say; where they differ,
/// asks those that gave addresses once more, if there is time, and reports again. Ends soon after
/// `deadline` at the latest. Dropping the future abandons the questions.
pub(super) async fn compare(
    target: &Target,
    ports: &Ports,
    name: &str,
    deadline: Instant,
    report: &(dyn Fn(What) + Sync),
) {
    if target.compared.is_empty() {
        return;
    }
    let asking = Asking { target, ports, name, deadline };
    let types = record_types(target.endpoint.family);
    let firsts = target.compared.iter().map(|compared| asking.each(compared, types.to_vec()));
    let firsts = join_all(firsts).await;
    let mut reports: Vec<ResolverReport> = target
        .compared
        .iter()
        .zip(&firsts)
        .map(|(compared, first)| told(compared, first))
        .collect();
    report(What::Compared(reports.clone()));
    let disputed = disputed(&reports);
    if disputed.is_empty() || deadline.saturating_duration_since(clock::now()) <= PAUSE {
        return;
    }
    sleep(PAUSE).await;
    let again = target.compared.iter().zip(&firsts).map(|(compared, first)| {
        let found = first.iter().map(|(lookup, _)| lookup).filter(|lookup| lookup.outcome.is_ok());
        let types = found.map(|lookup| lookup.record_type);
        asking.each(compared, types.filter(|one| disputed.contains(one)).collect())
    });
    let again = join_all(again).await;
    for ((report, first), again) in reports.iter_mut().zip(&firsts).zip(again) {
        report.again = again.into_iter().filter_map(|answer| second(first, answer)).collect();
    }
    report(What::Compared(reports));
}

/// An answer, or the lack of one, and when that was.
type Answer = (Lookup, Instant);

/// What all questions about one endpoint have in common.
struct Asking<'a> {
    target: &'a Target,
    ports: &'a Ports,
    name: &'a str,
    deadline: Instant,
}

impl Asking<'_> {
    /// Asks one resolver all these questions at once.
    async fn each(&self, compared: &Compared, types: Vec<RecordType>) -> Vec<Answer> {
        join_all(types.into_iter().map(|one| self.one(compared, one))).await
    }

    async fn one(&self, compared: &Compared, record_type: RecordType) -> Answer {
        let paced = timeout_at(self.deadline, compared.questions.acquire()).await;
        let socket = self.ports.permit(self.deadline).await;
        if paced.is_err() || socket.is_none() {
            let failure = ports::no_socket(Phase::Resolve);
            return (unavailable(record_type, &failure), clock::now());
        }
        let left = self.deadline.saturating_duration_since(clock::now());
        let limit = self.target.limits.resolve.min(left);
        let lookup = compared.resolver.lookup(self.name, record_type, limit).await;
        (lookup, clock::now())
    }
}

fn told(compared: &Compared, answers: &[Answer]) -> ResolverReport {
    ResolverReport {
        resolver: compared.choice.clone(),
        servers: compared.resolver.servers(),
        is_own: compared.is_own,
        lookups: answers.iter().map(|(lookup, _)| lookup.clone()).collect(),
        again: Vec::new(),
    }
}

fn second(first: &[Answer], (lookup, at): Answer) -> Option<Again> {
    let (_, before) = first.iter().find(|(one, _)| one.record_type == lookup.record_type)?;
    Some(Again { after: at.saturating_duration_since(*before), lookup })
}
