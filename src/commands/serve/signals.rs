//! What the system and the user ask of a process that runs for long.

use tokio::sync::mpsc::UnboundedReceiver;

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;

/// Both kinds of wishes: those of a supervisor where there is one, else signals. One that comes while nobody waits is told to the next who does.
pub(in crate::commands) struct Signals {
    pub(super) ends: Ends,
    pub(super) hangups: Hangups,
    pub(super) ready: Ready,
}

/// Wishes to end.
pub(super) struct Ends(system::Ends, Option<Asked>);

/// Wishes to read the configuration again.
pub(super) struct Hangups(system::Hangups, Option<Asked>);

/// Who wants to know that everything runs.
pub(super) struct Ready(Option<Box<dyn FnOnce() + Send>>);

/// Wishes of who supervises this process by other means than signals.
struct Asked(UnboundedReceiver<()>);

/// Somebody who supervises this process by other means than signals.
pub(in crate::commands) struct Supervisor {
    /// Its wishes to end.
    pub(in crate::commands) ends: UnboundedReceiver<()>,
    /// Its wishes to read the configuration again.
    pub(in crate::commands) hangups: UnboundedReceiver<()>,
    /// Tells it that everything runs.
    pub(in crate::commands) ready: Box<dyn FnOnce() + Send>,
}

impl Signals {
    /// Listens from now on. Must be called within a runtime.
    ///
    /// # Errors
    /// The system refuses, as a sentence.
    pub(in crate::commands) fn new() -> Result<Self, String> {
        let refused =
            |error: std::io::Error| format!("cannot start: signals cannot be received: {error}");
        let ends = Ends(system::Ends::new().map_err(refused)?, None);
        let hangups = Hangups(system::Hangups::new().map_err(refused)?, None);
        Ok(Self { ends, hangups, ready: Ready(None) })
    }

    /// The wishes of a supervisor in place of these. Signals are still received, so that the system
    /// does not end the process at one, but are no wishes any more: at the end of Windows a service
    /// is told both ways, and would take the second for impatience.
    pub(super) fn with(mut self, supervisor: Supervisor) -> Self {
        self.ends.1 = Some(Asked(supervisor.ends));
        self.hangups.1 = Some(Asked(supervisor.hangups));
        self.ready = Ready(Some(supervisor.ready));
        self
    }
}

impl Ready {
    /// Says that everything runs.
    pub(super) fn tell(self) {
        if let Some(tell) = self.0 {
            tell();
        }
    }
}

impl Asked {
    /// Completes at the next wish; never where nobody can have one any more.
    async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

impl Ends {
    /// Completes at the next wish.
    pub(super) async fn next(&mut self) {
        match &mut self.1 {
            Some(supervisor) => supervisor.next().await,
            None => self.0.next().await,
        }
    }
}

impl Hangups {
    /// Completes at the next wish; never where nobody can have one.
    pub(super) async fn next(&mut self) {
        match &mut self.1 {
            Some(supervisor) => supervisor.next().await,
            None => self.0.next().await,
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Ends(Signal, Signal);

    impl Ends {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.0.recv() => {}
                _ = self.1.recv() => {}
            }
        }
    }

    pub(super) struct Hangups(Signal);

    impl Hangups {
        pub(super) fn new() -> io::Result<Self> {
            signal(SignalKind::hangup()).map(Self)
        }

        pub(super) async fn next(&mut self) {
            self.0.recv().await;
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::io;

    use tokio::signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
    };

    pub(super) struct Ends(CtrlC, CtrlBreak, CtrlClose, CtrlShutdown);

    impl Ends {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self(ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_shutdown()?))
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.0.recv() => {}
                _ = self.1.recv() => {}
                _ = self.2.recv() => {}
                _ = self.3.recv() => {}
            }
        }
    }

    pub(super) struct Hangups;

    impl Hangups {
        #[expect(clippy::unnecessary_wraps, reason = "systems that have the signal may refuse it")]
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_supervisor_is_heard_and_its_going_is_no_wish() {
        let ((end, ends), (hangup, hangups)) = (unbounded_channel(), unbounded_channel());
        let (tell, told) = std::sync::mpsc::channel();
        let ready = Box::new(move || tell.send(()).unwrap());
        let signals = Signals::new().unwrap().with(Supervisor { ends, hangups, ready });
        let Signals { mut ends, mut hangups, ready } = signals;
        ready.tell();
        assert_eq!(told.try_recv(), Ok(()));
        let soon = Duration::from_secs(1);
        assert!(tokio::time::timeout(soon, ends.next()).await.is_err());
        end.send(()).unwrap();
        ends.next().await;
        hangup.send(()).unwrap();
        hangups.next().await;
        drop((end, hangup));
        assert!(tokio::time::timeout(soon, ends.next()).await.is_err());
        assert!(tokio::time::timeout(soon, hangups.next()).await.is_err());
    }

    #[tokio::test]
    #[cfg(unix)]
    async fn with_a_supervisor_signals_are_received_and_are_no_wishes() {
        let ((_end, ends), (_hangup, hangups)) = (unbounded_channel(), unbounded_channel());
        let supervisor = Supervisor { ends, hangups, ready: Box::new(|| ()) };
        let Signals { mut hangups, .. } = Signals::new().unwrap().with(supervisor);
        let mut received = Signals::new().unwrap();
        nix::sys::signal::raise(nix::sys::signal::Signal::SIGHUP).unwrap();
        received.hangups.next().await;
        let soon = Duration::from_millis(50);
        assert!(tokio::time::timeout(soon, hangups.next()).await.is_err());
    }
}
