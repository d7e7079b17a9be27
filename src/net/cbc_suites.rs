//! ECDHE suites with CBC for TLS 1.2, so that old Windows servers can be reached.
