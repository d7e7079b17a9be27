//! Streams of bytes and the answers they give.

mod build;
mod properties;

use super::*;
use crate::model::suite::{Group, Suite};
use crate::model::tls_scan::HelloShape;
use build::{alert, certificate, hello, message, record, server_hello};

fn asked(protocol: Protocol) -> Hello {
    Hello::new(protocol, HelloShape::Full, "wsus", [7; 32])
}

/// The answer to a whole stream that then ends.
fn answer(protocol: Protocol, bytes: &[u8], end: End) -> Answer {
    let mut flight = ServerFlight::new(&asked(protocol));
    flight.feed(bytes).unwrap_or_else(|| flight.end(end))
}

fn chosen(protocol: Protocol, bytes: &[u8]) -> ServerChoice {
    let answer = answer(protocol, bytes, End::Timeout);
    let Answer::Chosen(choice) = answer else { panic!("{answer:?}") };
    *choice
}

/// A flight with everything that can be in one.
fn full_flight() -> Vec<u8> {
    let messages = [
        hello(0x0303, 0xc030, &[]),
        certificate(&[b"leaf", b"intermediate"]),
        message(22, &[&[1, 0, 0, 4][..], b"good"].concat()),
        message(12, &[3, 0, 24, 1, 4]),
        message(13, &[1, 1, 0, 0, 0, 0]),
        message(14, &[]),
    ];
    record(22, &messages.concat())
}

#[test]
fn a_full_flight_is_read_to_its_end() {
    let choice = chosen(Protocol::Tls12, &full_flight());
    let presented = Presented {
        chain: vec![b"leaf".to_vec(), b"intermediate".to_vec()],
        signature_ok: true,
        ocsp: Some(b"good".to_vec()),
    };
    let expected = ServerChoice {
        suite: Suite(0xc030),
        group: Some(Group::SECP384R1),
        prime_bits: None,
        retry: false,
        client_certificate_requested: true,
        presented: Some(presented),
        cut_short: None,
    };
    assert_eq!(choice, expected);
}

#[test]
fn what_a_suite_does_not_have_is_not_missed() {
    let anonymous = [hello(0x0303, 0x009f, &[]), message(12, &[0, 2, 3, 0xff]), message(14, &[])];
    let choice = chosen(Protocol::Tls12, &record(22, &anonymous.concat()));
    assert_eq!((choice.presented, choice.prime_bits, choice.cut_short), (None, Some(10), None));

    let rsa = [hello(0x0301, 0x002f, &[]), certificate(&[b"leaf"]), message(14, &[])];
    let choice = chosen(Protocol::Tls10, &record(22, &rsa.concat()));
    assert_eq!((choice.group, choice.prime_bits, choice.cut_short), (None, None, None));
    assert_eq!(choice.presented.unwrap().chain, [b"leaf"]);
}

#[test]
fn a_server_hello_of_tls_1_3_is_all_there_is() {
    let version: &[u8] = &[0, 43, 0, 2, 3, 4];
    let share = [&[0, 51, 0, 6, 0, 29, 0, 2][..], b"ab"].concat();
    let wanted: &[u8] = &[0, 51, 0, 2, 0, 24];
    let both = [version, &share].concat();
    let choice = chosen(Protocol::Tls13, &record(22, &hello(0x0303, 0x1302, &both)));
    assert_eq!((choice.suite, choice.group), (Suite(0x1302), Some(Group::X25519)));
    assert!(!choice.retry && choice.presented.is_none() && choice.cut_short.is_none());

    let retry = server_hello(0x0303, hello::RETRY, 0x1301, 0, &[version, wanted].concat());
    let choice = chosen(Protocol::Tls13, &record(22, &retry));
    assert_eq!((choice.group, choice.retry), (Some(Group::SECP384R1), true));
}

#[test]
fn the_version_must_be_the_one_asked_for() {
    let version = |number: u16| [&[0, 43, 0, 2][..], &number.to_be_bytes()].concat();
    let broken = |text: &str| Answer::Broken(text.to_owned());
    for (asked, bytes, expected) in [
        (Protocol::Tls13, hello(0x0303, 0xc030, &[]), Answer::OtherVersion(0x0303)),
        (Protocol::Tls13, hello(0x0301, 0x002f, &[]), Answer::OtherVersion(0x0301)),
        (Protocol::Tls13, hello(0x0303, 0x1301, &version(0x0303)), Answer::OtherVersion(0x0303)),
        (
            Protocol::Tls13,
            hello(0x0303, 0x1301, &version(0x7f1c)),
            broken("a ServerHello of version 0x7f1c"),
        ),
        (
            Protocol::Tls13,
            hello(0x0304, 0x1301, &[]),
            broken("a ServerHello of TLS 1.3 without supported_versions"),
        ),
        (
            Protocol::Tls13,
            hello(0x0303, 0xc030, &version(0x0304)),
            broken("the server chose TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, which TLS 1.3 has not"),
        ),
        (Protocol::Tls12, hello(0x0301, 0x002f, &[]), Answer::OtherVersion(0x0301)),
        (Protocol::Tls10, hello(0x0300, 0x002f, &[]), Answer::OtherVersion(0x0300)),
        (Protocol::Ssl3, hello(0x0303, 0x002f, &[]), Answer::OtherVersion(0x0303)),
        (Protocol::Tls12, hello(0x0399, 0x002f, &[]), broken("a ServerHello of version 0x0399")),
    ] {
        let bytes = record(22, &bytes);
        assert_eq!(answer(asked, &bytes, End::Closed), expected, "{asked:?} {bytes:02x?}");
    }
}

#[test]
fn a_choice_that_was_not_offered_is_none() {
    let with = |compression, extensions: &[u8]| {
        server_hello(0x0303, [5; 32], 0xc030, compression, extensions)
    };
    let foreign_group = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 99];
    let long_session = {
        let body = [&[3, 3][..], &[5; 32], &[33], &[0; 33], &[0xc0, 0x30, 0]].concat();
        message(2, &body)
    };
    for (asked, bytes, expected) in [
        (Protocol::Tls12, hello(0x0303, 0x1301, &[]), "chose TLS_AES_128_GCM_SHA256, which was"),
        (Protocol::Tls12, hello(0x0303, 0xc0ff, &[]), "chose 0xc0ff, which was not offered"),
        (Protocol::Tls12, hello(0x0303, 0x00ff, &[]), "chose 0x00ff, which was not offered"),
        (Protocol::Tls12, with(1, &[]), "chose compression 1"),
        (Protocol::Tls12, with(0, &[0, 1, 0]), "malformed ServerHello"),
        (Protocol::Tls12, long_session, "malformed ServerHello"),
        (Protocol::Tls13, hello(0x0303, 0x1301, &foreign_group), "chose group 99"),
        (Protocol::Tls12, message(11, &[0, 0, 0]), "message of type 11 before ServerHello"),
        (Protocol::Tls12, message(14, &[]), "message of type 14 before ServerHello"),
    ] {
        let answer = answer(asked, &record(22, &bytes), End::Closed);
        assert!(matches!(&answer, Answer::Broken(how) if how.contains(expected)), "{answer:?}");
    }
}

#[test]
fn alerts_count_by_level_and_version() {
    let shaken = record(22, &[hello(0x0301, 0x002f, &[]), message(14, &[])].concat());
    let flight = |protocol, bytes: &[u8]| {
        let mut flight = ServerFlight::new(&asked(protocol));
        let answer = flight.feed(bytes).unwrap_or_else(|| flight.end(End::Closed));
        (answer, flight.warnings().to_vec())
    };
    let (v10, v13) = (Protocol::Tls10, Protocol::Tls13);
    for (protocol, bytes, expected, warnings) in [
        (v10, alert(2, 40), Answer::Alert(40), vec![]),
        (v10, alert(7, 112), Answer::Alert(112), vec![]),
        (v10, alert(1, 40), Answer::Closed(7), vec![40]),
        (v13, alert(1, 40), Answer::Alert(40), vec![]),
        (v13, [alert(1, 112), alert(2, 70)].concat(), Answer::Alert(70), vec![112]),
        (v10, [alert(1, 0), shaken.clone()].concat(), Answer::Closed(7), vec![]),
        (v10, alert(2, 0), Answer::Closed(7), vec![]),
        // One alert in two records.
        (v10, [record(21, &[2]), record(21, &[80])].concat(), Answer::Alert(80), vec![]),
        (v10, alert(1, 100).repeat(20), Answer::Closed(140), vec![100; MAX_WARNINGS]),
    ] {
        assert_eq!(flight(protocol, &bytes), (expected, warnings), "{protocol:?} {bytes:?}");
    }
    let (answer, warnings) = flight(v10, &[alert(1, 112), shaken].concat());
    assert!(matches!(answer, Answer::Chosen(choice) if choice.cut_short.is_none()));
    assert_eq!(warnings, [112]);
}

#[test]
fn what_was_chosen_stays_known_when_the_rest_fails() {
    let begin = [hello(0x0303, 0xc030, &[]), certificate(&[b"leaf", b"intermediate"])].concat();
    let begin = record(22, &begin);
    let cut = &begin[..begin.len() - 5];
    // The same as a record of its own, so that the message and not the record is cut off.
    let cut = record(22, &cut[5..]);
    let after = |bytes: &[u8], end| {
        let Answer::Chosen(choice) = answer(Protocol::Tls12, bytes, end) else { panic!() };
        (choice.presented.map_or(0, |presented| presented.chain.len()), choice.cut_short.unwrap())
    };
    let and = |more: Vec<u8>| [begin.clone(), more].concat();
    for (bytes, end, certificates, expected) in [
        (begin.clone(), End::Closed, 2, "the server closed the connection after ServerHello"),
        (begin.clone(), End::Reset, 2, "the server reset the connection after ServerHello"),
        (begin.clone(), End::Timeout, 2, "the rest did not come in time after ServerHello"),
        (cut, End::Timeout, 1, "the rest did not come in time after ServerHello"),
        (and(alert(2, 40)), End::Closed, 2, "alert handshake_failure (40) after ServerHello"),
        (and(alert(1, 0)), End::Reset, 2, "the server closed the connection after ServerHello"),
        (and(record(23, b"x")), End::Closed, 2, "a record of type 23 within the handshake"),
        (
            and(record(22, &message(20, &[0]))),
            End::Closed,
            2,
            "a handshake message of type 20 after ServerHello",
        ),
        (
            and(record(22, &hello(0x0303, 0xc030, &[]))),
            End::Closed,
            2,
            "a handshake message of type 2 after ServerHello",
        ),
        (
            and(record(22, &certificate(&[b"other"]))),
            End::Closed,
            2,
            "a handshake message of type 11 after ServerHello",
        ),
    ] {
        let (chain, how) = after(&bytes, end);
        assert_eq!((chain, how.as_str()), (certificates, expected), "{bytes:02x?}");
    }
}

#[test]
fn malformed_chains_give_what_can_be_read() {
    let leaf: &[u8] = &[0, 0, 4, b'l', b'e', b'a', b'f'];
    let list = |length: u8, certificates: &[u8]| [&[0, 0, length][..], certificates].concat();
    for (body, expected) in [
        (list(0, &[]), None),
        (list(7, &[leaf, &[9]].concat()), Some(1)),
        (list(10, &[leaf, &[0, 0, 9]].concat()), Some(1)),
        (list(10, &[leaf, &[0, 0, 0]].concat()), Some(1)),
        (list(90, leaf), Some(1)),
        (vec![0], None),
    ] {
        let bytes = [hello(0x0303, 0xc030, &[]), message(11, &body), message(14, &[])].concat();
        let choice = chosen(Protocol::Tls12, &record(22, &bytes));
        assert_eq!(choice.presented.map(|presented| presented.chain.len()), expected, "{body:?}");
        let whole = body == [0, 0, 0];
        assert_eq!(choice.cut_short.is_none(), whole, "{body:?}");
    }
}

#[test]
fn an_endless_chain_of_small_certificates_is_cut() {
    let chain = [b"x".as_slice(); 1000];
    let bytes = [hello(0x0303, 0xc030, &[]), certificate(&chain), message(14, &[])].concat();
    let choice = chosen(Protocol::Tls12, &record(22, &bytes));
    assert_eq!(choice.presented.unwrap().chain.len(), 100);
    assert!(choice.cut_short.is_some());
}

#[test]
fn what_is_no_tls_is_quoted() {
    let http = b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n".as_slice();
    let long = [b'x'; 200];
    let quote = "x".repeat(60);
    for (bytes, expected) in [
        (http, "HTTP/1.1 400 Bad Request"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2"),
        (b"H", "H"),
        (b"no\nSecond line", "no"),
        (&long, quote.as_str()),
        // An SSL 2.0 answer.
        (b"\x80\x03\x00\x00\x01", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        (b"\x16\x02\x00", "\u{fffd}\u{fffd}\u{fffd}"),
    ] {
        for end in [End::Closed, End::Reset, End::Timeout] {
            let answer = answer(Protocol::Tls12, bytes, end);
            assert_eq!(answer, Answer::NotTls(expected.to_owned()));
            let mut flight = ServerFlight::new(&asked(Protocol::Tls12));
            let slowly = bytes.iter().find_map(|byte| flight.feed(&[*byte]));
            assert_eq!(slowly.unwrap_or_else(|| flight.end(end)), answer);
        }
    }
}

#[test]
fn nothing_conclusive_is_told_with_its_bytes() {
    let part = &full_flight()[..30];
    for bytes in [&[][..], &[22], &[22, 3], part] {
        let count = bytes.len();
        assert_eq!(answer(Protocol::Tls12, bytes, End::Closed), Answer::Closed(count));
        assert_eq!(answer(Protocol::Tls12, bytes, End::Reset), Answer::Reset(count));
        assert_eq!(answer(Protocol::Tls12, bytes, End::Timeout), Answer::Timeout(count));
    }
}

#[test]
fn later_bytes_and_ends_change_no_answer() {
    let mut flight = ServerFlight::new(&asked(Protocol::Tls12));
    let first = flight.feed(&alert(2, 40));
    assert_eq!(first, Some(Answer::Alert(40)));
    assert_eq!(flight.feed(&full_flight()), first);
    assert_eq!(Some(flight.end(End::Reset)), first);
}

#[test]
fn floods_end() {
    let big = |kind: u8, length: usize| {
        let bytes = u32::try_from(length).unwrap().to_be_bytes();
        [&[kind][..], &bytes[1..]].concat()
    };
    let body = [&[0xff; 3][..], &[0, 0, 4], b"leaf", &[0xff; 16_000]].concat();
    let endless_chain: Vec<u8> = [
        record(22, &hello(0x0303, 0xc030, &[])),
        record(22, &[big(11, 0x00ff_ffff), body].concat()),
        record(22, &[0; 16_384]).repeat(20),
    ]
    .concat();
    let choice = chosen(Protocol::Tls12, &endless_chain);
    assert_eq!(choice.presented.unwrap().chain, [b"leaf"]);
    assert_eq!(choice.cut_short.unwrap(), "a handshake message of 16777215 bytes");

    let requests = record(22, &message(0, &[]).repeat(4096));
    for (bytes, expected) in [
        (record(22, &[]).repeat(33), "more than 32 empty records"),
        (record(21, &[]).repeat(33), "more than 32 empty records"),
        (record(22, &big(2, 300_000)), "a handshake message of 300000 bytes"),
        (vec![22, 3, 3, 0x48, 1], "a record of 18433 bytes"),
        ([record(22, &message(0, &[])), vec![25, 3, 3, 0, 1]].concat(), "a record of type 25"),
        ([record(22, &message(0, &[])), vec![22, 9, 3, 0, 1]].concat(), "version 0x0903"),
        (record(20, &[1]), "a record of type 20 within the handshake"),
        (requests.repeat(70), "more than 1048576 bytes"),
        (alert(1, 112).repeat(150_000), "more than 1048576 bytes"),
    ] {
        let answer = answer(Protocol::Tls12, &bytes, End::Timeout);
        assert!(matches!(&answer, Answer::Broken(how) if how.contains(expected)), "{answer:?}");
    }
}
