//! The articles of `explain` as documentation.

use std::fmt::Write;

use wsus_probe::decide::explain::article::{self, Article, Kind};

/// Every article in Markdown, by kind.
pub(super) fn markdown() -> String {
    let articles = article::all();
    let mut text = String::new();
    for (kind, title) in [
        (Kind::Finding, "Findings"),
        (Kind::Cause, "Causes of failed phases"),
        (Kind::WindowsUpdate, "Windows Update error codes"),
        (Kind::Setting, "Findings about clients' settings"),
    ] {
        write!(text, "\n## {title}\n").unwrap();
        for article in articles.iter().filter(|article| article.kind == kind) {
            one(&mut text, article);
        }
    }
    text
}

fn one(text: &mut String, article: &Article) {
    let name = article.name.map(|name| format!(" {name}")).unwrap_or_default();
    write!(text, "\n### `{}`{name}\n\n{}\n", article.code, escaped(article.summary)).unwrap();
    let codes = article.windows_update_codes.iter();
    let codes: Vec<String> = codes
        .map(|code| {
            let likely = if code.likely { " (likely)" } else { "" };
            format!("`{code}` {}{likely}", code.name)
        })
        .collect();
    list(text, "What it means", "-", &article.means);
    list(text, "What a probe sees", "-", &article.seen);
    if !codes.is_empty() {
        write!(text, "\nWindows clients show: {}.\n", codes.join(", ")).unwrap();
    }
    list(text, "Likely reasons", "1.", &article.reasons);
    list(text, "What to do", "1.", &article.actions);
    list(text, "Not certain", "-", &article.doubts);
}

fn list(text: &mut String, title: &str, bullet: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    write!(text, "\n**{title}**\n\n").unwrap();
    for item in items {
        writeln!(text, "{bullet} {}", escaped(item)).unwrap();
    }
}

/// Names in angle brackets would be taken for HTML, asterisks for emphasis.
fn escaped(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*")
}
