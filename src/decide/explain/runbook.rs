//! The runbook: what to do about each alert. Its text is a document of its own, `docs/runbook.md`,
//! so that it can be read without this program.

use std::sync::LazyLock;

use super::markdown::{self, Block, FENCE};

const TEXT: &str = include_str!("../../../docs/runbook.md");

/// What the names of all alerts begin with.
const PREFIX: &str = "Wsus";

/// The whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    /// What stands beside the alerts.
    pub intro: Vec<Block>,
    /// One section for each alert, in the order of the document.
    pub sections: Vec<Section>,
}

/// What there is about one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The name of the alert.
    pub alert: String,
    /// Its first paragraph without markup.
    pub summary: String,
    /// All of it.
    pub blocks: Vec<Block>,
}

impl Runbook {
    /// The section about an alert, in any letter case, since anchors have no capitals.
    pub fn section(&self, alert: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.alert.eq_ignore_ascii_case(alert))
    }
}

/// The runbook of this version.
pub fn runbook() -> &'static Runbook {
    static RUNBOOK: LazyLock<Runbook> = LazyLock::new(|| read(TEXT));
    &RUNBOOK
}

fn read(text: &str) -> Runbook {
    let mut intro = Vec::new();
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    let (mut in_code, mut in_section) = (false, false);
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with(FENCE);
        let heading = line.strip_prefix("## ").map(str::trim).filter(|_| !in_code);
        match heading {
            Some(alert) if is_alert(alert) => {
                sections.push((alert, Vec::new()));
                in_section = true;
                continue;
            }
            Some(_) => in_section = false,
            // The title, which every page has anyway.
            None if line.starts_with("# ") && !in_code => continue,
            None => {}
        }
        match sections.last_mut().filter(|_| in_section) {
            Some((_, lines)) => lines.push(line),
            None => intro.push(line),
        }
    }
    let sections = sections.into_iter().map(|(alert, lines)| section(alert, &lines)).collect();
    Runbook { intro: markdown::blocks(intro.into_iter()), sections }
}

fn is_alert(heading: &str) -> bool {
    heading.starts_with(PREFIX) && heading.chars().all(|c| c.is_ascii_alphanumeric())
}

fn section(alert: &str, lines: &[&str]) -> Section {
    let blocks = markdown::blocks(lines.iter().copied());
    let summary = blocks.iter().find_map(|block| match block {
        Block::Paragraph(spans) => Some(markdown::plain(spans)),
        Block::Heading(_) | Block::List { .. } | Block::Code(_) => None,
    });
    Section { alert: alert.to_owned(), summary: summary.unwrap_or_default(), blocks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_told_from_everything_else() {
        let text = "# Runbook\n\nFirst.\n\n## WsusOne\n\nOne `is` it.\n\n```\n## WsusCode\n# no\n```\n\
                    ## About all\n\nMore.\n\n## WsusTwo\n- two\n";
        let found = read(text);
        let names: Vec<&str> = found.sections.iter().map(|s| s.alert.as_str()).collect();
        assert_eq!(names, ["WsusOne", "WsusTwo"]);
        let one = found.section("wsusone").unwrap();
        assert_eq!(one.summary, "One is it.");
        assert_eq!(one.blocks.last(), Some(&Block::Code("## WsusCode\n# no\n".to_owned())));
        assert_eq!(found.intro.len(), 3, "{:?}", found.intro);
        assert_eq!(found.section("WsusTwo").unwrap().summary, "");
        assert!(found.section("WsusThree").is_none());
    }

    #[test]
    fn the_runbook_is_written_in_what_is_understood() {
        let found = runbook();
        assert!(!found.sections.is_empty());
        for section in &found.sections {
            assert!(!section.summary.is_empty(), "{}: no first paragraph", section.alert);
        }
        let all = found.sections.iter().flat_map(|section| &section.blocks).chain(&found.intro);
        for block in all {
            let lines = match block {
                Block::Code(_) => continue,
                Block::Heading(spans) | Block::Paragraph(spans) => vec![spans],
                Block::List { items, .. } => items.iter().collect(),
            };
            for line in lines {
                for span in line {
                    let markdown::Span::Text(text) = span else { continue };
                    for mark in ["*", "`", "](", "| ", "<!--", "> "] {
                        assert!(!text.contains(mark), "{mark} is not understood: {text}");
                    }
                }
            }
        }
    }
}
