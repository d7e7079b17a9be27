//! What a lean round of one endpoint costs this process: processor time and memory.
//!
//! The server is nginx in a process of its own, so that its work is not counted. The endpoint is a
//! literal address: a name adds what the resolver takes.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use wsus_probe::engine::judge::remembered::Remembered;
use wsus_probe::engine::judge::{ChainJudge, PlatformRoots};
use wsus_probe::engine::member::Sampling;
use wsus_probe::engine::once::{Once, once};
use wsus_probe::engine::ports::{Judge, Ports, Target};
use wsus_probe::engine::probe;
use wsus_probe::engine::wsus_check::HttpCheck;
use wsus_probe::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Limits, Scheme};
use wsus_probe::model::failure::{Cause, Failure, Phase};
use wsus_probe::model::request::Profile;
use wsus_probe::net::dns::Unavailable;
use wsus_probe::net::tcp::{Dial, Kernel};

/// Rounds that are counted, one after another.
const ROUNDS: u32 = 2000;

/// Rounds before them, so that what is made once is made.
const WARM_UP: u32 = 100;

/// Rounds that run at once when memory is looked at.
const AT_ONCE: usize = 1000;

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        eprintln!("not run: benchmarks are for `cargo bench`");
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!("THIS IS A BUILD FOR DEBUGGING: the figures say nothing about a release");
    }
    let server = Nginx::start();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(benchmark(&server));
    ExitCode::SUCCESS
}

async fn benchmark(server: &Nginx) {
    let dialer: Arc<dyn Dial> = Arc::new(Kernel::new());
    let check = Arc::new(HttpCheck::new(Arc::clone(&dialer), Profile::Quick));
    let full = Ports::new(dialer, check, 2 * AT_ONCE);
    let lean = full.clone().lean();
    println!("{:<44} {:>10} {:>10} {:>10}", "per round, microseconds", "user", "system", "wall");
    for (name, scheme, ports, remember) in [
        ("https, lean, judgement remembered", Scheme::Https, &lean, true),
        ("https, lean", Scheme::Https, &lean, false),
        ("http, lean", Scheme::Http, &lean, false),
        ("https, quick profile, one sample", Scheme::Https, &full, false),
    ] {
        let target = server.target(scheme, remember);
        rounds(&target, ports, WARM_UP).await;
        let (before, start) = (usage(), Instant::now());
        rounds(&target, ports, ROUNDS).await;
        let (after, wall) = (usage(), start.elapsed());
        let each = |time: Duration| (time / ROUNDS).as_micros();
        let [user, system] = [(after.0, before.0), (after.1, before.1)]
            .map(|(end, start)| end.saturating_sub(start));
        println!("{name:<44} {:>10} {:>10} {:>10}", each(user), each(system), each(wall));
    }
    let target = server.target(Scheme::Https, true);
    sizes(&target, &lean);
    let before = resident();
    let all = (0..AT_ONCE).map(|_| once(&target, &lean, SAMPLING));
    let all = futures_util::future::join_all(all).await;
    let healthy = all.into_iter().flatten().filter(is_healthy).count();
    println!("resident: {before} KiB, {} KiB after {healthy} rounds at once", resident());
}

/// Far more than any step takes.
const LIMITS: Limits = {
    const PATIENCE: Duration = Duration::from_secs(20);
    Limits {
        deadline: PATIENCE,
        resolve: PATIENCE,
        connect: PATIENCE,
        tls: PATIENCE,
        wsus: PATIENCE,
    }
};

const SAMPLING: Sampling = Sampling { samples: 1, gap: Duration::ZERO };

/// What a round in flight holds on the heap beside its buffers.
fn sizes(target: &Arc<[Target; 1]>, ports: &Ports) {
    let round = size_of_val(&once(target, ports, SAMPLING));
    let [only] = &**target;
    let deadline = tokio::time::Instant::now();
    let task = size_of_val(&probe::probe(only, ports, SAMPLING, deadline, &|_| ()));
    println!("\nbytes of futures: round {round}, its task {task}");
}

async fn rounds(target: &Arc<[Target; 1]>, ports: &Ports, count: u32) {
    for _ in 0..count {
        let once = once(target, ports, SAMPLING).await.expect("a report");
        assert!(is_healthy(&once), "{}", once.trace);
    }
}

fn is_healthy(once: &Once) -> bool {
    once.report.failure.is_none() && once.report.members.iter().all(|one| one.wsus.is_some())
}

/// User and system time of this process so far.
fn usage() -> (Duration, Duration) {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("usage of this process");
    let time = |time: TimeVal| {
        let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
        Duration::from_micros(u64::try_from(micros).expect("a time that has passed"))
    };
    (time(usage.user_time()), time(usage.system_time()))
}

/// Resident memory in KiB (proc(5)).
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// A server with the certificate of `tests/data`, on two ports of loopback. Ends when dropped.
struct Nginx {
    child: Child,
    https: SocketAddr,
    http: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Nginx {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [https, http] = [free(), free()];
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration(folder.path(), https, http)).expect("a file");
        let child = Command::new("/usr/sbin/nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(file)
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx, of the Debian package nginx-light");
        let server = Self { child, https, http, _folder: folder };
        let listens = (0..200).any(|_| {
            thread::sleep(Duration::from_millis(20));
            TcpStream::connect(https).is_ok()
        });
        assert!(listens, "nginx does not start");
        server
    }

    fn target(&self, scheme: Scheme, remember: bool) -> Arc<[Target; 1]> {
        let address = if scheme == Scheme::Https { self.https } else { self.http };
        let url = EndpointUrl { scheme, host: Host::Address(address.ip()), port: address.port() };
        let platform = PlatformRoots::load_in_background();
        let files = [data("certificates/root.pem")];
        let judge = Arc::new(ChainJudge::new(platform, &files).expect("a certificate"));
        let judge: Arc<dyn Judge> = if remember { Arc::new(Remembered::new(judge)) } else { judge };
        let endpoint = Endpoint {
            server_name: Some("wsus.test".to_owned()),
            ..Endpoint::bare(EndpointName("bench".to_owned()), url)
        };
        let unused = Unavailable::new(Failure::new(Phase::Resolve, Cause::Io, "no resolver"));
        Arc::new([Target {
            endpoint: Arc::new(endpoint),
            resolver: Arc::new(unused),
            judge,
            compared: Arc::default(),
            limits: LIMITS,
        }])
    }
}

fn configuration(folder: &Path, https: SocketAddr, http: SocketAddr) -> String {
    let at = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let (pem, key) = (data("certificates/rsa.pem"), data("certificates/rsa.key"));
    let (pem, key) = (pem.display(), key.display());
    let answer = data("soap/config_wcf.xml");
    fs::copy(answer, folder.join("answer.xml")).expect("a copy");
    format!(
        "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log stderr crit;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}server {{\nlisten {https} ssl;\nlisten {http};\n\
         ssl_certificate {pem};\nssl_certificate_key {key};\nroot {at};\n\
         default_type text/xml;\nerror_page 405 =200 /answer.xml;\n\
         location / {{ try_files /answer.xml =404; }}\n}}\n}}\n"
    )
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address")
}
