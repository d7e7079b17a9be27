//! Which endpoint is the nearest healthy one, and when that is known.
