//! `completions` and `man`: what packagers install beside the program.

use std::io::{self, Write};

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

/// Writes the manual page of the program or of one command, in roff.
///
/// # Errors
/// Writing failed.
pub fn man(options: &Man, out: &mut dyn Write, messages: &mut dyn Write) -> io::Result<Exit> {
    let mut program = Cli::command();
    // Fills in what every command inherits.
    program.build();
    let page = match &options.command {
        None => program,
        Some(name) => {
            let Some(command) = program.find_subcommand(name) else {
                let known: Vec<_> =
                    program.get_subcommands().map(clap::Command::get_name).collect();
                writeln!(messages, "error: there is no command {name:?}")?;
                writeln!(messages, "  hint: known: {}", known.join(", "))?;
                return Ok(Exit::Error);
            };
            command.clone()
        }
    };
    clap_mangen::Man::new(page).render(&mut &mut *out)?;
    Ok(Exit::Healthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(command: Option<&str>) -> (Exit, String, String) {
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let options = Man { command: command.map(str::to_owned) };
        let exit = man(&options, &mut out, &mut messages).unwrap();
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(messages).unwrap())
    }

    #[test]
    fn manual_pages_describe_the_program_and_its_commands() {
        let (exit, page, _) = text(None);
        assert_eq!(exit, Exit::Healthy);
        assert!(page.contains("Exit codes") && page.contains("WSUS_PROBE_CONFIG"), "{page}");
        let (_, page, _) = text(Some("nearest"));
        assert!(page.contains("WSUS_PROBE_NEAREST_STRICT"), "{page}");
        let (exit, page, messages) = text(Some("nearst"));
        assert!(exit == Exit::Error && page.is_empty() && messages.contains("nearest"));
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
