//! Raw options, file and defaults into one validated configuration.
