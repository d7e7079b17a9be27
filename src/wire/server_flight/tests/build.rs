//! Makes the bytes of servers.

/// A record of TLS 1.2.
pub(super) fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3][..], &length, body].concat()
}

pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &length(body), body].concat()
}

pub(super) fn alert(level: u8, number: u8) -> Vec<u8> {
    record(21, &[level, number])
}

/// A `ServerHello` with no compression and without a session identifier.
pub(super) fn hello(version: u16, suite: u16, extensions: &[u8]) -> Vec<u8> {
    server_hello(version, [5; 32], suite, 0, extensions)
}

pub(super) fn server_hello(
    version: u16,
    random: [u8; 32],
    suite: u16,
    compression: u8,
    extensions: &[u8],
) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend(random);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(compression);
    if !extensions.is_empty() {
        body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend(extensions);
    }
    message(2, &body)
}

pub(super) fn certificate(chain: &[&[u8]]) -> Vec<u8> {
    let list: Vec<u8> = chain.iter().flat_map(|one| [&length(one)[..], one].concat()).collect();
    message(11, &[&length(&list)[..], &list].concat())
}

fn length(body: &[u8]) -> [u8; 3] {
    let [_, rest @ ..] = u32::try_from(body.len()).unwrap().to_be_bytes();
    rest
}
