//! Policy files, and what is written of what they say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::model::registry::RemarkKind;
use wsus_probe::wire::registry_pol;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = registry_pol::read(bytes) else { return };
    assert!(document.entries.len() + document.remarks.len() <= bytes.len());
    let operations: Vec<_> = document.entries.into_iter().map(|entry| entry.operation).collect();
    let Ok(again) = registry_pol::read(&registry_pol::write(&operations)) else {
        panic!("what was written has no header");
    };
    let broken = [RemarkKind::BadRecord, RemarkKind::CutShort];
    assert!(!again.remarks.iter().any(|remark| broken.contains(&remark.kind)));
});
