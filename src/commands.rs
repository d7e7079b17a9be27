//! One file a command: run, render, exit code.
