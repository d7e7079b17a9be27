//! The suites against themselves and against broken records.

use std::path::Path;
use std::time::Duration;

use aes::Aes256;
use cbc::Encryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use proptest::prelude::*;
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, MessageDecrypter, OutboundChunks, OutboundPlainMessage,
    Tls12AeadAlgorithm, make_tls12_aad,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ContentType, Error, ProtocolVersion, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::net::tls::evidence::Evidence;
use crate::net::tls::handshake;

/// Around the length of a block, and up to more than a record.
const SIZES: [usize; 7] = [0, 1, 15, 16, 17, 16 * 1024, 40_000];

fn rsa_identity() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificates");
    let chain = vec![CertificateDer::from_pem_file(folder.join("rsa.pem")).unwrap()];
    (chain, PrivateKeyDer::from_pem_file(folder.join("rsa.key")).unwrap())
}

fn ecdsa_identity() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let issued = rcgen::generate_simple_self_signed(vec!["wsus.test".to_owned()]).unwrap();
    (vec![issued.cert.der().clone()], issued.signing_key.into())
}

/// A TLS 1.2 server with these suites, and the key that the first of them needs.
fn server(suites: &[SupportedCipherSuite]) -> TlsAcceptor {
    let rsa = suites[0].suite().as_str().unwrap().contains("_RSA_");
    let (chain, key) = if rsa { rsa_identity() } else { ecdsa_identity() };
    let provider = CryptoProvider { cipher_suites: suites.to_vec(), ..default_provider() };
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(std::sync::Arc::new(config))
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// The name of the suite that client and server find, having carried [`SIZES`] both ways.
async fn negotiated(server: TlsAcceptor) -> String {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let echo = async {
        let mut stream = server.accept(far).await.unwrap();
        for size in SIZES {
            let mut read = vec![0; size];
            stream.read_exact(&mut read).await.unwrap();
            stream.write_all(&read).await.unwrap();
            stream.flush().await.unwrap();
        }
    };
    let ask = async {
        let evidence = Evidence::default();
        let (mut stream, session) = handshake(near, "wsus.test", &evidence).await.unwrap();
        assert!(evidence.presented().unwrap().signature_ok);
        for size in SIZES {
            stream.write_all(&text(size)).await.unwrap();
            stream.flush().await.unwrap();
            let mut read = vec![0; size];
            stream.read_exact(&mut read).await.unwrap();
            assert_eq!(read, text(size));
        }
        assert_eq!(session.legacy_suite, session.suite.contains("_CBC_"));
        session.suite
    };
    let both = async { tokio::join!(echo, ask).1 };
    tokio::time::timeout(Duration::from_secs(20), both).await.unwrap()
}

#[tokio::test]
async fn every_suite_completes_carries_and_is_named() {
    assert_eq!(SUITES.len(), 8);
    for suite in SUITES.iter() {
        let name = suite.suite().as_str().unwrap();
        assert_eq!(negotiated(server(&[*suite])).await, name);
    }
}

#[tokio::test]
async fn they_are_offered_last() {
    for first in [0, 4] {
        // This server takes the first of the client's suites that it has a key for.
        let mut suites = SUITES[first..].to_vec();
        suites.extend(default_provider().cipher_suites);
        let name = negotiated(server(&suites)).await;
        assert!(name.contains("_GCM_"), "{name}");
    }
}

#[test]
fn an_old_server_has_no_other() {
    let provider = legacy_only_provider();
    assert!(provider.cipher_suites.iter().all(|suite| is_legacy(suite.suite())));
    assert!(!default_provider().cipher_suites.iter().any(|suite| is_legacy(suite.suite())));
}

const KEY: [u8; 32] = [7; 32];
const SEQUENCE: u64 = 3;
const MACS: [Mac; 3] = [Mac::Sha1, Mac::Sha256, Mac::Sha384];

fn algorithm(mac: Mac) -> (Algorithm, Vec<u8>) {
    (Algorithm { key_length: KEY.len(), mac }, vec![9; mac.length()])
}

fn encrypted(mac: Mac, text: &[u8]) -> Vec<u8> {
    let (algorithm, mac_key) = algorithm(mac);
    let message = OutboundPlainMessage {
        typ: ContentType::ApplicationData,
        version: ProtocolVersion::TLSv1_2,
        payload: OutboundChunks::Single(text),
    };
    let mut encrypter = algorithm.encrypter(AeadKey::from(KEY), &mac_key, &[]);
    let expected = encrypter.encrypted_payload_len(text.len());
    let record = encrypter.encrypt(message, SEQUENCE).unwrap().payload.as_ref().to_vec();
    assert_eq!(record.len(), expected);
    record
}

fn decrypted_as(mac: Mac, sequence: u64, record: &[u8]) -> Result<Vec<u8>, Error> {
    let (algorithm, mac_key) = algorithm(mac);
    let mut decrypter: Box<dyn MessageDecrypter> =
        algorithm.decrypter(AeadKey::from(KEY), &mac_key);
    let mut record = record.to_vec();
    let typ = ContentType::ApplicationData;
    let message = InboundOpaqueMessage::new(typ, ProtocolVersion::TLSv1_2, &mut record);
    decrypter.decrypt(message, sequence).map(|message| message.payload.to_vec())
}

fn decrypted(mac: Mac, record: &[u8]) -> Result<Vec<u8>, Error> {
    decrypted_as(mac, SEQUENCE, record)
}

/// A record whose blocks are given: text, tag and padding, whatever they are.
fn sealed(mut blocks: Vec<u8>) -> Vec<u8> {
    let iv = [5; 16];
    let length = blocks.len();
    let cipher = Encryptor::<Aes256>::new_from_slices(&KEY, &iv).unwrap();
    cipher.encrypt_padded::<NoPadding>(&mut blocks, length).unwrap();
    [iv.to_vec(), blocks].concat()
}

/// Text and a good tag, without padding.
fn tagged(mac: Mac, text: &[u8]) -> Vec<u8> {
    let header = make_tls12_aad(
        SEQUENCE,
        ContentType::ApplicationData,
        ProtocolVersion::TLSv1_2,
        text.len(),
    );
    let tag = mac.tag(&vec![9; mac.length()], [&header, text]).unwrap();
    [text.to_vec(), tag].concat()
}

/// Pads to whole blocks with `more` blocks beyond what is needed.
fn padded(mut blocks: Vec<u8>, more: usize) -> Vec<u8> {
    let padding = 15 - blocks.len() % 16 + 16 * more;
    blocks.resize(blocks.len() + padding + 1, u8::try_from(padding).unwrap());
    blocks
}

#[test]
fn padding_of_every_legal_length_is_taken() {
    for mac in MACS {
        for more in [0, 1, 15] {
            let record = sealed(padded(tagged(mac, b"text"), more));
            assert_eq!(decrypted(mac, &record), Ok(b"text".to_vec()), "{mac:?} {more}");
        }
    }
}

#[test]
fn broken_records_are_refused() {
    for mac in MACS {
        let good = padded(tagged(mac, b"some text"), 1);
        let mut bad_padding = good.clone();
        *bad_padding.iter_mut().nth_back(5).unwrap() ^= 1;
        let mut bad_tag = good.clone();
        bad_tag[9] ^= 1;
        let mut bad_text = good.clone();
        bad_text[0] ^= 1;
        let records = [
            ("empty", Vec::new()),
            ("IV alone", vec![5; 16]),
            ("less than an IV", vec![5; 15]),
            ("broken block", sealed(good.clone())[..40].to_vec()),
            ("a block short", sealed(good.clone())[..good.len()].to_vec()),
            ("padding only", sealed(vec![15; 16])),
            ("padding longer than the record", sealed(vec![255; 64])),
            ("no room for a tag", sealed(padded(vec![1; 15], 0))),
            ("padding", sealed(bad_padding)),
            ("tag", sealed(bad_tag)),
            ("text", sealed(bad_text)),
        ];
        assert_eq!(decrypted(mac, &sealed(good)), Ok(b"some text".to_vec()));
        for (what, record) in records {
            assert_eq!(decrypted(mac, &record), Err(Error::DecryptError), "{mac:?}: {what}");
        }
        let record = encrypted(mac, b"some text");
        assert_eq!(decrypted_as(mac, SEQUENCE + 1, &record), Err(Error::DecryptError), "{mac:?}");
    }
}

#[test]
fn too_long_a_text_is_refused() {
    let most = 16 * 1024;
    assert_eq!(decrypted(Mac::Sha1, &encrypted(Mac::Sha1, &text(most))), Ok(text(most)));
    let record = encrypted(Mac::Sha1, &text(most + 1));
    assert_eq!(decrypted(Mac::Sha1, &record), Err(Error::PeerSentOversizedRecord));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_was_encrypted_is_decrypted(text: Vec<u8>, mac in prop::sample::select(&MACS[..])) {
        let record = encrypted(mac, &text);
        prop_assert_eq!(decrypted(mac, &record), Ok(text));
    }

    #[test]
    fn foreign_bytes_are_refused(bytes: Vec<u8>, mac in prop::sample::select(&MACS[..])) {
        prop_assert_eq!(decrypted(mac, &bytes), Err(Error::DecryptError));
        let whole = bytes.len() / 16 * 16;
        let record = sealed(bytes[..whole].to_vec());
        prop_assert_eq!(decrypted(mac, &record), Err(Error::DecryptError));
    }

    #[test]
    fn a_changed_record_is_refused(
        text: Vec<u8>,
        at: prop::sample::Index,
        bit in 0..8,
        keep: prop::sample::Index,
        mac in prop::sample::select(&MACS[..]),
    ) {
        let mut record = encrypted(mac, &text);
        let short = &record[..keep.index(record.len())];
        prop_assert_eq!(decrypted(mac, short), Err(Error::DecryptError));
        let at = at.index(record.len());
        record[at] ^= 1_u8 << bit;
        prop_assert_eq!(decrypted(mac, &record), Err(Error::DecryptError));
    }
}
