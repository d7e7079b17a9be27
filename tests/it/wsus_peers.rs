//! The whole check against other people's web servers on loopback: mono's ASMX runtime behind
//! nginx in the shape of WSUS, and nginx in the shape of everything that must not pass for it.

// Lets clippy see that the helpers below are test code too.
#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::peer::{Peer, certificate};
use crate::support::program::{Run, run, wsus_probe};

/// Where each web service of WSUS is, and the file that stands in for it.
const SERVICES: [(&str, &str); 5] = [
    ("ClientWebService/client.asmx", include_str!("../data/asmx/client.asmx")),
    ("ServerSyncWebService/ServerSyncWebService.asmx", include_str!("../data/asmx/sync.asmx")),
    ("SimpleAuthWebService/SimpleAuth.asmx", include_str!("../data/asmx/page.asmx")),
    ("DssAuthWebService/DssAuthWebService.asmx", include_str!("../data/asmx/page.asmx")),
    ("ReportingWebService/ReportingWebService.asmx", include_str!("../data/asmx/page.asmx")),
];

/// Long enough for mono to compile the services at the first request.
const DEADLINE: &str = "20s";

/// A folder with everything that WSUS serves.
fn site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    let put = |name: &str, contents: &[u8]| {
        let file = site.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, contents).unwrap();
    };
    for (name, source) in SERVICES {
        put(name, source.as_bytes());
    }
    put("ClientWebService/wusserverversion.xml", b"<ServerVersion/>");
    put("SelfUpdate/wuident.cab", include_bytes!("../../src/demo/wuident.cab"));
    put("Content/anonymousCheckFile.txt", b"");
    site
}

/// The `FastCGI` server of mono for the web services of a site.
async fn mono(site: &Path) -> Peer {
    let applications = format!("/applications=/:{}", site.display());
    Peer::start("/usr/bin/fastcgi-mono-server4", "mono-fastcgi-server4", |_, address| {
        vec![applications.clone(), format!("/socket=tcp:{address}")]
    })
    .await
}

/// nginx with this root and these lines for its locations, at a port with TLS and at the port
/// below without.
async fn nginx(root: &Path, lines: &str) -> Peer {
    Peer::nginx(|address| {
        let (ip, below, root) = (address.ip(), address.port() - 1, root.display());
        format!("listen {address} ssl;\nlisten {ip}:{below};\nroot {root};\n{lines}")
    })
    .await
}

/// The services by mono at this address; administration asks for credentials as Windows does.
fn by_mono(mono: &Peer) -> String {
    format!(
        "location = /ApiRemoting30/WebService.asmx {{ return 401; }}\n\
         location ~ \\.asmx$ {{ include /etc/nginx/fastcgi_params;\n\
         fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n\
         fastcgi_param PATH_INFO ''; fastcgi_pass {}; }}",
        mono.address
    )
}

/// What `check` says of the server.
fn check(peer: &Peer, scheme: &str, arguments: &[&str]) -> Run {
    let port = peer.address.port() - u16::from(scheme == "http");
    let url = format!("{scheme}://{}:{port}", peer.address.ip());
    let authority = certificate("root.pem").display().to_string();
    let common = [
        "check",
        "--output",
        "json",
        "--deadline",
        DEADLINE,
        "--ca-file",
        &authority,
        "--endpoint",
        &url,
    ];
    run(&mut wsus_probe(common.iter().chain(arguments)))
}

/// mono compiles a service and its page at the first request, and for good answers 500 where
/// several requests make it do so at once: one after another, then.
fn warm_up(peer: &Peer) {
    for (name, _) in SERVICES {
        let url = format!("http://{}:{}/{name}", peer.address.ip(), peer.address.port() - 1);
        let mut curl = Command::new("curl");
        let curl = curl.args(["--silent", "--fail", "--max-time", "20", "--output", "/dev/null"]);
        assert!(curl.arg(&url).status().unwrap().success(), "{url}");
    }
}

fn member(report: &Value) -> &Value {
    &report["endpoints"][0]["members"][0]
}

/// The results of the services as `service result`.
fn services(report: &Value) -> Vec<String> {
    let word = |service: &Value, key| service[key].as_str().unwrap().to_owned();
    let list = member(report)["services"].as_array().unwrap();
    list.iter().map(|s| format!("{} {}", word(s, "service"), word(s, "result"))).collect()
}

/// The codes of all findings of warning severity, of the member.
fn warnings(report: &Value) -> Vec<&str> {
    let list = member(report)["findings"].as_array().unwrap();
    list.iter()
        .filter(|finding| finding["severity"] == "warning")
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn services_by_mono_are_healthy() {
    let site = site();
    let mono = mono(site.path()).await;
    let peer = nginx(site.path(), &by_mono(&mono)).await;
    warm_up(&peer);
    for scheme in ["http", "https"] {
        let run = check(&peer, scheme, &[]);
        let report = run.json();
        let all = [
            "client pass",
            "simple_auth pass",
            "content pass",
            "self_update pass",
            "reporting pass",
            "server_sync pass",
            "dss_auth pass",
            // nginx by itself gives no sign that it stands for IIS.
            "api_remoting unknown",
        ];
        assert_eq!(services(&report), all, "{}", run.stdout);
        assert_eq!(warnings(&report), Vec::<&str>::new(), "{}", run.stdout);
        assert_eq!(run.code(), 0, "{}", run.stdout);
        assert!(!run.stdout.contains("internal-name"), "{}", run.stdout);
    }
}

#[tokio::test]
async fn only_the_static_side_is_never_healthy() {
    let site = site();
    let peer = nginx(site.path(), "location ~ \\.asmx$ { return 503; }").await;
    let run = check(&peer, "https", &[]);
    let report = run.json();
    assert_eq!(member(&report)["verdict"], "down", "{}", run.stdout);
    assert!(warnings(&report).contains(&"wsus_pool_stopped"), "{}", run.stdout);
    assert_eq!(run.code(), 1);
}

#[tokio::test]
async fn another_web_server_is_not_taken_for_wsus() {
    let empty = tempfile::tempdir().unwrap();
    for (lines, expected) in [
        ("", "wrong_virtual_directory"),
        (
            "location / { default_type text/html; return 200 \
             '<html><head><title>Sign in</title></head><body>Welcome</body></html>'; }",
            "intercepted",
        ),
        ("location / { return 302 http://portal.example.test/login; }", "intercepted"),
        ("location / { return 502; }", "site_down"),
        ("location / { return 500; }", "site_down"),
    ] {
        let peer = nginx(empty.path(), lines).await;
        for scheme in ["http", "https"] {
            let run = check(&peer, scheme, &[]);
            let report = run.json();
            assert_eq!(member(&report)["verdict"], "down", "{}", run.stdout);
            assert!(warnings(&report).contains(&expected), "{expected}: {}", run.stdout);
            assert_eq!(run.code(), 1);
        }
    }
}
