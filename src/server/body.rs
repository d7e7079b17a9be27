//! The bytes of answers.

use std::convert::Infallible;
use std::io::{Cursor, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll};

use flate2::bufread::GzDecoder;
use http_body_util::Full;
use hyper::body::{Bytes, Frame, SizeHint};

use crate::server::rendering::Held;

/// Bytes unpacked at a time: little enough that others who are served by the same thread do not
/// wait for it.
const PIECE: usize = 64 * 1024;

/// A body of either kind.
pub(super) enum Body {
    /// Its bytes are all there.
    Whole(Full<Bytes>),
    /// It is unpacked while it is read, so that a large text costs the memory of its packed form
    /// only, however many read it.
    Unpacked(Box<Unpacking>),
}

/// A packed text that is being unpacked.
pub(super) struct Unpacking {
    source: GzDecoder<Cursor<Held>>,
    left: u64,
}

impl Body {
    /// Bytes that are all there.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::Whole(Full::new(bytes.into()))
    }

    /// The text of a rendering.
    pub(super) fn unpacked(held: Held) -> Self {
        let left = held.text_length();
        Self::Unpacked(Box::new(Unpacking { source: GzDecoder::new(Cursor::new(held)), left }))
    }
}

impl Unpacking {
    fn next(&mut self) -> Option<Bytes> {
        let wanted = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; wanted];
        // What this process has packed itself can be unpacked.
        self.source.read_exact(&mut piece).ok()?;
        self.left -= wanted as u64;
        (wanted > 0).then(|| piece.into())
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(whole) => Pin::new(whole).poll_frame(context),
            Self::Unpacked(text) => Poll::Ready(text.next().map(|piece| Ok(Frame::data(piece)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Unpacked(text) => text.left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Unpacked(text) => SizeHint::with_exact(text.left),
        }
    }
}
