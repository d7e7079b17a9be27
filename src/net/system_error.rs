//! What the errors of the operating system mean.

use std::io;

use crate::model::failure::Cause;

/// The cause that an I/O error of the system stands for, in any phase.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds of I/O errors are an open set")]
pub fn cause(error: &io::Error) -> Cause {
    if error.raw_os_error().is_some_and(is_local_limit) {
        return Cause::LocalLimit;
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Cause::Refused,
        // A write after a reset may be told as a broken pipe.
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Cause::Reset,
        io::ErrorKind::UnexpectedEof => Cause::Closed,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Cause::Unreachable,
        io::ErrorKind::PermissionDenied => Cause::LocallyForbidden,
        io::ErrorKind::TimedOut => Cause::Timeout,
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory => Cause::LocalLimit,
        _ => Cause::Io,
    }
}

/// Too many files in this process or this system, or no buffer space for another socket.
#[cfg(unix)]
fn is_local_limit(code: i32) -> bool {
    [libc::EMFILE, libc::ENFILE, libc::ENOBUFS].contains(&code)
}

/// Too many sockets (`WSAEMFILE`), or no buffer space for another one (`WSAENOBUFS`).
#[cfg(not(unix))]
fn is_local_limit(code: i32) -> bool {
    [10_024, 10_055].contains(&code)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io;

    use super::cause;
    use crate::model::failure::Cause;

    #[test]
    fn system_errors_are_sorted() {
        let cases = [
            (libc::ECONNREFUSED, Cause::Refused),
            (libc::ECONNRESET, Cause::Reset),
            (libc::EHOSTUNREACH, Cause::Unreachable),
            (libc::ENETUNREACH, Cause::Unreachable),
            (libc::EMFILE, Cause::LocalLimit),
            (libc::ENFILE, Cause::LocalLimit),
            (libc::ENOBUFS, Cause::LocalLimit),
            (libc::ENOMEM, Cause::LocalLimit),
            (libc::EADDRNOTAVAIL, Cause::LocalLimit),
            (libc::EACCES, Cause::LocallyForbidden),
            (libc::EPERM, Cause::LocallyForbidden),
            (libc::ETIMEDOUT, Cause::Timeout),
            (libc::EPIPE, Cause::Reset),
            (libc::EPROTO, Cause::Io),
        ];
        for (code, expected) in cases {
            assert_eq!(cause(&io::Error::from_raw_os_error(code)), expected, "{code}");
        }
    }
}
