//! The whole run, over made-up networks, in virtual time.
