//! The certificates of a server's flight, as they are taken out of it and read. The bytes are one
//! `Certificate` message's body, which comes after a `ServerHello` of TLS 1.2.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::tls_scan::{Answer, HelloShape};
use wsus_probe::wire::certificate;
use wsus_probe::wire::client_hello::Hello;
use wsus_probe::wire::server_flight::{End, ServerFlight};

/// The largest piece of a message in one record.
const MAX_PIECE: usize = 16_384;

fuzz_target!(|bytes: &[u8]| {
    let hello = Hello::new(Protocol::Tls12, HelloShape::Full, "wsus.example.test", [7; 32]);
    let mut flight = ServerFlight::new(&hello);
    // Random bytes, no session identifier, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
    let chosen = [&[3, 3][..], &[5; 32], &[0, 0, 0x2f, 0]].concat();
    let messages = [message(2, &chosen), message(11, bytes), message(14, &[])].concat();
    let answer = messages.chunks(MAX_PIECE).find_map(|piece| {
        let length = u16::try_from(piece.len()).unwrap().to_be_bytes();
        flight.feed(&[&[22, 3, 3][..], &length, piece].concat())
    });
    let Answer::Chosen(choice) = answer.unwrap_or_else(|| flight.end(End::Closed)) else {
        panic!("the ServerHello is sound");
    };
    let chain = choice.presented.map(|presented| presented.chain).unwrap_or_default();
    for der in &chain {
        if let Ok(read) = certificate::parse(der) {
            for text in read.alternative_names.iter().chain([&read.subject, &read.issuer]) {
                assert!(!text.contains(char::is_control));
            }
        }
    }
    assert!(chain.iter().map(Vec::len).sum::<usize>() <= bytes.len());
});

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind][..], &length[1..], body].concat()
}
