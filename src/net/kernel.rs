//! What the kernel itself measured: round-trip times and receive time stamps.
//!
//! A round trip timed in user space contains the time this process waited to be scheduled,
//! which under load is larger than the round trip. The kernel's values do not.

#![expect(unsafe_code, reason = "no safe wrapper exists for TCP_INFO; each block is one call")]

use std::time::Duration;

/// The part of the kernel's TCP state that a prober needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// Smoothed round-trip time; right after connect it is that of SYN and SYN-ACK.
    pub rtt: Option<Duration>,
    /// The smallest round-trip time of the connection so far.
    pub min_rtt: Option<Duration>,
    /// Segments sent again, the SYN included. Before any data: SYNs sent again.
    pub retransmits: u32,
}

/// Reads `TCP_INFO` of a socket. `None` where the system has none.
#[cfg(target_os = "linux")]
pub fn tcp_info(socket: &impl std::os::fd::AsRawFd) -> Option<TcpInfo> {
    let mut info = std::mem::MaybeUninit::<libc::tcp_info>::zeroed();
    let mut length = libc::socklen_t::try_from(size_of::<libc::tcp_info>()).ok()?;
    // SAFETY: the descriptor is open for the life of the borrow, and the kernel writes at most
    // `length` bytes into the buffer of that size.
    let status = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    // SAFETY: every bit pattern is valid for this struct of integers, and it was zeroed.
    let info = unsafe { info.assume_init() };
    let micros = |value: u32| {
        (value != 0 && value != u32::MAX).then(|| Duration::from_micros(u64::from(value)))
    };
    (status == 0).then(|| TcpInfo {
        rtt: micros(info.tcpi_rtt),
        min_rtt: micros(info.tcpi_min_rtt),
        retransmits: info.tcpi_total_retrans,
    })
}

/// Reads `SIO_TCP_INFO` of a socket: Windows 10 1703, Server 2016 and later. `None` before.
#[cfg(windows)]
pub fn tcp_info(socket: &impl std::os::windows::io::AsRawSocket) -> Option<TcpInfo> {
    use windows_sys::Win32::Networking::WinSock::{SIO_TCP_INFO, SOCKET, TCP_INFO_v0, WSAIoctl};

    let descriptor = SOCKET::try_from(socket.as_raw_socket()).ok()?;
    let version: u32 = 0;
    let mut info = std::mem::MaybeUninit::<TCP_INFO_v0>::zeroed();
    let mut written: u32 = 0;
    // SAFETY: both buffers live through the call and their true sizes are passed; no overlapped
    // structure is given, so the call is synchronous.
    let status = unsafe {
        WSAIoctl(
            descriptor,
            SIO_TCP_INFO,
            (&raw const version).cast(),
            u32::try_from(size_of::<u32>()).ok()?,
            info.as_mut_ptr().cast(),
            u32::try_from(size_of::<TCP_INFO_v0>()).ok()?,
            &raw mut written,
            std::ptr::null_mut(),
            None,
        )
    };
    // SAFETY: the struct holds integers and one byte-sized BOOLEAN, and it was zeroed.
    let info = unsafe { info.assume_init() };
    let micros = |value: u32| {
        (value != 0 && value != u32::MAX).then(|| Duration::from_micros(u64::from(value)))
    };
    (status == 0).then(|| TcpInfo {
        rtt: micros(info.RttUs),
        min_rtt: micros(info.MinRttUs),
        retransmits: u32::from(info.SynRetrans),
    })
}

/// This system keeps no such figures where they can be read.
#[cfg(not(any(target_os = "linux", windows)))]
pub fn tcp_info<S>(_socket: &S) -> Option<TcpInfo> {
    None
}
