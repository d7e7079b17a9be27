//! Chains as they are presented, and how they are judged.
