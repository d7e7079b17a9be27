//! Golden bytes of every version and shape, and the rules that all hellos keep.

use std::fmt::Write as _;

use super::*;
use crate::wire::fields::Fields;

/// The most bytes that surely travel in one segment, over IPv6 and through tunnels too.
const SEGMENT: usize = 1300;

/// A hello as a server reads it.
#[derive(Debug)]
struct Read {
    record_version: u16,
    message_length: usize,
    version: u16,
    session_id: usize,
    suites: Vec<u16>,
    /// Numbers and contents, in order; `None` where there is no block of extensions.
    extensions: Option<Vec<(u16, Vec<u8>)>>,
}

impl Read {
    fn extension(&self, number: u16) -> Option<&[u8]> {
        let all = self.extensions.iter().flatten();
        all.into_iter().find(|(other, _)| *other == number).map(|(_, content)| content.as_slice())
    }
}

fn read(bytes: &[u8]) -> Option<Read> {
    let mut record = Fields(bytes);
    assert_eq!(record.u8()?, HANDSHAKE);
    let record_version = record.u16()?;
    let message = record.vector::<2>()?;
    assert!(record.is_empty());
    let message_length = message.len();
    let mut message = Fields(message);
    assert_eq!(message.u8()?, CLIENT_HELLO);
    let mut body = Fields(message.vector::<3>()?);
    assert!(message.is_empty());
    let version = body.u16()?;
    body.array::<32>()?;
    let session_id = body.vector::<1>()?.len();
    let suites = numbers_of(body.vector::<2>()?);
    assert_eq!(body.vector::<1>()?, [0], "only null compression");
    let mut extensions = None;
    if !body.is_empty() {
        let mut block = Fields(body.vector::<2>()?);
        assert!(body.is_empty());
        let all: &mut Vec<_> = extensions.insert(Vec::new());
        while !block.is_empty() {
            all.push((block.u16()?, block.vector::<2>()?.to_vec()));
        }
    }
    Some(Read { record_version, message_length, version, session_id, suites, extensions })
}

fn numbers_of(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect()
}

fn encoded(protocol: Protocol, shape: HelloShape, host: &str) -> Read {
    read(&Hello::new(protocol, shape, host, [7; 32]).encode()).unwrap()
}

#[test]
fn the_bytes_stay_the_same() {
    let mut text = String::new();
    for &protocol in Protocol::ALL {
        for &shape in HelloShape::ALL {
            let bytes = Hello::new(protocol, shape, "wsus.example.test", [7; 32]).encode();
            let (version, shape) = (protocol.words(), shape.as_str());
            writeln!(text, "{version} {shape}: {} bytes", bytes.len()).unwrap();
            for line in bytes.chunks(32) {
                text.extend(line.iter().map(|byte| format!("{byte:02x}")));
                text.push('\n');
            }
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_hello_keeps_the_rules() {
    for &protocol in Protocol::ALL {
        for &shape in HelloShape::ALL {
            for length in 1..=MAX_NAME {
                let hello = Hello::new(protocol, shape, &"a".repeat(length), [7; 32]);
                let bytes = hello.encode();
                assert!(bytes.len() < SEGMENT);
                check(&hello, &read(&bytes).unwrap());
            }
        }
    }
}

fn check(hello: &Hello, read: &Read) {
    let Hello { protocol, shape, .. } = *hello;
    let context = format!("{protocol:?} {shape:?} {:?}", hello.server_name);
    let length = read.message_length;
    assert!(!(256..=511).contains(&length), "{context}: {length}");
    assert!(![10, 14].contains(&(length % 256)), "{context}: {length}");
    assert_eq!(read.record_version, protocol.wire().min(0x0301), "{context}");
    assert_eq!(read.version, protocol.wire().min(0x0303), "{context}");
    let with_session = protocol == Protocol::Tls13 || shape == HelloShape::Short;
    assert_eq!(read.session_id, if with_session { 32 } else { 0 }, "{context}");

    let most = if shape == HelloShape::Short { 16 } else { 128 };
    assert!((2..=most).contains(&read.suites.len()), "{context}: {}", read.suites.len());
    assert_eq!(read.suites.last(), Some(&0x00ff), "{context}");
    assert!(!read.suites.contains(&0x5600), "{context}: fallback");
    let own = read.suites.iter().filter(|&&suite| Suite(suite).belongs_to(protocol)).count();
    assert!(own >= 3, "{context}");

    let without = protocol == Protocol::Ssl3
        || (shape == HelloShape::NoExtensions && protocol != Protocol::Tls13);
    assert_eq!(read.extensions.is_none(), without, "{context}");
    let Some(extensions) = &read.extensions else { return };
    assert!(extensions.last().is_some_and(|(_, content)| !content.is_empty()), "{context}");
    let named = matches!(shape, HelloShape::Full | HelloShape::Short);
    assert_eq!(extensions[0].0 == 0, named, "{context}: the name comes first");
    let has = |number| read.extension(number).is_some();
    assert_eq!(has(5), !matches!(shape, HelloShape::Short | HelloShape::NoExtensions), "{context}");
    assert!(has(10) && has(11), "{context}");
    assert_eq!(has(13), protocol >= Protocol::Tls12, "{context}");
    for only_in_tls13 in [43, 45, 51] {
        assert_eq!(has(only_in_tls13), protocol == Protocol::Tls13, "{context}");
    }
    if protocol == Protocol::Tls13 {
        assert_eq!(read.extension(43), Some([2, 3, 4].as_slice()), "{context}");
    }
}

#[test]
fn each_shape_offers_its_suites() {
    let suites = |protocol, shape| encoded(protocol, shape, "wsus").suites;
    for (protocol, shape, has, has_not) in [
        (Protocol::Tls12, HelloShape::Full, vec![0xc028, 0x006a, 0x0009], vec![0x003b, 0x1301]),
        (Protocol::Tls12, HelloShape::Short, vec![0xc02f, 0xc02b, 0x002f, 0x000a], vec![0x0009]),
        (Protocol::Tls12, HelloShape::NoExtensions, vec![0x009f, 0x003c], vec![0xc030]),
        (Protocol::Tls10, HelloShape::Full, vec![0xc014, 0x0005], vec![0xc030, 0x003c]),
        (Protocol::Ssl3, HelloShape::Full, vec![0xc014, 0x0005], vec![0xc030]),
        (Protocol::Ssl3, HelloShape::NoExtensions, vec![0x0005], vec![0xc014]),
        (Protocol::Tls13, HelloShape::Full, vec![0x1303, 0xc028, 0x002f], vec![]),
        (Protocol::Tls13, HelloShape::Short, vec![0x1301, 0x1303, 0xc014, 0x002f], vec![0x0005]),
        (Protocol::Tls13, HelloShape::NoExtensions, vec![0x1301, 0xc014], vec![]),
    ] {
        let offered = suites(protocol, shape);
        assert!(has.iter().all(|suite| offered.contains(suite)), "{protocol:?} {shape:?}");
        assert!(!has_not.iter().any(|suite| offered.contains(suite)), "{protocol:?} {shape:?}");
    }
    let old = suites(Protocol::Tls10, HelloShape::Full);
    assert_eq!(old[old.len() - 5..], [0x0032, 0x0038, 0x0013, 0x0012, 0x00ff], "DSA last");
}

#[test]
fn only_names_go_into_sni() {
    for (host, expected) in [
        ("wsus.example.test", Some("wsus.example.test")),
        ("wsus.example.test.", Some("wsus.example.test")),
        ("WSUS", Some("WSUS")),
        ("127.0.0.1", None),
        ("127.0.0.1.", None),
        ("::1", None),
        ("[::1]", None),
        ("fe80::1%eth0", None),
        ("", None),
        (".", None),
        ("bücher.example", None),
    ] {
        let hello = Hello::new(Protocol::Tls12, HelloShape::Full, host, [7; 32]);
        assert_eq!(hello.server_name.as_deref(), expected, "{host}");
        let sent = read(&hello.encode()).unwrap();
        let Some(name) = expected else {
            assert_eq!(sent.extension(0), None, "{host}");
            continue;
        };
        let content = sent.extension(0).unwrap();
        assert_eq!(&content[5..], name.as_bytes());
        assert_eq!(content[..5], [0, content[4] + 3, 0, 0, content[4]]);
    }
    let long = "a".repeat(MAX_NAME + 1);
    assert_eq!(Hello::new(Protocol::Tls12, HelloShape::Full, &long, [7; 32]).server_name, None);
}

#[test]
fn what_callers_choose_is_sent_as_it_is() {
    let mut hello = Hello::new(Protocol::Tls13, HelloShape::Full, "wsus", [7; 32]);
    let shares = |hello: &Hello| {
        let sent = read(&hello.encode()).unwrap();
        let mut list = Fields(Fields(sent.extension(51).unwrap()).vector::<2>().unwrap());
        let mut shares = Vec::new();
        while let Some(group) = list.u16() {
            shares.push((group, list.vector::<2>().unwrap().len()));
        }
        shares
    };
    assert_eq!(shares(&hello), [(29, 32), (23, 65)]);
    hello.groups = vec![Group::SECP384R1, Group::SECP256R1];
    assert_eq!(shares(&hello), [(23, 65)]);
    hello.groups = vec![Group::SECP384R1];
    assert_eq!(shares(&hello), []);
    hello.suites = vec![Suite(0x1302)];
    hello.groups = Vec::new();
    let sent = read(&hello.encode()).unwrap();
    assert_eq!(sent.suites, [0x1302, 0x00ff]);
    assert!(sent.extension(10).is_none() && sent.extension(11).is_none());

    let mut many = Hello::new(Protocol::Tls12, HelloShape::Full, "wsus", [7; 32]);
    many.suites = (0..1000).map(Suite).collect();
    assert_eq!(read(&many.encode()).unwrap().suites.len(), MAX_SUITES);
}

#[test]
fn dsa_signatures_are_offered_with_dsa_suites_only() {
    let mut hello = Hello::new(Protocol::Tls12, HelloShape::Full, "wsus", [7; 32]);
    let signatures =
        |hello: &Hello| numbers_of(&read(&hello.encode()).unwrap().extension(13).unwrap()[2..]);
    assert!(signatures(&hello).ends_with(&[0x0203, 0x0201, 0x0402, 0x0202]));
    hello.suites = vec![Suite(0xc02f)];
    assert!(signatures(&hello).ends_with(&[0x0203, 0x0201]));
}
