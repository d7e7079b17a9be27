//! Reading a `ca_file`.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::TrustError;

pub(super) fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let failed = |problem: String| TrustError { path: path.to_owned(), problem };
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let certificates = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| failed(format!("not PEM: {error}")))?;
    if certificates.is_empty() {
        let hint = "convert it with `openssl x509 -inform der -in FILE -out FILE.pem`";
        return Err(failed(format!("holds no PEM certificate; if it is DER, {hint}")));
    }
    for (index, certificate) in certificates.iter().enumerate() {
        crate::wire::certificate::parse(certificate)
            .map_err(|error| failed(format!("certificate {} in it: {error}", index + 1)))?;
    }
    Ok(certificates)
}
