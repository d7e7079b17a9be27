//! The status pages in a browser: Debian's Chromium, headless, on loopback.
//!
//! Screenshots are left in `target/tmp/page` for people to look at.

#![expect(
    clippy::disallowed_methods,
    reason = "a real browser, by the real clock, without a runtime"
)]

mod browser;
mod fleet;
mod site;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use wsus_probe::decide::explain::runbook::runbook;
use wsus_probe::output::html;

use self::browser::{Browser, Theme};
use self::site::Site;

/// A phone of the narrow kind, and a desktop, in CSS pixels.
const PHONE: u32 = 360;
const DESKTOP: u32 = 1280;

/// How long the browser may take to do what a page's script does by itself, in a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

fn screenshot(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}

/// Each page that is looked at: its name and the document.
fn pages() -> Vec<(&'static str, String)> {
    let small = fleet::mixed();
    let syd = small.endpoint("syd").unwrap();
    let dfw = small.endpoint("dfw").unwrap();
    let reload = fleet::reload(None);
    let around = fleet::surround(&reload);
    let refused = fleet::reload(Some("wsus-probe.toml:12: unknown key `intervall`"));
    vec![
        ("fleet", html::fleet(&small, &around)),
        ("endpoint-down", html::endpoint(&small, syd, &around)),
        ("endpoint-healthy", html::endpoint(&small, dfw, &around)),
        ("down", html::fleet(&fleet::all_down(), &fleet::surround(&refused))),
        ("healthy", html::fleet(&fleet::all_healthy(), &around)),
        ("starting", html::fleet(&fleet::starting(), &around)),
        ("empty", html::fleet(&fleet::empty(), &around)),
        ("runbook", html::runbook_index("1.2.3")),
        ("runbook-alert", html::runbook_section(&runbook().sections[0], "1.2.3")),
        ("large", html::fleet(&fleet::large(500), &around)),
    ]
}

#[test]
fn pages_are_readable_on_every_screen_and_keep_their_own_policy() {
    let mut browser = Browser::start();
    for (name, document) in pages() {
        let site = Site::serve(document);
        for (screen, width, theme) in [
            ("desktop", DESKTOP, Theme::Light),
            ("desktop-dark", DESKTOP, Theme::Dark),
            ("phone", PHONE, Theme::Light),
            ("phone-dark", PHONE, Theme::Dark),
        ] {
            browser.screen(width, theme);
            browser.open(&site.url());
            let place = format!("{name} on {screen}");
            for folded in [true, false] {
                if !folded {
                    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)");
                }
                // Not the window's width: on a phone that grows with what is too wide.
                let wide = browser.run("document.documentElement.scrollWidth");
                assert_eq!(wide, json!(width), "{place}: width in pixels");
            }
            assert_eq!(browser.run(FAINT_TEXTS), json!([]), "{place}: hard to read");
            browser.run("document.querySelectorAll('details').forEach(d => d.open = false)");
            browser.screenshot(&screenshot(&format!("{name}-{screen}")), 0.0);
            if name == "large" {
                let top =
                    browser.run("document.getElementById('rows').getBoundingClientRect().top");
                let file = screenshot(&format!("rows-{screen}"));
                browser.screenshot(&file, top.as_f64().unwrap());
            }
        }
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{name}");
    }
}

/// Texts whose contrast to what is behind them is below that of WCAG 2.2, level AA (1.4.3).
const FAINT_TEXTS: &str = r"(() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).slice(0, 3).map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.add(element.className + ': ' + texts.currentNode.data);
  }
  return [...faint];
})()";

#[test]
fn the_page_refreshes_itself_and_leaves_the_reader_alone() {
    let small = fleet::mixed();
    let reload = fleet::reload(None);
    let around = fleet::surround(&reload);
    let first = html::fleet(&small, &around).replace("data-refresh=\"15\"", "data-refresh=\"1\"");
    let second =
        first.replace("3 of 6 healthy.", "6 of 6 healthy.").replace("3/6 healthy", "6/6 healthy");
    assert_ne!(first, second);
    let site = Site::serve(first);
    let mut browser = Browser::start();
    browser.screen(DESKTOP, Theme::Light);
    browser.open(&site.url());
    browser.run("document.getElementById('members-syd').open = true");
    browser.run("document.getElementById('members-of-syd').focus()");
    browser.run("scrollTo(0, 500)");
    let place = "document.getElementById('e-syd').getBoundingClientRect().top";
    let before = browser.run(place);
    browser.run("document.querySelector('main').dataset.old = 'yes'");

    // While text is selected nothing moves.
    browser.run("getSelection().selectAllChildren(document.querySelector('h1'))");
    // What the page asked for before has come by then.
    std::thread::sleep(Duration::from_millis(500));
    site.show(second);
    let asked = site.requests();
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(site.requests(), asked, "the page was replaced under a selection");
    browser.run("getSelection().removeAllRanges()");

    browser.wait_for("document.querySelector('h1').textContent.startsWith('6 of 6')", PATIENCE);
    for (what, expected) in [
        ("document.querySelector('main').dataset.old === undefined", json!(true)),
        ("document.title", json!("6/6 healthy – wsus-probe")),
        ("document.getElementById('members-syd').open", json!(true)),
        ("document.getElementById('members-ord').open", json!(false)),
        ("document.activeElement.id", json!("members-of-syd")),
        (place, before),
        ("document.getElementById('stale').hidden", json!(true)),
    ] {
        assert_eq!(browser.run(what), expected, "{what}");
    }

    // An answer that is no page, and no answer at all, are told; what was there stays.
    site.fail(true);
    browser.wait_for("!document.getElementById('stale').hidden", PATIENCE);
    let told = browser.run("document.getElementById('stale').textContent");
    let told = told.as_str().unwrap();
    assert!(told.contains("Stale since 2026-11-21 08:00:00 UTC"), "{told}");
    assert!(told.contains("answers 503"), "{told}");
    assert!(browser.run("document.querySelectorAll('article').length").as_u64() > Some(5));
    browser.screenshot(&screenshot("stale"), 0.0);
    site.fail(false);
    browser.wait_for("document.getElementById('stale').hidden", PATIENCE);
    let only_the_failure = |line: &String| line.contains("503");
    assert!(browser.complaints().iter().all(only_the_failure));
}

#[test]
fn the_page_is_complete_without_scripts() {
    let reload = fleet::reload(None);
    let document = html::fleet(&fleet::mixed(), &fleet::surround(&reload));
    let document = document
        .replace("http-equiv=\"refresh\" content=\"15\"", "http-equiv=\"refresh\" content=\"1\"");
    let site = Site::serve(document);
    let mut browser = Browser::start();
    browser.without_scripts();
    browser.screen(PHONE, Theme::Light);
    browser.open(&site.url());
    let text = browser.text();
    for expected in ["3 of 6 healthy.", "certificate expired 2 days ago", "Do:"] {
        assert!(text.contains(expected), "{expected}");
    }
    let deadline = Instant::now() + PATIENCE;
    while site.requests() < 3 {
        assert!(Instant::now() < deadline, "the page does not refresh");
        std::thread::sleep(Duration::from_millis(50));
    }
}
