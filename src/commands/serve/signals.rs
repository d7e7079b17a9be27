//! What the system and the user ask of a process that runs for long.

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;

/// Both kinds of wishes. One that comes while nobody waits is told to the next who does.
pub(in crate::commands) struct Signals {
    pub(super) ends: Ends,
    pub(super) hangups: Hangups,
}

/// Wishes to end.
pub(super) struct Ends(system::Ends);

/// Wishes to read the configuration again.
pub(super) struct Hangups(system::Hangups);

impl Signals {
    /// Listens from now on. Must be called within a runtime.
    ///
    /// # Errors
    /// The system refuses, as a sentence.
    pub(in crate::commands) fn new() -> Result<Self, String> {
        let refused =
            |error: std::io::Error| format!("cannot start: signals cannot be received: {error}");
        let ends = Ends(system::Ends::new().map_err(refused)?);
        Ok(Self { ends, hangups: Hangups(system::Hangups::new().map_err(refused)?) })
    }
}

impl Ends {
    /// Completes at the next wish.
    pub(super) async fn next(&mut self) {
        self.0.next().await;
    }
}

impl Hangups {
    /// Completes at the next wish; never where the system has no such signal.
    pub(super) async fn next(&mut self) {
        self.0.next().await;
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
            std::future::pending().await;
        }
    }
}
