//! The lab's own way to time connects: the yardstick for the emulator and for the product.
#![expect(unsafe_code, reason = "nix does not wrap TCP_INFO")]

use std::io;
use std::mem::{MaybeUninit, size_of};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One completed connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Connect {
    /// The kernel's RTT of the handshake (`tcpi_rtt`). Not to be trusted when a SYN was
    /// retransmitted.
    pub(crate) rtt: Duration,
    /// Retransmitted SYNs (`tcpi_total_retrans`).
    pub(crate) retransmits: u32,
    /// By this process's clock, from before `connect` until it was told.
    pub(crate) user: Duration,
}

/// Opens `count` connections at once from the calling thread's namespace, waits until all are
/// open or have failed, and closes them. In the order of completion.
pub(crate) async fn connect_at_once(to: SocketAddr, count: usize) -> Vec<io::Result<Connect>> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        tasks.spawn(connect(to));
    }
    let finished = tasks.join_all().await;
    // The streams live until here: closing some would add traffic while others connect.
    finished.into_iter().map(|result| result.map(|(connect, _)| connect)).collect()
}

/// Opens one connection and returns it with its times.
///
/// # Errors
/// What the kernel reports; there is no timeout but the kernel's.
pub(crate) async fn connect(to: SocketAddr) -> io::Result<(Connect, TcpStream)> {
    let start = Instant::now();
    let stream = TcpStream::connect(to).await?;
    let user = start.elapsed();
    let info = tcp_info(&stream)?;
    let rtt = Duration::from_micros(info.tcpi_rtt.into());
    Ok((Connect { rtt, retransmits: info.tcpi_total_retrans, user }, stream))
}

/// What the kernel knows of a connection (tcp(7)).
///
/// # Errors
/// What the kernel reports, or if it fills in less than the fields used here.
pub(crate) fn tcp_info(stream: &TcpStream) -> io::Result<libc::tcp_info> {
    let mut info = MaybeUninit::<libc::tcp_info>::zeroed();
    let mut length =
        libc::socklen_t::try_from(size_of::<libc::tcp_info>()).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open, and the kernel writes at most `length` bytes.
    let result = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: all-zero bytes are a valid value of this plain C structure, whatever part of it
    // the kernel has overwritten.
    Ok(unsafe { info.assume_init() })
}

/// The value that the given percentage of the values does not exceed (nearest rank); `None` if
/// there are none.
pub(crate) fn percentile<T: Copy + Ord>(values: &[T], percent: usize) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}
