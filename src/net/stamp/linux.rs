//! Receive time stamps of the Linux kernel (`SO_TIMESTAMPING`), without privileges.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, SystemTime};

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, TimestampingFlag, recvmsg, setsockopt, sockopt,
};

/// Asks the kernel to stamp what this socket receives. A refusal is no error: arrivals then
/// carry no stamp.
pub fn enable(socket: &impl AsFd) {
    let flags = TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE
        | TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE;
    let _ = setsockopt(socket, sockopt::Timestamping, &flags);
}

/// Keeps the kernel stamping. It starts and stops doing so with the first and last socket that
/// asks, and a little late: the first packets of a process would go without. Hold the returned
/// socket, which neither sends nor receives, for as long as probes run.
pub fn keep_enabled() -> Option<UdpSocket> {
    let socket = UdpSocket::bind((std::net::Ipv4Addr::LOCALHOST, 0)).ok()?;
    enable(&socket);
    Some(socket)
}

/// Makes an unconnected UDP socket report ICMP errors such as "port unreachable".
pub fn report_icmp_errors(socket: &impl AsFd, ipv6: bool) {
    let _ = if ipv6 {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)
    } else {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)
    };
}

/// What one `recvmsg` gave: bytes read, sender if the socket is not connected, stamp.
pub type Received = (usize, Option<SocketAddr>, Option<SystemTime>);

/// Receives once without waiting.
///
/// # Errors
/// Those of `recvmsg`, among them `WouldBlock` when nothing is there.
pub fn receive(socket: &impl AsRawFd, buffer: &mut [u8]) -> io::Result<Received> {
    let mut control = nix::cmsg_space!([nix::sys::time::TimeSpec; 3]);
    let mut slices = [io::IoSliceMut::new(buffer)];
    let message = recvmsg::<SockaddrStorage>(
        socket.as_raw_fd(),
        &mut slices,
        Some(&mut control),
        MsgFlags::MSG_DONTWAIT,
    )?;
    let mut stamp = None;
    if let Ok(control) = message.cmsgs() {
        for item in control {
            if let ControlMessageOwned::ScmTimestampsns(times) = item {
                stamp = wall_time(times.system.tv_sec(), times.system.tv_nsec());
            }
        }
    }
    let sender = message.address.as_ref().and_then(|address| {
        let v4 = address.as_sockaddr_in().map(|a| SocketAddr::V4((*a).into()));
        v4.or_else(|| address.as_sockaddr_in6().map(|a| SocketAddr::V6((*a).into())))
    });
    Ok((message.bytes, sender, stamp))
}

fn wall_time(seconds: i64, nanos: i64) -> Option<SystemTime> {
    let since = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanos).ok()?);
    (!since.is_zero()).then(|| SystemTime::UNIX_EPOCH + since)
}
