//! Other people's servers on loopback, each a process with a bounded life.

use std::fmt::Write as _;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::ports::free_pair;

/// How long a server may take to start, and an exchange with it to end: far more than either
/// does, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Pause between two looks at a server that is starting.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificates").join(name)
}

/// Writes a configuration of nginx with these lines in its only `server` block, and the
/// certificate for TLS, into a folder; returns its place.
pub(crate) fn nginx_file(folder: &Path, lines: &str) -> PathBuf {
    let at = folder.display();
    let mut text = format!(
        "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\naccess_log off;\n"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(text, "{kind}_temp_path {at}/{kind};").unwrap();
    }
    let (pem, key) = (certificate("rsa.pem"), certificate("rsa.key"));
    let (pem, key) = (pem.display(), key.display());
    writeln!(
        text,
        "server {{\nssl_certificate {pem};\nssl_certificate_key {key};\n{lines}\n}}\n}}"
    )
    .unwrap();
    let file = folder.join("nginx.conf");
    std::fs::write(&file, text).unwrap();
    file
}

/// A program that is killed when this is dropped.
pub(crate) struct Peer {
    child: Child,
    pub(crate) address: SocketAddr,
    _folder: TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// Starts a program that is to listen on a free port of 127.0.0.1, and waits until it does.
    /// The port below is free too. Both are found free before, so another program may be faster:
    /// then there is a next try.
    pub(crate) async fn start(
        program: &str,
        package: &str,
        arguments: impl Fn(&Path, SocketAddr) -> Vec<String>,
    ) -> Self {
        for _ in 0..3 {
            let address = free_pair();
            let folder = tempfile::tempdir().unwrap();
            let child = Command::new(program)
                .args(arguments(folder.path(), address))
                .env_remove("OPENSSL_CONF")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap_or_else(|error| {
                    panic!("{program}: {error}; install the Debian package {package}")
                });
            let mut peer = Self { child, address, _folder: folder };
            if timeout(PATIENCE, peer.listens()).await.expect("the server does not start") {
                return peer;
            }
            let mut words = String::new();
            peer.child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
            eprintln!("{program} ended: {words}");
        }
        panic!("{program} does not start");
    }

    /// nginx with these lines in its only `server` block, and the certificate for TLS.
    pub(crate) async fn nginx(lines: impl Fn(SocketAddr) -> String) -> Self {
        Self::start("/usr/sbin/nginx", "nginx-light", |folder, address| {
            let file = nginx_file(folder, &lines(address));
            let at = [folder, &file].map(|path| path.display().to_string());
            let [folder, file] = at;
            vec!["-p".to_owned(), folder, "-c".to_owned(), file]
        })
        .await
    }

    /// False when it has ended instead.
    async fn listens(&mut self) -> bool {
        while self.child.try_wait().unwrap().is_none() {
            if connect(self.address).await.is_ok() {
                return true;
            }
            sleep(PAUSE).await;
        }
        false
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the test's own client")]
pub(crate) async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    TcpStream::connect(address).await
}
