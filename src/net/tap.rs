//! A byte stream that notes when bytes went out and when the kernel received the answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::model::timing::Timed;
use crate::net::stamp::{Arrival, Moment};
use crate::net::{kernel, tcp};

/// A TCP stream with time stamps of its first write and of its last read.
#[derive(Debug)]
pub struct Tap {
    stream: TcpStream,
    first_write: Option<Moment>,
    last_read: Option<Arrival>,
}

impl Tap {
    /// Wraps a connected stream.
    pub fn new(stream: TcpStream) -> Self {
        #[cfg(target_os = "linux")]
        crate::net::stamp::linux::enable(&stream);
        Self { stream, first_write: None, last_read: None }
    }

    #[cfg(target_os = "linux")]
    fn read_once(&self, buffer: &mut ReadBuf<'_>) -> io::Result<Arrival> {
        let stream = &self.stream;
        stream.try_io(tokio::io::Interest::READABLE, || {
            let (bytes, _, stamp) =
                crate::net::stamp::linux::receive(stream, buffer.initialize_unfilled())?;
            buffer.advance(bytes);
            Ok(Arrival::now(stamp))
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn read_once(&self, buffer: &mut ReadBuf<'_>) -> io::Result<Arrival> {
        let bytes = self.stream.try_read(buffer.initialize_unfilled())?;
        buffer.advance(bytes);
        Ok(Arrival::now(None))
    }
}

impl tcp::Link for Tap {
    fn first_write_to_last_read(&self) -> Option<Timed> {
        Some(self.last_read?.since(self.first_write.as_ref()?))
    }

    fn begin_exchange(&mut self) {
        self.first_write = None;
        self.last_read = None;
    }

    fn min_rtt(&self) -> Option<Timed> {
        kernel::tcp_info(&self.stream)?.min_rtt.map(Timed::kernel)
    }

    fn reset_on_close(&self) {
        // A refusal only means a FIN instead of a RST.
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(std::time::Duration::ZERO));
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tap = self.get_mut();
        loop {
            ready!(tap.stream.poll_read_ready(context))?;
            match tap.read_once(buffer) {
                Ok(arrival) => {
                    tap.last_read = Some(arrival);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tap = self.get_mut();
        if tap.first_write.is_none() {
            tap.first_write = Some(Moment::now());
        }
        Pin::new(&mut tap.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
