//! `ServerHello` and `HelloRetryRequest`.

use crate::model::protocol::Protocol;
use crate::model::suite::{Group, Suite};
use crate::wire::client_hello::Hello;
use crate::wire::fields::Fields;
use crate::wire::server_flight::Stop;

/// The random bytes of a `HelloRetryRequest` (RFC 8446 section 4.1.3).
pub(super) const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The longest session identifier, in bytes (RFC 5246 section 7.4.1.2).
const MAX_SESSION_ID: usize = 32;

// IANA, TLS ExtensionType Values.
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

/// What the server chose in its hello.
#[derive(Debug)]
pub(super) struct ServerHello {
    pub(super) suite: Suite,
    /// The group of its key share, or of that which it wants.
    pub(super) group: Option<Group>,
    pub(super) retry: bool,
}

/// The fields of the message.
struct Raw {
    version: u16,
    retry: bool,
    suite: Suite,
    compression: u8,
    /// The content of the extension with the version that counts in TLS 1.3.
    selected: Option<Vec<u8>>,
    key_share: Option<Vec<u8>>,
}

/// Reads the message's body and compares it with what was asked for.
pub(super) fn read(body: &[u8], asked: &Hello) -> Result<ServerHello, Stop> {
    let raw = raw(body).ok_or_else(|| Stop::Broken("a malformed ServerHello".to_owned()))?;
    check_version(&raw, asked.protocol)?;
    let Raw { suite, compression, .. } = raw;
    if !asked.suites.contains(&suite) {
        return Err(Stop::Broken(format!("the server chose {suite}, which was not offered")));
    }
    if suite.info().is_some_and(|info| !info.belongs_to(asked.protocol)) {
        let version = asked.protocol.words();
        return Err(Stop::Broken(format!("the server chose {suite}, which {version} has not")));
    }
    if compression != 0 {
        let text = format!("the server chose compression {compression}, which was not offered");
        return Err(Stop::Broken(text));
    }
    let is_tls13 = asked.protocol == Protocol::Tls13;
    let group = if is_tls13 { group(&raw, asked)? } else { None };
    Ok(ServerHello { suite, group, retry: is_tls13 && raw.retry })
}

fn raw(body: &[u8]) -> Option<Raw> {
    let mut fields = Fields(body);
    let version = fields.u16()?;
    let random = fields.array::<32>()?;
    let session_id = fields.vector::<1>()?;
    let suite = Suite(fields.u16()?);
    let compression = fields.u8()?;
    let (mut selected, mut key_share) = (None, None);
    if !fields.is_empty() {
        let mut extensions = Fields(fields.vector::<2>()?);
        while !extensions.is_empty() {
            let (number, content) = (extensions.u16()?, extensions.vector::<2>()?);
            match number {
                SUPPORTED_VERSIONS => selected = Some(content.to_vec()),
                KEY_SHARE => key_share = Some(content.to_vec()),
                _ => {}
            }
        }
    }
    let sound = session_id.len() <= MAX_SESSION_ID && fields.is_empty();
    sound.then(|| Raw { version, retry: random == RETRY, suite, compression, selected, key_share })
}

/// The version that the server chose must be the one that was asked for.
fn check_version(raw: &Raw, asked: Protocol) -> Result<(), Stop> {
    let selected = match (&raw.selected, asked) {
        (Some(content), Protocol::Tls13) => Fields(content).u16().unwrap_or_default(),
        (_, Protocol::Tls13) if raw.version == asked.wire() => {
            let text = "a ServerHello of TLS 1.3 without supported_versions";
            return Err(Stop::Broken(text.to_owned()));
        }
        (_, Protocol::Ssl3 | Protocol::Tls10 | Protocol::Tls11 | Protocol::Tls12)
        | (None, Protocol::Tls13) => raw.version,
    };
    match Protocol::from_wire(selected) {
        Some(version) if version == asked => Ok(()),
        Some(_) => Err(Stop::OtherVersion(selected)),
        None => Err(Stop::Broken(format!("a ServerHello of version 0x{selected:04x}"))),
    }
}

/// The group of the key share, which must be one of those offered.
fn group(raw: &Raw, asked: &Hello) -> Result<Option<Group>, Stop> {
    let Some(content) = &raw.key_share else { return Ok(None) };
    match Fields(content).u16().map(Group) {
        Some(group) if asked.groups.contains(&group) => Ok(Some(group)),
        Some(group) => {
            Err(Stop::Broken(format!("the server chose {group}, which was not offered")))
        }
        None => Err(Stop::Broken("a malformed key share".to_owned())),
    }
}
