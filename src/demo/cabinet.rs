//! A cabinet without a signature (MS-CAB), as no WSUS server has it.

/// `MSCF`, then a reserved field.
const HEADER_START: [u8; 8] = *b"MSCF\0\0\0\0";

/// Length of the header without optional fields, in bytes (MS-CAB 2.1).
const HEADER: u32 = 36;

/// Length of a folder entry, in bytes (MS-CAB 2.2).
const FOLDER: u32 = 8;

/// Length of a file entry without its name and the zero behind it, in bytes (MS-CAB 2.3).
const FILE: u32 = 16;

/// Length of the head of a data block, in bytes (MS-CAB 2.4).
const DATA: u32 = 8;

/// A cabinet of one stored file. `text` is cut to what one data block holds.
pub(super) fn unsigned(name: &str, text: &str) -> Vec<u8> {
    let text: Vec<u8> = text.bytes().take(usize::from(BLOCK_LIMIT)).collect();
    let length = u16::try_from(text.len()).unwrap_or(BLOCK_LIMIT);
    let name_length = u32::try_from(name.len()).unwrap_or(u32::MAX).saturating_add(1);
    let first_file = HEADER + FOLDER;
    let first_block = first_file.saturating_add(FILE).saturating_add(name_length);
    let total = first_block.saturating_add(DATA).saturating_add(length.into());
    let mut cabinet = HEADER_START.to_vec();
    push32(&mut cabinet, &[total, 0, first_file, 0]);
    cabinet.extend([3, 1]); // format 1.3, the minor number first
    push16(&mut cabinet, &[1, 1, 0, 0, 0]); // folders, files, flags, set, number in the set
    push32(&mut cabinet, &[first_block]);
    push16(&mut cabinet, &[1, 0]); // data blocks, no compression
    push32(&mut cabinet, &[length.into(), 0]); // size and place of the file in the folder
    push16(&mut cabinet, &[0, DATE, 0, ARCHIVE]);
    cabinet.extend(name.bytes());
    cabinet.push(0);
    push32(&mut cabinet, &[0]); // no checksum
    push16(&mut cabinet, &[length, length]);
    cabinet.extend(text);
    cabinet
}

/// The most bytes of a data block.
const BLOCK_LIMIT: u16 = 0x8000;

/// 2014-07-08 as MS-DOS writes dates: years since 1980, month, day.
const DATE: u16 = (2014 - 1980) << 9 | 7 << 5 | 8;

/// The archive attribute.
const ARCHIVE: u16 = 0x20;

fn push16(cabinet: &mut Vec<u8>, values: &[u16]) {
    for value in values {
        cabinet.extend(value.to_le_bytes());
    }
}

fn push32(cabinet: &mut Vec<u8>, values: &[u32]) {
    for value in values {
        cabinet.extend(value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::unsigned;

    #[test]
    fn the_sizes_and_places_are_true() {
        let cabinet = unsigned("wuident.txt", "[OS]\r\n");
        let field =
            |at: usize| u32::from_le_bytes(cabinet[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(field(8), cabinet.len());
        assert!(cabinet[field(16) + 16..].starts_with(b"wuident.txt\0"));
        assert!(cabinet[field(36) + 8..].starts_with(b"[OS]"));
    }
}
