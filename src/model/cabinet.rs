//! What the self-update cabinet tells.

use std::fmt;
use std::time::SystemTime;

/// A `wuident.cab` that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentCabinet {
    /// Names of the files in it, each as one line, at most a bounded number.
    pub files: Vec<String>,
    /// Section names of the ident text (`wuident.txt`), in order; `None` if it could not be read,
    /// with the reason.
    pub ident_sections: Result<Vec<String>, String>,
    /// The signature that is appended to it.
    pub signature: CabinetSignature,
}

/// The PKCS#7 signature of a cabinet (Authenticode). It is read, not verified: neither its digest
/// nor its chain is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CabinetSignature {
    /// None is appended.
    Absent,
    /// Something is appended that is not a signature, for this reason.
    Unreadable(String),
    /// There is one.
    Present {
        /// Common name, or else the whole subject, of the certificate that signed, as it claims.
        signer: String,
        /// When, by the signature's own time stamp; absent if it carries none.
        signed_at: Option<SystemTime>,
    },
}

/// Why bytes could not be read as a cabinet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CabinetProblem(
    /// What is wrong, as one line.
    pub String,
);

impl fmt::Display for CabinetProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
