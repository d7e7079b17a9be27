//! From the problems of a chain to a failure or to findings.
