//! A runtime for the resolver whose UDP sockets note when questions left and when the kernel
//! received the answers.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hickory_resolver::net::runtime::{
    DnsUdpSocket, RuntimeProvider, TokioHandle, TokioRuntimeProvider, TokioTime,
};
use tokio::net::UdpSocket;

use crate::model::timing::Timed;
use crate::net::stamp::{Arrival, Moment};

/// Twelve bytes of header precede the question of a DNS message (RFC 1035, section 4.1.1).
const HEADER: usize = 12;

/// The question section of a message, in lower case: what a question and its answer share.
type Question = Vec<u8>;

/// The exchange of one question.
#[derive(Debug)]
struct Exchange {
    first_sent: Moment,
    sent_to: HashMap<SocketAddr, u32>,
    answered: Option<(Arrival, SocketAddr)>,
}

/// What was noted of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// First question to last answer; absent when none came by UDP, or only one that was cut
    /// short, after which the question is asked again by TCP.
    pub time: Option<Timed>,
    /// Who sent the last answer, under the same conditions.
    pub server: Option<SocketAddr>,
    /// Questions sent again to the same server because nothing had come back.
    pub resends: u32,
}

/// Collects exchanges until they are taken.
#[derive(Debug, Clone, Default)]
pub struct Notebook(Arc<Mutex<HashMap<Question, Exchange>>>);

impl Notebook {
    /// Takes what was noted of the question with this name (wire form, RFC 1035 section 3.1,
    /// in any case) and record type.
    pub fn take(&self, name: &[u8], record_type: u16) -> Option<Noted> {
        let mut question = name.to_ascii_lowercase();
        question.extend(record_type.to_be_bytes());
        let exchange = self.lock().remove(&question)?;
        Some(Noted {
            time: exchange.answered.map(|(arrival, _)| arrival.since(&exchange.first_sent)),
            server: exchange.answered.map(|(_, server)| server),
            resends: exchange.sent_to.values().map(|count| count.saturating_sub(1)).sum(),
        })
    }

    fn sent(&self, message: &[u8], to: SocketAddr, at: Moment) {
        let Some(question) = question_of(message) else { return };
        let mut exchanges = self.lock();
        let exchange = exchanges.entry(question).or_insert_with(|| Exchange {
            first_sent: at,
            sent_to: HashMap::new(),
            answered: None,
        });
        // What is asked again after an answer, such as SERVFAIL, was not lost.
        if exchange.answered.is_none() {
            *exchange.sent_to.entry(to).or_default() += 1;
        }
    }

    fn received(&self, message: &[u8], from: SocketAddr, arrival: Arrival) {
        let Some(question) = question_of(message).filter(|_| !is_truncated(message)) else {
            return;
        };
        if let Some(exchange) = self.lock().get_mut(&question) {
            exchange.answered = Some((arrival, from));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Question, Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The TC bit (RFC 1035, section 4.1.1).
fn is_truncated(message: &[u8]) -> bool {
    message.get(2).is_some_and(|flags| flags & 0x02 != 0)
}

/// Name and type of a message's only question, in lower case. `None` for anything else.
fn question_of(message: &[u8]) -> Option<Question> {
    let mut rest = message.get(HEADER..)?;
    let mut length = 0;
    loop {
        let label = usize::from(*rest.first()?);
        // Pointers do not occur in the first name of a message.
        if label > 63 {
            return None;
        }
        length += 1 + label;
        rest = rest.get(1 + label..)?;
        if label == 0 {
            break;
        }
    }
    let with_type = message.get(HEADER..HEADER + length + 2)?;
    Some(with_type.to_ascii_lowercase())
}

/// The resolver's runtime: tokio, except for the UDP sockets.
#[derive(Clone, Default)]
pub struct Runtime {
    tokio: TokioRuntimeProvider,
    notebook: Notebook,
}

impl Runtime {
    /// A runtime that writes into this notebook.
    pub fn new(notebook: Notebook) -> Self {
        Self { tokio: TokioRuntimeProvider::new(), notebook }
    }
}

impl RuntimeProvider for Runtime {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = NotingSocket;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.tokio.create_handle()
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        bind: Option<SocketAddr>,
        limit: Option<Duration>,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Tcp>>>> {
        self.tokio.connect_tcp(server, bind, limit)
    }

    fn bind_udp(
        &self,
        local: SocketAddr,
        _server: SocketAddr,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Udp>>>> {
        let notebook = self.notebook.clone();
        Box::pin(async move {
            let socket = UdpSocket::bind(local).await?;
            #[cfg(target_os = "linux")]
            {
                crate::net::stamp::linux::enable(&socket);
                crate::net::stamp::linux::report_icmp_errors(&socket, local.is_ipv6());
            }
            Ok(NotingSocket::new(socket, notebook))
        })
    }
}

/// A UDP socket that keeps the notebook.
pub struct NotingSocket {
    socket: Arc<UdpSocket>,
    notebook: Notebook,
    /// Completes when the kernel has an ICMP error to report. That alone does not make the
    /// socket readable.
    #[cfg(target_os = "linux")]
    trouble: Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl NotingSocket {
    fn new(socket: UdpSocket, notebook: Notebook) -> Self {
        let socket = Arc::new(socket);
        #[cfg(target_os = "linux")]
        let trouble = {
            let socket = Arc::clone(&socket);
            Mutex::new(Box::pin(async move {
                // An error of the wait itself shows at the next use of the socket.
                let _ = socket.ready(tokio::io::Interest::ERROR).await;
            }) as Pin<Box<dyn Future<Output = ()> + Send>>)
        };
        Self {
            socket,
            notebook,
            #[cfg(target_os = "linux")]
            trouble,
        }
    }

    /// The pending ICMP error, such as "port unreachable", as an error. It is told once: after
    /// it the resolver gives the socket up.
    #[cfg(target_os = "linux")]
    fn poll_trouble(&self, context: &mut Context<'_>) -> Poll<io::Error> {
        {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            ready!(trouble.as_mut().poll(context));
            *trouble = Box::pin(std::future::pending());
        }
        match self.socket.take_error() {
            Ok(Some(error)) | Err(error) => Poll::Ready(error),
            Ok(None) => Poll::Pending,
        }
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "other systems report it as a failed receive")]
    fn poll_trouble(&self, _: &mut Context<'_>) -> Poll<io::Error> {
        Poll::Pending
    }

    #[cfg(target_os = "linux")]
    fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr, Arrival)> {
        self.socket.try_io(tokio::io::Interest::READABLE, || {
            let (bytes, sender, stamp) = crate::net::stamp::linux::receive(&self.socket, buffer)?;
            let sender = sender.ok_or(io::ErrorKind::InvalidData)?;
            Ok((bytes, sender, Arrival::now(stamp)))
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr, Arrival)> {
        let (bytes, sender) = self.socket.try_recv_from(buffer)?;
        Ok((bytes, sender, Arrival::now(None)))
    }
}

impl DnsUdpSocket for NotingSocket {
    type Time = TokioTime;

    fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        loop {
            if let Poll::Ready(error) = self.poll_trouble(context) {
                return Poll::Ready(Err(error));
            }
            ready!(self.socket.poll_recv_ready(context))?;
            match self.receive(buffer) {
                Ok((bytes, sender, arrival)) => {
                    let message = buffer.get(..bytes).unwrap_or_default();
                    self.notebook.received(message, sender, arrival);
                    return Poll::Ready(Ok((bytes, sender)));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_send_to(
        &self,
        context: &mut Context<'_>,
        message: &[u8],
        to: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        let at = Moment::now();
        let sent = ready!(self.socket.poll_send_to(context, message, to))?;
        self.notebook.sent(message, to, at);
        Poll::Ready(Ok(sent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(question: &[u8]) -> Vec<u8> {
        [&[0; HEADER][..], question].concat()
    }

    #[test]
    fn questions_are_found_in_any_case_and_never_panic() {
        let question = b"\x03WsUs\x04Test\x00\x00\x01\x00\x01";
        // The first label's length byte says 3 while four letters follow: not a name.
        assert_eq!(question_of(&message(question)), None);
        let good = b"\x04WsUs\x04Test\x00\x00\x1c\x00\x01 and more";
        assert_eq!(
            question_of(&message(good)).as_deref(),
            Some(&b"\x04wsus\x04test\x00\x00\x1c"[..])
        );
        for bad in [&b""[..], b"\x04ws", b"\xc0\x0c\x00\x01", b"\x00\x00"] {
            assert_eq!(question_of(&message(bad)), None, "{bad:?}");
        }
        assert_eq!(question_of(b"short"), None);
    }

    #[test]
    fn resends_are_counted_per_server() {
        let notebook = Notebook::default();
        let question = message(b"\x01a\x00\x00\x01\x00\x01");
        let servers = ["127.0.0.1:53", "127.0.0.2:53"].map(|s| s.parse::<SocketAddr>().unwrap());
        for server in [servers[0], servers[1], servers[0], servers[0]] {
            notebook.sent(&question, server, Moment::now());
        }
        let noted = notebook.take(b"\x01A\x00", 1).unwrap();
        assert_eq!((noted.resends, noted.time), (2, None));
        assert_eq!(notebook.take(b"\x01a\x00", 1), None);
    }

    #[test]
    fn a_question_after_an_answer_is_not_sent_again_and_a_truncated_answer_is_none() {
        let notebook = Notebook::default();
        let mut answer = message(b"\x01a\x00\x00\x01\x00\x01");
        let server = "127.0.0.1:53".parse().unwrap();
        notebook.sent(&answer, server, Moment::now());
        answer[2] = 0x82;
        notebook.received(&answer, server, Arrival::now(None));
        assert_eq!(notebook.take(b"\x01a\x00", 1).unwrap().time, None);
        notebook.sent(&answer, server, Moment::now());
        answer[2] = 0x80;
        notebook.received(&answer, server, Arrival::now(None));
        notebook.sent(&answer, server, Moment::now());
        let noted = notebook.take(b"\x01a\x00", 1).unwrap();
        assert!(noted.resends == 0 && noted.time.is_some(), "{noted:?}");
        assert_eq!(noted.server, Some(server));
    }
}
