//! Handshakes with servers of every kind.
