//! Responses that OpenSSL made, and hostile ones.

use std::time::Duration;

use proptest::prelude::*;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::*;

const GOOD: &[u8] = include_bytes!("../../../tests/data/certificates/good.ocsp");
const ENDLESS: &[u8] = include_bytes!("../../../tests/data/certificates/endless.ocsp");
const REVOKED: &[u8] = include_bytes!("../../../tests/data/certificates/revoked.ocsp");
const UNKNOWN: &[u8] = include_bytes!("../../../tests/data/certificates/unknown.ocsp");

fn certificate(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

fn leaf() -> Vec<u8> {
    certificate(include_str!("../../../tests/data/certificates/rsa.pem"))
}

fn answer(response: &[u8], leaf: &[u8]) -> StapledStatus {
    let read = read(response, leaf);
    let Staple::Present(answer) = read else { panic!("{read:?}") };
    answer
}

#[test]
fn what_openssl_makes_is_read() {
    for (response, status, for_leaf, lasts) in [
        (GOOD, RevocationStatus::Good, true, Some(36500)),
        (ENDLESS, RevocationStatus::Good, true, None),
        (REVOKED, RevocationStatus::Revoked, true, Some(36500)),
        // About the serial number 1.
        (UNKNOWN, RevocationStatus::Unknown, false, Some(36500)),
    ] {
        let answer = answer(response, &leaf());
        assert_eq!((answer.status, answer.for_leaf), (status, for_leaf));
        let next = lasts.map(|days| answer.this_update + Duration::from_hours(24 * days));
        assert_eq!((answer.produced_at, answer.next_update), (answer.this_update, next));
        let revoked = Duration::from_secs(1_767_323_045);
        let revoked = (status == RevocationStatus::Revoked).then_some(revoked);
        assert_eq!(answer.revoked_at, revoked.map(|since| SystemTime::UNIX_EPOCH + since));
    }
}

#[test]
fn an_answer_about_another_certificate_is_told_apart() {
    let other = certificate(include_str!("../../../tests/data/certificates/sha1.pem"));
    assert!(!answer(GOOD, &other).for_leaf);
    assert!(!answer(GOOD, b"no certificate").for_leaf);
}

#[test]
fn what_says_nothing_is_unreadable() {
    for (response, why) in [
        (&b""[..], "DER ends where"),
        (b"\x30\x03\x0a\x01\x03", "refused to answer: try later"),
        (b"\x30\x03\x0a\x01\x00", "without an answer"),
        (b"HTTP/1.1 200 OK", "DER ends where"),
    ] {
        let Staple::Unreadable(found) = read(response, &leaf()) else { panic!("{response:?}") };
        assert!(found.contains(why), "{found}");
    }
    for end in 0..GOOD.len() {
        assert!(matches!(read(&GOOD[..end], &leaf()), Staple::Unreadable(_)), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, leaf: Vec<u8>) {
        let _ = read(&bytes, &leaf);
    }

    #[test]
    fn no_change_panics(at: prop::sample::Index, to: u8) {
        let mut bytes = REVOKED.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Staple::Unreadable(why) = read(&bytes, &leaf()) {
            prop_assert!(!why.contains('\n') && why.len() <= 4 * MAX_WHY);
        }
    }
}
