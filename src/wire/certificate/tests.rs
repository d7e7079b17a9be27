//! What is read from certificates, by the example of committed ones.

use proptest::prelude::*;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::*;

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

macro_rules! committed {
    ($name:literal) => {
        parse(&der(include_str!(concat!("../../../tests/data/certificates/", $name)))).unwrap()
    };
}

#[test]
fn a_sound_leaf() {
    let leaf = committed!("rsa.pem");
    assert_eq!(leaf.subject, "CN=wsus.test");
    assert_eq!(leaf.issuer, "CN=wsus-probe test RSA root");
    assert_eq!(leaf.common_name.as_deref(), Some("wsus.test"));
    assert_eq!(leaf.alternative_names, ["wsus.test", "127.0.0.1"]);
    assert_eq!(leaf.key, PublicKey { algorithm: "RSA".to_owned(), bits: Some(2048) });
    assert_eq!(leaf.signature.name, "sha256WithRSAEncryption");
    assert_eq!(leaf.not_after.duration_since(leaf.not_before).unwrap().as_secs(), 36500 * 86400);
    assert!(!leaf.signature.weak && !leaf.is_ca && !leaf.self_signed && !leaf.has_issuer_url);
    assert!(leaf.allows_server_auth);
    assert!(leaf.sha256.len() == 64 && leaf.sha256.chars().all(|c| c.is_ascii_hexdigit()));
}

#[test]
fn the_serial_number_is_written_as_blackbox_exporter_does() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    for (serial, written) in
        [(vec![0x0f, 0, 0xab], "0f00ab"), (vec![0xff, 1], "ff01"), (vec![0, 0, 7], "07")]
    {
        let mut parameters = CertificateParams::default();
        parameters.serial_number = Some(serial.into());
        let made = parameters.self_signed(&key).unwrap();
        assert_eq!(parse(made.der()).unwrap().serial, written);
    }
}

#[test]
fn keys_and_signatures() {
    for (certificate, algorithm, bits, verifiable, weak) in [
        (committed!("rsa1024.pem"), "RSA", Some(1024), false, false),
        (committed!("sha1.pem"), "RSA", Some(2048), true, true),
        (committed!("md5.pem"), "RSA", Some(2048), true, true),
        (committed!("root_p521.pem"), "EC", Some(521), true, false),
    ] {
        assert_eq!(certificate.key, PublicKey { algorithm: algorithm.to_owned(), bits });
        assert_eq!(has_verifiable_key(&certificate.key), verifiable, "{certificate:?}");
        assert_eq!(certificate.signature.weak, weak, "{certificate:?}");
    }
    for (kind, algorithm, bits) in
        [(&PKCS_ECDSA_P384_SHA384, "EC", Some(384)), (&PKCS_ED25519, "Ed25519", Some(256))]
    {
        let key = KeyPair::generate_for(kind).unwrap();
        let made = CertificateParams::default().self_signed(&key).unwrap();
        let parsed = parse(made.der()).unwrap();
        assert_eq!(parsed.key, PublicKey { algorithm: algorithm.to_owned(), bits });
        assert!(parsed.self_signed && parsed.allows_server_auth);
    }
}

#[test]
fn who_signed_itself() {
    for (certificate, self_signed, is_ca) in [
        (committed!("root.pem"), true, true),
        // Not verified here, but nothing speaks against it.
        (committed!("root1024.pem"), true, true),
        (committed!("root_p521.pem"), true, true),
        (committed!("v1_self_signed.pem"), true, true),
        (committed!("v1.pem"), false, false),
        (committed!("sha1.pem"), false, false),
    ] {
        let found = (certificate.self_signed, certificate.is_ca);
        assert_eq!(found, (self_signed, is_ca), "{certificate:?}");
    }
    // Of the same name, but by another key.
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "root");
    let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let namesake = rcgen::Issuer::new(params.clone(), other);
    let signed = params.signed_by(&own, &namesake).unwrap();
    assert!(!parse(signed.der()).unwrap().self_signed);
}

#[test]
fn what_people_see_holds_no_control_characters() {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "a\r\nb\u{1b}[31m\u{202e}");
    let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let parsed = parse(made.der()).unwrap();
    for text in [&parsed.subject, &parsed.issuer, parsed.common_name.as_ref().unwrap()] {
        assert!(!text.contains(['\r', '\n', '\u{1b}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn what_follows_a_certificate_is_not_ignored() {
    let mut bytes = der(include_str!("../../../tests/data/certificates/rsa.pem"));
    bytes.push(0);
    assert_eq!(parse(&bytes), Err("1 bytes follow the certificate".to_owned()));
    let error = parse(b"").unwrap_err();
    assert!(!error.is_empty() && error.len() <= 4 * MAX_NAME, "{error}");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_change_panics(at: prop::sample::Index, to: u8, keep: prop::sample::Index) {
        let mut bytes = der(include_str!("../../../tests/data/certificates/rsa.pem"));
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Err(error) = parse(&bytes) {
            prop_assert!(!error.contains('\n'));
        }
        let keep = keep.index(bytes.len());
        prop_assert!(parse(&bytes[..keep]).is_err());
    }
}
