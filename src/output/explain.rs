//! The articles of `explain`, for people and for programs.
//!
//! The JSON document has `schema_version`, `articles` and `settings`. An article has `kind` (`finding`, `cause`,
//! `windows_update_code`, `setting`, `alert`), `code`, `name` (Microsoft's symbol, or `null`), `summary`, `means`,
//! `seen`, `for_whom`, `reasons`, `actions`, `doubts`, `windows_update_codes` (`code`, `name`,
//! `likely`), `see_also` and `runbook` (the blocks of the text of an alert, items one by one).
//!
//! A setting is a value of Windows Update's policy: `name`, `summary`, `key`, `value_type`, `least`,
//! `most` and `unit` (`choice`, `hours`, `minutes`, `hour_of_day`, `day_of_week`; all three `null`
//! where they mean nothing), `if_not_set` (as if it were this number; `null` where there is none),
//! `pair` (the name of the other value), `since`, `since_verified`, `source`, and `group_policy`:
//! `name`, `configuration`, `folder` (in templates for Windows 10, from the outermost on; `null`
//! where they have none), `folder_windows_11`; or `null` where that is not known.
//!
//! The rules of [`super::json`] hold for the document; its texts may change at any time.

mod settings;

use serde::Serialize;

use self::settings::SettingJson;
use super::human::table::paragraph;
use super::human::{Style, Tone};
use super::json::SCHEMA_VERSION;
use super::problem;
use super::text::{json_document, printable};
use crate::decide::explain::article::{Article, Kind};
use crate::decide::explain::markdown::{Block, Span, plain};
use crate::model::windows_update::WindowsUpdateCode;
use crate::policy::setting::Setting;

/// Blanks before the text under a heading.
const INDENT: usize = 2;

/// Each article in full, then each setting, with a blank line between two.
pub fn text(articles: &[Article], settings: &[Setting], style: Style) -> String {
    let articles = articles.iter().map(|article| one(article, style));
    let settings = settings.iter().map(|setting| settings::one(*setting, style));
    articles.chain(settings).collect::<Vec<_>>().join("\n")
}

/// One line for each article, by kind, and the names of all settings.
pub fn list(articles: &[Article], style: Style) -> String {
    let mut text = String::new();
    for (kind, title) in [
        (Kind::Finding, "Findings"),
        (Kind::Cause, "Causes of failures"),
        (Kind::WindowsUpdate, "Windows Update error codes"),
        (Kind::Setting, "Findings about clients' settings"),
        (Kind::Alert, "Alerts"),
    ] {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&Tone::Strong.paint(title, style));
        text.push('\n');
        let of_kind: Vec<&Article> = articles.iter().filter(|a| a.kind == kind).collect();
        let width = of_kind.iter().map(|a| a.code.len()).max().unwrap_or_default();
        for article in of_kind {
            let label = format!("{:width$}  ", article.code);
            let line = article.name.unwrap_or(article.summary);
            text.push_str(&paragraph(INDENT, &label, &shortened(line), style));
        }
    }
    text + &settings::list(style)
}

/// The document, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn json(articles: &[Article], settings: &[Setting]) -> serde_json::Result<String> {
    let document = DocumentJson {
        schema_version: SCHEMA_VERSION,
        articles: articles.iter().map(ArticleJson::from).collect(),
        settings: settings.iter().map(SettingJson::from).collect(),
    };
    json_document(&document)
}

fn one(article: &Article, style: Style) -> String {
    let name = article.name.map(|name| format!("  {name}")).unwrap_or_default();
    let title = Tone::Strong.paint(&format!("{}{name}", article.code), style);
    let mut text = format!("{title}  ({})\n", article.kind.words());
    if !article.runbook.is_empty() {
        text.push_str(&runbook(article.runbook, style));
        return text;
    }
    text.push_str(&paragraph(INDENT, "", article.summary, style));
    let codes: Vec<String> = article.windows_update_codes.iter().map(on_clients).collect();
    text.push_str(&section("What it means", &article.means, style));
    let whom: Vec<String> = problem::words(article.for_whom).into_iter().collect();
    text.push_str(&section("For whom", &whom, style));
    text.push_str(&section("What a probe sees", &article.seen, style));
    text.push_str(&section("What Windows clients show", &codes, style));
    text.push_str(&numbered("Likely reasons", &article.reasons, style));
    text.push_str(&numbered("What to do", &article.actions, style));
    text.push_str(&section("What is not certain", &article.doubts, style));
    let see_also: Vec<String> =
        (!article.see_also.is_empty()).then(|| article.see_also.join(", ")).into_iter().collect();
    text.push_str(&section("See also", &see_also, style));
    text
}

/// The blocks with a blank line between two; lines of code are not broken.
fn runbook(blocks: &[Block], style: Style) -> String {
    let block = |block: &Block| match block {
        Block::Heading(spans) => format!("{}\n", Tone::Strong.paint(&plain(spans), style)),
        Block::Paragraph(spans) => paragraph(INDENT, "", &plain(spans), style),
        Block::List { first, items } => list_items(*first, items, style),
        Block::Code(lines) => {
            let indent = " ".repeat(2 * INDENT);
            let mut text = String::new();
            for line in lines.lines() {
                text.extend([indent.as_str(), &printable(line), "\n"]);
            }
            text
        }
    };
    blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

fn list_items(first: Option<u32>, items: &[Vec<Span>], style: Style) -> String {
    let labels =
        (0..).map(|index| first.map_or_else(|| "- ".to_owned(), |n| format!("{}. ", n + index)));
    let item = |(item, label): (&Vec<Span>, String)| paragraph(INDENT, &label, &plain(item), style);
    items.iter().zip(labels).map(item).collect()
}

/// The texts of the blocks, one for each item of a list.
fn texts(blocks: &[Block]) -> Vec<String> {
    let texts = |block: &Block| match block {
        Block::Heading(spans) | Block::Paragraph(spans) => vec![plain(spans)],
        Block::List { items, .. } => items.iter().map(|item| plain(item)).collect(),
        Block::Code(lines) => vec![lines.clone()],
    };
    blocks.iter().flat_map(texts).collect()
}

fn on_clients(code: &WindowsUpdateCode) -> String {
    format!("{code} {}{}", code.name, if code.likely { " (likely)" } else { "" })
}

fn section(title: &str, paragraphs: &[String], style: Style) -> String {
    if paragraphs.is_empty() {
        return String::new();
    }
    let body: String = paragraphs.iter().map(|text| paragraph(INDENT, "", text, style)).collect();
    format!("\n{}\n{body}", Tone::Strong.paint(title, style))
}

fn numbered(title: &str, items: &[String], style: Style) -> String {
    if items.is_empty() {
        return String::new();
    }
    let item = |(index, text): (usize, &String)| {
        let label = if items.len() == 1 { String::new() } else { format!("{}. ", index + 1) };
        paragraph(INDENT, &label, text, style)
    };
    let body: String = items.iter().enumerate().map(item).collect();
    format!("\n{}\n{body}", Tone::Strong.paint(title, style))
}

/// The first sentence, without its full stop.
fn shortened(text: &str) -> String {
    let sentence = text.split(". ").next().unwrap_or(text);
    sentence.trim_end_matches('.').to_owned()
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    schema_version: u32,
    articles: Vec<ArticleJson<'a>>,
    settings: Vec<SettingJson>,
}

#[derive(Serialize)]
struct ArticleJson<'a> {
    kind: &'static str,
    code: &'a str,
    name: Option<&'static str>,
    summary: &'static str,
    means: &'a [String],
    seen: &'a [String],
    for_whom: Vec<&'static str>,
    reasons: &'a [String],
    actions: &'a [String],
    doubts: &'a [String],
    windows_update_codes: Vec<CodeJson>,
    see_also: &'a [String],
    runbook: Vec<String>,
}

#[derive(Serialize)]
struct CodeJson {
    code: String,
    name: &'static str,
    likely: bool,
}

impl<'a> From<&'a Article> for ArticleJson<'a> {
    fn from(article: &'a Article) -> Self {
        let codes = article.windows_update_codes.iter();
        Self {
            kind: article.kind.as_str(),
            code: &article.code,
            name: article.name,
            summary: article.summary,
            means: &article.means,
            seen: &article.seen,
            for_whom: article.for_whom.iter().map(|audience| audience.as_str()).collect(),
            reasons: &article.reasons,
            actions: &article.actions,
            doubts: &article.doubts,
            windows_update_codes: codes
                .map(|code| CodeJson {
                    code: code.to_string(),
                    name: code.name,
                    likely: code.likely,
                })
                .collect(),
            see_also: &article.see_also,
            runbook: texts(article.runbook),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::explain::markdown::blocks;
    use crate::decide::explain::{article, lookup};

    const PLAIN: Style = Style { color: false, width: 80 };

    #[test]
    fn one_article_of_each_kind() {
        let codes = ["wsus_pool_stopped", "timeout", "0x80244022"];
        let articles: Vec<Article> = codes.iter().flat_map(|c| lookup::articles(c)).collect();
        insta::assert_snapshot!(text(&articles, &[], PLAIN));
    }

    #[test]
    fn the_list_of_all_codes() {
        // The runbook has a life of its own.
        let mut all = article::all();
        all.retain(|article| article.kind != Kind::Alert);
        insta::assert_snapshot!(list(&all, PLAIN));
    }

    #[test]
    fn an_alert_is_told_as_the_runbook_tells_it() {
        let found = lookup::articles("WsusEndpointDown");
        let text = text(&found, &[], PLAIN);
        assert!(text.starts_with("WsusEndpointDown  (alert)\n  "), "{text}");
        for part in ["\n  What it means. ", "\n  Who is hurt. ", "\n  1. "] {
            assert!(text.contains(part), "{part} in {text}");
        }
        for mark in ['*', '`'] {
            assert!(!text.contains(mark), "{mark} in {text}");
        }
        let document: serde_json::Value =
            serde_json::from_str(&json(&found, &[]).unwrap()).unwrap();
        let article = &document["articles"][0];
        assert_eq!(article["kind"], "alert");
        assert_eq!(article["runbook"][0], article["summary"]);
        let list = list(&found, PLAIN);
        assert!(list.contains("\nAlerts\n  WsusEndpointDown  "), "{list}");
    }

    #[test]
    fn lists_of_the_runbook_keep_their_numbers() {
        let lines =
            "**What to do.**\n\n1. *First*: one,\n   on two lines.\n2. Two: `x -y`.\n\n- Or not.";
        let text = runbook(&blocks(lines.lines()), PLAIN);
        let expected =
            "  What to do.\n\n  1. First: one, on two lines.\n  2. Two: x -y.\n\n  - Or not.\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn document() {
        insta::assert_snapshot!(
            json(&lookup::articles("content_range_ignored"), &[Setting::AuOptions]).unwrap()
        );
    }

    #[test]
    fn no_line_of_any_article_is_longer_than_eighty_columns() {
        let mut all = article::all();
        // A command of the runbook is not broken.
        all.retain(|article| article.kind != Kind::Alert);
        for line in text(&all, &[], PLAIN).lines().chain(list(&all, PLAIN).lines()) {
            assert!(line.chars().count() <= PLAIN.width, "{line}");
        }
    }
}
