//! A round: every target at once, until all are finished or the watcher has seen enough.

use std::time::Duration;

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::engine::board::Board;
use crate::engine::event::{Event, What};
use crate::engine::member::Sampling;
use crate::engine::ports::{Ports, Target};
use crate::engine::probe;
use crate::net::clock;

/// What the watcher of a round wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on, and ask again after the next event or at this time since the start.
    Continue(Option<Duration>),
    /// Enough is known; abandon what is still under way.
    Stop,
}

/// Watches a round.
pub trait Watch {
    /// The index of the server in use, if it is among the targets.
    fn current(&self) -> Option<usize> {
        None
    }

    /// Called for every event, in order, before it is folded into the board.
    fn event(&mut self, event: &Event);

    /// Called after every event and at the times it asked for.
    fn next(&mut self, board: &Board, now: Duration) -> Next;
}

/// A finished round.
pub struct Finished {
    /// Everything that was seen.
    pub board: Board,
    /// From start to end.
    pub elapsed: Duration,
    /// The interruption came before the round was over.
    pub interrupted: bool,
}

/// Runs a round. It ends when every target is finished, when the watcher says stop, or when
/// `interrupt` completes; then everything under way is abandoned, and all that was seen until
/// then is on the board.
pub async fn run(
    targets: &Arc<[Target]>,
    ports: &Ports,
    sampling: Sampling,
    watch: &mut dyn Watch,
    interrupt: impl Future<Output = ()>,
) -> Finished {
    let start = clock::now();
    let (sender, mut events) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    for index in 0..targets.len() {
        let (targets, ports) = (Arc::clone(targets), ports.clone());
        let sender = sender.clone();
        tasks.spawn(async move {
            let Some(target) = targets.get(index) else { return };
            let report = |what: What| {
                let at = clock::now() - start;
                // Nobody listens any more once the round has stopped.
                let _ = sender.send(Event { at, target: index, what });
            };
            let deadline = start + target.limits.deadline;
            probe::probe(target, &ports, sampling, deadline, &report).await;
        });
    }
    drop(sender);
    let mut board = Board::new(targets, sampling).with_current(watch.current());
    let mut interrupt = std::pin::pin!(interrupt);
    let mut interrupted = false;
    let mut wake = None;
    loop {
        tokio::select! {
            biased;
            () = &mut interrupt => {
                interrupted = true;
                break;
            }
            event = events.recv() => {
                let Some(first) = event else { break };
                // All that is there is folded before the watcher looks: it looks at every target.
                let mut next = Some(first);
                while let Some(event) = next {
                    watch.event(&event);
                    board.fold(event);
                    next = events.try_recv().ok();
                }
            }
            () = sleep_until(start, wake) => {}
        }
        match watch.next(&board, clock::now() - start) {
            Next::Continue(at) => wake = at,
            Next::Stop => break,
        }
    }
    tasks.abort_all();
    Finished { board, elapsed: clock::now() - start, interrupted }
}

async fn sleep_until(start: tokio::time::Instant, wake: Option<Duration>) {
    match wake {
        Some(at) => tokio::time::sleep_until(start + at).await,
        None => std::future::pending().await,
    }
}
