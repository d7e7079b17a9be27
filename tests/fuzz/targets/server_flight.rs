//! What servers answer to a hand-made `ClientHello`: the same whole and in pieces. The first byte
//! chooses version and shape of the hello, the second the sizes of the pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::tls_scan::HelloShape;
use wsus_probe::wire::client_hello::Hello;
use wsus_probe::wire::server_flight::{End, ServerFlight};

fuzz_target!(|bytes: &[u8]| {
    let [choice, size, bytes @ ..] = bytes else { return };
    let protocol = Protocol::ALL[usize::from(*choice) % Protocol::ALL.len()];
    let shape = HelloShape::ALL[usize::from(*choice >> 4) % HelloShape::ALL.len()];
    let hello = Hello::new(protocol, shape, "wsus.example.test", [7; 32]);

    let mut whole = ServerFlight::new(&hello);
    let expected = whole.feed(bytes).unwrap_or_else(|| whole.end(End::Timeout));
    let mut pieces = ServerFlight::new(&hello);
    let early = bytes.chunks(usize::from(*size) + 1).find_map(|piece| pieces.feed(piece));
    assert_eq!(early.unwrap_or_else(|| pieces.end(End::Timeout)), expected);
    assert_eq!(pieces.warnings(), whole.warnings());
});
