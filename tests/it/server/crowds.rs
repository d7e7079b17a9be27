//! Too many, too slow, too large; and the end.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{sleep, timeout};
use wsus_probe::net::clock;
use wsus_probe::server::limits::Limits;

use super::client::{exchange, get, request};
use super::{PATIENCE, Running};
use crate::support::peer::connect;

fn limits() -> Limits {
    Limits { head: Duration::from_secs(1), ..Limits::default() }
}

#[tokio::test]
async fn slow_and_large_heads_are_ended() {
    let running = Running::start(limits(), None);
    let mut silent = connect(running.address).await.unwrap();
    let mut slow = connect(running.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
    let dripping = async {
        // A byte now and then does not buy time.
        while slow.write_all(b"a").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let mut byte = [0; 64];
    let ended = timeout(PATIENCE, silent.read(&mut byte)).await.unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)));
    timeout(PATIENCE, dripping).await.unwrap();

    let many = "X-Many: a\r\n".repeat(100);
    let large = format!("X-Large: {}\r\n", "a".repeat(100 * 1024));
    for headers in [many, large] {
        let stream = connect(running.address).await.unwrap();
        let reply = exchange(stream, &request("GET /", &headers)).await;
        // The answer is lost where the rest of what was sent arrives after the end.
        assert!(reply.is_none_or(|reply| reply.status == 431));
    }
    assert_eq!(get(running.address, "/-/healthy").await.status, 200);
    running.finish().await;
}

#[tokio::test]
async fn more_connections_than_places_are_closed_and_come_in_later() {
    let limits = Limits { connections: 3, reserved: 2, ..Limits::default() };
    let running = Running::start(limits, None);
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut stream = connect(running.address).await.unwrap();
        stream.write_all(b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut byte = [0; 1024];
        assert!(timeout(PATIENCE, stream.read(&mut byte)).await.unwrap().unwrap() > 0);
        held.push(stream);
    }
    for _ in 0..20 {
        let stream = connect(running.address).await.unwrap();
        assert!(exchange(stream, &request("GET /-/healthy", "")).await.is_none());
    }
    held.clear();
    let start = clock::now();
    while exchange(connect(running.address).await.unwrap(), &request("GET /", "")).await.is_none() {
        assert!(clock::now() - start < PATIENCE);
        sleep(Duration::from_millis(10)).await;
    }
    running.finish().await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_dropped() {
    let limits = Limits { stalled_write: Duration::from_millis(300), ..Limits::default() };
    let running = Running::start(limits, None);
    let mut stream = connect(running.address).await.unwrap();
    // Answers to many requests fill the buffers of both sides, until the server can write no more.
    let many = b"GET /nope HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000);
    let filling = async { while stream.write_all(&many).await.is_ok() {} };
    timeout(PATIENCE, filling).await.expect("the server gives up");
    running.finish().await;
}

#[tokio::test]
async fn an_old_connection_and_a_long_exchange_end() {
    let limits = Limits {
        lifetime: Duration::from_secs(1),
        exchange: Duration::from_secs(2),
        ..Limits::default()
    };
    let running = Running::start(limits, None);
    for what in ["GET /-/healthy", "POST /-/reload"] {
        // Nobody answers the wish to reload.
        let mut stream = connect(running.address).await.unwrap();
        let text = format!("{what} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut all = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut all)).await.expect("an end").unwrap();
        assert_eq!(all.is_empty(), what.starts_with("POST"));
    }
    running.finish().await;
}

#[tokio::test]
async fn the_end_waits_for_an_answer_but_not_for_the_idle() {
    let mut running = Running::plain();
    let mut reloads = running.reloads.take().unwrap();
    let mut idle = connect(running.address).await.unwrap();
    let mut busy = connect(running.address).await.unwrap();
    busy.write_all(&request("POST /-/reload", "")).await.unwrap();
    let wish = reloads.recv().await.unwrap();
    drop(running.end.take());
    let mut all = Vec::new();
    timeout(PATIENCE, idle.read_to_end(&mut all)).await.expect("the idle one ends").unwrap();
    wish.send(Ok(())).unwrap();
    timeout(PATIENCE, busy.read_to_end(&mut all)).await.unwrap().unwrap();
    assert!(all.starts_with(b"HTTP/1.1 200"));
    running.finish().await;
}

#[tokio::test]
async fn the_end_comes_within_the_grace_whatever_is_open() {
    let grace = Duration::from_millis(200);
    let mut running = Running::start(Limits { grace, ..Limits::default() }, None);
    let mut reloads = running.reloads.take().unwrap();
    let mut busy = connect(running.address).await.unwrap();
    busy.write_all(&request("POST /-/reload", "")).await.unwrap();
    // Nobody answers it.
    let _wish = reloads.recv().await.unwrap();
    let start = clock::now();
    running.finish().await;
    let elapsed = clock::now() - start;
    assert!(elapsed >= grace && elapsed < PATIENCE);
}
