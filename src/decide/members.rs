//! Members of one name against each other.

use crate::model::exchange::Exchange;
use crate::model::finding::Finding;
use crate::model::report::MemberReport;

/// How the members of one name differ, with the odd ones named.
pub fn compare(_members: &[MemberReport]) -> Vec<Finding> {
    Vec::new()
}

/// Whether the answers of one address come from several machines.
pub fn behind_one_address(_exchanges: &[Exchange]) -> Vec<Finding> {
    Vec::new()
}
