//! The part of Markdown that the runbook is written in: headings, paragraphs, flat lists, fenced
//! code; within a line code, emphasized and strong text and links. Whatever else there is stays text,
//! so HTML in it never becomes markup.

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading within a section.
    Heading(Vec<Span>),
    /// Running text.
    Paragraph(Vec<Span>),
    /// A list.
    List {
        /// The number of the first item; absent where items have no numbers.
        first: Option<u32>,
        /// Its items, each one line however it was broken.
        items: Vec<Vec<Span>>,
    },
    /// Lines to be shown as they are.
    Code(String),
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain.
    Text(String),
    /// Emphasized.
    Emphasis(String),
    /// Strongly emphasized.
    Strong(String),
    /// What is typed or read literally.
    Code(String),
    /// A reference.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads, as written.
        to: String,
    },
}

/// The text of spans without any markup.
pub fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Text(text)
        | Span::Emphasis(text)
        | Span::Strong(text)
        | Span::Code(text)
        | Span::Link { text, .. } => text.clone(),
    };
    spans.iter().map(text).collect()
}

/// What starts and ends lines that are shown as they are.
pub(super) const FENCE: &str = "```";

/// The blocks of a text.
pub fn blocks<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut code: Option<String> = None;
    for line in lines {
        let is_fence = line.trim_start().starts_with(FENCE);
        match &mut code {
            Some(lines) if !is_fence => {
                lines.push_str(line);
                lines.push('\n');
            }
            Some(_) => reader.blocks.extend(code.take().map(Block::Code)),
            None if is_fence => {
                reader.end();
                code = Some(String::new());
            }
            None => reader.line(line.trim()),
        }
    }
    reader.end();
    reader.blocks.extend(code.map(Block::Code));
    reader.blocks
}

/// What was read so far, and what the next line may go on with.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    open: Open,
}

#[derive(Default)]
enum Open {
    #[default]
    Nothing,
    Paragraph(String),
    List(Option<u32>, Vec<String>),
}

impl Reader {
    fn line(&mut self, line: &str) {
        if line.is_empty() {
            self.end();
        } else if let Some(heading) = heading(line) {
            self.end();
            self.blocks.push(Block::Heading(spans(heading)));
        } else if let Some((number, text)) = item(line) {
            self.item(number, text);
        } else {
            match &mut self.open {
                Open::Paragraph(text) => add(text, line),
                Open::List(_, items) => {
                    if let Some(last) = items.last_mut() {
                        add(last, line);
                    }
                }
                Open::Nothing => self.open = Open::Paragraph(line.to_owned()),
            }
        }
    }

    fn item(&mut self, number: Option<u32>, text: &str) {
        match &mut self.open {
            Open::List(first, items) if first.is_some() == number.is_some() => {
                items.push(text.to_owned());
            }
            Open::List(..) | Open::Paragraph(_) | Open::Nothing => {
                self.end();
                self.open = Open::List(number, vec![text.to_owned()]);
            }
        }
    }

    fn end(&mut self) {
        match std::mem::take(&mut self.open) {
            Open::Nothing => {}
            Open::Paragraph(text) => self.blocks.push(Block::Paragraph(spans(&text))),
            Open::List(first, items) => {
                let items = items.iter().map(|item| spans(item)).collect();
                self.blocks.push(Block::List { first, items });
            }
        }
    }
}

fn add(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line);
}

fn heading(line: &str) -> Option<&str> {
    line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')
}

fn item(line: &str) -> Option<(Option<u32>, &str)> {
    if let Some(text) = line.strip_prefix("- ") {
        return Some((None, text));
    }
    let (number, text) = line.split_once(". ")?;
    Some((Some(number.parse().ok()?), text))
}

/// The spans of a line.
fn spans(line: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut text, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(['`', '*', '[', '<']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if let Some((span, after)) = span(from) {
            if !text.is_empty() {
                found.push(Span::Text(std::mem::take(&mut text)));
            }
            found.push(span);
            rest = after;
        } else {
            let mut characters = from.chars();
            text.extend(characters.next());
            rest = characters.as_str();
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        found.push(Span::Text(text));
    }
    found
}

/// The span that the text begins with, and what follows it.
fn span(from: &str) -> Option<(Span, &str)> {
    if let Some(inner) = from.strip_prefix("**") {
        let (text, after) = inner.split_once("**")?;
        return Some((Span::Strong(text.to_owned()), after));
    }
    if let Some(inner) = from.strip_prefix('*') {
        let (text, after) = inner.split_once('*').filter(|(text, _)| is_emphasized(text))?;
        return Some((Span::Emphasis(text.to_owned()), after));
    }
    if let Some(inner) = from.strip_prefix('`') {
        let (text, after) = inner.split_once('`')?;
        return Some((Span::Code(text.to_owned()), after));
    }
    let (text, to, after) = if let Some(inner) = from.strip_prefix('<') {
        let (to, after) = inner.split_once('>').filter(|(to, _)| is_web(to))?;
        (to, to, after)
    } else {
        let (text, rest) = from.strip_prefix('[')?.split_once("](")?;
        let (to, after) = rest.split_once(')').filter(|_| !text.contains(']'))?;
        (text, to, after)
    };
    Some((Span::Link { text: text.replace('`', ""), to: to.to_owned() }, after))
}

/// Whether single asterisks around a text emphasize it: those of a product or a pattern do not.
fn is_emphasized(text: &str) -> bool {
    !text.is_empty() && text.trim() == text
}

/// Whether a link leads to a web site, and not into a script or a file.
pub fn is_web(to: &str) -> bool {
    to.starts_with("https://") || to.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Span> {
        vec![Span::Text(text.to_owned())]
    }

    #[test]
    fn every_kind_of_block() {
        let document = "one\ntwo\n\n### three\n- four\n  five\n- six\n3. seven\n\n```sh\n# eight\n\n\
                        - nine\n```\nten\n```\nopen";
        let expected = [
            Block::Paragraph(text("one two")),
            Block::Heading(text("three")),
            Block::List { first: None, items: vec![text("four five"), text("six")] },
            Block::List { first: Some(3), items: vec![text("seven")] },
            Block::Code("# eight\n\n- nine\n".to_owned()),
            Block::Paragraph(text("ten")),
            Block::Code("open\n".to_owned()),
        ];
        assert_eq!(blocks(document.lines()), expected);
        assert_eq!(blocks("".lines()), []);
    }

    #[test]
    fn every_kind_of_span() {
        let link = |text: &str, to: &str| Span::Link { text: text.to_owned(), to: to.to_owned() };
        let found = spans("a `b*c` **d** [`e` f](#g) <https://h.test/i> j *k l*: m");
        let expected = [
            Span::Text("a ".to_owned()),
            Span::Code("b*c".to_owned()),
            Span::Text(" ".to_owned()),
            Span::Strong("d".to_owned()),
            Span::Text(" ".to_owned()),
            link("e f", "#g"),
            Span::Text(" ".to_owned()),
            link("https://h.test/i", "https://h.test/i"),
            Span::Text(" j ".to_owned()),
            Span::Emphasis("k l".to_owned()),
            Span::Text(": m".to_owned()),
        ];
        assert_eq!(found, expected);
        assert_eq!(plain(&found), "a b*c d e f https://h.test/i j k l: m");
    }

    #[test]
    fn what_is_no_markup_stays_text() {
        for line in [
            "3 * 4 < 5",
            "3 * 4 * 5",
            "*.a and b",
            "<script>alert(1)</script>",
            "a [b] c",
            "[b",
            "`",
            "*",
            "**",
            "[a](",
            "ü<",
        ] {
            assert_eq!(spans(line), text(line), "{line}");
        }
        assert_eq!(spans(""), []);
        let found = spans("[a] of [b](c)");
        assert_eq!(found.first(), Some(&Span::Text("[a] of ".to_owned())));
    }
}
