//! Self-update cabinets, as they are and with their checksums left out, without which hardly any
//! change would get past the first block.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::wire::cabinet;

/// Where a cabinet without reserve and with one folder names the place of its data (MS-CAB 2.1
/// and 2.2), and where one does that has a signature.
const DATA_PLACES: [usize; 2] = [36, 60];

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    for place in DATA_PLACES {
        let mut unsummed = bytes.to_vec();
        let Some(start) = unsummed.get(place..).and_then(|rest| rest.first_chunk()) else { break };
        let start = u32::from_le_bytes(*start) as usize;
        if let Some(sum) = unsummed.get_mut(start..start.saturating_add(4)) {
            sum.fill(0);
            check(&unsummed);
        }
    }
});

fn check(bytes: &[u8]) {
    if let Ok(cabinet) = cabinet::parse(bytes) {
        for name in cabinet.files.iter().chain(cabinet.ident_sections.iter().flatten()) {
            assert!(!name.contains(char::is_control) && name.chars().count() <= 100);
        }
    }
}
