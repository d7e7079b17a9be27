//! From an error of the HTTP client to a failure.

use std::error::Error;
use std::io;

use crate::model::endpoint::Scheme;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::text::one_line;
use crate::net::system_error;
use crate::net::tls::classify;

/// The longest detail, in characters: a few lines of a terminal.
const MAX_DETAIL: usize = 240;

/// Looks for the error that tells most, from the outermost to the innermost.
pub(super) fn explain(error: &(dyn Error + 'static), scheme: Scheme, connected: bool) -> Failure {
    let mut io_error = None;
    let mut http_error = None;
    let mut last = error;
    let mut next = Some(last);
    while let Some(current) = next {
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            let (cause, detail) = classify::of(tls);
            return failure(Phase::Tls, cause, &detail);
        }
        io_error = current.downcast_ref::<io::Error>().or(io_error);
        http_error = current.downcast_ref::<hyper::Error>().or(http_error);
        last = current;
        next = inner(current);
    }
    match (io_error, http_error) {
        (Some(io_error), _) => failure(
            phase(io_error, scheme, connected),
            system_error::cause(io_error),
            &io_error.to_string(),
        ),
        (None, Some(http_error)) => {
            failure(Phase::Wsus, http_cause(http_error), &http_words(http_error))
        }
        (None, None) => {
            let phase = if connected { Phase::Wsus } else { Phase::Connect };
            failure(phase, Cause::Io, &last.to_string())
        }
    }
}

fn failure(phase: Phase, cause: Cause, detail: &str) -> Failure {
    Failure::new(phase, cause, one_line(detail, MAX_DETAIL))
}

/// The next error of the chain. An [`io::Error`] around another error names that one's source as
/// its own, so the error itself would be passed over.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// Before the connection is complete, an established TCP connection shows by how it ended: a
/// connection that was never there cannot be reset or closed.
fn phase(error: &io::Error, scheme: Scheme, connected: bool) -> Phase {
    let established = matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
    );
    match (connected, scheme) {
        (true, _) => Phase::Wsus,
        (false, Scheme::Https) if established => Phase::Tls,
        (false, _) => Phase::Connect,
    }
}

fn http_cause(error: &hyper::Error) -> Cause {
    if error.is_parse_too_large() {
        Cause::HeadersTooLarge
    } else if error.is_parse() {
        Cause::NotHttp
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Cause::Closed
    } else if error.is_user() {
        Cause::Io
    } else {
        // Such as bytes that arrived before anything was asked.
        Cause::NotHttp
    }
}

/// The error's own words and those of its source, which hyper keeps apart.
fn http_words(error: &hyper::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{inner, phase};
    use crate::model::endpoint::Scheme;
    use crate::model::failure::Phase;

    #[test]
    fn phases_follow_from_how_a_connection_ended() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        let cases = [
            (&refused, Scheme::Https, false, Phase::Connect),
            (&reset, Scheme::Https, false, Phase::Tls),
            (&reset, Scheme::Http, false, Phase::Connect),
            (&reset, Scheme::Https, true, Phase::Wsus),
        ];
        for (error, scheme, connected, expected) in cases {
            assert_eq!(phase(error, scheme, connected), expected);
        }
    }

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let wrapped = io::Error::other(io::Error::from(io::ErrorKind::ConnectionReset));
        let found = inner(&wrapped).and_then(|error| error.downcast_ref::<io::Error>());
        assert_eq!(found.map(io::Error::kind), Some(io::ErrorKind::ConnectionReset));
    }
}
