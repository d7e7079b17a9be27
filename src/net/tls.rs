//! TLS handshakes that accept every certificate, so that the evidence survives.
