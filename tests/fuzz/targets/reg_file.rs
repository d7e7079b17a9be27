//! Registry files, as they are and in UTF-16, and what is written of what they say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::wire::reg_file;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        check(&reg_file::utf16(text));
    }
});

fn check(bytes: &[u8]) {
    let Ok(document) = reg_file::read(bytes) else { return };
    assert!(document.entries.len() + document.remarks.len() <= 2 * bytes.len());
    for remark in &document.remarks {
        assert!(!remark.text.contains(char::is_control));
    }
    let operations: Vec<_> = document.entries.into_iter().map(|entry| entry.operation).collect();
    let written = reg_file::utf16(&reg_file::text(&[], &operations));
    assert!(reg_file::read(&written).is_ok());
}
