//! Minimal servers for tests of the network itself.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::{Lab, block_on};

/// Connections the kernel completes before the server takes them: more than any burst of a
/// test, so that accepting never adds to a connect time.
const BACKLOG: u32 = 4096;

/// Bytes of a request that are taken before the reply: unread ones would turn closing into RST.
const REQUEST: usize = 4096;

/// What a server does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Sends back what it gets, until the client is done.
    Echo,
    /// Takes everything and says nothing, until the client is done.
    Hold,
    /// Waits for the first bytes, sends these, and closes: enough of an HTTP server for curl.
    Reply(&'static [u8]),
}

/// TCP servers on one thread in the servers' namespace; dropping this stops them and closes
/// their connections.
#[derive(Debug)]
pub(crate) struct Servers {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Servers {
    /// Listens on each address; when this returns, connections are accepted.
    ///
    /// # Errors
    /// What binding says.
    pub(crate) fn start(lab: &Lab, manner: Manner, addresses: &[SocketAddr]) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (report, ready) = std::sync::mpsc::channel();
        let addresses = addresses.to_vec();
        let thread = lab.servers_thread(move || {
            block_on(async {
                match addresses.iter().map(|at| listen(*at)).collect::<io::Result<Vec<_>>>() {
                    Ok(listeners) => {
                        // The receiver waits for this message.
                        let _ = report.send(Ok(()));
                        serve(manner, listeners, stopped).await;
                    }
                    Err(error) => drop(report.send(Err(error))),
                }
            });
        });
        ready.recv().map_err(io::Error::other)??;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            eprintln!("the lab's servers panicked");
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn serve(manner: Manner, listeners: Vec<TcpListener>, stopped: oneshot::Receiver<()>) {
    let mut tasks = JoinSet::new();
    for listener in listeners {
        tasks.spawn(accept(manner, listener));
    }
    // Ends when the sender is dropped; dropping the tasks ends them.
    let _ = stopped.await;
}

async fn accept(manner: Manner, listener: TcpListener) {
    let mut connections = JoinSet::new();
    // An error here is a client that is gone again, or descriptors that ran out; the test
    // sees the effect.
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve_one(manner, stream));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_one(manner: Manner, mut stream: TcpStream) {
    let (mut reader, mut writer) = stream.split();
    // A client that breaks off is no concern of these servers.
    let _ = match manner {
        Manner::Echo => copy(&mut reader, &mut writer).await.map(drop),
        Manner::Hold => copy(&mut reader, &mut sink()).await.map(drop),
        Manner::Reply(bytes) => match reader.read(&mut [0; REQUEST]).await {
            Ok(_) => writer.write_all(bytes).await,
            Err(error) => Err(error),
        },
    };
}
