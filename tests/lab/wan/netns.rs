//! Anonymous network namespaces and the privilege to make them.

use std::fs::{self, File};
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::thread;

use nix::sched::{CloneFlags, setns, unshare};
use nix::unistd::{getegid, geteuid};

use super::netlink;
use super::tun::{DEVICE, SECOND_DEVICE, Tun};

/// Bytes: Ethernet's, so that segments have the size they have on most paths.
const MTU: u32 = 1500;

/// Packets a device holds until the forwarder takes them: more than any burst of a test, so
/// that only the emulated path loses packets.
const DEVICE_QUEUE: u32 = 10_000;

/// A network namespace without a name: it exists as long as this handle, a thread or a
/// process inside it does, so it cannot outlive the processes of a test.
#[derive(Debug, Clone)]
pub(crate) struct Namespace(Arc<File>);

impl Namespace {
    /// Makes a namespace with one TUN device that has `addresses` and the default routes.
    ///
    /// The calling thread stays where it is.
    pub(super) fn create(addresses: &[IpAddr]) -> io::Result<(Self, Tun)> {
        thread::scope(|scope| scope.spawn(|| Self::create_here(addresses)).join())
            .map_err(|_| io::Error::other("the thread that makes a namespace panicked"))?
    }

    fn create_here(addresses: &[IpAddr]) -> io::Result<(Self, Tun)> {
        unshare(CloneFlags::CLONE_NEWNET).map_err(|e| explain(e, "new network namespace"))?;
        let file = File::open("/proc/thread-self/ns/net")?;
        // A machine without IPv6 has no such file; adding an IPv6 address then says so.
        let _ = fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "0");
        // The kernel remembers the RTT of each destination and derives timeouts from it; paths
        // change under test, and one test must not shape the next.
        fs::write("/proc/sys/net/ipv4/tcp_no_metrics_save", "1")?;
        netlink::link_up(netlink::LOOPBACK, None, None)?;
        let (tun, device) = create_device(DEVICE)?;
        for address in addresses {
            netlink::add_address(device, *address)
                .map_err(|e| explain(e, &format!("address {address}")))?;
        }
        for ipv4 in [true, false] {
            if let Some(address) = addresses.iter().find(|address| address.is_ipv4() == ipv4) {
                netlink::add_default_route(device, *address)
                    .map_err(|e| explain(e, "default route"))?;
            }
        }
        Ok((Self(Arc::new(file)), tun))
    }

    /// Adds a second TUN device, through which the hosts of these addresses are reached.
    ///
    /// `from` are addresses of the namespace, of which those hosts are called.
    pub(super) fn attach(&self, hosts: &[IpAddr], from: &[IpAddr]) -> io::Result<Tun> {
        let attach = || {
            self.enter()?;
            let (tun, device) = create_device(SECOND_DEVICE)?;
            for host in hosts {
                if let Some(from) = from.iter().find(|from| from.is_ipv4() == host.is_ipv4()) {
                    netlink::add_host_route(device, *host, *from)
                        .map_err(|e| explain(e, &format!("route to {host}")))?;
                }
            }
            Ok(tun)
        };
        thread::scope(|scope| scope.spawn(attach).join())
            .map_err(|_| io::Error::other("the thread that makes a device panicked"))?
    }

    /// Moves the calling thread into the namespace. Threads and processes it starts from then
    /// on begin there too. Safe between fork and exec.
    pub(crate) fn enter(&self) -> io::Result<()> {
        Ok(setns(&*self.0, CloneFlags::CLONE_NEWNET)?)
    }

    /// The number that tells namespaces apart, as in `net:[4026532008]`.
    pub(crate) fn inode(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.ino())
    }
}

/// A TUN device of the calling thread's namespace that is up, and its index.
fn create_device(name: &str) -> io::Result<(Tun, u32)> {
    let tun = Tun::create(name).map_err(|e| explain(e, "/dev/net/tun"))?;
    let device = Tun::index(name)?;
    netlink::link_up(device, Some(MTU), Some(DEVICE_QUEUE))?;
    Ok((tun, device))
}

/// Becomes root of a new user namespace unless this process is root already.
///
/// Must be called before the process starts its first thread: the kernel refuses it later.
pub(crate) fn acquire_privilege() -> io::Result<()> {
    if geteuid().is_root() {
        return Ok(());
    }
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER)
        .map_err(|e| explain(e, "not root, and no user namespace"))?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("0 {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("0 {group} 1"))
}

fn explain(error: impl Into<io::Error>, what: &str) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
