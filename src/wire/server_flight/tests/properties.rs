//! What holds for all streams and all ways to cut them into pieces.

use proptest::prelude::*;

use super::*;

/// More than the largest record and the largest message together.
const MAX_KEPT: usize = 300 * 1024;

fn any_protocol() -> impl Strategy<Value = Protocol> {
    prop::sample::select(Protocol::ALL)
}

fn any_end() -> impl Strategy<Value = End> {
    prop::sample::select(&[End::Closed, End::Reset, End::Timeout][..])
}

/// Streams that get far: flights cut into records of any size, with some bytes changed.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let version: &[u8] = &[0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 29];
    let messages = [
        full_flight()[5..].to_vec(),
        [hello(0x0301, 0x0039, &[]), certificate(&[&[9; 400], &[8; 300]])].concat(),
        hello(0x0303, 0x1301, version),
        message(0, &[]),
    ];
    let flight =
        (prop::sample::select(messages.to_vec()), 1_usize..500).prop_map(|(bytes, size)| {
            bytes.chunks(size).flat_map(|piece| record(22, piece)).collect::<Vec<u8>>()
        });
    let part = prop_oneof![
        6 => flight,
        1 => (0..3_u8, any::<u8>()).prop_map(|(level, number)| alert(level, number)),
        1 => Just(record(22, &[])),
        1 => Just(b"HTTP/1.1 400 Bad Request\r\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..100),
    ];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (prop::collection::vec(part, 0..4), changes).prop_map(|(parts, changes)| {
        let mut bytes = parts.concat();
        for (place, value) in changes {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn pieces_of_any_size_give_the_same_answer(
        protocol in any_protocol(),
        bytes in any_stream(),
        sizes in prop::collection::vec(1_usize..200, 1..20),
        end in any_end(),
    ) {
        let mut whole = ServerFlight::new(&asked(protocol));
        let expected = whole.feed(&bytes).unwrap_or_else(|| whole.end(end));
        let mut pieces = ServerFlight::new(&asked(protocol));
        let (mut rest, mut sizes) = (bytes.as_slice(), sizes.iter().cycle());
        let mut early = None;
        while early.is_none() && !rest.is_empty() {
            let (piece, later) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            early = pieces.feed(piece);
            rest = later;
        }
        prop_assert_eq!(early.unwrap_or_else(|| pieces.end(end)), expected);
        prop_assert_eq!(pieces.warnings(), whole.warnings());
    }

    #[test]
    fn random_bytes_do_no_harm(
        protocol in any_protocol(),
        begin in any_stream(),
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let mut flight = ServerFlight::new(&asked(protocol));
        flight.feed(&begin);
        flight.feed(&bytes);
        flight.end(End::Timeout);
        prop_assert!(flight.kept() <= MAX_KEPT);
    }
}

#[test]
fn a_flood_is_not_kept() {
    let mut flight = ServerFlight::new(&asked(Protocol::Tls12));
    flight.feed(&record(22, &[hello(0x0303, 0xc030, &[]), vec![11, 255, 255, 255]].concat()));
    let more = record(22, &[0; 16_384]);
    let mut most = 0;
    while flight.feed(&more).is_none() {
        most = flight.kept().max(most);
    }
    assert!((256 * 1024..=MAX_KEPT).contains(&(most + more.len())), "{most}");
}
