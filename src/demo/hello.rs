//! A server of old versions of TLS that goes no further than its first flight: what somebody sees
//! of it who does not speak those versions.

use std::io;
use std::time::Duration;

use rustls::crypto::ring::kx_group::SECP256R1;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::model::protocol::Protocol;
use crate::model::suite::{Group, Suite};
use crate::wire::fields::Fields;
use crate::wire::vector::prefixed;

/// For a whole connection: far more than a hello and its answer take over any line.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest payload of a record, in bytes (RFC 5246 section 6.2.1). Longer hellos, or those in
/// several records, are refused.
const MAX_RECORD: usize = 1 << 14;

// Record and handshake types, and an extension (RFC 5246 sections 6.2.1 and 7.4, RFC 8422 section 5.1).
const RECORD_ALERT: u8 = 21;
const RECORD_HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;
const SUPPORTED_GROUPS: u16 = 10;
const NAMED_CURVE: u8 = 3;

/// Secure renegotiation as an extension, and as a suite (RFC 5746 sections 3.2 and 3.3).
const RENEGOTIATION_INFO: u16 = 0xff01;
const RENEGOTIATION_SUITE: Suite = Suite(0x00ff);

/// How a server signs in TLS 1.2 (RFC 5246 section 7.4.1.4.1).
const ECDSA_SHA256: [u8; 2] = [4, 3];

/// Alerts (RFC 5246 section 7.2).
const FATAL: u8 = 2;
const HANDSHAKE_FAILURE: u8 = 40;
const DECODE_ERROR: u8 = 50;
const PROTOCOL_VERSION: u8 = 70;

/// A server that speaks only versions before TLS 1.3, with a P-256 certificate.
#[derive(Debug, Clone)]
pub struct OldTls {
    /// The oldest version.
    pub oldest: Protocol,
    /// The newest version, TLS 1.2 at most.
    pub newest: Protocol,
    /// What it accepts, in its order of preference; all with ECDHE and ECDSA.
    pub suites: Vec<Suite>,
    /// The chain, leaf first.
    pub chain: Vec<CertificateDer<'static>>,
}

/// What matters of a `ClientHello`.
struct Client {
    version: u16,
    suites: Vec<Suite>,
    /// `None` where it names no groups, which leaves the choice to the server.
    groups: Option<Vec<Group>>,
    /// It knows of secure renegotiation, and may insist on it.
    renegotiation: bool,
}

/// Answers a `ClientHello` up to `ServerHelloDone`, or refuses it, and closes when the client has
/// said something more. The server's signature is none: it could only be verified by a client that
/// speaks the version.
///
/// # Errors
///
/// When the client closes or resets the connection first, or is silent for too long.
pub async fn answer<S>(server: &OldTls, mut stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let whole = async {
        let mut head = [0; 5];
        stream.read_exact(&mut head).await?;
        let [_, _, _, length @ ..] = head;
        let mut payload = vec![0; usize::from(u16::from_be_bytes(length)).min(MAX_RECORD)];
        stream.read_exact(&mut payload).await?;
        stream.write_all(&server.reply(&payload)).await?;
        stream.flush().await?;
        let mut more = [0; 1024];
        let _ = stream.read(&mut more).await?;
        stream.shutdown().await
    };
    timeout(PATIENCE, whole).await?
}

impl OldTls {
    /// The answer to the payload of the client's first record.
    fn reply(&self, payload: &[u8]) -> Vec<u8> {
        let Some(client) = parse(payload) else { return self.alert(DECODE_ERROR) };
        let version = client.version.min(self.newest.wire());
        let Some(version) = Protocol::from_wire(version).filter(|known| *known >= self.oldest)
        else {
            return self.alert(PROTOCOL_VERSION);
        };
        let usable = |suite: &&Suite| suite.belongs_to(version) && client.suites.contains(suite);
        let curve = client.groups.is_none_or(|groups| groups.contains(&Group::SECP256R1));
        match self.suites.iter().find(usable) {
            Some(&suite) if curve => self.flight(version, suite, client.renegotiation),
            _ => self.alert(HANDSHAKE_FAILURE),
        }
    }

    /// All messages of the server's first flight.
    fn flight(&self, version: Protocol, suite: Suite, renegotiation: bool) -> Vec<u8> {
        let (no_session, no_compression) = (0, 0);
        let mut hello = version.wire().to_be_bytes().to_vec();
        hello.extend([0x5a; 32]);
        hello.push(no_session);
        hello.extend(suite.0.to_be_bytes());
        hello.push(no_compression);
        if renegotiation {
            let mut extension = RENEGOTIATION_INFO.to_be_bytes().to_vec();
            prefixed::<2>(&mut extension, &[0]);
            prefixed::<2>(&mut hello, &extension);
        }
        let mut chain = Vec::new();
        for der in &self.chain {
            prefixed::<3>(&mut chain, der);
        }
        let mut certificate = Vec::new();
        prefixed::<3>(&mut certificate, &chain);
        let messages = [
            (SERVER_HELLO, hello),
            (CERTIFICATE, certificate),
            (SERVER_KEY_EXCHANGE, key_exchange(version)),
            (SERVER_HELLO_DONE, Vec::new()),
        ];
        let mut all = Vec::new();
        for (kind, body) in messages {
            all.push(kind);
            prefixed::<3>(&mut all, &body);
        }
        let parts = all.chunks(MAX_RECORD);
        parts.flat_map(|part| record(RECORD_HANDSHAKE, version, part)).collect()
    }

    fn alert(&self, description: u8) -> Vec<u8> {
        record(RECORD_ALERT, self.newest, &[FATAL, description])
    }
}

/// `ServerKeyExchange` with a fresh key (RFC 8422 section 5.4).
fn key_exchange(version: Protocol) -> Vec<u8> {
    let key = SECP256R1.start().map_or_else(|_| Vec::new(), |key| key.pub_key().to_vec());
    let mut body = vec![NAMED_CURVE];
    body.extend(Group::SECP256R1.0.to_be_bytes());
    prefixed::<1>(&mut body, &key);
    if version >= Protocol::Tls12 {
        body.extend(ECDSA_SHA256);
    }
    let signature = [0; 70];
    prefixed::<2>(&mut body, &signature);
    body
}

/// Reads a `ClientHello` (RFC 5246 section 7.4.1.2); `None` for anything else.
fn parse(payload: &[u8]) -> Option<Client> {
    let mut message = Fields(payload);
    let is_hello = message.u8()? == CLIENT_HELLO;
    let mut body = Fields(message.vector::<3>()?);
    let version = body.u16()?;
    let _random = body.array::<32>()?;
    let _session = body.vector::<1>()?;
    let suites: Vec<_> = numbers(body.vector::<2>()?).map(Suite).collect();
    let _compression = body.vector::<1>()?;
    let (mut groups, mut extended) = (None, false);
    let mut extensions = Fields(body.vector::<2>().unwrap_or_default());
    while let (Some(kind), Some(content)) = (extensions.u16(), extensions.vector::<2>()) {
        extended |= kind == RENEGOTIATION_INFO;
        if kind == SUPPORTED_GROUPS {
            groups = Some(numbers(Fields(content).vector::<2>()?).map(Group).collect());
        }
    }
    let renegotiation = extended || suites.contains(&RENEGOTIATION_SUITE);
    is_hello.then_some(Client { version, suites, groups, renegotiation })
}

fn numbers(list: &[u8]) -> impl Iterator<Item = u16> {
    let mut list = Fields(list);
    std::iter::from_fn(move || list.u16())
}

fn record(kind: u8, version: Protocol, payload: &[u8]) -> Vec<u8> {
    let mut record = vec![kind];
    record.extend(version.wire().to_be_bytes());
    prefixed::<2>(&mut record, payload);
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tls_scan::{Answer, HelloShape};
    use crate::wire::client_hello::Hello;
    use crate::wire::server_flight::{End, ServerFlight};

    const SUITES: [Suite; 2] = [Suite(0xc00a), Suite(0xc009)];

    fn server(newest: Protocol) -> OldTls {
        let chain = vec![vec![1; 300].into(), vec![2; 70_000].into()];
        OldTls { oldest: Protocol::Tls10, newest, suites: SUITES.to_vec(), chain }
    }

    fn hello(protocol: Protocol) -> Hello {
        Hello::new(protocol, HelloShape::Full, "wsus.test", [7; 32])
    }

    /// What the scan of this program makes of the answer to its own hello.
    async fn ask(server: &OldTls, hello: &Hello) -> Answer {
        let (mut client, end) = tokio::io::duplex(1 << 20);
        client.write_all(&hello.encode()).await.unwrap();
        client.shutdown().await.unwrap();
        answer(server, end).await.unwrap();
        let mut flight = Vec::new();
        client.read_to_end(&mut flight).await.unwrap();
        let mut reader = ServerFlight::new(hello);
        reader.feed(&flight).unwrap_or_else(|| reader.end(End::Closed))
    }

    #[tokio::test]
    async fn the_version_is_the_newest_that_both_have() {
        use Protocol::{Ssl3, Tls10, Tls11, Tls12, Tls13};
        for (newest, asked, answered) in [
            (Tls10, Ssl3, None),
            (Tls10, Tls10, Some(Tls10)),
            (Tls10, Tls11, Some(Tls10)),
            (Tls10, Tls12, Some(Tls10)),
            (Tls12, Tls11, Some(Tls11)),
            (Tls12, Tls12, Some(Tls12)),
        ] {
            let answer = ask(&server(newest), &hello(asked)).await;
            match (answer, answered) {
                (Answer::Alert(number), None) => assert_eq!(number, PROTOCOL_VERSION),
                (Answer::OtherVersion(number), Some(version)) => {
                    assert_eq!((number, version != asked), (version.wire(), true));
                }
                (Answer::Chosen(choice), Some(version)) => {
                    assert_eq!(version, asked);
                    assert_eq!((choice.suite, choice.cut_short), (SUITES[0], None));
                    assert_eq!(choice.group, Some(Group::SECP256R1));
                    let lengths: Vec<_> =
                        choice.presented.unwrap().chain.iter().map(Vec::len).collect();
                    assert_eq!(lengths, [300, 70_000]);
                }
                (other, _) => panic!("{newest:?} {asked:?}: {other:?}"),
            }
        }
        // It knows nothing of the extension with which TLS 1.3 is offered.
        let mut newest = hello(Tls13);
        newest.suites.extend(SUITES);
        assert_eq!(ask(&server(Tls10), &newest).await, Answer::OtherVersion(Tls10.wire()));
    }

    #[tokio::test]
    async fn what_does_not_suit_is_refused() {
        let server = server(Protocol::Tls10);
        let mut other_suites = hello(Protocol::Tls10);
        other_suites.suites = vec![Suite(0xc014)];
        let mut other_groups = hello(Protocol::Tls10);
        other_groups.groups = vec![Group::X25519];
        let mut second = hello(Protocol::Tls10);
        second.suites.retain(|suite| *suite != SUITES[0]);
        assert_eq!(ask(&server, &other_suites).await, Answer::Alert(HANDSHAKE_FAILURE));
        assert_eq!(ask(&server, &other_groups).await, Answer::Alert(HANDSHAKE_FAILURE));
        let Answer::Chosen(choice) = ask(&server, &second).await else { panic!("refused") };
        assert_eq!(choice.suite, SUITES[1]);
    }

    #[test]
    fn nonsense_is_refused() {
        let whole = hello(Protocol::Tls10).encode();
        let server = server(Protocol::Tls10);
        let decode_error = server.alert(DECODE_ERROR);
        // Cut off within the fields that every hello has: 5 bytes of record, then the message.
        for end in 5..60 {
            assert_eq!(server.reply(&whole[5..end]), decode_error);
        }
        assert_eq!(server.reply(b"GET / HTTP/1.1"), decode_error);
    }
}
