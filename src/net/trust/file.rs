//! Reading a `ca_file`: any number of certificates in PEM, or one in DER.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::TrustError;

/// Bytes of a file at most: the usual bundle of all public roots is a sixtieth of it, and a device
/// has no end.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

pub(super) fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let failed = |problem: String| TrustError { path: path.to_owned(), problem };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(format!("is larger than {} MiB", MAX_BYTES / (1024 * 1024))));
    }
    let certificates = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| failed(format!("not PEM: {error}")))?;
    if certificates.is_empty() {
        return Ok(vec![der(bytes).map_err(failed)?]);
    }
    for (index, certificate) in certificates.iter().enumerate() {
        crate::wire::certificate::parse(certificate)
            .map_err(|error| failed(format!("certificate {} in it: {error}", index + 1)))?;
    }
    Ok(certificates)
}

/// One certificate in DER, as Windows exports it to a `.cer` file.
fn der(bytes: Vec<u8>) -> Result<CertificateDer<'static>, String> {
    if bytes.first() != Some(&DER_SEQUENCE) {
        return Err("holds no certificate, neither in PEM nor in DER".to_owned());
    }
    match crate::wire::certificate::parse(&bytes) {
        Ok(_) => Ok(bytes.into()),
        Err(error) => Err(format!("is not PEM, and not one certificate in DER: {error}")),
    }
}

/// First byte of a certificate in DER: the tag of a sequence (X.690).
const DER_SEQUENCE: u8 = 0x30;
