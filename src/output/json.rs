//! For programs: versioned JSON.
