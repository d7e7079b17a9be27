//! Other people's programs that tell which versions a server accepts.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{NAME, Saying};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scanner {
    SslScan,
    /// `openssl s_client`, once a version.
    OpenSsl,
    SslYze,
    TestSsl,
}

/// Why there is no saying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Silence {
    NotInstalled,
    /// It was stopped.
    GaveUp,
    /// It told that it cannot scan the server, or nothing that is understood here.
    Failed,
}

impl Scanner {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SslScan => "sslscan",
            Self::OpenSsl => "openssl",
            Self::SslYze => "sslyze",
            Self::TestSsl => "testssl",
        }
    }

    /// What it says about a server within so many seconds; with `openssl`, of each version.
    /// Blocks.
    pub(crate) fn ask(self, address: SocketAddr, seconds: u32) -> Result<Saying, Silence> {
        match self {
            Self::SslScan => sslscan(address, seconds),
            Self::OpenSsl => s_client(address, seconds),
            Self::SslYze => sslyze(address, seconds),
            Self::TestSsl => testssl(address, seconds),
        }
    }
}

/// Standard output of a program that ran to its end by itself. `timeout` ends its children too.
fn output(program: &str, words: &[&str], seconds: u32) -> Result<String, Silence> {
    /// What `timeout` and `env` end with (coreutils): time is over; no such program.
    const TIME_IS_OVER: i32 = 124;
    const NO_SUCH_PROGRAM: i32 = 127;
    let output = Command::new("timeout")
        .args(["--kill-after=2", &seconds.to_string(), program])
        .args(words)
        .env("OPENSSL_CONF", super::permissive_openssl())
        .stdin(Stdio::null())
        .output()
        .map_err(|_| Silence::NotInstalled)?;
    match output.status.code() {
        Some(TIME_IS_OVER) | None => Err(Silence::GaveUp),
        Some(NO_SUCH_PROGRAM) => Err(Silence::NotInstalled),
        Some(_) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
    }
}

fn sslscan(address: SocketAddr, seconds: u32) -> Result<Saying, Silence> {
    const VERSIONS: [&str; 5] = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    let words = "--no-colour --no-ciphersuites --no-check-certificate --no-fallback \
                 --no-renegotiation --no-compression --no-heartbleed --no-groups";
    let name = format!("--sni-name={NAME}");
    let address = address.to_string();
    let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
    let words = [words.as_slice(), &[&name, &address]].concat();
    let text = output("sslscan", &words, seconds)?;
    let said = VERSIONS.map(|version| {
        let line = text.lines().find_map(|line| line.strip_prefix(version));
        match line.map(str::trim) {
            Some("enabled") => 'y',
            Some("disabled") => 'n',
            _ => '?',
        }
    });
    if said == Saying::NOTHING.0 { Err(Silence::Failed) } else { Ok(Saying(said)) }
}

/// The line `Protocol version:` of `-brief` is the session's; the line `New, TLSv1.0, Cipher is …`
/// of the long form is the oldest version that has the suite.
fn s_client(address: SocketAddr, seconds: u32) -> Result<Saying, Silence> {
    let address = address.to_string();
    let mut said = ['-'; 5];
    for (place, option, name) in [
        (1, "-tls1", "TLSv1"),
        (2, "-tls1_1", "TLSv1.1"),
        (3, "-tls1_2", "TLSv1.2"),
        (4, "-tls1_3", "TLSv1.3"),
    ] {
        let ciphers = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";
        let script = "exec openssl s_client -brief \"$@\" 2>&1";
        let words = ["-c", script, "sh", option, "-cipher", ciphers, "-servername", NAME];
        let words = [words.as_slice(), &["-connect", &address]].concat();
        let text = match output("sh", &words, seconds) {
            Err(Silence::GaveUp) => String::new(),
            text => text?,
        };
        let established = text.contains("CONNECTION ESTABLISHED");
        let version = text.lines().find_map(|line| line.strip_prefix("Protocol version: "));
        said[place] = if established && version == Some(name) { 'y' } else { 'n' };
    }
    Ok(Saying(said))
}

fn sslyze(address: SocketAddr, seconds: u32) -> Result<Saying, Silence> {
    const VERSIONS: [&str; 5] = ["ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.json");
    let (path, address) = (file.display().to_string(), address.to_string());
    let options = ["--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--quiet"];
    let more = ["--mozilla_config", "disable", "--sni", NAME, "--json_out", &path, &address];
    output("sslyze", &[options.as_slice(), &more].concat(), seconds)?;
    let text = std::fs::read_to_string(file).map_err(|_| Silence::Failed)?;
    let answer: Value = serde_json::from_str(&text).map_err(|_| Silence::Failed)?;
    let result = &answer["server_scan_results"][0]["scan_result"];
    if result.is_null() {
        return Err(Silence::Failed);
    }
    Ok(Saying(VERSIONS.map(|version| {
        let suites =
            &result[format!("{version}_cipher_suites")]["result"]["accepted_cipher_suites"];
        match suites.as_array().map(Vec::is_empty) {
            Some(false) => 'y',
            Some(true) => 'n',
            None => '?',
        }
    })))
}

fn testssl(address: SocketAddr, seconds: u32) -> Result<Saying, Silence> {
    const VERSIONS: [&str; 5] = ["SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3"];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.json");
    let (path, url) = (file.display().to_string(), format!("https://{NAME}:{}", address.port()));
    let ip = address.ip().to_string();
    let words = ["--color", "0", "-p", "--nodns", "none", "--sneaky", "--warnings", "off"];
    output(
        "testssl",
        &[words.as_slice(), &["--ip", &ip, "--jsonfile", &path, &url]].concat(),
        seconds,
    )?;
    let text = std::fs::read_to_string(file).map_err(|_| Silence::Failed)?;
    let answer: Value = serde_json::from_str(&text).map_err(|_| Silence::Failed)?;
    let found = |version: &str| {
        let entries = answer.as_array()?;
        let entry = entries.iter().find(|entry| entry["id"] == version)?;
        Some(entry["finding"].as_str()?.to_owned())
    };
    let said = VERSIONS.map(|version| match found(version) {
        Some(finding) if finding.starts_with("offered") => 'y',
        Some(finding) if finding.contains("not offered") => 'n',
        _ => '?',
    });
    if said == Saying::NOTHING.0 { Err(Silence::Failed) } else { Ok(Saying(said)) }
}
