//! Processes whose use of the machine is measured, the WSUS-like server that they probe, and a
//! plain HTTP client.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use wsus_probe::demo::authority::{Authority, IssueOptions};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_wsus-probe");

/// The name in the server's certificate.
pub(crate) const NAME: &str = "wsus.test";

/// How long a process may take to answer its first request.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_mins(1);

/// What a WSUS server answers to `GetConfig`.
const CONFIG: &str = include_str!("../data/soap/config_wcf.xml");

/// And to `GetAuthConfig`.
const AUTH_CONFIG: &str = include_str!("../data/soap/auth_config_asmx.xml");

/// The self-update cabinet.
const CABINET: &[u8] = include_bytes!("../data/cabinet/countersigned.cab");

/// A process that is killed when this is dropped.
pub(crate) struct Watched(pub(crate) Child);

impl Watched {
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Self)
    }

    /// Processor time so far, of user and system, by /proc/PID/stat (proc(5)).
    pub(crate) fn cpu(&self) -> Duration {
        let text = self.proc("stat");
        let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: u64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        // USER_HZ is 100 on every architecture this runs on.
        Duration::from_millis(ticks * 10)
    }

    /// A line of /proc/PID/status in KiB, such as `VmHWM`.
    pub(crate) fn memory(&self, key: &str) -> u64 {
        let text = self.proc("status");
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        let words = line.unwrap_or_default().trim_start_matches(':').split_whitespace().next();
        words.and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.0.id())).map_or(0, Iterator::count)
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).unwrap_or_default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The folder of a benchmark with the certificates of its server.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        #[expect(clippy::disallowed_methods, reason = "certificates have dates")]
        let now = SystemTime::now();
        let authority = Authority::new(now).expect("randomness");
        let identity = authority.issue(&IssueOptions::new([NAME], now)).expect("a certificate");
        let chain: Vec<pem::Pem> =
            identity.chain.iter().map(|der| pem::Pem::new("CERTIFICATE", der.as_ref())).collect();
        let key = pem::Pem::new("PRIVATE KEY", identity.key.secret_der());
        let place = Self { folder };
        place.write("root.pem", &authority.pem());
        place.write("chain.pem", &pem::encode_many(&chain));
        place.write("key.pem", &pem::encode(&key));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file in the folder");
        path
    }

    /// nginx that answers as a healthy WSUS does, on every address of the machine.
    pub(crate) fn nginx_file(&self, port: u16) -> PathBuf {
        let at = self.folder.path().display();
        let mut text = format!(
            "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log /dev/null;\n\
             worker_rlimit_nofile 65536;\nevents {{ worker_connections 32768; }}\nhttp {{\n\
             access_log off;\nkeepalive_timeout 5s;\n"
        );
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            writeln!(text, "{kind}_temp_path {at}/{kind};").expect("a string");
        }
        let files = "location /SelfUpdate/ { }\nlocation /Content/ { }";
        writeln!(
            text,
            "root {at}/root;\ndefault_type \"text/xml; charset=utf-8\";\n\
             server {{\nlisten 0.0.0.0:{port} ssl backlog=4096;\nssl_certificate {at}/chain.pem;\n\
             ssl_certificate_key {at}/key.pem;\nssl_protocols TLSv1.2 TLSv1.3;\n{files}\n\
             location /ClientWebService/ {{ return 200 '{CONFIG}'; }}\n\
             location /ServerSyncWebService/ {{ return 200 '{AUTH_CONFIG}'; }}\n\
             location / {{ return 500 '<fault/>'; }}\n}}\n\
             server {{\nlisten 0.0.0.0:{} backlog=4096;\n{files}\n\
             location / {{ return 404; }}\n}}\n}}",
            port - 1,
        )
        .expect("a string");
        for (folder, file, contents) in [
            ("SelfUpdate", "wuident.cab", CABINET),
            ("Content", "anonymousCheckFile.txt", b"".as_slice()),
        ] {
            let folder = self.path("root").join(folder);
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join(file), contents).expect("a file");
        }
        self.write("nginx.conf", &text)
    }

    pub(crate) fn nginx(&self, mut command: Command, port: u16) -> Watched {
        let file = self.nginx_file(port);
        command.arg("-p").arg(self.folder.path()).arg("-c").arg(file);
        Watched::start(command).expect("nginx: install the Debian package nginx-light")
    }
}

/// One `[[endpoint]]`.
pub(crate) fn endpoint(name: &str, address: Ipv4Addr, port: u16) -> String {
    format!(
        "[[endpoint]]\nname = \"{name}\"\nurl = \"https://{address}:{port}\"\n\
         server_name = \"{NAME}\"\n"
    )
}

/// `wsus-probe serve` with this configuration, soon answering at `port`.
pub(crate) fn serve(mut command: Command, config: &Path, port: u16) -> Watched {
    command.args(["serve", "--config"]).arg(config).args(["--log.level", "error"]);
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    Watched::start(command).expect("the program under test")
}

/// Waits until something answers there.
pub(crate) fn wait_for(port: u16, path: &str) {
    let start = Instant::now();
    while get(port, path, &[]).is_err() {
        assert!(start.elapsed() < PATIENCE, "nothing answers at port {port}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The body of an answer.
pub(crate) fn get(port: u16, path: &str, headers: &[(&str, &str)]) -> io::Result<Vec<u8>> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER)?;
    stream.set_read_timeout(Some(ANSWER))?;
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        writeln!(request, "{name}: {value}\r").expect("a string");
    }
    stream.write_all(format!("{request}\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    Ok(answer.split_off(end.unwrap_or(answer.len())))
}

/// The sum of the values of all series whose line begins so.
pub(crate) fn sum(text: &str, start: &str) -> f64 {
    values(text, start).iter().sum()
}

/// The values of all series whose line begins so.
pub(crate) fn values(text: &str, start: &str) -> Vec<f64> {
    let lines = text.lines().filter(|line| line.starts_with(start));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse().ok()).collect()
}

/// The upper bound of the bucket in which a percentile of a histogram lies, over all its series.
pub(crate) fn quantile(text: &str, name: &str, percent: f64) -> f64 {
    let start = format!("{name}_bucket");
    let mut buckets: Vec<(String, f64)> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with(&start)) {
        let bound = line.split("le=\"").nth(1).and_then(|rest| rest.split('"').next());
        let count = line.rsplit_once(' ').and_then(|(_, value)| value.parse::<f64>().ok());
        let (Some(bound), Some(count)) = (bound, count) else { continue };
        match buckets.iter_mut().find(|(other, _)| other == bound) {
            Some((_, sum)) => *sum += count,
            None => buckets.push((bound.to_owned(), count)),
        }
    }
    let total = buckets.last().map_or(0.0, |(_, count)| *count);
    let wanted = total * percent / 100.0;
    let found = buckets.iter().find(|(_, count)| *count >= wanted);
    found.and_then(|(bound, _)| bound.parse().ok()).unwrap_or(f64::INFINITY)
}

/// In MiB.
pub(crate) fn mib(kib: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let mib = kib as f64 / 1024.0;
    format!("{mib:.1}")
}
