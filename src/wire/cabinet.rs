//! The self-update cabinet.
//!
//! The container is read here and not by the `cab` crate, whose readers (and those of `lzxd`
//! under it) index and subtract by what the file declares: hostile offsets make them panic.
//! Nothing is ever written to disk, and names are only text.

mod data;
mod header;
mod ident;
mod reader;
mod signature;

use header::Header;

use crate::model::cabinet::{CabinetProblem, CabinetSignature, IdentCabinet};

/// The largest cabinet that is read, in bytes. Real ones have some tens of thousands.
pub const MAX_CABINET: usize = 1024 * 1024;

/// The file that names the releases of Windows for which the server has an agent
/// (MS-WUSP 2.1.1). Names in cabinets are compared without regard to case, as Windows does.
const IDENT_TEXT: &str = "wuident.txt";

/// Reads a `wuident.cab`: its file names, the sections of its ident text, and its signature.
///
/// The container is that of MS-CAB. Uncompressed and MSZIP folders are read; the text of any
/// other one is reported as not read. Work and memory are bounded by the size of the input,
/// which is limited to [`MAX_CABINET`], and by fixed limits for what it expands to.
///
/// # Errors
/// When the bytes are not a cabinet that can be read within the limits.
pub fn parse(bytes: &[u8]) -> Result<IdentCabinet, CabinetProblem> {
    if bytes.len() > MAX_CABINET {
        return Err(CabinetProblem(format!("larger than the limit of {MAX_CABINET} bytes")));
    }
    let header = header::parse(bytes).map_err(CabinetProblem)?;
    Ok(IdentCabinet {
        ident_sections: ident_sections(bytes, &header),
        signature: signature_of(bytes, &header),
        files: header.names,
    })
}

fn ident_sections(bytes: &[u8], header: &Header) -> Result<Vec<String>, String> {
    let file = header.ident.as_ref().ok_or_else(|| format!("there is no {IDENT_TEXT}"))?;
    let folder = header.folder(bytes, file.folder)?;
    let text = data::read(bytes, &folder, header.data_reserve, file.offset, file.size)?;
    Ok(ident::sections(&text))
}

/// The signature to which the header points, or else the one that simply follows the cabinet.
fn signature_of(bytes: &[u8], header: &Header) -> CabinetSignature {
    let place = match header.signature {
        Some((start, length)) => {
            start.checked_add(length).and_then(|end| bytes.get(start..end)).ok_or_else(|| {
                format!("{length} bytes at {start}, of a file of {} bytes", bytes.len())
            })
        }
        None => Ok(bytes.get(header.size..).unwrap_or_default()),
    };
    match place {
        Ok(der) if der.iter().all(|byte| *byte == 0) => CabinetSignature::Absent,
        Ok(der) => signature::parse(der).unwrap_or_else(CabinetSignature::Unreadable),
        Err(reason) => CabinetSignature::Unreadable(reason),
    }
}

#[cfg(test)]
mod tests;
