//! The WSUS request over HTTP or HTTPS, pinned to one member.
