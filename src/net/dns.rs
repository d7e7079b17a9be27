//! Names to addresses, one family at a time, with the kernel's time.
