//! `config show` and `config check`.

mod show;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;

use crate::cli::args::ConfigOutput;
use crate::commands::Exit;
use crate::config::Config;
use crate::config::defaults::MAX_CA_FILE_BYTES;
use crate::wire::certificate;

/// Begins every certificate of a PEM file (RFC 7468).
const PEM_CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// First byte of a certificate in DER: the tag of a sequence (X.690).
const DER_SEQUENCE: u8 = 0x30;

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
        match certificates(file) {
            Ok(1) => writeln!(out, "{}: 1 certificate", file.display())?,
            Ok(count) => writeln!(out, "{}: {count} certificates", file.display())?,
            Err((what, hint)) => {
                writeln!(messages, "error: `ca_file` {}: {what}", file.display())?;
                writeln!(messages, "  hint: {hint}")?;
                exit = Exit::Error;
            }
        }
    }
    if exit == Exit::Healthy {
        writeln!(out, "ok")?;
    }
    Ok(exit)
}

/// How many certificates a file holds, or what is wrong with it and the remedy. Of PEM only the
/// frames are looked at: loading judges the contents.
fn certificates(path: &Path) -> Result<usize, (String, &'static str)> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_CA_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| (error.to_string(), "check the path and who may read it"))?;
    if bytes.len() as u64 > MAX_CA_FILE_BYTES {
        let limit = MAX_CA_FILE_BYTES / (1024 * 1024);
        return Err((format!("is larger than {limit} MiB"), "name a file of certificates"));
    }
    let count = bytes.windows(PEM_CERTIFICATE.len()).filter(|w| *w == PEM_CERTIFICATE).count();
    if count > 0 {
        return Ok(count);
    }
    if bytes.first() == Some(&DER_SEQUENCE) {
        let hint = "export the certificate anew, or convert it to PEM";
        let what = |error| format!("is not PEM, and not one certificate in DER: {error}");
        return certificate::parse(&bytes).map(|_| 1).map_err(|error| (what(error), hint));
    }
    let hint = "name a PEM file with -----BEGIN CERTIFICATE----- in it, or one certificate in DER";
    Err(("holds no certificate".to_owned(), hint))
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
        let pem = PEM_CERTIFICATE.repeat(2);
        let (exit, out, messages) = checked(Some(&pem));
        assert_eq!((exit, messages.as_str()), (Exit::Healthy, ""));
        assert!(out.starts_with("6 endpoints\n") && out.ends_with("ca.pem: 2 certificates\nok\n"));
        let root = include_bytes!("../../tests/data/certificates/root.pem");
        let (exit, out, messages) = checked(Some(&CertificateDer::from_pem_slice(root).unwrap()));
        assert_eq!((exit, messages.as_str()), (Exit::Healthy, ""));
        assert!(out.ends_with("ca.pem: 1 certificate\nok\n"), "{out}");
        let missing: Option<&[u8]> = None;
        for (contents, part) in [
            (missing, "check the path"),
            (Some(b"".as_slice()), "holds no certificate"),
            (Some(&[DER_SEQUENCE, 0x82]), "DER"),
            (Some(b"-----BEGIN PRIVATE KEY-----"), "holds no certificate"),
        ] {
            let (exit, out, messages) = checked(contents);
            assert_eq!(exit, Exit::Error);
            assert!(messages.contains(part) && messages.contains("hint:"), "{messages}");
            assert!(!out.contains("ok"), "{out}");
        }
    }
}
