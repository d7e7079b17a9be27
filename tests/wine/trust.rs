//! Resolvers and roots: of the system, and given.
use crate::suite::Test;
pub(super) const TESTS: &[Test] = &[];
