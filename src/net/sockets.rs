//! How many sockets this process may have open at once.

/// Sockets used at most, whatever the system allows: enough for a thousand members at a time,
/// little enough to spare the tables of small firewalls on the way.
const MOST: usize = 4096;

/// Descriptors kept free for everything that is neither probe nor question: the runtime, standard
/// streams, certificate files.
#[cfg(unix)]
const RESERVED: u64 = 24;

/// Pairs of descriptors that must be free for anything to work at all: the runtime's event queue
/// and signals, one socket of a probe, one of a resolver, one file.
#[cfg(unix)]
const LEAST_PAIRS: usize = 7;

/// Whether enough descriptors are free to start at all. The runtime panics where it cannot have
/// its own.
///
/// # Errors
/// The system's, such as "too many open files".
#[cfg(unix)]
pub fn has_least() -> std::io::Result<()> {
    let pairs: Result<Vec<_>, _> =
        (0..LEAST_PAIRS).map(|_| std::os::unix::net::UnixStream::pair()).collect();
    pairs.map(drop)
}

/// This system has no limit that matters.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn has_least() -> std::io::Result<()> {
    Ok(())
}

/// Raises the limit of open files as far as the system lets this process, and tells how many
/// sockets probes may use: at least one, so that nothing waits for ever.
#[cfg(unix)]
pub fn budget() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let allowed = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, hard)| {
        match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
            Ok(()) => hard,
            Err(_) => soft,
        }
    });
    usize::try_from(allowed.saturating_sub(RESERVED)).unwrap_or(MOST).clamp(1, MOST)
}

/// This system has no such limit.
#[cfg(not(unix))]
pub fn budget() -> usize {
    MOST
}
