//! The text that Microsoft's LGPO.exe reads, as version 3.0 documents it: four lines for each value,
//! which are whose policy it is, the key, the name, and the type with the data.
//!
//! How the program reads other characters than those of ASCII is not documented, so such values
//! are left out.

use super::{LeftOut, Rendered, Settings, Step, values};
use crate::model::registry::{Data, Root};
use crate::model::text::hex;
use crate::output::text::printable_ascii;

/// The text, for `LGPO.exe /t FILE`.
pub fn text(settings: &Settings<'_>) -> Rendered {
    let (steps, mut left_out) = values(settings.operations);
    let mut lines: Vec<_> =
        settings.origin.iter().map(|line| format!("; {}", printable_ascii(line))).collect();
    for step in steps {
        match block(&step) {
            Ok(block) => {
                lines.push(String::new());
                lines.extend(block);
            }
            Err(why) => {
                let (key, name) = step.place();
                left_out.push(LeftOut::value(key, name, why));
            }
        }
    }
    lines.push(String::new());
    Rendered { bytes: lines.join("\r\n").into_bytes(), left_out }
}

fn block(step: &Step<'_>) -> Result<[String; 4], &'static str> {
    let (key, name) = step.place();
    let whose = match key.root {
        Root::LocalMachine => "Computer",
        Root::CurrentUser => "User",
        Root::ClassesRoot | Root::Users | Root::CurrentConfig => {
            return Err("LGPO text is for the machine and for users");
        }
    };
    let name = if name.is_empty() { "(Default)" } else { name };
    if key.path.is_empty() || !is_line(&key.path) || !is_line(name) {
        return Err("LGPO text cannot hold this name");
    }
    let action = match step {
        Step::Remove { .. } => "DELETE".to_owned(),
        Step::Set { data, .. } => typed(data).ok_or("LGPO text cannot hold this data")?,
    };
    Ok([whose.to_owned(), key.path.clone(), name.to_owned(), action])
}

fn typed(data: &Data) -> Option<String> {
    match data {
        Data::Dword(number) => Some(format!("DWORD:{number}")),
        Data::Qword(number) => Some(format!("QWORD:{number}")),
        Data::String(text) => is_line(text).then(|| format!("SZ:{text}")),
        Data::ExpandString(text) => is_line(text).then(|| format!("EXSZ:{text}")),
        Data::MultiString(texts) => {
            let is_part =
                |text: &String| is_line(text) && !text.contains("\\0") && !text.is_empty();
            texts.iter().all(is_part).then(|| format!("MULTISZ:{}", texts.join("\\0")))
        }
        Data::Binary(bytes) => Some(format!("BINARY:{}", hex(bytes, ","))),
        Data::Other { .. } => None,
    }
}

/// Whether a text can stand on a line of its own and is read back as it was.
fn is_line(text: &str) -> bool {
    printable_ascii(text) == text && text.trim() == text && !text.starts_with([';', '*'])
}
