//! Responses that OpenSSL made, and hostile ones.
