//! Just enough rtnetlink to give a device its addresses and routes (rtnetlink(7)).
//!
//! Requests act on the network namespace of the calling thread.

use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};

/// Index of the loopback device in every network namespace.
pub(super) const LOOPBACK: u32 = 1;

/// Sets a device up, with `mtu` in bytes and room for `queue` packets; `None` leaves a value alone.
pub(super) fn link_up(device: u32, mtu: Option<u32>, queue: Option<u32>) -> io::Result<()> {
    let up = libc::IFF_UP.to_ne_bytes();
    // struct ifinfomsg: family and type unspecified, index, flags, mask of flags to change.
    let mut request =
        Request::new(libc::RTM_NEWLINK, 0, &[&[0; 4], &device.to_ne_bytes(), &up, &up]);
    if let Some(mtu) = mtu {
        request.attribute(libc::IFLA_MTU, &mtu.to_ne_bytes());
    }
    if let Some(queue) = queue {
        request.attribute(libc::IFLA_TXQLEN, &queue.to_ne_bytes());
    }
    request.send()
}

/// Gives a device one host address, usable at once (no duplicate address detection).
pub(super) fn add_address(device: u32, address: IpAddr) -> io::Result<()> {
    let (family, octets) = family_and_octets(address);
    let prefix = u8::try_from(octets.len() * 8).map_err(io::Error::other)?;
    // struct ifaddrmsg: family, prefix length, flags, scope (global), device.
    let header = [family, prefix, u8::try_from(libc::IFA_F_NODAD).map_err(io::Error::other)?, 0];
    let mut request =
        Request::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE, &[&header, &device.to_ne_bytes()]);
    request.attribute(libc::IFA_LOCAL, &octets);
    request.attribute(libc::IFA_ADDRESS, &octets);
    request.send()
}

/// Sends everything of the address's family that is not local through a device.
pub(super) fn add_default_route(device: u32, like: IpAddr) -> io::Result<()> {
    let (family, _) = family_and_octets(like);
    let scope = if like.is_ipv4() { libc::RT_SCOPE_LINK } else { libc::RT_SCOPE_UNIVERSE };
    // struct rtmsg: family, lengths of destination and source (0: any), type of service,
    // table, origin, scope, type, flags.
    let message =
        [family, 0, 0, 0, libc::RT_TABLE_MAIN, libc::RTPROT_STATIC, scope, libc::RTN_UNICAST];
    let mut request = Request::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE, &[&message, &[0; 4]]);
    request.attribute(libc::RTA_OIF, &device.to_ne_bytes());
    request.send()
}

/// Sends what goes to one host through a device, with `from` as the sender's address unless the
/// sender has chosen one.
pub(super) fn add_host_route(device: u32, to: IpAddr, from: IpAddr) -> io::Result<()> {
    let (family, destination) = family_and_octets(to);
    let (_, source) = family_and_octets(from);
    let prefix = u8::try_from(destination.len() * 8).map_err(io::Error::other)?;
    let scope = if to.is_ipv4() { libc::RT_SCOPE_LINK } else { libc::RT_SCOPE_UNIVERSE };
    // struct rtmsg, as above.
    let message =
        [family, prefix, 0, 0, libc::RT_TABLE_MAIN, libc::RTPROT_STATIC, scope, libc::RTN_UNICAST];
    let mut request = Request::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE, &[&message, &[0; 4]]);
    request.attribute(libc::RTA_DST, &destination);
    request.attribute(libc::RTA_PREFSRC, &source);
    request.attribute(libc::RTA_OIF, &device.to_ne_bytes());
    request.send()
}

fn family_and_octets(address: IpAddr) -> (u8, Vec<u8>) {
    let (family, octets) = match address {
        IpAddr::V4(address) => (libc::AF_INET, address.octets().to_vec()),
        IpAddr::V6(address) => (libc::AF_INET6, address.octets().to_vec()),
    };
    (u8::try_from(family).unwrap_or_default(), octets)
}

/// One rtnetlink request under construction: struct nlmsghdr, a body, attributes.
struct Request(Vec<u8>);

impl Request {
    const HEADER: usize = 16;

    fn new(kind: u16, flags: i32, body: &[&[u8]]) -> Self {
        let flags =
            u16::try_from(flags | libc::NLM_F_REQUEST | libc::NLM_F_ACK).unwrap_or_default();
        let mut bytes = vec![0; 4];
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(flags.to_ne_bytes());
        bytes.resize(Self::HEADER, 0);
        bytes.extend(body.concat());
        Self(bytes)
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) {
        let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
        self.0.extend(length.to_ne_bytes());
        self.0.extend(kind.to_ne_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// Sends the request and waits for the kernel's acknowledgement.
    fn send(mut self) -> io::Result<()> {
        let length = u32::try_from(self.0.len()).map_err(io::Error::other)?;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        let routing = socket(
            AddressFamily::Netlink,
            SockType::Raw,
            SockFlag::SOCK_CLOEXEC,
            SockProtocol::NetlinkRoute,
        )?;
        send(routing.as_raw_fd(), &self.0, MsgFlags::empty())?;
        let mut answer = [0; 1024];
        let received = recv(routing.as_raw_fd(), &mut answer, MsgFlags::empty())?;
        // struct nlmsgerr: 0 or a negative error number follows the header.
        match answer[..received].get(Self::HEADER..).and_then(|error| error.first_chunk()) {
            Some(error) => match i32::from_ne_bytes(*error) {
                0 => Ok(()),
                error => Err(Errno::from_raw(-error).into()),
            },
            None => Err(io::Error::other("the kernel's rtnetlink answer is too short")),
        }
    }
}
