//! `healthcheck` against exporters and what is none.

#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use crate::support::exporter::Exporter;
use crate::support::program::{Run, run, wsus_probe};
use crate::support::world::{LOOPBACK, World, nobody};

const CONFIG: &str = "[[endpoint]]\nname = \"one\"\nurl = \"https://127.0.0.1:1\"\n";

/// The two seconds that are promised, and a slow machine.
const BOUND: Duration = Duration::from_secs(10);

fn ask(url: &str, more: &[&str]) -> Run {
    run(wsus_probe(["healthcheck", url]).args(more))
}

fn check(run: &Run, code: i32, part: &str) {
    assert_eq!(run.code(), code, "{run:?}");
    let (said, silent) =
        if code == 0 { (&run.stdout, &run.stderr) } else { (&run.stderr, &run.stdout) };
    assert!(said.contains(part) && silent.is_empty(), "{part}: {run:?}");
}

#[test]
fn a_running_exporter_is_healthy_however_its_endpoints_fare() {
    let world = World::new();
    let exporter = Exporter::start(&world.file("x.toml", CONFIG), &[]);
    exporter.wait_for("/-/healthy", |answer| answer.status == 200);
    check(&ask(&format!("http://{}", exporter.address), &[]), 0, "healthy\n");
    // What speaks no TLS is not taken for healthy.
    check(&ask(&format!("https://{}", exporter.address), &[]), 1, "not healthy: https://");
}

#[test]
fn users_and_certificates_are_no_obstacle() {
    let world = World::new();
    let config = world.file("x.toml", CONFIG);
    // The hash of some password; none is asked for one here.
    let web =
        "basic_auth_users: {who: $2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW}\n";
    let web = world.file("web.yml", web);
    let exporter = Exporter::start(&config, &["--web.config.file", web.to_str().unwrap()]);
    exporter.wait_for("/-/healthy", |answer| answer.status == 401);
    check(&ask(&format!("http://{}", exporter.address), &[]), 0, "asks for a user");

    let (chain, key) = world.identity_files("127.0.0.1");
    let web = format!(
        "tls_server_config: {{cert_file: {}, key_file: {}}}\n",
        chain.display(),
        key.display()
    );
    let web = world.file("tls.yml", &web);
    let exporter = Exporter::start(&config, &["--web.config.file", web.to_str().unwrap()]);
    exporter.wait_for_log("message=listening", 1);
    let ca = world.ca_file();
    let trusting = ["--ca-file", ca.to_str().unwrap()];
    let url = format!("https://{}", exporter.address);
    check(&ask(&url, &trusting), 0, "healthy\n");
    check(&ask(&url, &[]), 1, "--ca-file");
    check(
        &ask(&format!("https://localhost:{}", exporter.address.port()), &trusting),
        1,
        "not valid for name",
    );
    check(&ask(&format!("http://{}", exporter.address), &[]), 1, "not healthy");
}

/// A server that takes one connection and answers it, or does not.
fn stranger(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer.as_bytes());
        if answer.is_empty() {
            // Until the other side has given up.
            let _ = stream.read(&mut request);
        }
    });
    address
}

#[test]
fn what_is_no_exporter_is_not_healthy_and_the_reason_is_told() {
    let run = ask(&format!("http://{}", nobody()), &[]);
    check(&run, 1, "has `serve` ended");
    for (answer, part) in [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 Not Found"),
        ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "401 Unauthorized"),
        ("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "302 Found"),
        ("SSH-2.0-x\r\n\r\n", "not healthy"),
        ("", "no answer within 2 s"),
    ] {
        let run = ask(&format!("http://{}", stranger(answer)), &[]);
        check(&run, 1, part);
        assert!(run.elapsed < BOUND, "{answer:?}: {run:?}");
    }
}

#[test]
fn mistakes_of_the_command_line_are_told_apart() {
    for (url, more, part) in [
        ("127.0.0.1:18530", vec![], "hint:"),
        ("ftp://127.0.0.1", vec![], "hint:"),
        ("http://u:p@127.0.0.1", vec![], "user"),
        ("https://127.0.0.1", vec!["--ca-file", "/nonexistent.pem"], "/nonexistent.pem"),
    ] {
        let run = ask(url, &more);
        check(&run, 2, part);
    }
}
