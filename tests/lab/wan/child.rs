//! Processes inside a namespace of the lab.
#![expect(unsafe_code, reason = "what runs between fork and exec has to be vouched for")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};

use super::netns::Namespace;

/// A directory that always exists, covered by a file system of the child's own for a moment.
const SCRATCH: &str = "/tmp";

/// A file in [`SCRATCH`].
const FILE: &str = "/tmp/resolv.conf";

/// A command that starts in the namespace, sees `resolver` in its `/etc/resolv.conf` if there
/// is one, and is killed when the thread that started it ends.
pub(super) fn command(program: &OsStr, namespace: &Namespace, resolver: Option<IpAddr>) -> Command {
    let namespace = namespace.clone();
    let parent = Pid::this();
    let resolv_conf = resolver.map(|address| format!("nameserver {address}\n"));
    let mut command = Command::new(program);
    let prepare = move || {
        set_pdeathsig(Signal::SIGKILL)?;
        if getppid() != parent {
            // The parent ended before the kernel was asked to watch it.
            return Err(Errno::ESRCH.into());
        }
        namespace.enter()?;
        resolv_conf.as_deref().map_or(Ok(()), show_resolv_conf)
    };
    // SAFETY: `prepare` only makes system calls; its strings are short enough for nix to
    // keep its copies on the stack, and no lock or allocator is touched before exec.
    unsafe { command.pre_exec(prepare) };
    command
}

/// Lays a text over `/etc/resolv.conf`, for the calling process and its children only.
fn show_resolv_conf(text: &str) -> io::Result<()> {
    let none = None::<&str>;
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(none, SCRATCH, Some("tmpfs"), MsFlags::empty(), none)?;
    File::create(FILE)?.write_all(text.as_bytes())?;
    mount(Some(FILE), "/etc/resolv.conf", none, MsFlags::MS_BIND, none)?;
    // The bind mount keeps the file alive.
    Ok(umount2(SCRATCH, MntFlags::MNT_DETACH)?)
}
