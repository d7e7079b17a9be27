//! Nothing of a lab outlives its process, and commands run inside.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, setns};

use super::suite::Test;
use super::wan::path::Path;
use super::wan::servers::{Manner, Servers};
use super::wan::tun::DEVICE;
use super::wan::{Lab, Spec};

/// Argument that makes this program bring a lab up and keep it, for the tests to kill it.
pub(super) const HOLD: &str = "--hold-lab";

pub(super) const TESTS: &[Test] = &[
    Test::new("nothing_is_left_after_sigkill", sigkill),
    Test::new("nothing_is_left_after_drop", dropped),
    Test::new("threads_run_inside", threads),
    Test::new("commands_run_inside", commands),
    Test::new("commands_see_the_resolver", resolver),
];

/// How long the kernel may take to tear a namespace down.
const PATIENCE: Duration = Duration::from_secs(30);

/// Brings a lab up with a process in each namespace, tells their ids, and waits to be killed.
pub(super) fn hold() -> ExitCode {
    let lab = small_lab();
    let mut commands = [lab.probe_command("sleep"), lab.servers_command("sleep")];
    for command in &mut commands {
        println!("{}", command.arg("1000").spawn().unwrap().id());
    }
    thread::sleep(PATIENCE * 4);
    ExitCode::FAILURE
}

fn sigkill() {
    let program = std::env::current_exe().unwrap();
    let mut child = Command::new(program)
        .arg(HOLD)
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let inhabitants: Vec<String> = output.lines().take(2).map(Result::unwrap).collect();
    // These handles keep the namespaces themselves, but not what is in them.
    let namespaces: Vec<File> =
        inhabitants.iter().map(|pid| File::open(format!("/proc/{pid}/ns/net")).unwrap()).collect();
    let names: Vec<PathBuf> = inhabitants
        .iter()
        .map(|pid| fs::read_link(format!("/proc/{pid}/ns/net")).unwrap())
        .collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
    assert!(namespaces.iter().all(has_device), "the lab has its devices");

    child.kill().unwrap();
    child.wait().unwrap();

    wait_until("the TUN devices are gone", || !namespaces.iter().any(has_device));
    drop(namespaces);
    for name in &names {
        wait_until("nothing refers to the namespace", || references(name).is_empty());
    }
}

fn dropped() {
    let lab = small_lab();
    let name = PathBuf::from(format!("net:[{}]", lab.probe().inode().unwrap()));
    assert!(!references(&name).is_empty(), "references are found where there are some");
    drop(lab);
    wait_until("nothing refers to the namespace", || references(&name).is_empty());
}

fn threads() {
    let lab = small_lab();
    let here = || fs::read_link("/proc/thread-self/ns/net").unwrap();
    let probe = PathBuf::from(format!("net:[{}]", lab.probe().inode().unwrap()));
    assert_ne!(here(), probe, "the test itself is outside");
    assert_eq!(lab.in_probe(here), probe);
    assert_eq!(lab.in_probe(|| thread::spawn(here).join().unwrap()), probe, "threads inherit");
    assert_eq!(lab.probe_thread(here).join().unwrap(), probe);
    let servers = lab.in_servers(here);
    assert!(servers != probe && servers != here());
    assert_eq!(lab.servers_thread(here).join().unwrap(), servers);
}

fn commands() {
    let lab = small_lab();
    let inode = lab.probe().inode().unwrap();
    let output = lab.probe_command("readlink").arg("/proc/self/ns/net").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), format!("net:[{inode}]"));
    let address = SocketAddr::new(server(), 443);
    let _servers = Servers::start(&lab, Manner::Hold, &[address]).unwrap();
    let taken = Servers::start(&lab, Manner::Hold, &[address]).unwrap_err();
    assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
}

fn resolver() {
    let mut spec = small_spec();
    spec.resolver = Some(server());
    let lab = Lab::up(&spec).unwrap();
    let output = lab.probe_command("cat").arg("/etc/resolv.conf").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "nameserver 10.77.1.1\n");
    let outside = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    assert!(!outside.contains("10.77.1.1"), "the machine's own file is untouched");
}

fn server() -> IpAddr {
    "10.77.1.1".parse().unwrap()
}

fn small_spec() -> Spec {
    Spec::new([(server(), Path::with_rtt(Duration::from_millis(5)))])
}

fn small_lab() -> Lab {
    Lab::up(&small_spec()).unwrap()
}

/// Whether the lab's device exists in the namespace.
fn has_device(namespace: &File) -> bool {
    let look = || {
        setns(namespace, CloneFlags::CLONE_NEWNET).unwrap();
        if_nametoindex(DEVICE).is_ok()
    };
    thread::scope(|scope| scope.spawn(look).join().unwrap())
}

/// Everything in /proc that keeps a namespace: threads inside, and open handles.
fn references(name: &std::path::Path) -> Vec<PathBuf> {
    let tasks = entries("/proc".into())
        .filter(|process| process.join("ns").exists())
        .flat_map(|process| entries(process.join("task")));
    let links = tasks.flat_map(|task| entries(task.join("fd")).chain([task.join("ns/net")]));
    links.filter(|link| fs::read_link(link).is_ok_and(|target| target == name)).collect()
}

fn entries(directory: PathBuf) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "not in time: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
