//! Which certification authorities are trusted, and path validation against them.
