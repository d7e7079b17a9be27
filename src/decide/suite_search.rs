//! Finds out by elimination which suites a server accepts, and in which order.
