//! A real Prometheus as a child process, and the questions it is asked.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "a real process is asked over real sockets")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::exporter::wait;
use crate::support::program::Running;
use crate::support::world::nobody;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running Prometheus; it is killed and its data is gone when this is dropped.
pub(crate) struct Prometheus {
    _running: Running,
    pub(crate) address: SocketAddr,
    _data: TempDir,
}

impl Prometheus {
    /// Starts it with this configuration file at a free port, and waits until it answers.
    pub(crate) fn start(config: &Path) -> Self {
        let (address, data) = (nobody(), tempfile::tempdir().unwrap());
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.tsdb.path={}", data.path().display()));
        command.arg(format!("--web.listen-address={address}"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let prometheus = Self { _running: Running::start(&mut command), address, _data: data };
        let ready = || prometheus.get("/-/ready").filter(|(head, _)| head.contains(" 200 "));
        assert!(
            wait(ready).is_some(),
            "no Prometheus starts: is the Debian package prometheus there, and is {} in order?",
            config.display()
        );
        prometheus
    }

    /// The answer of its API to these parameters, whether or not it says `success`.
    pub(crate) fn api(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let pairs = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let path = format!("/api/v1/{path}?{}", pairs.collect::<Vec<_>>().join("&"));
        let (_, body) = self.get(&path).unwrap_or_else(|| panic!("no answer to {path}"));
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }

    /// The values of an expression now, with their labels.
    pub(crate) fn query(&self, expression: &str) -> Vec<(Value, f64)> {
        let answer = self.api("query", &[("query", expression)]);
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
        let results = answer["data"]["result"].as_array().unwrap().iter();
        let value = |result: &Value| result["value"][1].as_str().unwrap().parse().unwrap();
        results.map(|result| (result["metric"].clone(), value(result))).collect()
    }

    /// The first of them.
    pub(crate) fn value(&self, expression: &str) -> Option<f64> {
        self.query(expression).first().map(|(_, value)| *value)
    }

    /// Head and body of an answer. HTTP/1.0, so that the end of the connection is that of the body.
    fn get(&self, path: &str) -> Option<(String, String)> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        Some((head.to_owned(), body.to_owned()))
    }
}

/// A value in a URL: every byte but letters and digits is escaped.
fn encoded(value: &str) -> String {
    let byte = |byte: u8| {
        let plain = byte.is_ascii_alphanumeric();
        if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    value.bytes().map(byte).collect()
}
