//! Chromium, steered over pipes with the Chrome `DevTools` protocol.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

const PROGRAM: &str = "/usr/bin/chromium";

/// The browser reads commands from descriptor 3 and writes to 4, and opens no connection of its own.
const START: &str = "exec \"$0\" --headless=new --no-sandbox --disable-gpu --disable-quic \
    --disable-dev-shm-usage --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe \
    --user-data-dir=\"$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";

/// What the reader's system prefers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Theme {
    Light,
    Dark,
}

/// A running browser with one page; ends when dropped.
pub(super) struct Browser {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    profile: TempDir,
    session: Option<String>,
    last: u64,
    complaints: Vec<String>,
    loaded: bool,
}

impl Browser {
    pub(super) fn start() -> Self {
        assert!(
            Path::new(PROGRAM).exists(),
            "{PROGRAM} is missing: apt-get install --no-install-recommends chromium"
        );
        let profile = TempDir::new().unwrap();
        let mut process = Command::new("/bin/sh")
            .args(["-c", START, PROGRAM])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut browser = Self {
            process,
            commands,
            answers,
            profile,
            session: None,
            last: 0,
            complaints: Vec::new(),
            loaded: false,
        };
        let page = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// The width of the screen in CSS pixels, and the preferred colours.
    pub(super) fn screen(&mut self, width: u32, theme: Theme) {
        let size = json!({
            "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600
        });
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.call("Emulation.setEmulatedMedia", &feature);
    }

    pub(super) fn without_scripts(&mut self) {
        self.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    }

    /// Opens a page and waits until it is loaded.
    pub(super) fn open(&mut self, url: &str) {
        self.loaded = false;
        self.call("Page.navigate", &json!({ "url": url }));
        while !self.loaded {
            self.read();
        }
    }

    /// The value of a script that is run beside the page, and so outside its policy.
    pub(super) fn run(&mut self, script: &str) -> Value {
        let call = json!({ "expression": script, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", &call);
        assert!(answer["exceptionDetails"].is_null(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until a script's value is true.
    pub(super) fn wait_for(&mut self, script: &str, patience: Duration) {
        let deadline = Instant::now() + patience;
        while self.run(script) != json!(true) {
            assert!(Instant::now() < deadline, "never true: {script}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The document's source as the browser holds it; works without scripts.
    pub(super) fn text(&mut self) -> String {
        let root = self.call("DOM.getDocument", &json!({}));
        let id = json!({ "nodeId": root["root"]["nodeId"] });
        let html = self.call("DOM.getOuterHTML", &id);
        html["outerHTML"].as_str().unwrap().to_owned()
    }

    /// Writes the page from a line on as a PNG, up to a height that can be looked at.
    pub(super) fn screenshot(&mut self, path: &Path, top: f64) {
        let size = self.call("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let height = (size["height"].as_f64().unwrap() - top).min(2_400.0);
        let shot = json!({
            "captureBeyondViewport": true,
            "clip": { "x": 0, "y": top, "width": size["width"], "height": height, "scale": 1 }
        });
        let picture = self.call("Page.captureScreenshot", &shot);
        fs::write(path, STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// What the browser had to say against the pages since the last call: violations of the
    /// policy, errors of scripts, warnings.
    pub(super) fn complaints(&mut self) -> Vec<String> {
        self.run("0");
        std::mem::take(&mut self.complaints)
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.commands.write_all(message.to_string().as_bytes()).unwrap();
        self.commands.write_all(b"\0").unwrap();
        loop {
            let message = self.read();
            if message["id"] == json!(self.last) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.answers.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser ended");
        let message: Value = serde_json::from_slice(&message).unwrap();
        match message["method"].as_str() {
            Some("Page.loadEventFired") => self.loaded = true,
            Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded") => {
                self.complaints.push(message["params"].to_string());
            }
            Some(_) | None => {}
        }
        message
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its own end takes its helpers along, and only then is its profile free to go.
        let _ = self.commands.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.process.try_wait().is_ok_and(|status| status.is_none()) {
            if Instant::now() > deadline {
                let _ = self.process.kill();
                let _ = self.process.wait();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = fs::remove_dir_all(self.profile.path());
    }
}
