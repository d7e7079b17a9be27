//! A play for Ansible.

use std::fmt::Write as _;

use super::{LeftOut, Rendered, Settings, Step, values_of_machine};
use crate::model::registry::{Data, Root};
use crate::model::text::hex;
use crate::output::text::printable_ascii;

/// A play in YAML: one task of `ansible.windows.win_regedit` for each value, and a handler that
/// restarts the update service where something changed.
pub fn play(settings: &Settings<'_>) -> Rendered {
    let (steps, mut left_out) = values_of_machine(settings.operations);
    let mut text = "---\n".to_owned();
    for line in settings.origin {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {}", printable_ascii(line));
    }
    text.push_str(HEAD);
    for step in steps {
        if let Some(task) = task(&step) {
            text.push_str(&task);
        } else {
            let (key, name) = step.place();
            left_out.push(LeftOut::value(key, name, "win_regedit has no such type"));
        }
    }
    text.push_str(TAIL);
    Rendered { bytes: text.into_bytes(), left_out }
}

fn task(step: &Step<'_>) -> Option<String> {
    let (key, name) = step.place();
    let (verb, rest) = match step {
        Step::Set { data, .. } => {
            let (kind, data) = typed(data)?;
            ("Set", format!("data: {data}\n        type: {kind}\n"))
        }
        // Without it, removing a default value would remove the key.
        Step::Remove { name: "", .. } => {
            ("Remove", "state: absent\n        delete_key: false\n".to_owned())
        }
        Step::Remove { .. } => ("Remove", "state: absent\n".to_owned()),
    };
    let drive = match key.root {
        Root::LocalMachine => "HKLM",
        Root::CurrentUser => "HKCU",
        Root::ClassesRoot => "HKCR",
        Root::Users => "HKU",
        Root::CurrentConfig => "HKCC",
    };
    let path = scalar(&format!("{drive}:\\{}", key.path));
    let shown = if name.is_empty() { "the default value" } else { name };
    // Names of tasks are templates too, and for people only.
    let title = quoted(&format!("{verb} {}", shown.replace(['{', '}'], "?")));
    Some(format!(
        "\n    - name: {title}\n      ansible.windows.win_regedit:\n        path: {path}\n        \
         name: {}\n        {rest}      notify: Restart Windows Update\n",
        scalar(name)
    ))
}

/// The name of the type and the data in YAML.
fn typed(data: &Data) -> Option<(&'static str, String)> {
    Some(match data {
        Data::String(text) => ("string", scalar(text)),
        Data::ExpandString(text) => ("expandstring", scalar(text)),
        Data::MultiString(texts) => {
            let texts: Vec<_> = texts.iter().map(|text| scalar(text)).collect();
            ("multistring", format!("[{}]", texts.join(", ")))
        }
        Data::Dword(number) => ("dword", number.to_string()),
        Data::Qword(number) => ("qword", number.to_string()),
        Data::Binary(bytes) => ("binary", quoted(&format!("hex:{}", hex(bytes, ",")))),
        Data::Other { .. } => return None,
    })
}

/// A string that Ansible takes as it is: what looks like a template is not run as one.
fn scalar(text: &str) -> String {
    let is_template = ["{{", "{%", "{#"].into_iter().any(|mark| text.contains(mark));
    format!("{}{}", if is_template { "!unsafe " } else { "" }, quoted(text))
}

/// A YAML string in double quotes, in ASCII.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            // Writing to a String cannot fail.
            _ => drop(write!(quoted, "\\U{:08x}", u32::from(character))),
        }
    }
    quoted.push('"');
    quoted
}

const HEAD: &str = "\
# It is for every host of the group windows. Where each site has its own server, name the site:
#   ansible-playbook -i INVENTORY --limit SITE THIS_FILE
# A Group Policy that sets the same values writes its own again when it changes or with
# gpupdate /force.
- name: Windows Update settings
  hosts: windows
  # A client that gets another server may scan fully: not all of them at once.
  serial: \"10%\"
  gather_facts: false
  # Where a later task fails, what was written before it gets its restart all the same.
  force_handlers: true
  tasks:
    - name: Start Windows Update automatically
      ansible.windows.win_service:
        name: wuauserv
        start_mode: auto
";

const TAIL: &str = "
  handlers:
    - name: Restart Windows Update
      ansible.windows.win_service:
        name: wuauserv
        state: restarted
";
