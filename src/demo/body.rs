//! Bodies whose stated length need not be the true one.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The body of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Payload {
    bytes: Bytes,
    /// Bytes sent at once, if it is sent in pieces.
    piece: Option<usize>,
    /// Its length is not told to the HTTP layer, which then sends it in chunks, or believes the
    /// `Content-Length` that is already there.
    length_unknown: bool,
    /// Its end was put off once.
    paused: bool,
}

impl Payload {
    /// A body of known length.
    pub(super) fn new(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }

    /// The same body with its length kept from the HTTP layer.
    pub(super) fn of_unknown_length(self) -> Self {
        Self { length_unknown: true, ..self }
    }

    /// The same body in chunks (RFC 9112 section 7.1) of so many bytes, at least one.
    pub(super) fn in_pieces(self, size: usize) -> Self {
        Self { piece: Some(size.max(1)), ..self.of_unknown_length() }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.bytes.is_empty() {
            if self.length_unknown && !self.paused {
                // Where the stated length is missed the HTTP layer drops all that it has not
                // sent yet: let it send that first.
                self.paused = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(None);
        }
        let size = self.piece.unwrap_or(usize::MAX).min(self.bytes.len());
        let piece = self.bytes.split_to(size);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        // An empty body of unknown length still has to be ended by the HTTP layer.
        self.bytes.is_empty() && !self.length_unknown
    }

    fn size_hint(&self) -> SizeHint {
        if self.length_unknown {
            SizeHint::default()
        } else {
            SizeHint::with_exact(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
        }
    }
}
