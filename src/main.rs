//! The `wsus-probe` program: parse, build the runtime, run, exit code; nothing else.

fn main() {}
