//! The runbook as pages: what to do about each alert.

use maud::{Markup, html};

use crate::decide::explain::markdown::{Block, Span, is_web};
use crate::decide::explain::runbook::{Runbook, Section};

/// The list of all alerts, below what the runbook says of all of them.
pub(super) fn index(runbook: &Runbook) -> Markup {
    let text = Text { runbook, root: "./" };
    html! {
        h1 { "What to do about each alert" }
        (text.blocks(&runbook.intro))
        ul.runbook {
            @for section in &runbook.sections {
                li { a href={ "runbook/" (section.alert) } { (section.alert) } ": " (section.summary) }
            }
        }
    }
}

/// The page of one alert.
pub(super) fn section(runbook: &Runbook, section: &Section) -> Markup {
    let text = Text { runbook, root: "../" };
    html! {
        nav aria-label="Alerts" { a href="../runbook" { "All alerts" } }
        h1 { (section.alert) }
        (text.blocks(&section.blocks))
    }
}

/// The runbook's text on a page.
struct Text<'a> {
    runbook: &'a Runbook,
    /// The way from the page to the page of the fleet.
    root: &'static str,
}

impl Text<'_> {
    fn blocks(&self, blocks: &[Block]) -> Markup {
        html! { div.runbook { @for block in blocks { (self.block(block)) } } }
    }

    fn block(&self, block: &Block) -> Markup {
        html! {
            @match block {
                Block::Heading(spans) => h2 { (self.spans(spans)) },
                Block::Paragraph(spans) => p { (self.spans(spans)) },
                Block::List { first: None, items } => ul { (self.items(items)) },
                Block::List { first: Some(first), items } => ol start=(first) { (self.items(items)) },
                Block::Code(lines) => pre { code { (lines) } },
            }
        }
    }

    fn items(&self, items: &[Vec<Span>]) -> Markup {
        html! { @for item in items { li { (self.spans(item)) } } }
    }

    fn spans(&self, spans: &[Span]) -> Markup {
        html! {
            @for span in spans {
                @match span {
                    Span::Text(text) => (text),
                    Span::Emphasis(text) => em { (text) },
                    Span::Strong(text) => strong { (text) },
                    Span::Code(text) => code { (text) },
                    Span::Link { text, to } => (self.link(text, to)),
                }
            }
        }
    }

    /// What leads to another file of the project is text: the exporter does not have that file.
    fn link(&self, text: &str, to: &str) -> Markup {
        let section = to.strip_prefix('#').and_then(|anchor| self.runbook.section(anchor));
        html! {
            @if let Some(section) = section {
                a href={ (self.root) "runbook/" (section.alert) } { (text) }
            } @else if is_web(to) {
                a href=(to) { (text) }
            } @else {
                (text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runbook() -> Runbook {
        let link = |text: &str, to: &str| Span::Link { text: text.to_owned(), to: to.to_owned() };
        let spans = vec![
            Span::Text("<b>".to_owned()),
            Span::Strong("not".to_owned()),
            Span::Emphasis("so".to_owned()),
            Span::Code("\"quoted\"".to_owned()),
            link("other", "#wsustwo"),
            link("web", "https://web.test/?a&b"),
            link("file", "../README.md"),
            link("script", "javascript:alert(1)"),
        ];
        let section = |alert: &str| Section {
            alert: alert.to_owned(),
            summary: "What <it> is.".to_owned(),
            blocks: vec![
                Block::Paragraph(spans.clone()),
                Block::List { first: Some(3), items: vec![spans.clone()] },
                Block::Code("a < b\n".to_owned()),
            ],
        };
        Runbook { intro: Vec::new(), sections: vec![section("WsusOne"), section("WsusTwo")] }
    }

    #[test]
    fn nothing_of_the_text_becomes_markup_and_links_lead_where_they_may() {
        let runbook = runbook();
        let page = section(&runbook, &runbook.sections[0]).into_string();
        for part in [
            "&lt;b&gt;<strong>not</strong><em>so</em><code>&quot;quoted&quot;</code>",
            "<a href=\"../runbook/WsusTwo\">other</a>",
            "<a href=\"https://web.test/?a&amp;b\">web</a>filescript</p>",
            "<ol start=\"3\"><li>",
            "<pre><code>a &lt; b\n</code></pre>",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let page = index(&runbook).into_string();
        let part = "<li><a href=\"runbook/WsusOne\">WsusOne</a>: What &lt;it&gt; is.</li>";
        assert!(page.contains(part), "{page}");
    }
}
