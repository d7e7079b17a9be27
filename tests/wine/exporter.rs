//! `serve` under Wine, scraped from this machine.
use crate::suite::Test;
pub(super) const TESTS: &[Test] = &[];
