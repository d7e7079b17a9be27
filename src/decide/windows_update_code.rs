//! Which Windows Update error code a client would show for a failure.
