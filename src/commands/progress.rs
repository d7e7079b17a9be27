//! What a person sees while a round runs: the trace of `-v`, or a progress line.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::board::Board;
use crate::engine::event::Event;
use crate::engine::ports::Target;
use crate::engine::round::{Next, Watch};
use crate::engine::trace;

/// A run that ends sooner shows no progress: it would only flicker.
const QUIET: Duration = Duration::from_millis(400);

/// Time between two updates of the line.
const TICK: Duration = Duration::from_millis(200);

/// Erases the line the cursor is in (ECMA-48, EL) and goes to its start.
const ERASE_LINE: &str = "\r\x1b[2K";

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Nothing.
    Nothing,
    /// One line that is kept up to date and erased at the end; for terminals.
    Progress,
    /// Every event.
    Trace,
}

/// Watches a round for another watcher and shows what happens. Messages that cannot be written
/// are lost; that is no reason to end a probe.
pub struct Shown<'a, W> {
    /// The watcher that decides.
    pub inner: W,
    show: Show,
    targets: Arc<[Target]>,
    messages: &'a mut dyn Write,
    next_tick: Duration,
    line_is_up: bool,
}

impl<'a, W: Watch> Shown<'a, W> {
    /// Shows a round over `targets` on `messages`.
    pub fn new(inner: W, show: Show, targets: &Arc<[Target]>, messages: &'a mut dyn Write) -> Self {
        let targets = Arc::clone(targets);
        Self { inner, show, targets, messages, next_tick: QUIET, line_is_up: false }
    }

    /// Erases the progress line, if there is one, and gives back the watcher.
    pub fn finish(self) -> W {
        if self.line_is_up {
            let _ = write!(self.messages, "{ERASE_LINE}");
        }
        self.inner
    }

    fn tick(&mut self, board: &Board, now: Duration) {
        if now < self.next_tick {
            return;
        }
        let (all, finished) = board.progress();
        let seconds = now.as_secs_f64();
        let text =
            format!("{ERASE_LINE}probing: {finished} of {all} finished after {seconds:.1} s");
        let _ = self.messages.write_all(text.as_bytes()).and_then(|()| self.messages.flush());
        self.line_is_up = true;
        self.next_tick = now + TICK;
    }
}

impl<W: Watch> Watch for Shown<'_, W> {
    fn current(&self) -> Option<usize> {
        self.inner.current()
    }

    fn event(&mut self, event: &Event) {
        if self.show == Show::Trace
            && let Some(line) = trace::line(event, &self.targets)
        {
            let _ = writeln!(self.messages, "{line}");
        }
        self.inner.event(event);
    }

    fn next(&mut self, board: &Board, now: Duration) -> Next {
        let next = self.inner.next(board, now);
        if self.show != Show::Progress {
            return next;
        }
        self.tick(board, now);
        match next {
            Next::Continue(wake) => {
                Next::Continue(Some(wake.map_or(self.next_tick, |at| at.min(self.next_tick))))
            }
            Next::Stop => Next::Stop,
        }
    }
}
