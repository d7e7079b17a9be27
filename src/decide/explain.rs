//! What each failure means and what to do about it.
