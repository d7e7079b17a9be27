//! What the commands that a text names need to be typed with.

use std::io;
use std::path::Path;

use crate::cli::Global;
use crate::commands::{Exit, Surroundings};

/// How texts name commands that read the configuration.
const NAMED: [&str; 7] = [
    "check --endpoint",
    "nearest --apply",
    "client audit --probe",
    "wsus-probe check",
    "wsus-probe tls",
    "wsus-probe nearest",
    "wsus-probe client",
];

/// A line for below a text that names such commands; none where they need no options. Whoever
/// writes the text cannot know how this program was called.
pub(super) fn line(text: &str, global: &Global) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let words = words.join(" ");
    if !NAMED.iter().any(|named| words.contains(named)) {
        return None;
    }
    let options = typed(global);
    (!options.is_empty())
        .then(|| format!("the commands named above need the same options: {}\n", options.join(" ")))
}

/// Runs a command that writes text for people, and adds the line where it is needed.
pub(super) fn below(
    global: &Global,
    surroundings: &mut Surroundings<'_>,
    command: impl FnOnce(&mut Surroundings<'_>) -> io::Result<Exit>,
) -> io::Result<Exit> {
    let mut text = Vec::new();
    let exit = command(&mut Surroundings {
        out: &mut text,
        messages: &mut *surroundings.messages,
        style: surroundings.style,
        show: surroundings.show,
    });
    surroundings.out.write_all(&text)?;
    if let Some(line) = line(&String::from_utf8_lossy(&text), global) {
        surroundings.out.write_all(line.as_bytes())?;
    }
    exit
}

/// The options of the command line that say which servers there are and how they are reached.
/// What is in the environment is there the next time too.
fn typed(global: &Global) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let config = global.config.iter().map(|file| path(file)).collect();
    let given: [(&str, &str, Vec<String>); 6] = [
        ("config", "--config", config),
        ("endpoint", "--endpoint", global.endpoint.clone()),
        ("dc", "--dc", global.dc.clone()),
        ("resolver", "--resolver", global.resolver.iter().cloned().collect()),
        ("ca_file", "--ca-file", global.ca_file.iter().map(|file| path(file)).collect()),
        ("family", "--family", global.family.iter().cloned().collect()),
    ];
    given
        .iter()
        .filter(|(id, ..)| !global.from_environment.contains(id))
        .flat_map(|(_, option, values)| {
            values.iter().map(move |value| format!("{option} {}", quoted(value)))
        })
        .collect()
}

/// As this system's shells take it.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-:/=[]@%+,".contains(c);
    let is_separator = |c: char| cfg!(windows) && c == '\\';
    if !value.is_empty() && value.chars().all(|c| is_plain(c) || is_separator(c)) {
        value.to_owned()
    } else if cfg!(windows) {
        format!("\"{value}\"")
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::progress::Show;
    use crate::output::human::Style;

    fn global(line: &str) -> Global {
        crate::cli::parse(line.split(' ')).unwrap().global
    }

    #[test]
    fn commands_that_are_named_need_what_was_typed() {
        let text = "  do     see check\n         --endpoint https://a.test\n";
        let given = global("p check --config demo.toml --ca-file a.pem --ca-file b.pem --dc dfw");
        let expected = "the commands named above need the same options: --config demo.toml --dc dfw \
                        --ca-file a.pem --ca-file b.pem\n";
        assert_eq!(line(text, &given).as_deref(), Some(expected));
        let inherited =
            Global { from_environment: vec!["config", "ca_file", "dc"], ..given.clone() };
        assert_eq!(line(text, &inherited), None);
        assert_eq!(line("  do     see explain http_503\n", &given), None);
        assert_eq!(line(text, &global("p check --deadline 1s --color never")), None);
    }

    #[test]
    fn the_line_stands_below_the_text() {
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let style = Style { color: false, width: 80 };
        let mut surroundings =
            Surroundings { out: &mut out, messages: &mut messages, style, show: Show::Nothing };
        let given = global("p check --dc dfw");
        let command = |surroundings: &mut Surroundings<'_>| {
            writeln!(surroundings.out, "1 more: wsus-probe check dfw --details")?;
            Ok(Exit::Degraded)
        };
        assert_eq!(below(&given, &mut surroundings, command).unwrap(), Exit::Degraded);
        let expected = "1 more: wsus-probe check dfw --details\n\
                        the commands named above need the same options: --dc dfw\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_it_as_it_was() {
        for (value, expected) in [
            ("demo.toml", "demo.toml"),
            ("dfw=https://a.test:8531", "dfw=https://a.test:8531"),
            ("my fleet.toml", "'my fleet.toml'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
