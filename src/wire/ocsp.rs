//! Stapled OCSP responses (RFC 6960).
