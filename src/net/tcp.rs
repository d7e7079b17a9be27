//! Opening connections and asking the kernel what it measured.
