//! Bodies of answers to SOAP calls.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::wire::soap;

fuzz_target!(|body: &[u8]| {
    let _ = soap::html_title(body);
    if let Err(problem) = soap::parse(body) {
        assert!(problem.offset <= body.len());
        assert!(!problem.what.contains(char::is_control));
    }
});
