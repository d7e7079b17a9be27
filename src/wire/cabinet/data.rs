//! The data of a folder (MS-CAB 2.4), decompressed.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::IDENT_TEXT;
use super::header::Folder;
use super::reader::Reader;

/// The longest ident text that is read, in bytes. It is a list of some lines.
const MAX_TEXT: usize = 256 * 1024;

/// How much of a folder is decompressed to get at the text, in bytes: four times as much, for
/// other files before it. Bounds memory, and time with it.
const MAX_FOLDER: usize = 4 * MAX_TEXT;

/// The most that a block may expand to, in bytes (MS-CAB 2.4).
const MAX_BLOCK: usize = 32 * 1024;

/// `typeCompress` (MS-CAB 2.2): its lowest four bits name the method.
const METHOD: u16 = 0x000f;

/// How the blocks of a folder become its data.
enum Method {
    Stored,
    MsZip(Box<DecompressorOxide>),
}

/// Reads one file of a folder.
pub(super) fn read(
    bytes: &[u8],
    folder: &Folder,
    reserve: usize,
    offset: usize,
    size: usize,
) -> Result<Vec<u8>, String> {
    if size > MAX_TEXT {
        return Err(format!("{IDENT_TEXT} has {size} bytes, more than the limit of {MAX_TEXT}"));
    }
    let end = offset.checked_add(size).filter(|end| *end <= MAX_FOLDER);
    let end = end.ok_or_else(|| format!("{IDENT_TEXT} lies beyond {MAX_FOLDER} bytes of data"))?;
    let mut method = method(folder.compression)?;
    let mut reader = Reader::at(bytes, folder.start);
    let mut data = Vec::new();
    for _ in 0..folder.blocks {
        if data.len() >= end {
            break;
        }
        block(&mut reader, reserve, &mut method, &mut data)?;
    }
    let text = data.get(offset..end).map(<[u8]>::to_vec);
    text.ok_or_else(|| format!("{IDENT_TEXT} ends after {} of {end} bytes of data", data.len()))
}

fn method(compression: u16) -> Result<Method, String> {
    match compression & METHOD {
        0 => Ok(Method::Stored),
        1 => Ok(Method::MsZip(Box::default())),
        2 => Err("compressed with Quantum, which is not read here".into()),
        3 => Err("compressed with LZX, which is not read here".into()),
        other => Err(format!("compressed by unknown method {other}")),
    }
}

/// Appends one block to the data before it, on which MSZIP blocks build.
fn block(
    reader: &mut Reader<'_>,
    reserve: usize,
    method: &mut Method,
    data: &mut Vec<u8>,
) -> Result<(), String> {
    let expected = reader.u32()?;
    let (stored, expanded) = (reader.u16()?, reader.u16()?);
    reader.take(reserve)?;
    let packed = reader.take(stored.into())?;
    let sizes = u32::from(stored) | u32::from(expanded) << 16;
    // How a reserve enters the sum is described ambiguously; then it is not checked.
    if expected != 0 && reserve == 0 && checksum(packed) ^ sizes != expected {
        return Err("a block of data is damaged: its checksum does not match".into());
    }
    let expanded = usize::from(expanded);
    // None at all stands for a block that goes on in the next cabinet of a set.
    if expanded == 0 || expanded > MAX_BLOCK {
        return Err(format!("a block of {expanded} bytes"));
    }
    match method {
        Method::Stored if packed.len() == expanded => data.extend_from_slice(packed),
        Method::Stored => return Err("a stored block of two lengths".into()),
        Method::MsZip(inflate) => unzip(inflate, packed, expanded, data)?,
    }
    Ok(())
}

/// One MSZIP block (MS-MCI): two letters and a complete deflate stream that may refer to the data
/// before it.
fn unzip(
    inflate: &mut DecompressorOxide,
    packed: &[u8],
    expanded: usize,
    data: &mut Vec<u8>,
) -> Result<(), String> {
    let stream = packed.strip_prefix(b"CK").ok_or("a block that is not MSZIP")?;
    let start = data.len();
    data.resize(start + expanded, 0);
    inflate.init();
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    match decompress(inflate, stream, data, start, flags) {
        (TINFLStatus::Done, _, written) if written == expanded => Ok(()),
        (TINFLStatus::Done, _, written) => {
            Err(format!("a block of {expanded} bytes expands to {written}"))
        }
        (TINFLStatus::HasMoreOutput, ..) => {
            Err(format!("a block of {expanded} bytes expands to more"))
        }
        _ => Err("a block of data cannot be decompressed".into()),
    }
}

/// The sum of MS-CAB 3.1: words combined by exclusive or, the rest with its first byte highest.
fn checksum(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    sum ^ rest.iter().fold(0, |tail, byte| tail << 8 | u32::from(*byte))
}
