//! The requests that the lanes of one port share.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::model::exchange::{Answer, Exchange};
use crate::model::failure::Failure;
use crate::model::request::Request;

/// The requests that are not answered yet.
pub(super) struct Queue {
    state: Mutex<State>,
    /// Something may have been added, or nothing will be any more.
    news: Notify,
}

struct State {
    waiting: VecDeque<Request>,
    /// Taken, and not over: may come back, or bring others.
    taken: usize,
}

impl Queue {
    /// Requests that depend on an answer are held back until that is there.
    pub(super) fn new(requests: impl Iterator<Item = Request>) -> Self {
        let waiting = requests.filter(|request| !AFTER_THE_HEAD.contains(request)).collect();
        Self { state: Mutex::new(State { waiting, taken: 0 }), news: Notify::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// Takes the next request, which must then be [`Self::put_back`] or [`Self::over`]. Waits as
    /// long as one may still come; `None` when all are over.
    pub(super) async fn next(&self) -> Option<Request> {
        loop {
            let news = self.news.notified();
            {
                let mut state = self.lock();
                if let Some(request) = state.waiting.pop_front() {
                    state.taken += 1;
                    return Some(request);
                }
                if state.taken == 0 {
                    return None;
                }
            }
            news.await;
        }
    }

    /// A request that was taken could not be sent.
    pub(super) fn put_back(&self, request: Request) {
        let mut state = self.lock();
        state.waiting.push_front(request);
        state.taken = state.taken.saturating_sub(1);
        drop(state);
        self.news.notify_waiters();
    }

    /// A request that was taken is over, and was told; what depends on its outcome follows.
    pub(super) fn over(&self, request: Request, outcome: &Result<Answer, Failure>) {
        let mut state = self.lock();
        if request == Request::ContentHead {
            for follower in followers(outcome).into_iter().rev() {
                state.waiting.push_front(follower);
            }
        }
        state.taken = state.taken.saturating_sub(1);
        drop(state);
        self.news.notify_waiters();
    }

    /// Tells every waiting request, and what depends on it, as failed.
    pub(super) fn give_up(&self, failure: &Failure, told: &(dyn Fn(Exchange) + Sync)) {
        loop {
            // In a statement of its own, so that nothing is told under the lock.
            let next = self.lock().waiting.pop_front();
            let Some(request) = next else { return };
            let outcome = Err(failure.clone());
            if request == Request::ContentHead {
                self.lock().waiting.extend(followers(&outcome));
            }
            told(Exchange { request, outcome });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What [`followers`] chooses from.
const AFTER_THE_HEAD: [Request; 3] =
    [Request::ContentGet, Request::ContentRange, Request::CabinetRange];

/// What is asked after the head of the content check file: the file, and a range of something
/// that is known to have one.
fn followers(head: &Result<Answer, Failure>) -> [Request; 2] {
    let length = head
        .as_ref()
        .ok()
        .filter(|answer| (200..300).contains(&answer.reply.status))
        .and_then(|answer| answer.reply.header("content-length")?.parse::<u64>().ok());
    let range = match length {
        Some(1..) => Request::ContentRange,
        Some(0) | None => Request::CabinetRange,
    };
    [Request::ContentGet, range]
}

#[cfg(test)]
mod tests {
    use super::{Queue, followers};
    use crate::model::exchange::{Answer, HttpReply};
    use crate::model::failure::{Cause, Failure, Phase};
    use crate::model::request::Request;

    fn head(status: u16, length: &str) -> Answer {
        let headers = vec![("content-length".to_owned(), length.to_owned())];
        let reply = HttpReply { status, headers, ..HttpReply::default() };
        Answer { reply, ..Answer::default() }
    }

    #[test]
    fn a_range_is_asked_of_what_has_one() {
        let cases = [
            (Ok(head(200, "1")), Request::ContentRange),
            (Ok(head(200, "0")), Request::CabinetRange),
            (Ok(head(200, "-1")), Request::CabinetRange),
            (Ok(head(404, "1245")), Request::CabinetRange),
            (Ok(Answer::default()), Request::CabinetRange),
            (Err(Failure::new(Phase::Wsus, Cause::Closed, "")), Request::CabinetRange),
        ];
        for (head, expected) in cases {
            assert_eq!(followers(&head), [Request::ContentGet, expected], "{head:?}");
        }
    }

    #[tokio::test]
    async fn what_depends_on_an_answer_waits_for_it() {
        let all = [Request::ContentHead, Request::ContentGet, Request::ContentRange];
        let queue = Queue::new(all.into_iter());
        assert_eq!(queue.next().await, Some(Request::ContentHead));
        let (next, ()) = tokio::join!(queue.next(), async {
            queue.over(Request::ContentHead, &Ok(head(200, "3")));
        });
        assert_eq!(next, Some(Request::ContentGet));
        queue.put_back(Request::ContentGet);
        for expected in [Request::ContentGet, Request::ContentRange] {
            assert_eq!(queue.next().await, Some(expected));
            queue.over(expected, &Ok(head(200, "3")));
        }
        assert_eq!(queue.next().await, None);
    }
}
