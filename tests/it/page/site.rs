//! A server of one page, with the header that the exporter sends.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use wsus_probe::output::html;

#[derive(Default)]
struct State {
    page: Mutex<String>,
    fails: AtomicBool,
    requests: AtomicUsize,
    stopped: AtomicBool,
}

/// Serves until it is dropped.
pub(super) struct Site {
    port: u16,
    state: Arc<State>,
}

impl Site {
    pub(super) fn serve(page: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State { page: Mutex::new(page), ..State::default() });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if shared.stopped.load(Ordering::Relaxed) {
                    return;
                }
                // One request a connection; a browser that opens one ahead must not block others.
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(connection.ok()?, &shared));
            }
        });
        Self { port, state }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Serves this from now on.
    pub(super) fn show(&self, page: String) {
        *self.state.page.lock().unwrap() = page;
    }

    /// Answers with an error from now on, or not any more.
    pub(super) fn fail(&self, fails: bool) {
        self.state.fails.store(fails, Ordering::Relaxed);
    }

    /// How many requests there were.
    pub(super) fn requests(&self) -> usize {
        self.state.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn answer(mut connection: TcpStream, state: &State) -> Option<()> {
    let mut lines = BufReader::new(connection.try_clone().ok()?).lines();
    while !lines.next()?.ok()?.is_empty() {}
    state.requests.fetch_add(1, Ordering::Relaxed);
    let status = if state.fails.load(Ordering::Relaxed) { "503 Unavailable" } else { "200 OK" };
    let page = state.page.lock().unwrap().clone();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {}\r\nConnection: close\r\n\r\n",
        page.len(),
        html::content_security_policy()
    );
    connection.write_all((head + &page).as_bytes()).ok()
}
