//! A TUN device: where the kernel's packets leave it and enter it again.
#![expect(unsafe_code, reason = "TUN devices are made by ioctl, which nix does not wrap")]

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;

use nix::net::if_::if_nametoindex;

/// The device's name in its namespace.
pub(crate) const DEVICE: &str = "lab0";

/// The servers' second device, where there is a second vantage point.
pub(super) const SECOND_DEVICE: &str = "lab1";

/// One TUN device without offloads: every read and write is one IP packet as on a wire.
/// The device goes when this is dropped.
#[derive(Debug)]
pub(super) struct Tun(File);

impl Tun {
    /// Creates the device in the calling thread's network namespace.
    pub(super) fn create(name: &str) -> io::Result<Self> {
        let file = File::options()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
            .open("/dev/net/tun")?;
        // SAFETY: an all-zero ifreq is a valid value of this plain C structure.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        for (target, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
            *target = byte.cast_signed();
        }
        request.ifr_ifru.ifru_flags =
            i16::try_from(libc::IFF_TUN | libc::IFF_NO_PI).map_err(io::Error::other)?;
        // SAFETY: the descriptor is open, and the request outlives the call.
        check(unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF, &raw mut request) })?;
        // SAFETY: the descriptor is open; this call takes its argument by value.
        check(unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETOFFLOAD, 0) })?;
        Ok(Self(file))
    }

    /// The device's index; only meaningful in the namespace it was created in.
    pub(super) fn index(name: &str) -> io::Result<u32> {
        Ok(if_nametoindex(name)?)
    }

    /// Takes the next packet the kernel sent; `None` when there is none at the moment.
    pub(super) fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
        match (&self.0).read(buffer) {
            Ok(length) => Ok(buffer.get(..length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Hands a packet to the kernel, which processes it before this returns.
    pub(super) fn send(&self, packet: &[u8]) -> io::Result<()> {
        (&self.0).write(packet).map(drop)
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
