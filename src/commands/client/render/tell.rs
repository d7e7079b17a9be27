//! What people are told beside the result.

use std::io::{self, Write};

use crate::model::registry::{Data, Operation};
use crate::model::text::{one_line, shown};
use crate::policy::desired::Desired;

/// What was done, and what remains to be done.
pub(super) struct Told<'a> {
    pub(super) desired: &'a Desired,
    pub(super) changed: &'a [String],
    pub(super) lost: &'a [String],
    pub(super) left: &'a [String],
    pub(super) left_out: &'a [String],
    pub(super) next: Option<String>,
}

impl Told<'_> {
    pub(super) fn write(&self, messages: &mut dyn Write) -> io::Result<()> {
        for (setting, data) in &self.desired.values {
            let name = setting.as_str();
            match data {
                Some(data) => writeln!(messages, "set: {name} = {}", words(data))?,
                None => writeln!(messages, "removed: {name}")?,
            }
        }
        let is_kept = |other: &&Operation| matches!(other, Operation::Set { .. });
        let kept = self.desired.others.iter().filter(is_kept).count();
        if kept > 0 {
            writeln!(messages, "kept as they are: {kept} that are no settings of Windows Update")?;
        }
        for (label, lines) in [
            ("corrected", self.changed),
            ("not readable", self.lost),
            ("left to you", self.left),
            ("not in this format", self.left_out),
        ] {
            for line in lines.iter().take(MOST_LINES) {
                writeln!(messages, "{label}: {}", one_line(line, LONGEST))?;
            }
            if lines.len() > MOST_LINES {
                writeln!(messages, "{label}: and {} more", lines.len().saturating_sub(MOST_LINES))?;
            }
        }
        match &self.next {
            Some(next) => writeln!(messages, "next: {next}"),
            None => Ok(()),
        }
    }
}

fn words(data: &Data) -> String {
    match (data.number(), data.text()) {
        (Some(number), _) => number.to_string(),
        (None, Some(text)) => shown(text),
        (None, None) => format!("data of type {}, as it was", data.kind()),
    }
}

/// More lines of one kind are only counted.
const MOST_LINES: usize = 50;

/// Characters of a line: most of it is from a file.
const LONGEST: usize = 500;
