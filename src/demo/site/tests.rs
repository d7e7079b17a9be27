//! Tests of the module above.

use super::super::server::Behaviour;
use super::super::test_client::{Site, ask, request_with, wire};
use super::*;
use crate::model::request::Request;

/// What a healthy server with TLS answers to each request of the program, and a part of it.
const HEALTHY: [(Request, u16, &str); 17] = [
    (Request::GetConfig, 200, "<s:Envelope"),
    (Request::ServerVersion, 200, "Content-Type: text/xml"),
    (Request::SimpleAuth, 200, "<title>SimpleAuth Web Service<"),
    (Request::SelfUpdate, 200, "\r\n\r\nMSCF"),
    (Request::ContentHead, 200, "Content-Length: 0\r\n"),
    (Request::ContentGet, 200, "Accept-Ranges: bytes"),
    (Request::ContentRange, 416, "Content-Range: bytes */0\r\n"),
    (Request::CabinetRange, 206, "\r\n\r\nMSCF"),
    (Request::GetAuthConfig, 200, "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope"),
    (Request::DssAuth, 200, "X-Aspnet-Version: 4.0.30319"),
    (Request::Reporting, 200, "<title>ReportingWebService Web Service<"),
    (Request::ApiRemoting, 401, "Www-Authenticate: Negotiate"),
    (Request::CleartextConfig, 403, "Server: Microsoft-IIS/10.0"),
    (Request::Inventory, 403, "X-Powered-By: ASP.NET"),
    (Request::SecureContentHead, 200, "Last-Modified: "),
    (Request::RootIdent, 200, "Etag: "),
    (Request::GetAuthConfig12, 200, "Content-Type: application/soap+xml"),
];

#[tokio::test]
async fn a_healthy_server_answers_every_request() {
    let site = Site::start(Behaviour::Healthy, &ServerOptions::default());
    assert!(HEALTHY.iter().map(|row| &row.0).eq(Request::ALL), "the table is complete");
    for (request, status, part) in HEALTHY {
        let path = request.path();
        for path in [path.to_owned(), path.to_lowercase(), path.to_uppercase()] {
            let wire = wire(request).replacen(request.path(), &path, 1);
            let said = ask(site.at(request.channel()), &wire).await;
            assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {said}");
            assert!(said.contains(part), "{part} of {path}: {said}");
        }
    }
}

#[tokio::test]
async fn one_connection_carries_all_requests_of_a_port() {
    let site = Site::start(Behaviour::Healthy, &ServerOptions::default());
    for channel in [Channel::Service, Channel::Content] {
        let asked = || HEALTHY.iter().filter(|row| row.0.channel() == channel);
        // The first is the last to be sent, and closes.
        let mut wires: Vec<String> = asked().map(|row| wire(row.0)).collect();
        let last = wires.remove(0).replacen("\r\n", "\r\nConnection: close\r\n", 1);
        let stream = super::super::test_client::connect(site.at(channel)).await.unwrap();
        let all = wires.concat() + &last;
        let said = super::super::test_client::exchange(stream, &all).await.unwrap();
        let said = String::from_utf8_lossy(&said);
        let statuses =
            said.split("HTTP/1.1 ").skip(1).filter_map(|answer| answer.split(' ').next());
        let expected = asked().skip(1).chain(asked().take(1)).map(|row| row.1.to_string());
        assert!(statuses.eq(expected), "{said}");
    }
}

#[tokio::test]
async fn the_service_for_downstream_servers_speaks_as_it_is_spoken_to() {
    let site = Site::start(Behaviour::Healthy, &ServerOptions::default());
    for (request, namespace) in
        [(Request::GetAuthConfig, soap::SOAP_11), (Request::GetAuthConfig12, soap::SOAP_12)]
    {
        let said = site.said(request).await;
        for part in [
            namespace,
            "<PlugInID>DssTargeting<",
            "<ServiceUrl>DssAuthWebService/DssAuthWebService.asmx<",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        let other = site_with_other_call(&site, request).await;
        assert!(other.starts_with("HTTP/1.1 500 "), "{other}");
        assert!(other.contains(namespace) && other.contains("<soap:Fault>"), "{other}");
    }
}

/// What is said to another call in the same version.
async fn site_with_other_call(site: &Site, request: Request) -> String {
    ask(site.service, &wire(request).replace("GetAuthConfig", "GetAuthQonfig")).await
}

#[tokio::test]
async fn content_is_served_at_both_ports_and_services_at_one() {
    let site = Site::start(Behaviour::Healthy, &ServerOptions::default());
    for vroot in &VROOTS {
        let path = format!("{}/nothing", vroot.path);
        let status = if vroot.needs_tls { "403" } else { "404" };
        let said = ask(site.content, &request_with("GET", &path, &[], "")).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {said}");
        let said = ask(site.service, &request_with("GET", &path, &[], "")).await;
        assert!(said.starts_with("HTTP/1.1 404 "), "{path}: {said}");
    }
}

#[tokio::test]
async fn ranges_are_honoured() {
    let site = Site::start(Behaviour::Healthy, &ServerOptions::default());
    let length = IDENT_CABINET.len();
    let end = length - 1;
    for (method, range, status, expected) in [
        ("GET", "bytes=0-3", "206", format!("Content-Range: bytes 0-3/{length}\r\n")),
        ("GET", "bytes=-2", "206", format!("Content-Range: bytes {}-{end}/{length}", length - 2)),
        ("GET", "bytes=4-", "206", format!("Content-Range: bytes 4-{end}/{length}")),
        ("GET", "bytes=4-99999999", "206", format!("Content-Length: {}\r\n", length - 4)),
        ("GET", "bytes=99999999-", "416", format!("Content-Range: bytes */{length}")),
        ("GET", "bytes=-0", "416", format!("Content-Range: bytes */{length}")),
        ("GET", "bytes=3-0", "200", format!("Content-Length: {length}\r\n")),
        ("GET", "bytes=0-1,4-5", "200", format!("Content-Length: {length}\r\n")),
        ("GET", "pages=1-2", "200", format!("Content-Length: {length}\r\n")),
        ("HEAD", "bytes=99999999-", "416", "Content-Range: ".to_owned()),
    ] {
        let request = request_with(method, "/SelfUpdate/wuident.cab", &[("Range", range)], "");
        let said = ask(site.content, &request).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{range}: {said}");
        assert!(said.contains(&expected), "{range}: {expected} in {said}");
    }
}

#[tokio::test]
async fn a_server_says_its_own_versions() {
    let options = ServerOptions {
        machine: "WSUS-X".to_owned(),
        last_change: "2020-01-01T00:00:00Z".to_owned(),
        server_header: Some("Microsoft-IIS/8.5".to_owned()),
        aspnet_version: None,
        ..ServerOptions::default()
    };
    let site = Site::start(Behaviour::Healthy, &options);
    let said = site.said(Request::GetConfig).await;
    for part in ["Server: Microsoft-IIS/8.5", r"\\WSUS-X\", "<LastChange>2020-01-01T00:00:00Z<"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("X-Aspnet-Version"), "{said}");
    assert!(site.said(Request::GetAuthConfig).await.contains("<LastChange>2020-01-01"));
    site.behaviour.send_replace(Behaviour::PoolStopped);
    assert!(site.said(Request::GetConfig).await.contains("Server: Microsoft-HTTPAPI/2.0"));
}
