//! What is visible from this vantage point that should perhaps not be.

use crate::decide::diagnosis::Seen;
use crate::model::finding::Finding;

/// Clear text and reachability. Never says that a server is vulnerable: that cannot be seen.
pub fn of_member(_seen: &Seen<'_>) -> Vec<Finding> {
    Vec::new()
}
