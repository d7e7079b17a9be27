//! Every path with its status, type and headers.

use std::io::Read as _;

use flate2::read::GzDecoder;

use super::client::{ask, exchange, get, request};
use super::{NAME, Running};
use crate::support::peer::connect;

#[tokio::test]
async fn every_path_answers() {
    let running = Running::plain();
    let snapshot = running.site.monitor.snapshot();
    let known = if snapshot.endpoint(NAME).is_some() { 200 } else { 404 };
    let known_type = |kind| if known == 200 { kind } else { "text/plain; charset=utf-8" };
    let ready = if snapshot.ready { 200 } else { 503 };
    let (html, json) = ("text/html; charset=utf-8", "application/json");
    for (path, status, kind) in [
        ("/", 200, html),
        ("/endpoint/dfw", known, known_type(html)),
        ("/endpoint/none", 404, ""),
        ("/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"),
        ("/probe", 400, ""),
        ("/probe?target=dfw", 200, "text/plain; version=0.0.4; charset=utf-8"),
        ("/probe?target=dfw&profile=quick&debug=true", 200, ""),
        ("/probe?target=dfw&profile=all", 400, ""),
        ("/probe?target=://", 400, ""),
        ("/probe?target=http%3A%2F%2Fother", 403, ""),
        ("/nearest", 503, ""),
        ("/nearest?format=json", 503, json),
        ("/nearest?format=xml", 400, ""),
        ("/api/v1/endpoints", 200, json),
        ("/api/v1/endpoints/dfw", known, known_type(json)),
        ("/api/v1/endpoints/none", 404, ""),
        ("/api/v1/endpoints/dfw/history", known, known_type(json)),
        ("/api/v1/targets", 200, json),
        ("/runbook", 200, html),
        ("/runbook/WsusEndpointDown", 200, html),
        ("/runbook/wsusendpointdown", 200, html),
        ("/runbook/", 308, ""),
        ("/runbook/none", 404, ""),
        ("/runbook/WsusEndpointDown/more", 404, ""),
        ("/-/healthy", 200, ""),
        ("/-/ready", ready, ""),
        ("/-/reload", 405, ""),
        ("/favicon.ico", 404, ""),
    ] {
        let reply = get(running.address, path).await;
        let kind = if kind.is_empty() { "text/plain; charset=utf-8" } else { kind };
        assert_eq!((reply.status, reply.header("content-type")), (status, kind), "{path}");
        assert!(reply.header("content-security-policy").contains("default-src"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.header(name), value, "{path}");
        }
    }
    let nearest = get(running.address, "/nearest").await;
    assert_eq!(nearest.text().lines().count(), 1);
    assert!(get(running.address, "/nope").await.text().contains("/api/v1/targets"));
    running.finish().await;
}

#[tokio::test]
async fn one_endpoint_says_nothing_about_the_fleet() {
    let running = Running::plain();
    let reply = get(running.address, "/api/v1/endpoints/dfw").await;
    let document: serde_json::Value = serde_json::from_str(reply.text()).unwrap();
    assert_eq!((&document["name"], &document["schema_version"]), (&NAME.into(), &1.into()));
    for of_the_fleet in ["headline", "summary", "nearest", "endpoints"] {
        assert!(document.get(of_the_fleet).is_none(), "{of_the_fleet} in {document}");
    }
    running.finish().await;
}

#[tokio::test]
async fn tricks_are_refused() {
    let running = Running::plain();
    let long = format!("/{}", "a".repeat(2_000));
    let longer = format!("/{}", "a".repeat(64 * 1024));
    for (path, status) in [
        ("/..//metrics", 404),
        ("/%2e%2e/metrics", 404),
        ("//metrics", 404),
        ("/metrics%00", 400),
        ("/%zz", 400),
        ("*", 404),
        ("http://it/../metrics", 404),
        (long.as_str(), 414),
        (longer.as_str(), 431),
        ("/probe?target=%00", 400),
    ] {
        let reply = get(running.address, path).await;
        assert_eq!(reply.status, status, "{}", path.chars().take(40).collect::<String>());
    }
    for raw in ["GET /metrics\0 HTTP/1.1\r\n\r\n", "\0\x01\x02\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        let stream = connect(running.address).await.unwrap();
        let reply = exchange(stream, raw.as_bytes()).await;
        assert!(reply.is_none_or(|reply| reply.status == 400), "{raw:?}");
    }
    assert_eq!(get(running.address, "/-/healthy").await.status, 200);
    running.finish().await;
}

#[tokio::test]
async fn methods_and_bodies_are_held_to_the_table() {
    let running = Running::plain();
    for (what, headers, status, allow) in [
        ("POST /metrics", "", 405, "GET, HEAD"),
        ("DELETE /", "", 405, "GET, HEAD"),
        ("POST /runbook/WsusEndpointDown", "", 405, "GET, HEAD"),
        ("OPTIONS /metrics", "", 405, "GET, HEAD"),
        ("CONNECT /metrics", "", 405, "GET, HEAD"),
        ("HEAD /-/reload", "", 405, "POST, PUT"),
        ("GET /metrics", "Content-Length: 1000000000\r\n", 413, ""),
        ("POST /-/reload", "Transfer-Encoding: chunked\r\n", 413, ""),
        ("POST /-/reload", "Sec-Fetch-Site: cross-site\r\n", 403, ""),
        ("GET /probe?target=dfw", "Sec-Fetch-Site: same-site\r\n", 403, ""),
        ("GET /probe?target=dfw", "Sec-Fetch-Site: none\r\n", 200, ""),
        ("POST /-/reload", "Origin: http://evil.test\r\n", 403, ""),
        ("GET /probe?target=dfw", "Origin: null\r\n", 403, ""),
        ("GET /probe?target=dfw", "Origin: http://localhost\r\n", 200, ""),
        ("GET /metrics", "Host: evil.test\r\n", 403, ""),
        ("GET /metrics", "Origin: http://grafana.test\r\n", 200, ""),
    ] {
        let reply = ask(running.address, what, headers).await;
        // hyper refuses some by itself.
        let status = if what.starts_with("CONNECT") { reply.status } else { status };
        assert_eq!(reply.status, status, "{what} {headers}");
        if reply.status == 405 {
            assert_eq!(reply.header("allow"), allow, "{what}");
        }
    }
    let [full, head] = ["GET", "HEAD"].map(|method| format!("{method} /-/healthy"));
    let full = ask(running.address, &full, "").await;
    let head = ask(running.address, &head, "").await;
    assert_eq!(head.header("content-length"), full.header("content-length"));
    assert!(head.body.is_empty() && !full.body.is_empty());
    running.finish().await;
}

#[tokio::test]
async fn gzip_is_the_same_text() {
    let running = Running::plain();
    let gzip = ask(running.address, "GET /metrics", "Accept-Encoding: gzip;q=0.9\r\n").await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_eq!(gzip.header("vary"), "accept-encoding");
    let mut text = String::new();
    GzDecoder::new(gzip.body.as_slice()).read_to_string(&mut text).unwrap();
    let plain = ask(running.address, "GET /metrics", "Accept-Encoding: gzip;q=0\r\n").await;
    assert_eq!(plain.header("content-encoding"), "");
    // Both are of the same second, unless the machine is very slow.
    let names = |text: &str| text.lines().filter(|line| line.starts_with("# HELP")).count();
    assert_eq!(names(&text), names(plain.text()));
    running.finish().await;
}

#[tokio::test]
async fn a_reload_waits_for_its_outcome() {
    let mut running = Running::plain();
    let mut reloads = running.reloads.take().unwrap();
    for (outcome, status, part) in [
        (Ok(()), 200, "read again"),
        (Err("line 3: unknown key".to_owned()), 500, "stays: line 3: unknown key"),
    ] {
        let asked = ask(running.address, "POST /-/reload", "");
        let answered = async { reloads.recv().await.unwrap().send(outcome).unwrap() };
        let (reply, ()) = tokio::join!(asked, answered);
        assert_eq!(reply.status, status);
        assert!(reply.text().contains(part), "{}", reply.text());
    }
    // As many as fit wait; one more is sent away.
    let _waiting = running.site.reloads.try_send(tokio::sync::oneshot::channel().0);
    assert_eq!(ask(running.address, "PUT /-/reload", "").await.status, 503);
    drop(reloads);
    assert_eq!(ask(running.address, "POST /-/reload", "").await.status, 500);
    running.finish().await;
}

#[tokio::test]
async fn a_probe_keeps_within_the_scrape_and_explains_itself() {
    let running = Running::plain();
    let header = "X-Prometheus-Scrape-Timeout-Seconds: 10\r\n";
    let reply = ask(running.address, "GET /probe?target=dfw&debug=true", header).await;
    for part in ["Trace:\n", "connected in", "Report:\nhttps://dfw is ", "\nMetrics:\n"] {
        assert!(reply.text().contains(part), "{part} is missing in {}", reply.text());
    }
    let header = "X-Prometheus-Scrape-Timeout-Seconds: soon\r\n";
    assert_eq!(ask(running.address, "GET /probe?target=dfw", header).await.status, 400);
    // A connection serves several requests.
    let stream = connect(running.address).await.unwrap();
    let mut two = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec();
    two.extend(request("GET /-/healthy", ""));
    let reply = exchange(stream, &two).await.unwrap();
    assert_eq!(reply.text().matches("200 OK").count(), 1, "the second is in the first's rest");
    running.finish().await;
}
