//! A registry file.
//!
//! On standard output it is UTF-8, which is imported as it is and can be read and sent through
//! pipes; comments tell where it is from. A byte order mark stands before it only where it is not
//! all ASCII: without one, the machine's code page would decide what the rest means. A file that is
//! written is what the registry editor exports, byte for byte: UTF-16 with a mark, and no comments.

use super::{ALL_VALUES, LeftOut, Rendered, SOFT, Settings};
use crate::model::registry::Operation;
use crate::output::text::printable_ascii;
use crate::wire::reg_file;

/// For standard output.
pub fn text(settings: &Settings<'_>) -> Rendered {
    let comments: Vec<_> = settings.origin.iter().map(|line| printable_ascii(line)).collect();
    let (steps, left_out) = sayable(settings.operations);
    let text = reg_file::text(&comments, &steps);
    let mark = if text.is_ascii() { "" } else { "\u{feff}" };
    Rendered { bytes: format!("{mark}{text}").into_bytes(), left_out }
}

/// For a file.
pub fn file(settings: &Settings<'_>) -> Rendered {
    let (steps, left_out) = sayable(settings.operations);
    Rendered { bytes: reg_file::utf16(&reg_file::text(&[], &steps)), left_out }
}

/// The steps that a registry file has lines for, and the others.
fn sayable(operations: &[Operation]) -> (Vec<Operation>, Vec<LeftOut>) {
    let (mut steps, mut left_out) = (Vec::new(), Vec::new());
    for operation in operations {
        if !reg_file::keeps_to_its_line(operation) {
            left_out.push(LeftOut::step(operation, "a line break or NUL in its name"));
            continue;
        }
        match operation {
            Operation::DeleteValues(_) => left_out.push(LeftOut::step(operation, ALL_VALUES)),
            Operation::Set { soft: true, .. } => left_out.push(LeftOut::step(operation, SOFT)),
            Operation::Key(_)
            | Operation::DeleteKey(_)
            | Operation::DeleteValue { .. }
            | Operation::Set { .. } => steps.push(operation.clone()),
        }
    }
    (steps, left_out)
}
