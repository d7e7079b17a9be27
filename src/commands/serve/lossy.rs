//! A writer that never waits for who reads: what does not fit or cannot be written is lost, counted
//! and told of. That nothing can be written is told elsewhere at once, since it may stay so.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes that wait to be written at most: some thousands of lines, more than a storm has.
const ROOM: usize = 1024 * 1024;

/// Takes lines, one with each call, and has a thread write them.
#[derive(Clone)]
pub(super) struct Lossy(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// The line that tells how many were lost, and why.
    lost_line: LostLine,
}

/// Makes the line about so many lost ones.
pub(super) type LostLine = fn(Loss, u64) -> Vec<u8>;

/// Told the reason as soon as a line could not be written, and once until one could be again.
pub(super) type Alarm = Box<dyn FnMut(&io::Error) + Send>;

/// Why lines were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// Who takes them is too slow.
    Slow,
    /// They could not be written: the disk may be full.
    Unwritable,
}

impl Loss {
    /// The message of the line about it.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Slow => "log lines were lost: their reader is slow",
            Self::Unwritable => "log lines were lost: they could not be written",
        }
    }
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Lines that were lost since the last that was taken.
    lost: u64,
    is_writing: bool,
}

impl Queue {
    fn push(&mut self, line: Vec<u8>) {
        self.bytes += line.len();
        self.lines.push_back(line);
    }

    fn is_done(&self) -> bool {
        self.lines.is_empty() && self.lost == 0 && !self.is_writing
    }
}

impl Lossy {
    /// Starts the thread, which lives as long as the process.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(
        to: impl Write + Send + 'static,
        lost_line: LostLine,
        alarm: Alarm,
    ) -> io::Result<Self> {
        let (queue, changed) = Default::default();
        let shared = Arc::new(Shared { queue, changed, lost_line });
        let of_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || of_thread.write_all(to, alarm))?;
        Ok(Self(shared))
    }

    /// Waits for everything to be written, for so long at most. Whether it is.
    pub(super) fn flush(&self, longest: Duration) -> bool {
        let mut queue = self.0.queue();
        self.0.tell_lost(&mut queue);
        self.0.changed.notify_all();
        let waited = self.0.changed.wait_timeout_while(queue, longest, |queue| !queue.is_done());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_done()
    }

    fn take(&self, line: &[u8]) {
        let mut queue = self.0.queue();
        if queue.bytes.saturating_add(line.len()) > ROOM {
            queue.lost = queue.lost.saturating_add(1);
            return;
        }
        self.0.tell_lost(&mut queue);
        queue.push(line.to_owned());
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the line about lost ones where they would have been.
    fn tell_lost(&self, queue: &mut Queue) {
        if queue.lost > 0 {
            queue.push((self.lost_line)(Loss::Slow, queue.lost));
            queue.lost = 0;
        }
    }

    fn write_all(&self, mut to: impl Write, mut alarm: Alarm) {
        let mut unwritten = 0;
        let mut is_alarmed = false;
        loop {
            let waited = self.changed.wait_while(self.queue(), |queue| queue.lines.is_empty());
            let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
            let Some(line) = queue.lines.pop_front() else { continue };
            queue.is_writing = true;
            drop(queue);
            // Where lines were lost is told as soon as anything can be.
            if unwritten > 0 {
                let told = to.write_all(&(self.lost_line)(Loss::Unwritable, unwritten));
                unwritten = if told.is_ok() { 0 } else { unwritten };
            }
            if unwritten > 0 {
                unwritten += 1;
            } else if let Err(error) = to.write_all(&line) {
                unwritten = 1;
                if !is_alarmed {
                    alarm(&error);
                }
                is_alarmed = true;
            } else {
                is_alarmed = false;
            }
            let mut queue = self.queue();
            queue.bytes = queue.bytes.saturating_sub(line.len());
            queue.is_writing = false;
            self.changed.notify_all();
        }
    }
}

impl Write for &Lossy {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.take(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Waits for leave before each line.
    struct Slow(Receiver<()>, Sender<String>);

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(String::from_utf8_lossy(line).into_owned());
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(why: Loss, lost: u64) -> Vec<u8> {
        let why = if why == Loss::Slow { "lost" } else { "unwritten" };
        format!("{why} {lost}").into_bytes()
    }

    /// Is full as long as it is said to be.
    struct Full(Arc<Mutex<(bool, Vec<String>)>>);

    impl Write for Full {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            if disk.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.1.push(String::from_utf8_lossy(line).into_owned());
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_stops_nothing_and_losses_are_told_once_there_is_room() {
        let disk = Arc::new(Mutex::new((false, Vec::new())));
        let alarms = Arc::new(Mutex::new(Vec::new()));
        let alarmed = Arc::clone(&alarms);
        let alarm = Box::new(move |error: &io::Error| alarmed.lock().unwrap().push(error.kind()));
        let lossy = Lossy::start(Full(Arc::clone(&disk)), told, alarm).unwrap();
        for (is_full, lines, alarm_count) in [
            (false, &["a"][..], 0),
            (true, &["b", "c"], 1),
            (false, &["d", "e"], 1),
            (true, &["f"], 2),
        ] {
            disk.lock().unwrap().0 = is_full;
            for line in lines {
                (&lossy).write_all(line.as_bytes()).unwrap();
            }
            assert!(lossy.flush(Duration::from_secs(10)), "what is lost is not waited for");
            assert_eq!(alarms.lock().unwrap().len(), alarm_count, "{lines:?}");
        }
        assert_eq!(disk.lock().unwrap().1, ["a", "unwritten 2", "d", "e"]);
    }

    #[test]
    fn nobody_waits_for_a_stuck_reader_and_losses_are_told() {
        let ((leave, waits), (sent, lines)) = (channel(), channel());
        let lossy = Lossy::start(Slow(waits, sent), told, Box::new(|_| ())).unwrap();
        assert!(lossy.flush(Duration::ZERO), "nothing to write");
        let large = "x".repeat(ROOM / 2);
        for line in [&*large, &large, "lost", "lost too"] {
            (&lossy).write_all(line.as_bytes()).unwrap();
        }
        assert!(!lossy.flush(Duration::from_millis(1)));
        // Whatever is stuck stays within the room, but for the line about it.
        (&lossy).write_all(b"lost as well").unwrap();
        leave.send(()).unwrap();
        assert_eq!(lines.recv().unwrap().len(), large.len());
        while lossy.0.queue().bytes > ROOM * 3 / 4 {
            thread::yield_now();
        }
        (&lossy).write_all(b"again").unwrap();
        drop(leave);
        assert!(lossy.flush(Duration::from_secs(10)));
        let rest: Vec<_> = lines.try_iter().collect();
        assert_eq!(rest[1..], ["lost 2", "lost 1", "again"]);
    }
}
