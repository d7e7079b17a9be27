//! Reading of committed cabinets, and of ones that lie.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::{MAX_CABINET, parse};
use crate::model::cabinet::{CabinetProblem, CabinetSignature, IdentCabinet};

const DEMO: &[u8] = include_bytes!("../../demo/wuident.cab");

/// When the committed cabinets were signed, in seconds since 1970; see their `make`.
const SIGNED_AT: u64 = 1_404_810_611;

/// When they were stamped.
const STAMPED_AT: u64 = SIGNED_AT + 60;

fn directory() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cabinet")
}

fn committed(name: &str) -> Vec<u8> {
    fs::read(directory().join(name)).unwrap()
}

fn signed(at: u64) -> CabinetSignature {
    CabinetSignature::Present {
        signer: "Example Update Publisher".into(),
        signed_at: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(at)),
    }
}

fn problem(bytes: &[u8]) -> String {
    parse(bytes).unwrap_err().0
}

#[test]
fn every_committed_cabinet_reads_as_expected() {
    let both: &[&str] = &["other.txt", "wuident.txt"];
    let expected = [
        ("appended.cab", both, signed(SIGNED_AT)),
        ("countersigned.cab", &["wuident.txt"], signed(STAMPED_AT)),
        ("long.cab", &["wuident.txt"], CabinetSignature::Absent),
        ("not_stamped.cab", &["wuident.txt"], signed(SIGNED_AT)),
        ("unsigned.cab", both, CabinetSignature::Absent),
    ];
    let found: BTreeSet<String> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "cab"))
        .collect();
    assert_eq!(found, expected.iter().map(|(name, ..)| (*name).to_owned()).collect());
    let check = |name: &str, bytes: &[u8], files: &[&str], signature: CabinetSignature| {
        let mut sections = vec!["OS", "OS2", "ARCH", "LANG", "SelfClientUpdate"];
        if name == "long.cab" {
            sections.push("Last");
        }
        let expected = IdentCabinet {
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            ident_sections: Ok(sections.into_iter().map(str::to_owned).collect()),
            signature,
        };
        assert_eq!(parse(bytes), Ok(expected), "{name}");
    };
    for (name, files, signature) in expected {
        check(name, &committed(name), files, signature);
    }
    check("the demo's", DEMO, &["wuident.txt"], signed(STAMPED_AT));
}

#[test]
fn without_a_readable_time_stamp_the_signers_own_word_counts() {
    // The stamp, in the spelling of the cabinet's kind of it.
    for (cabinet, stamp) in [
        (DEMO.to_vec(), &b"20140708091111Z"[..]),
        (committed("countersigned.cab"), b"140708091111Z"),
    ] {
        let mut bytes = cabinet;
        let at = bytes.windows(stamp.len()).position(|window| window == stamp).unwrap();
        bytes[at] = b'x';
        assert_eq!(parse(&bytes).unwrap().signature, signed(SIGNED_AT));
    }
    let mut bytes = committed("not_stamped.cab");
    let own: &[u8] = b"140708091011Z";
    let at = bytes.windows(own.len()).position(|window| window == own).unwrap();
    bytes[at] = b'x';
    let unknown =
        CabinetSignature::Present { signer: "Example Update Publisher".into(), signed_at: None };
    assert_eq!(parse(&bytes).unwrap().signature, unknown);
}

#[test]
fn what_is_not_a_whole_cabinet_is_refused() {
    let mut version = DEMO.to_vec();
    version[25] = 2;
    let mut endless = DEMO.to_vec();
    endless[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut nowhere = DEMO.to_vec();
    nowhere[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    let cases: [(&[u8], &str); 7] = [
        (b"", "not a cabinet"),
        (b"<html>", "not a cabinet"),
        (b"MSCF", "truncated"),
        (&DEMO[..100], "truncated: 100 of 260 bytes"),
        (&version, "cabinet format 2.3"),
        (&endless, "truncated: 4076 of 4294967295 bytes"),
        (&nowhere, "truncated"),
    ];
    for (bytes, expected) in cases {
        let found = problem(bytes);
        assert!(found.starts_with(expected), "expected {expected:?}, got {found:?}");
    }
    assert!(problem(&vec![b'M'; MAX_CABINET + 1]).starts_with("larger than the limit"));
}

#[test]
fn a_signature_that_is_not_one_is_unreadable() {
    let spoiled = |change: fn(&mut Vec<u8>)| {
        let mut bytes = DEMO.to_vec();
        change(&mut bytes);
        let CabinetSignature::Unreadable(reason) = parse(&bytes).unwrap().signature else {
            panic!("read")
        };
        reason
    };
    assert_eq!(spoiled(|bytes| bytes.truncate(1000)), "3816 bytes at 260, of a file of 1000 bytes");
    assert_eq!(
        spoiled(|bytes| bytes[48..52].copy_from_slice(&u32::MAX.to_le_bytes())),
        "4294967295 bytes at 260, of a file of 4076 bytes"
    );
    assert!(spoiled(|bytes| bytes[260] = 0x31).starts_with("DER without"));
    let mut plain = committed("unsigned.cab");
    plain.extend(b"\r\nadvertisement");
    let signature = parse(&plain).unwrap().signature;
    assert!(matches!(signature, CabinetSignature::Unreadable(_)), "{signature:?}");
    plain.truncate(committed("unsigned.cab").len());
    plain.extend([0; 40]);
    assert_eq!(parse(&plain).unwrap().signature, CabinetSignature::Absent);
}

/// A cabinet of one folder: names and sizes of files that lie one after the other, and blocks of
/// stored and expanded length with their bytes.
fn made(files: &[(&[u8], u32)], compression: u16, blocks: &[(u16, &[u8])]) -> Vec<u8> {
    let word = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let half = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
    let mut entries = Vec::new();
    let mut offset = 0_u32;
    for (name, size) in files {
        entries.extend(size.to_le_bytes());
        entries.extend(offset.to_le_bytes());
        entries.extend([0; 8]);
        entries.extend(*name);
        entries.push(0);
        offset = offset.saturating_add(*size);
    }
    let data_at = 36 + 8 + entries.len();
    let length = data_at + blocks.iter().map(|(_, bytes)| 8 + bytes.len()).sum::<usize>();
    let mut bytes = b"MSCF\0\0\0\0".to_vec();
    bytes.extend(word(length));
    bytes.extend([0; 4]);
    bytes.extend(word(36 + 8));
    bytes.extend([0, 0, 0, 0, 3, 1, 1, 0]);
    bytes.extend(half(files.len()));
    bytes.extend([0; 6]);
    bytes.extend(word(data_at));
    bytes.extend(half(blocks.len()));
    bytes.extend(compression.to_le_bytes());
    bytes.extend(entries);
    for (expanded, data) in blocks {
        bytes.extend([0; 4]);
        bytes.extend(half(data.len()));
        bytes.extend(expanded.to_le_bytes());
        bytes.extend(*data);
    }
    bytes
}

fn sections(cabinet: &[u8]) -> Result<Vec<String>, String> {
    parse(cabinet).unwrap().ident_sections
}

#[test]
fn blocks_that_lie_are_refused_and_the_names_kept() {
    let ident: (&[u8], u32) = (b"WUIDENT.TXT", 4);
    let text: &[u8] = b"[OS]";
    let cases: [(Vec<u8>, &str); 14] = [
        (made(&[ident], 0, &[(4, text)]), ""),
        (made(&[ident], 0, &[(2, b"[O"), (2, b"S]")]), ""),
        (made(&[(b"wuident.txt", 5)], 0, &[(4, text)]), "wuident.txt ends after 4 of 5 bytes"),
        (made(&[ident], 0, &[]), "wuident.txt ends after 0 of 4"),
        (made(&[ident], 0, &[(5, text)]), "a stored block of two lengths"),
        (made(&[ident], 0, &[(0, b"")]), "a block of 0 bytes"),
        (made(&[ident], 0, &[(40_000, text)]), "a block of 40000 bytes"),
        (made(&[ident], 1, &[(4, text)]), "a block that is not MSZIP"),
        (made(&[ident], 1, &[(4, b"CK\xff\xff")]), "a block of data cannot be decompressed"),
        (made(&[ident], 2, &[(4, text)]), "compressed with Quantum"),
        (made(&[ident], 0x1503, &[(4, text)]), "compressed with LZX"),
        (made(&[ident], 9, &[(4, text)]), "compressed by unknown method 9"),
        (made(&[(b"wuident.txt", 1 << 30)], 0, &[(4, text)]), "wuident.txt has 1073741824 bytes"),
        (
            made(&[(b"a", u32::MAX), (b"wuident.txt", 4)], 0, &[(4, text)]),
            "wuident.txt lies beyond",
        ),
    ];
    for (cabinet, expected) in cases {
        match sections(&cabinet) {
            Ok(found) => assert_eq!((found, expected), (vec!["OS".to_owned()], "")),
            Err(reason) => {
                assert!(
                    !expected.is_empty() && reason.starts_with(expected),
                    "expected {expected:?}, got {reason:?}"
                );
            }
        }
    }
    assert_eq!(sections(&made(&[], 0, &[])), Err("there is no wuident.txt".into()));
    let mut elsewhere = made(&[ident], 0, &[(4, text)]);
    elsewhere[52..54].copy_from_slice(&[0xfe, 0xff]);
    assert_eq!(
        sections(&elsewhere),
        Err("wuident.txt lies in folder 65534, which is not here".into())
    );
}

#[test]
fn a_damaged_block_is_noticed() {
    let mut cabinet = DEMO.to_vec();
    cabinet[200] ^= 1;
    let found = sections(&cabinet);
    assert_eq!(found, Err("a block of data is damaged: its checksum does not match".into()));
}

#[test]
fn mszip_blocks_expand_no_further_than_they_say() {
    let text = b"[OS]\r\n".repeat(1000);
    let first = miniz_oxide::deflate::compress_to_vec(&text, 9);
    let packed = [b"CK", first.as_slice()].concat();
    let length = u32::try_from(text.len()).unwrap();
    let expanded = u16::try_from(text.len()).unwrap();
    let whole = made(&[(b"wuident.txt", length)], 1, &[(expanded, &packed)]);
    assert_eq!(sections(&whole).unwrap().len(), 64, "the most that are kept");
    for lie in [expanded - 1, expanded + 1] {
        let cabinet = made(&[(b"wuident.txt", length - 1)], 1, &[(lie, &packed)]);
        assert!(sections(&cabinet).is_err(), "{lie}");
    }
}

#[test]
fn thousands_of_files_and_hostile_names_stay_harmless() {
    let name: &[u8] = b"..\\..\\\x1b[31m\xff\r\nx";
    let files = vec![(name, 0); 20_000];
    let cabinet = parse(&made(&files, 0, &[])).unwrap();
    assert_eq!(cabinet.files.len(), 64);
    assert_eq!(cabinet.files[0], "..\\..\\\u{fffd}[31m\u{fffd} x");
    let long = vec![b'n'; 300];
    let found = problem(&made(&[(&long, 0)], 0, &[]));
    assert_eq!(found, "a name longer than 255 bytes");
}

#[test]
fn sections_are_found_in_every_encoding() {
    let wide = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let cases: [(Vec<u8>, &[&str]); 8] = [
        (b"[A]\r\nx=[B]\r\n [C] ; rest\n;[D]\n[E\n".to_vec(), &["A", "C"]),
        (b"\xef\xbb\xbf[A]".to_vec(), &["A"]),
        (b"[\xc4]\n[B]".to_vec(), &["\u{fffd}", "B"]),
        (wide("[A]\r\n[\u{e4}]"), &["A", "\u{e4}"]),
        ([wide("[A]\n"), vec![0, 0xd8, b'x']].concat(), &["A"]),
        (b"no sections".to_vec(), &[]),
        (b"[]\n[ a\tb ]".to_vec(), &["", "a b"]),
        (Vec::new(), &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(super::ident::sections(&text), expected, "{}", text.escape_ascii());
    }
}

fn is_harmless(found: &Result<IdentCabinet, CabinetProblem>) -> bool {
    let line = |text: &String| text.chars().count() <= 300 && !text.contains(char::is_control);
    match found {
        Ok(cabinet) => {
            let sections = match &cabinet.ident_sections {
                Ok(names) => names.iter().all(line),
                Err(reason) => line(reason),
            };
            let signature = match &cabinet.signature {
                CabinetSignature::Absent => true,
                CabinetSignature::Unreadable(text)
                | CabinetSignature::Present { signer: text, .. } => line(text),
            };
            sections && signature && cabinet.files.iter().all(line)
        }
        Err(problem) => line(&problem.0),
    }
}

proptest! {
    #[test]
    fn changed_cabinets_never_panic_and_give_harmless_lines(
        changes in proptest::collection::vec((0_usize..4100, any::<u8>()), 1..8),
        cut in 0_usize..9000,
        which in 0_usize..3,
    ) {
        let original = [DEMO.to_vec(), committed("appended.cab"), committed("countersigned.cab")];
        let mut bytes = original[which].clone();
        for (position, byte) in changes {
            if let Some(slot) = bytes.get_mut(position) {
                *slot = byte;
            }
        }
        bytes.truncate(cut);
        prop_assert!(is_harmless(&parse(&bytes)));
    }

    #[test]
    fn random_blocks_never_panic(
        data in proptest::collection::vec(any::<u8>(), 0..600),
        expanded in any::<u16>(),
        compression in 0_u16..4,
        size in 0_u32..70_000,
    ) {
        let packed = [b"CK", data.as_slice()].concat();
        let cabinet = made(&[(b"wuident.txt", size)], compression, &[(expanded, &packed), (expanded, &data)]);
        prop_assert!(is_harmless(&parse(&cabinet)));
    }
}
