//! The status pages: complete documents without external parts, readable without scripts.
//!
//! Everything that came from the network passes `words::safe` or `fleet::lines` and is escaped
//! by the templates. Style and script are the same on every page, so that the content security
//! policy can allow them by their hashes and nothing else.

mod card;
mod chart;
mod endpoint;
mod facts;
mod fleet;
mod headline;
mod member;
mod problems;
mod runbook;
mod words;

use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::decide::explain::runbook::{Section, runbook};
use crate::model::monitor::{EndpointView, Reload, Snapshot};

/// What is told beside the fleet.
#[derive(Debug, Clone)]
pub struct Surround<'a> {
    /// The version of this program.
    pub version: &'a str,
    /// When the process started.
    pub started: SystemTime,
    /// How reading the configuration went.
    pub reload: &'a Reload,
    /// Why the last change of the web configuration file was refused, if it was.
    pub web_refused: Option<Arc<str>>,
}

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The value of the `Content-Security-Policy` header for these pages.
pub fn content_security_policy() -> String {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; \
             img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            source_hash(STYLE),
            source_hash(SCRIPT)
        )
    });
    POLICY.clone()
}

/// The hash-source of an inline element (Content Security Policy Level 3, section 2.3.1).
fn source_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// The page of the whole fleet.
pub fn fleet(snapshot: &Snapshot, surround: &Surround<'_>) -> String {
    let title = if snapshot.endpoints.is_empty() {
        "nothing watched – wsus-probe".to_owned()
    } else {
        format!("{} healthy – wsus-probe", headline::fraction(snapshot))
    };
    let page = Page { title: &title, root: "./", main: &fleet::main(snapshot, surround) };
    page.document(snapshot, surround)
}

/// The page of one endpoint.
pub fn endpoint(snapshot: &Snapshot, view: &EndpointView, surround: &Surround<'_>) -> String {
    let label = words::label(snapshot, view);
    let title = format!("{} {label} – wsus-probe", view.state.verdict.as_str());
    let main = endpoint::main(snapshot, view, surround);
    Page { title: &title, root: "../", main: &main }.document(snapshot, surround)
}

/// The page of all alerts.
pub fn runbook_index(version: &str) -> String {
    let main = runbook::index(runbook());
    Page { title: "Runbook – wsus-probe", root: "./", main: &main }.still(version)
}

/// The page of one alert.
pub fn runbook_section(section: &Section, version: &str) -> String {
    let title = format!("{} – wsus-probe", section.alert);
    let main = runbook::section(runbook(), section);
    Page { title: &title, root: "../", main: &main }.still(version)
}

/// The sentence on top: how many are healthy, which is the nearest, and what is worst.
pub fn headline(snapshot: &Snapshot) -> String {
    headline::sentence(snapshot)
}

/// Seconds between two refreshes of a small fleet: half a round's usual pace.
const REFRESH_SECONDS: usize = 15;

/// Endpoints for each second between two refreshes of a large fleet, whose page takes a while.
const ENDPOINTS_PER_SECOND: usize = 20;

/// One document.
struct Page<'a> {
    title: &'a str,
    /// The way from this page to the page of the fleet: relative, so that a proxy may put all of
    /// them under a path of its own.
    root: &'a str,
    main: &'a Markup,
}

impl Page<'_> {
    fn document(&self, snapshot: &Snapshot, surround: &Surround<'_>) -> String {
        let refresh = REFRESH_SECONDS.max(snapshot.endpoints.len() / ENDPOINTS_PER_SECOND);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    (self.head())
                    noscript { meta http-equiv="refresh" content=(refresh); }
                }
                body data-refresh=(refresh) {
                    (self.top(surround.version))
                    div.banner.degraded id="stale" role="alert" hidden {}
                    main { (self.main) }
                    (foot(snapshot, surround))
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    /// A document that stays as it is.
    fn still(&self, version: &str) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head { (self.head()) }
                body { (self.top(version)) main { (self.main) } }
            }
        };
        page.into_string()
    }

    fn head(&self) -> Markup {
        html! {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (self.title) }
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    }

    fn top(&self, version: &str) -> Markup {
        html! {
            header.top {
                span { "wsus-probe " (version) }
                nav aria-label="Other forms" {
                    @for (id, path, words) in LINKS {
                        a id=(id) href={ (self.root) (path) } { (words) }
                    }
                }
            }
        }
    }
}

/// Identifier, path and words of the links that every page has.
const LINKS: [(&str, &str, &str); 5] = [
    ("to-fleet", "", "Fleet"),
    ("to-nearest", "nearest", "Nearest"),
    ("to-api", "api/v1/endpoints", "JSON"),
    ("to-metrics", "metrics", "Metrics"),
    ("to-runbook", "runbook", "Runbook"),
];

fn foot(snapshot: &Snapshot, surround: &Surround<'_>) -> Markup {
    let up = words::since(surround.started, snapshot.at);
    html! {
        footer.bottom {
            @if let Some(up) = up { span { "Running for " (up) } }
            span { "Configuration read " (words::moment(surround.reload.in_force_since)) }
            span { "All times in UTC unless another zone is named" }
        }
    }
}

#[cfg(test)]
mod tests;
