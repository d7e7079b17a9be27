//! What a client's first message offers (RFC 8446 section 4.1.2 and its forerunners).

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// The most that a record may hold (RFC 8446 section 5.1), in bytes.
const LARGEST_RECORD: usize = 1 << 14;

pub(crate) const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const RENEGOTIATION_INFO: u16 = 0xff01;
/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV` (RFC 5746 section 3.3).
const RENEGOTIATION_SIGNAL: u16 = 0x00ff;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    /// Of the record, not of the message.
    pub(crate) record_version: u16,
    /// Record header and message, in bytes.
    pub(crate) length: usize,
    pub(crate) version: u16,
    pub(crate) session: Vec<u8>,
    pub(crate) suites: Vec<u16>,
    pub(crate) extensions: Vec<(u16, Vec<u8>)>,
}

impl Hello {
    /// Reads one; `None` for what is none, in one record, or if the client goes away.
    pub(crate) async fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut header = [0; 5];
        stream.read_exact(&mut header).await.ok()?;
        let [kind, major, minor, high, low] = header;
        let length = usize::from(u16::from_be_bytes([high, low]));
        if kind != HANDSHAKE || major != 3 || length > LARGEST_RECORD {
            return None;
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Self::parse(u16::from_be_bytes([major, minor]), &body)
    }

    fn parse(record_version: u16, body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        (reader.number(1)? == usize::from(CLIENT_HELLO)).then_some(())?;
        let mut message = Reader(reader.block(3)?);
        let version = message.short()?;
        message.take(32)?;
        let session = message.block(1)?.to_vec();
        let suites = shorts(message.block(2)?);
        message.block(1)?;
        let mut extensions = Vec::new();
        if !message.0.is_empty() {
            let mut list = Reader(message.block(2)?);
            while !list.0.is_empty() {
                let number = list.short()?;
                extensions.push((number, list.block(2)?.to_vec()));
            }
        }
        let length = body.len() + 5;
        Some(Self { record_version, length, version, session, suites, extensions })
    }

    pub(crate) fn extension(&self, number: u16) -> Option<&[u8]> {
        let found = self.extensions.iter().find(|(candidate, _)| *candidate == number);
        found.map(|(_, body)| body.as_slice())
    }

    /// The list of the extension; `None` where there is none.
    pub(crate) fn supported_versions(&self) -> Option<Vec<u16>> {
        Some(shorts(Reader(self.extension(SUPPORTED_VERSIONS)?).block(1)?))
    }

    /// The groups; `None` where nothing is said about them.
    pub(crate) fn groups(&self) -> Option<Vec<u16>> {
        Some(shorts(Reader(self.extension(SUPPORTED_GROUPS)?).block(2)?))
    }

    /// The groups for which a key is sent along.
    pub(crate) fn key_shares(&self) -> Vec<u16> {
        let list = self.extension(KEY_SHARE).and_then(|body| Reader(body).block(2));
        let mut list = Reader(list.unwrap_or_default());
        let mut groups = Vec::new();
        while let Some(group) = list.short() {
            if list.block(2).is_none() {
                break;
            }
            groups.push(group);
        }
        groups
    }

    /// In either of its two forms (RFC 5746).
    pub(crate) fn signals_renegotiation(&self) -> bool {
        self.suites.contains(&RENEGOTIATION_SIGNAL) || self.extension(RENEGOTIATION_INFO).is_some()
    }
}

fn shorts(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// Reads from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    fn short(&mut self) -> Option<u16> {
        u16::try_from(self.number(2)?).ok()
    }

    /// What follows a length of so many bytes.
    fn block(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let length = self.number(bytes)?;
        self.take(length)
    }
}
