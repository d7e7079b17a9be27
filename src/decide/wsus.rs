//! Whether an HTTP answer is that of a healthy WSUS server.
