//! `config show` and `config check`.

mod show;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::args::ConfigOutput;
use crate::commands::{Exit, setup};
use crate::config::Config;
use crate::net::trust;

/// Writes the effective configuration with the origin of each value: as TOML that is itself a
/// configuration file, or as JSON.
///
/// # Errors
/// Writing failed.
pub fn show(config: &Config, format: ConfigOutput, out: &mut dyn Write) -> io::Result<Exit> {
    match format {
        ConfigOutput::Toml => show::toml(config, out)?,
        ConfigOutput::Json => show::json(config, out)?,
    }
    Ok(Exit::Healthy)
}

/// Writes what was loaded, the notes on it and `ok`; or, to `messages`, which certificate files
/// are unusable. That the configuration itself is sound is shown by its existence.
///
/// # Errors
/// Writing failed.
pub fn check(config: &Config, out: &mut dyn Write, messages: &mut dyn Write) -> io::Result<Exit> {
    let count = config.targets.len();
    writeln!(out, "{count} endpoint{}", if count == 1 { "" } else { "s" })?;
    for note in &config.notes {
        writeln!(out, "note: {note}")?;
    }
    let files: BTreeSet<&Path> =
        config.targets.iter().flat_map(|target| &target.ca_files).map(AsRef::as_ref).collect();
    let mut exit = Exit::Healthy;
    for file in files {
        match trust::read_file(file) {
            Ok(found) => {
                let count = found.len();
                let plural = if count == 1 { "" } else { "s" };
                writeln!(out, "{}: {count} certificate{plural}", file.display())?;
            }
            Err(error) => {
                writeln!(messages, "error: {}", setup::unusable(&error))?;
                exit = Exit::Error;
            }
        }
    }
    if exit == Exit::Healthy {
        writeln!(out, "ok")?;
    }
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;
    use crate::config::RawOptions;
    use crate::config::origin::{Origin, Sourced};

    fn checked(contents: Option<&[u8]>) -> (Exit, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        if let Some(contents) = contents {
            std::fs::write(&path, contents).unwrap();
        }
        let options = RawOptions {
            ca_files: Some(Sourced::new(vec![path], Origin::Flag("--ca-file"))),
            ..RawOptions::default()
        };
        let config = crate::config::resolve(&options).unwrap();
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let exit = check(&config, &mut out, &mut messages).unwrap();
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(messages).unwrap())
    }

    #[test]
    fn certificate_files_are_looked_into() {
        let root = include_bytes!("../../tests/data/certificates/root.pem");
        let (exit, out, messages) = checked(Some(&root.repeat(2)));
        assert_eq!((exit, messages.as_str()), (Exit::Healthy, ""));
        assert!(out.starts_with("6 endpoints\n") && out.ends_with("ca.pem: 2 certificates\nok\n"));
        let (exit, out, messages) = checked(Some(&CertificateDer::from_pem_slice(root).unwrap()));
        assert_eq!((exit, messages.as_str()), (Exit::Healthy, ""));
        assert!(out.ends_with("ca.pem: 1 certificate\nok\n"), "{out}");
        let missing: Option<&[u8]> = None;
        for (contents, part) in [
            (missing, "(os error 2)"),
            (Some(b"".as_slice()), "holds no certificate"),
            (Some(&[0x30, 0x82]), "DER"),
            (Some(b"-----BEGIN PRIVATE KEY-----"), "not PEM"),
        ] {
            let (exit, out, messages) = checked(contents);
            assert_eq!(exit, Exit::Error);
            assert!(messages.contains(part) && messages.contains("hint:"), "{messages}");
            assert!(!out.contains("ok"), "{out}");
        }
    }
}
