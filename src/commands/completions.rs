//! `completions` and `man`: what packagers install beside the program.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::cli::args::{Completions, Man};
use crate::commands::Exit;

/// Writes the completion script of a shell.
///
/// # Errors
/// Writing failed.
pub fn completions(options: &Completions, out: &mut dyn Write) -> io::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "wsus-probe", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Healthy)
}

/// Writes the manual page of the program or of one command, in roff, or all of them into a folder.
///
/// # Errors
/// Writing failed.
pub fn man(options: &Man, out: &mut dyn Write, messages: &mut dyn Write) -> io::Result<Exit> {
    if let Some(folder) = &options.to {
        return pages(folder, messages);
    }
    let mut program = Cli::command();
    // Fills in what every command inherits.
    program.build();
    let mut command = &program;
    for name in &options.command {
        let Some(found) = command.find_subcommand(name) else {
            let known: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
            writeln!(messages, "error: {} has no command {name:?}", command.get_name())?;
            match known.as_slice() {
                [] => writeln!(messages, "  hint: it has no commands of its own")?,
                known => writeln!(messages, "  hint: known: {}", known.join(", "))?,
            }
            return Ok(Exit::Error);
        };
        command = found;
    }
    clap_mangen::Man::new(command.clone()).render(&mut &mut *out)?;
    Ok(Exit::Healthy)
}

/// Writes all pages into a folder.
fn pages(folder: &Path, messages: &mut dyn Write) -> io::Result<Exit> {
    let made =
        fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    if let Err(error) = made {
        writeln!(messages, "error: cannot write manual pages into {}: {error}", folder.display())?;
        writeln!(messages, "  hint: name a folder that you may write to")?;
        return Ok(Exit::Error);
    }
    Ok(Exit::Healthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(command: &[&str]) -> (Exit, String, String) {
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let command = command.iter().map(ToString::to_string).collect();
        let exit = man(&Man { command, to: None }, &mut out, &mut messages).unwrap();
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(messages).unwrap())
    }

    #[test]
    fn manual_pages_describe_the_program_and_its_commands() {
        let (exit, page, _) = text(&[]);
        assert_eq!(exit, Exit::Healthy);
        assert!(page.contains("Exit codes") && page.contains("WSUS_PROBE_CONFIG"), "{page}");
        let (_, page, _) = text(&["nearest"]);
        assert!(page.contains("WSUS_PROBE_NEAREST_STRICT"), "{page}");
        let (_, page, _) = text(&["client", "audit"]);
        assert!(page.contains("wsus\\-probe\\-client\\-audit"), "{page}");
    }

    #[test]
    fn an_unknown_command_is_told_with_those_there_are() {
        for (command, known) in [
            (&["nearst"][..], "nearest"),
            (&["client", "audti"], "audit"),
            (&["nearest", "audit"], "no commands of its own"),
        ] {
            let (exit, page, messages) = text(command);
            assert!(exit == Exit::Error && page.is_empty(), "{page}");
            assert!(messages.contains(known), "{messages}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let options = Man { command: Vec::new(), to: Some(file.path().join("man")) };
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        assert_eq!(man(&options, &mut out, &mut messages).unwrap(), Exit::Error);
        let messages = String::from_utf8(messages).unwrap();
        assert!(messages.contains("hint: name a folder"), "{messages}");
    }

    #[test]
    fn every_shell_gets_a_script() {
        for &shell in <clap_complete::Shell as clap::ValueEnum>::value_variants() {
            let mut out = Vec::new();
            completions(&Completions { shell }, &mut out).unwrap();
            assert!(String::from_utf8(out).unwrap().contains("nearest"), "{shell}");
        }
    }
}
