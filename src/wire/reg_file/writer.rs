//! From steps to a registry file, as the registry editor exports it.

use std::fmt::Write as _;

use super::HEADER;
use crate::model::registry::{Data, KeyPath, Operation};
use crate::wire::registry_data;

/// The column from which on the registry editor continues hexadecimal bytes in the next line.
const LAST_COLUMN: usize = 77;

/// What begins such a further line.
const INDENT: &str = "  ";

pub(super) fn text(comments: &[String], operations: &[Operation]) -> String {
    let mut writer = Writer { text: format!("{HEADER}\r\n\r\n"), key: None };
    for comment in comments {
        writer.comment(comment);
    }
    if !comments.is_empty() {
        writer.end();
    }
    for operation in operations {
        writer.operation(operation);
    }
    if writer.key.is_some() {
        writer.end();
    }
    writer.text
}

pub(super) fn keeps_to_its_line(operation: &Operation) -> bool {
    match operation {
        Operation::Key(key) | Operation::DeleteKey(key) | Operation::DeleteValues(key) => {
            fits(&key.path)
        }
        Operation::Set { key, name, .. } | Operation::DeleteValue { key, name } => {
            fits(&key.path) && fits(name)
        }
    }
}

fn fits(name: &str) -> bool {
    !name.contains(['\r', '\n', '\0'])
}

struct Writer<'a> {
    text: String,
    /// The key whose values are being written.
    key: Option<&'a KeyPath>,
}

impl<'a> Writer<'a> {
    fn operation(&mut self, operation: &'a Operation) {
        match operation {
            Operation::Key(key) => self.begin(key),
            Operation::DeleteKey(key) => {
                self.leave();
                if self.can_be_written(&key.path) {
                    self.line(&format!("[-{key}]"));
                    self.end();
                }
            }
            Operation::Set { key, name, data, soft: false } => {
                let written = format!("{}={}", quoted_name(name), data_text(name, data));
                self.value(key, name, &written);
            }
            Operation::DeleteValue { key, name } => {
                self.value(key, name, &format!("{}=-", quoted_name(name)));
            }
            Operation::Set { key, name, soft: true, .. } => self.comment(&format!(
                "left out: {name} of {key}, only where there is none, cannot be said here"
            )),
            Operation::DeleteValues(key) => self
                .comment(&format!("left out: to remove all values of {key} cannot be said here")),
        }
    }

    fn value(&mut self, key: &'a KeyPath, name: &str, written: &str) {
        if self.can_be_written(&key.path) && self.can_be_written(name) {
            self.begin(key);
            self.line(written);
        }
    }

    /// Begins a key, if it is not the one at hand.
    fn begin(&mut self, key: &'a KeyPath) {
        if self.key.is_some_and(|open| open.is(key)) || !self.can_be_written(&key.path) {
            return;
        }
        self.leave();
        self.line(&format!("[{key}]"));
        self.key = Some(key);
    }

    /// Ends the key at hand.
    fn leave(&mut self) {
        if self.key.take().is_some() {
            self.end();
        }
    }

    /// Whether a name keeps to its line. One that does not could smuggle in further lines.
    fn can_be_written(&mut self, name: &str) -> bool {
        let fits = fits(name);
        if !fits {
            self.comment(&format!("left out, for a line break in its name: {name}"));
        }
        fits
    }

    fn comment(&mut self, comment: &str) {
        let safe: String = comment.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.line(format!("; {safe}").trim_end());
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.end();
    }

    fn end(&mut self) {
        self.text.push_str("\r\n");
    }
}

fn quoted_name(name: &str) -> String {
    if name.is_empty() { "@".to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn data_text(name: &str, data: &Data) -> String {
    match data {
        // What an importer would not read again is written as bytes. The registry editor exports
        // line breaks as they are, and nothing from a NUL on.
        Data::String(text) if !text.contains(['\r', '\n', '\0']) => quoted(text),
        Data::Dword(number) => format!("dword:{number:08x}"),
        Data::Binary(bytes) => hex(name, "hex:", bytes),
        other @ (Data::String(_)
        | Data::ExpandString(_)
        | Data::MultiString(_)
        | Data::Qword(_)
        | Data::Other { .. }) => {
            hex(name, &format!("hex({:x}):", other.kind()), &registry_data::bytes(other))
        }
    }
}

/// The bytes after their type, in as many lines as the registry editor takes for them.
fn hex(name: &str, kind: &str, bytes: &[u8]) -> String {
    let mut text = kind.to_owned();
    let mut column = quoted_name(name).encode_utf16().count() + "=".len() + kind.len();
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(',');
            if column >= LAST_COLUMN {
                text.push_str("\\\r\n");
                text.push_str(INDENT);
                column = INDENT.len();
            }
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        column += "00,".len();
    }
    text
}
