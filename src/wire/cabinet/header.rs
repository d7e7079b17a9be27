//! What stands in front of a cabinet's data (MS-CAB 2.1 to 2.3).

use super::IDENT_TEXT;
use super::reader::Reader;
use crate::model::text::one_line;

/// The most file names that are kept. A `wuident.cab` has a few.
const MAX_NAMES: usize = 64;

/// The longest name, in bytes, without its NUL (MS-CAB 2.3).
const MAX_NAME_BYTES: usize = 255;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 100;

/// `cfhdrPREV_CABINET`, `cfhdrNEXT_CABINET` and `cfhdrRESERVE_PRESENT` (MS-CAB 2.1).
const FLAG_PREVIOUS: u16 = 0x0001;
const FLAG_NEXT: u16 = 0x0002;
const FLAG_RESERVE: u16 = 0x0004;

/// Marks the reserved area of a cabinet with an Authenticode signature; the place and the length
/// of the signature follow it. Not in MS-CAB: it is what signing tools write.
const SIGNATURE_MARK: u32 = 0x0010_0000;

/// The header, as far as it is of use.
pub(super) struct Header {
    /// `cbCabinet`: where the cabinet ends, without what may be appended to it.
    pub(super) size: usize,
    /// Place and length of the signature, if the header names one.
    pub(super) signature: Option<(usize, usize)>,
    /// Bytes of reserve before each block of data.
    pub(super) data_reserve: usize,
    /// The first names, each as one line.
    pub(super) names: Vec<String>,
    /// Where the ident text is.
    pub(super) ident: Option<File>,
    folders_at: usize,
    folder_count: u16,
    folder_reserve: usize,
}

/// Where a file lies in its folder.
pub(super) struct File {
    pub(super) size: usize,
    pub(super) offset: usize,
    pub(super) folder: u16,
}

/// Where a folder's blocks are, and how they are compressed.
pub(super) struct Folder {
    pub(super) start: usize,
    pub(super) blocks: u16,
    pub(super) compression: u16,
}

impl Header {
    pub(super) fn folder(&self, bytes: &[u8], index: u16) -> Result<Folder, String> {
        // The three highest numbers stand for files that span cabinets (MS-CAB 2.3); there are
        // never that many folders in one of this size.
        if index >= self.folder_count {
            return Err(format!("{IDENT_TEXT} lies in folder {index}, which is not here"));
        }
        let place = usize::from(index) * (FOLDER_BYTES + self.folder_reserve);
        let mut reader = Reader::at(bytes, self.folders_at.saturating_add(place));
        Ok(Folder { start: reader.size()?, blocks: reader.u16()?, compression: reader.u16()? })
    }
}

/// The length of a folder's entry without its reserve (MS-CAB 2.2).
const FOLDER_BYTES: usize = 8;

pub(super) fn parse(bytes: &[u8]) -> Result<Header, String> {
    if !bytes.starts_with(b"MSCF") {
        return Err("not a cabinet: it does not begin with MSCF".into());
    }
    let mut reader = Reader::at(bytes, 8);
    let size = reader.size()?;
    reader.take(4)?;
    let files_at = reader.size()?;
    reader.take(4)?;
    let (minor, major) = (reader.u8()?, reader.u8()?);
    if (major, minor) != (1, 3) {
        return Err(format!("cabinet format {major}.{minor}, of which nothing is known"));
    }
    let (folder_count, file_count, flags) = (reader.u16()?, reader.u16()?, reader.u16()?);
    reader.take(4)?;
    if size > bytes.len() {
        return Err(format!("truncated: {} of {size} bytes", bytes.len()));
    }
    let (mut reserve, mut folder_reserve, mut data_reserve) = (&[][..], 0, 0);
    if flags & FLAG_RESERVE != 0 {
        let length = reader.u16()?;
        (folder_reserve, data_reserve) = (reader.u8()?, reader.u8()?);
        reserve = reader.take(length.into())?;
    }
    for flag in [FLAG_PREVIOUS, FLAG_NEXT] {
        if flags & flag != 0 {
            reader.string(MAX_NAME_BYTES)?;
            reader.string(MAX_NAME_BYTES)?;
        }
    }
    let (names, ident) = files(bytes, files_at, file_count)?;
    Ok(Header {
        size,
        signature: signature(reserve),
        data_reserve: data_reserve.into(),
        names,
        ident,
        folders_at: reader.position(),
        folder_count,
        folder_reserve: folder_reserve.into(),
    })
}

fn signature(reserve: &[u8]) -> Option<(usize, usize)> {
    let mut reader = Reader::at(reserve, 0);
    let marked = reader.u32().is_ok_and(|mark| mark == SIGNATURE_MARK);
    let place = (reader.size().ok()?, reader.size().ok()?);
    (marked && place.1 > 0).then_some(place)
}

/// The first names, and the first entry of the ident text.
fn files(bytes: &[u8], start: usize, count: u16) -> Result<(Vec<String>, Option<File>), String> {
    let mut reader = Reader::at(bytes, start);
    let (mut names, mut ident) = (Vec::new(), None);
    for _ in 0..count {
        let (size, offset, folder) = (reader.size()?, reader.size()?, reader.u16()?);
        // Date, time and attributes. The attributes tell UTF-8 names from those in an unknown
        // code page; of the latter, what is not ASCII cannot be read.
        reader.take(6)?;
        let name = String::from_utf8_lossy(reader.string(MAX_NAME_BYTES)?);
        if ident.is_none() && name.eq_ignore_ascii_case(IDENT_TEXT) {
            ident = Some(File { size, offset, folder });
        }
        if names.len() < MAX_NAMES {
            names.push(one_line(&name, MAX_NAME));
        }
    }
    Ok((names, ident))
}
