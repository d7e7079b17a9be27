//! From a registry file to its steps.

use super::line::{self, HexEnd, StringEnd, StringPart};
use super::{HEADER, HEADER_4, encoding, lines};
use crate::model::registry::{
    Data, Document, Format, KeyPath, Operation, Place, ReadError, RemarkKind,
};
use crate::wire::registry_build::Build;
use crate::wire::registry_data;

/// Lines that a quoted string may have. One whose closing quote is missing would otherwise be
/// looked for to the end of the file, and each such line again.
const MAX_STRING_LINES: usize = 100;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if bytes.is_empty() {
        return Err(unreadable("the file is empty", "export the key again"));
    }
    if bytes.starts_with(b"regf") {
        let remedy = "load it with `reg load` and export the key with `reg export`";
        return Err(unreadable("this is a hive of a registry, not a registry file", remedy));
    }
    let decoded = encoding::decode(bytes);
    let lines: Vec<&str> = lines(&decoded.text).collect();
    let mut reader = Reader::new(&lines);
    for (at, kind, text) in decoded.remarks {
        reader.build.remark(at, kind, &text);
    }
    reader.run();
    if reader.format == Format::RegWithoutHeader && reader.build.is_empty() {
        let remedy = "name a .reg file as `reg export` writes it, or a Registry.pol";
        return Err(unreadable("no line of it is one of a registry file", remedy));
    }
    Ok(reader.build.finish(reader.format))
}

fn unreadable(text: &str, remedy: &str) -> ReadError {
    ReadError { at: Place::Whole, text: text.to_owned(), remedy: remedy.to_owned() }
}

/// Where values go.
enum Target {
    /// No key was named, or one that goes.
    None,
    /// A key whose root is not known: importers pass over its values.
    Unknown,
    /// A key, and whether importers read it so.
    Key(KeyPath, bool),
}

struct Reader<'a> {
    lines: &'a [&'a str],
    /// The index of the line that is read next.
    next: usize,
    format: Format,
    target: Target,
    /// Whether how importers read the value at hand is not known.
    guessed: bool,
    build: Build,
}

/// What stands after the equals sign of a value.
enum Written {
    /// The data that it is set to.
    Data(Data),
    /// That it goes.
    Removed,
}

impl<'a> Reader<'a> {
    fn new(lines: &'a [&'a str]) -> Self {
        let format = match lines.first().map(|line| line.trim_start()) {
            Some(HEADER) => Format::Reg5,
            Some(HEADER_4) => Format::Reg4,
            _ => Format::RegWithoutHeader,
        };
        Self {
            lines,
            next: 0,
            format,
            target: Target::None,
            guessed: false,
            build: Build::default(),
        }
    }

    fn run(&mut self) {
        if self.format == Format::RegWithoutHeader {
            let first = self.lines.first().copied().unwrap_or_default();
            self.build.remark(Place::Line(1), RemarkKind::NoHeader, first);
        } else {
            self.next = 1;
        }
        while let Some(line) = self.line() {
            let at = Place::Line(self.next);
            let trimmed = line.trim_start();
            if trimmed.is_empty() || trimmed.starts_with([';', '#']) {
                continue;
            }
            if let Some(key) = trimmed.strip_prefix('[') {
                self.key(at, key, trimmed);
            } else if let Some((name, data)) = line::value(trimmed) {
                self.value(at, name, data, trimmed);
            } else if !self.is_late_header(trimmed) {
                self.build.remark(at, RemarkKind::UnreadableLine, trimmed);
            }
        }
    }

    /// The next line; afterwards [`Reader::next`] is its number.
    fn line(&mut self) -> Option<&'a str> {
        let line = self.lines.get(self.next)?;
        self.next += 1;
        Some(line)
    }

    /// Whether it is the line that makes a registry file, but not the first: that was told already.
    fn is_late_header(&self, line: &str) -> bool {
        let header = matches!(line.trim_end(), HEADER | HEADER_4);
        self.format == Format::RegWithoutHeader && (header || self.next == 1)
    }

    fn key(&mut self, at: Place, inside: &str, line: &str) {
        self.target = Target::None;
        let (body, closed) = in_brackets(inside);
        let trimmed = body.trim_start();
        let (path, deletes) = match trimmed.strip_prefix('-') {
            Some(path) => (path, true),
            None => (body, false),
        };
        let Some((key, known)) = line::key(path) else {
            self.target = Target::Unknown;
            self.build.remark(at, RemarkKind::UnknownRoot, line);
            return;
        };
        let begins = trimmed.len() == body.len();
        let exact = closed && known && begins;
        if deletes && !exact {
            // What it would delete is perhaps somebody else's: that is not guessed.
            return self.build.remark(at, RemarkKind::UnreadableLine, line);
        }
        if !begins || !inside.contains(']') {
            self.build.remark(at, RemarkKind::BadBrackets, line);
        } else if !closed {
            self.build.remark(at, RemarkKind::UnreadableLine, line);
        } else if !known {
            self.build.remark(at, RemarkKind::BadRoot, line);
        }
        let certain = exact && self.format != Format::RegWithoutHeader;
        if deletes {
            self.build.push(at, Operation::DeleteKey(key), certain);
        } else {
            self.target = Target::Key(key.clone(), certain);
            self.build.push(at, Operation::Key(key), certain);
        }
    }

    /// The value that a line begins with, and those that follow it there.
    fn value(&mut self, at: Place, name: String, data: &'a str, line: &str) {
        self.guessed = false;
        let mut found = Vec::new();
        let mut head = Some((name, data));
        // How the line ends that is no end, and from where on.
        let mut problem = None;
        let (mut several, mut from) = (false, line);
        while let Some((name, data)) = head.take() {
            let Some((written, rest)) = self.written(data) else {
                problem = Some(RemarkKind::BadData);
                break;
            };
            found.push((name, written));
            if !line::is_end(rest) {
                head = line::value(rest);
                if head.is_some() {
                    (several, from) = (true, rest.trim_start());
                } else {
                    problem = Some(RemarkKind::DoubtfulData);
                }
            }
        }
        if several {
            self.build.remark(at, RemarkKind::SeveralOnOneLine, line);
        }
        if let Some(kind) = problem {
            self.build.remark(at, kind, from);
        }
        self.store(at, found, !several && problem.is_none() && !self.guessed, line);
    }

    fn store(&mut self, at: Place, found: Vec<(String, Written)>, whole: bool, line: &str) {
        let (key, certain) = match &self.target {
            Target::Key(key, certain) => (key.clone(), *certain),
            Target::None => return self.build.remark(at, RemarkKind::ValueWithoutKey, line),
            // That the key is passed over was told.
            Target::Unknown => return,
        };
        for (name, written) in found {
            let key = key.clone();
            let operation = match written {
                Written::Data(data) => Operation::Set { key, name, data, soft: false },
                Written::Removed => Operation::DeleteValue { key, name },
            };
            self.build.push(at, operation, certain && whole);
        }
    }

    /// What stands after an equals sign, and the rest of the line; absent where it is no data.
    fn written(&mut self, text: &'a str) -> Option<(Written, &'a str)> {
        if let Some(rest) = text.strip_prefix('-') {
            return Some((Written::Removed, rest));
        }
        let (data, rest) = if let Some(rest) = text.strip_prefix('"') {
            self.string(rest)?
        } else if let Some(rest) = text.strip_prefix("dword:") {
            dword(rest.trim_start())?
        } else {
            let (kind, rest) = line::hex_kind(text)?;
            self.hex(kind, rest)?
        };
        Some((Written::Data(data), rest))
    }

    /// A string, which may have line breaks in it.
    fn string(&mut self, first: &'a str) -> Option<(Data, &'a str)> {
        let StringPart { mut text, end, guessed } = line::string_part(first);
        self.guessed |= guessed;
        match end {
            StringEnd::Closed(rest) => return Some((Data::String(text), rest)),
            StringEnd::Open => {}
            StringEnd::Bad => return None,
        }
        let ahead = self.lines.iter().skip(self.next).take(MAX_STRING_LINES);
        for (index, line) in ahead.enumerate() {
            if line.trim_start().starts_with("[HKEY_") || line::value(line).is_some() {
                return None;
            }
            let part = line::string_part(line);
            text.push_str("\r\n");
            text.push_str(&part.text);
            match part.end {
                StringEnd::Closed(rest) => {
                    self.next += index + 1;
                    self.guessed = true;
                    return Some((Data::String(text), rest));
                }
                StringEnd::Open => {}
                StringEnd::Bad => return None,
            }
        }
        None
    }

    fn hex(&mut self, kind: u32, first: &'a str) -> Option<(Data, &'a str)> {
        let mut bytes = Vec::new();
        let mut line = first;
        loop {
            match line::hex_bytes(line, &mut bytes)? {
                HexEnd::Done => return Some((self.typed(kind, &bytes), "")),
                HexEnd::Rest(rest) => return Some((self.typed(kind, &bytes), rest)),
                HexEnd::Continued => {}
            }
            // Where the file ends, importers take what there is.
            line = loop {
                match self.line() {
                    None => break "",
                    Some(next) if !line::is_end(next) => break next,
                    Some(_) => {}
                }
            };
        }
    }

    fn typed(&self, kind: u32, bytes: &[u8]) -> Data {
        let is_text = matches!(kind, 1 | 2 | 7);
        if self.format == Format::Reg4 && is_text {
            let wide: String = bytes.iter().copied().map(encoding::windows_1252).collect();
            return registry_data::data(kind, &registry_data::utf16(&wide, 0));
        }
        registry_data::data(kind, bytes)
    }
}

/// What stands in brackets, and whether nothing but a comment follows them. The names of keys can
/// have brackets themselves.
fn in_brackets(inside: &str) -> (&str, bool) {
    let brackets = inside.match_indices(']');
    let mut pairs = brackets.filter_map(|(end, _)| inside.split_at_checked(end));
    let closed = pairs.find(|(_, rest)| rest.strip_prefix(']').is_some_and(line::is_end));
    match (closed, inside.rsplit_once(']')) {
        (Some((body, _)), _) => (body, true),
        (None, Some((body, _))) => (body, false),
        (None, None) => (inside.trim_end(), false),
    }
}

/// A number; absent where its digits run into other letters or digits, which may be part of it.
fn dword(text: &str) -> Option<(Data, &str)> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some((Data::Dword(line::number(digits)?), rest))
}
