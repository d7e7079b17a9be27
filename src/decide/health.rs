//! From evidence to verdicts, per member and per endpoint.
