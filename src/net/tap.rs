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

    fn begin_write(&mut self) {
        if self.first_write.is_none() {
            self.first_write = Some(Moment::now());
        }
    }

    #[cfg(target_os = "linux")]
    fn read_once(&self, buffer: &mut ReadBuf<'_>) -> io::Result<Arrival> {
        let (stream, room) = (&self.stream, buffer.remaining());
        let mut arrival = None;
        let tried = stream.try_io(tokio::io::Interest::READABLE, || {
            let (bytes, _, stamp) =
                crate::net::stamp::linux::receive(stream, buffer.initialize_unfilled())?;
            buffer.advance(bytes);
            arrival = Some(Arrival::now(stamp));
            // Less than there was room for: nothing is left (epoll(7)). To say so here saves the
            // call that would find it out.
            if bytes > 0 && bytes < room { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        });
        match arrival {
            Some(arrival) => Ok(arrival),
            None => Err(tried.err().unwrap_or_else(|| io::ErrorKind::WouldBlock.into())),
        }
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
        tap.begin_write();
        Pin::new(&mut tap.stream).poll_write(context, bytes)
    }

    // The records that end a handshake leave together.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let tap = self.get_mut();
        tap.begin_write();
        Pin::new(&mut tap.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::net::tcp::{Dial as _, Kernel, Link};

    async fn pair() -> (Box<dyn Link>, TcpStream) {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let dialed = Kernel::new().dial(address, Duration::from_secs(5)).await;
        let (far, _) = server.accept().await.unwrap();
        (dialed.unwrap_or_else(|error| panic!("{error:?}")).link, far)
    }

    #[tokio::test]
    async fn what_is_written_together_leaves_together_and_is_the_first_write() {
        let (mut near, mut far) = pair().await;
        assert!(near.is_write_vectored());
        let slices = [io::IoSlice::new(b"one"), io::IoSlice::new(b"two")];
        assert_eq!(near.write_vectored(&slices).await.unwrap(), 6);
        let mut buffer = [0; 16];
        assert_eq!(far.read(&mut buffer).await.unwrap(), 6);
        far.write_all(b"answer").await.unwrap();
        assert_eq!(near.read(&mut buffer).await.unwrap(), 6);
        assert!(near.first_write_to_last_read().is_some());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_is_missed_after_a_read_that_left_room() {
        let (mut near, mut far) = pair().await;
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move {
            for count in 0..2_000_u32 {
                far.write_all(&[7; 3]).await.unwrap();
                if count % 3 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
        let read = async {
            // Small ones are filled to the brim now and then.
            let (mut all, mut sum) = ([0; 8], 0);
            while let Ok(count @ 1..) = near.read(&mut all).await {
                sum += count;
            }
            sum
        };
        let sum = tokio::time::timeout(Duration::from_secs(20), read).await;
        assert_eq!(sum, Ok(6_000));
    }
}
