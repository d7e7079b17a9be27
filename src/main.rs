//! The `wsus-probe` program: parse, run, exit code; nothing else.

use std::process::ExitCode;

use wsus_probe::{cli, commands};

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(cli) => commands::run(&cli).into(),
        Err(error) => {
            // The parser's message is all there is to say; if it cannot be said, the code is.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(u8::MAX))
        }
    }
}
