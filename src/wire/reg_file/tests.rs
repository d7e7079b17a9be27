//! Files as they are met.

mod properties;

use super::*;
use crate::model::registry::{Data, Format, KeyPath, Place, Remark, RemarkKind, Root};

/// The block as it stands in a page for administrators: indented, without a first line, several
/// values on one line.
const FROM_A_PAGE: &str = include_str!("../../../tests/data/registry/from_a_page.reg");

/// What Wine's `reg` exported.
const EXPORT: &[u8] = include_bytes!("../../../tests/data/registry/wine_reg_export.reg");

fn parse(text: &str) -> Document {
    read(text.as_bytes()).unwrap()
}

/// Reads values of one key of a file with its first line.
fn values(lines: &str) -> Document {
    parse(&format!("{HEADER}\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n{lines}\r\n"))
}

fn sets(document: &Document) -> Vec<(&str, &Data, bool)> {
    document
        .entries
        .iter()
        .filter_map(|entry| match &entry.operation {
            Operation::Set { name, data, .. } => Some((name.as_str(), data, entry.certain)),
            Operation::Key(_)
            | Operation::DeleteKey(_)
            | Operation::DeleteValue { .. }
            | Operation::DeleteValues(_) => None,
        })
        .collect()
}

fn kinds(document: &Document) -> Vec<(Place, RemarkKind)> {
    document.remarks.iter().map(|remark| (remark.at, remark.kind)).collect()
}

#[test]
fn a_block_from_a_page_is_read_as_it_is_meant() {
    let document = parse(FROM_A_PAGE);
    assert_eq!(document.format, Format::RegWithoutHeader);
    let names: Vec<&str> = sets(&document).iter().map(|(name, ..)| *name).collect();
    let expected = [
        "AcceptTrustedPublisherCerts",
        "WUServer",
        "WUStatusServer",
        "AUOptions",
        "AutoInstallMinorUpdates",
        "DetectionFrequency",
        "DetectionFrequencyEnabled",
        "NoAutoRebootWithLoggedOnUsers",
        "NoAutoUpdate",
        "VendorDefaults",
        "ScheduledInstallDay",
        "ScheduledInstallTime",
        "UseWUServer",
    ];
    assert_eq!(names, expected);
    assert!(document.entries.iter().all(|entry| !entry.certain));
    let several = |line| (Place::Line(line), RemarkKind::SeveralOnOneLine);
    let expected =
        [(Place::Line(1), RemarkKind::NoHeader), several(7), several(8), several(9), several(12)];
    assert_eq!(kinds(&document), expected);
}

#[test]
fn an_export_is_read_whole_and_written_again_to_the_byte() {
    let document = read(EXPORT).unwrap();
    assert!(document.entries.iter().all(|entry| entry.certain));
    // The type that registries do not have.
    assert!(kinds(&document).iter().all(|(_, kind)| *kind == RemarkKind::UnknownType));
    let value = |name: &str| {
        let mut named = sets(&document).into_iter().filter(|(found, ..)| *found == name);
        named.next().map(|(_, data, _)| data.clone())
    };
    let text = |text: &str| Some(Data::String(text.to_owned()));
    assert_eq!(value("TargetGroup"), text("Prüfstand \"1\";C:\\x"));
    assert_eq!(value(""), text("default"));
    assert_eq!(value("back\\slash\"quote"), Some(Data::Dword(1)));
    assert_eq!(value("qword"), Some(Data::Qword(0x0807_0605_0403_0201)));
    assert_eq!(value("l100"), Some(Data::Binary((0..100).collect())));
    let operations: Vec<_> = document.entries.iter().map(|entry| entry.operation.clone()).collect();
    let written = super::text(&[], &operations);
    let exported = EXPORT[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    assert_eq!(written, String::from_utf16(&exported.collect::<Vec<_>>()).unwrap());
    assert_eq!(utf16(&written), EXPORT);
}

#[test]
fn what_was_imported_before_the_export_says_the_same() {
    let written = read(include_bytes!("../../../tests/data/registry/written.reg")).unwrap();
    let exported = read(EXPORT).unwrap();
    let exported = sets(&exported);
    let written = sets(&written);
    assert!(written.iter().all(|value| exported.contains(value)), "{written:?}");
    assert_eq!(written.len(), exported.len());
}

#[test]
fn an_escaped_line_break_is_read_as_uncertain() {
    let document =
        read(include_bytes!("../../../tests/data/registry/wine_line_break.reg")).unwrap();
    assert_eq!(sets(&document), [("a", &Data::String("a\r\nb".to_owned()), false)]);
}

#[test]
fn of_several_values_on_one_line_none_is_imported() {
    let document = values("\"a\"=dword:1 \"b\"=\"x\" \"c\"=hex:01,02\r\n\"d\"=dword:2");
    let found: Vec<_> =
        sets(&document).iter().map(|(name, _, certain)| (*name, *certain)).collect();
    assert_eq!(found, [("a", false), ("b", false), ("c", false), ("d", true)]);
    assert_eq!(kinds(&document), [(Place::Line(4), RemarkKind::SeveralOnOneLine)]);
    let Remark { text, .. } = document.remarks.first().unwrap();
    assert_eq!(text, "\"a\"=dword:1 \"b\"=\"x\" \"c\"=hex:01,02");
}

/// Each as the conformance tests of Wine's `regedit` and `reg` have it, which pass on Windows too.
#[test]
fn data_is_imported_as_windows_does() {
    use Data::{Binary, Dword, ExpandString, MultiString, Qword, String as Text};
    let text = |text: &str| Some(Text(text.to_owned()));
    let binary = |bytes: &[u8]| Some(Binary(bytes.to_vec()));
    let other = |kind, bytes: &[u8]| Some(Data::Other { kind, bytes: bytes.to_vec() });
    for (written, expected) in [
        ("\"x\"", text("x")),
        ("\"x\";comment", text("x")),
        ("\"x\"#comment", None),
        ("\"x\"y\"", None),
        ("  \t \"  x \" \t", text("  x ")),
        (r#""valid \"or\" not""#, text("valid \"or\" not")),
        (r#""\\\\host\\share""#, text("\\\\host\\share")),
        (r#""a\0b""#, None),
        ("\"x", None),
        ("x\"", None),
        ("x", None),
        ("", None),
        ("dword:1", Some(Dword(1))),
        ("dword:00000782", Some(Dword(0x782))),
        ("dword:  00000008", Some(Dword(8))),
        ("dword:1234;5678", Some(Dword(0x1234))),
        ("dword:", None),
        ("dword:hello", None),
        ("dword:0x123", None),
        ("dword:123456789", None),
        ("dword:123 456", None),
        ("dword:12345678abc", None),
        ("hex:11,22,33,\\\r\n  44", binary(&[0x11, 0x22, 0x33, 0x44])),
        ("hex:11,22,33,\\\r\n\r\n ;comment\r\n  44", binary(&[0x11, 0x22, 0x33, 0x44])),
        ("hex:11,22,33,  \\ ;comment\r\n44", binary(&[0x11, 0x22, 0x33, 0x44])),
        ("hex:11,22,\\\r\n  33,;comment\r\n  44", binary(&[0x11, 0x22, 0x33])),
        ("hex:11,22,\\", binary(&[0x11, 0x22])),
        ("hex:11,22,", binary(&[0x11, 0x22])),
        ("hex:\\\r\n  1,2", binary(&[1, 2])),
        ("hex:", binary(&[])),
        ("hex:11,22\\\r\n,33", None),
        ("hex:11,22\\\r\n  33", None),
        ("hex:11,2\\\r\n2,33", None),
        ("hex:11,,22", None),
        ("hex: 11, 22 ", binary(&[0x11, 0x22])),
        ("hex:11 ,22", None),
        ("HEX:11", None),
        ("DWORD:1", None),
        (r#""a\nb""#, None),
        ("hex:,\\\r\n  11", None),
        ("hex:11,\\22", None),
        ("hex:11,100", None),
        ("hex:11,22 #comment", None),
        ("hex:11,22,/\r\n  33", None),
        ("hex(0):56,00", other(0, &[0x56, 0])),
        ("hex(1):61,00,00,00", text("a")),
        ("hex(2):25,00,00,00", Some(ExpandString("%".to_owned()))),
        ("hex(3):01", binary(&[1])),
        ("hex(4):16,00,00,00", Some(Dword(0x16))),
        ("hex(4):", other(4, &[])),
        ("hex(7):61,00,00,00,00,00", Some(MultiString(vec!["a".to_owned()]))),
        ("hex(b):01,00,00,00,00,00,00,00", Some(Qword(1))),
        ("hex(7fff):01", other(0x7fff, &[1])),
        ("hex(ffffffff):01", other(0xffff_ffff, &[1])),
        ("hex(100000000):01", None),
        ("hex(0x2):01", None),
        ("hex(x2):01", None),
    ] {
        let document = values(&format!("\"v\"={written}"));
        let certain = sets(&document).into_iter().filter(|(_, _, certain)| *certain);
        let found = certain.map(|(_, data, _)| data.clone()).next();
        assert_eq!(found, expected, "{written}");
        let is_remarked = document.remarks.iter().any(|remark| remark.at == Place::Line(4));
        let unknown = written.starts_with("hex(7fff") || written.starts_with("hex(ffffffff");
        let guessed = written.contains("\\n");
        assert_eq!(
            is_remarked,
            !guessed && expected.is_none() || unknown,
            "{written}: {:?}",
            document.remarks
        );
    }
}

#[test]
fn what_follows_a_broken_continuation_is_read_where_windows_reads_it() {
    let broken = values(
        "\"a\"=hex(2):4c,69\\\r\n\"b\"=\"1\"\r\n\"c\"=hex(2):4c,69,\\\r\n\"d\"=\"2\"\r\n\"e\"=\"3\"",
    );
    let names: Vec<&str> = sets(&broken).iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, ["b", "e"]);
}

#[test]
fn in_files_of_version_4_strings_in_hex_have_eight_bits() {
    let text = "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\K]\n\"a\"=hex(2):25,50,25,00\n\"b\"=hex(7):61,00,80,00,00\n\"c\"=hex(1):78\n\"d\"=hex:61,00";
    let document = parse(text);
    assert_eq!(document.format, Format::Reg4);
    let list = Data::MultiString(vec!["a".to_owned(), "€".to_owned()]);
    let expected = [
        ("a", &Data::ExpandString("%P%".to_owned()), true),
        ("b", &list, true),
        ("c", &Data::String("x".to_owned()), true),
        ("d", &Data::Binary(vec![0x61, 0]), true),
    ];
    assert_eq!(sets(&document), expected);
    assert_eq!(document.remarks, []);
}

#[test]
fn keys_are_read_as_windows_does() {
    let key = |path: &str| KeyPath::machine(path);
    for (line, expected) in [
        ("[HKEY_LOCAL_MACHINE\\A\\B]", Some((Operation::Key(key("A\\B")), true))),
        ("\t[hkey_Local_machine\\A] ; x", Some((Operation::Key(key("A")), true))),
        ("[HKEY_LOCAL_MACHINE\\A\\\\]", Some((Operation::Key(key("A")), true))),
        ("[HKEY_LOCAL_MACHINE\\A ]", Some((Operation::Key(key("A ")), true))),
        ("[HKEY_LOCAL_MACHINE\\A] ; see [1]", Some((Operation::Key(key("A")), true))),
        ("[HKEY_LOCAL_MACHINE\\A]b]", Some((Operation::Key(key("A]b")), true))),
        ("[-HKEY_LOCAL_MACHINE\\A]", Some((Operation::DeleteKey(key("A")), true))),
        ("[HKEY_LOCAL_MACHINE]", Some((Operation::Key(key("")), true))),
        ("[ HKEY_LOCAL_MACHINE\\A]", Some((Operation::Key(key("A")), false))),
        ("[HKLM\\A]", Some((Operation::Key(key("A")), false))),
        ("[HKLM:\\A]", Some((Operation::Key(key("A")), false))),
        ("[HKEY_LOCAL_MACHINE\\A", Some((Operation::Key(key("A")), false))),
        ("[HKEY_LOCAL_MACHIN\\A]", Some((Operation::Key(key("A")), false))),
        ("[hkey_local machines\\A]", Some((Operation::Key(key("A")), false))),
        ("[HKEY_LOCAL\\A]", None),
        ("[HKLN\\A]", None),
        ("[Software\\A]", None),
    ] {
        let document = parse(&format!("{HEADER}\n{line}\n"));
        let found = document.entries.first().map(|entry| (entry.operation.clone(), entry.certain));
        assert_eq!(found, expected, "{line}");
        let certain = expected.is_some_and(|(_, certain)| certain);
        assert_eq!(document.remarks.is_empty(), certain, "{line}");
    }
}

/// What is certain of a key is kept, what stands behind it is not.
#[test]
fn a_key_without_its_bracket_is_one_and_what_follows_a_key_is_nothing() {
    for (line, kind) in [
        ("[HKEY_USERS\\K", RemarkKind::BadBrackets),
        ("[HKU\\K", RemarkKind::BadBrackets),
        ("[ HKEY_USERS\\K]", RemarkKind::BadBrackets),
        ("[HKU\\K]", RemarkKind::BadRoot),
        ("[HKEY_USERS:\\K]", RemarkKind::BadRoot),
        ("[HKEY_USERS\\K] junk", RemarkKind::UnreadableLine),
    ] {
        let document = parse(&format!("{HEADER}\n{line}\n\"a\"=dword:1\n"));
        assert_eq!(kinds(&document), [(Place::Line(2), kind)], "{line}");
        assert_eq!(sets(&document), [("a", &Data::Dword(1), false)], "{line}");
    }
}

/// What importers pass over must not become a deletion of what somebody else has there.
#[test]
fn a_deletion_is_never_guessed() {
    for line in [
        "[-HKEY_LOCAL_MACHNE\\A]",
        "[-HKEY-LOCAL-MACHINE\\A]",
        "[-HKLM\\A]",
        "[-HKEY_LOCAL_MACHINE:\\A]",
        "[-HKEY_LOCAL_MACHINE\\A",
        "[-HKEY_LOCAL_MACHINE\\A] junk",
        "[-HKLM\\A",
        "[ -HKEY_LOCAL_MACHINE\\A]",
        "[- HKEY_LOCAL_MACHINE\\A]",
    ] {
        let document = parse(&format!("{HEADER}\n[HKEY_USERS\\K]\n{line}\n\"a\"=dword:1\n"));
        assert_eq!(document.entries.len(), 1, "{line}: {:?}", document.entries);
        let left_out = (Place::Line(3), RemarkKind::UnreadableLine);
        assert_eq!(kinds(&document), [left_out, (Place::Line(4), RemarkKind::ValueWithoutKey)]);
    }
}

/// Measured in full, the distance to such a name takes minutes.
#[test]
fn a_name_of_any_length_is_compared_at_once() {
    let document = parse(&format!("{HEADER}\n[{}\\A]\n", "H".repeat(10_000_000)));
    assert_eq!(kinds(&document), [(Place::Line(2), RemarkKind::UnknownRoot)]);
}

#[test]
fn digits_within_a_word_are_no_number_and_what_stands_before_something_else_is_kept() {
    for (written, kept, kind) in [
        ("dword:0000001O", None, RemarkKind::BadData),
        ("dword:000000x5", None, RemarkKind::BadData),
        ("dword:1g", None, RemarkKind::BadData),
        ("dword:1 x", Some(Data::Dword(1)), RemarkKind::DoubtfulData),
        ("dword:1,", Some(Data::Dword(1)), RemarkKind::DoubtfulData),
        ("\"x\" junk", Some(Data::String("x".to_owned())), RemarkKind::DoubtfulData),
        ("hex:01 #c", Some(Data::Binary(vec![1])), RemarkKind::DoubtfulData),
        ("dword:1 \"b\"=junk", Some(Data::Dword(1)), RemarkKind::SeveralOnOneLine),
    ] {
        let document = values(&format!("\"v\"={written}"));
        let found = sets(&document).first().map(|(_, data, certain)| ((*data).clone(), *certain));
        assert_eq!(found, kept.map(|data| (data, false)), "{written}");
        assert_eq!(kinds(&document)[0], (Place::Line(4), kind), "{written}");
    }
}

#[test]
fn a_value_that_cannot_be_read_is_told_also_behind_another_one() {
    let document = values("\"a\"=dword:1 \"b\"=junk");
    let at = Place::Line(4);
    assert_eq!(kinds(&document), [(at, RemarkKind::SeveralOnOneLine), (at, RemarkKind::BadData)]);
    assert_eq!(document.remarks[1].text, "\"b\"=junk");
}

#[test]
fn no_root_is_near_another() {
    for root in Root::ALL {
        for other in Root::ALL.into_iter().filter(|other| *other != root) {
            assert!(strsim::damerau_levenshtein(root.as_str(), other.as_str()) > 4, "{root:?}");
        }
    }
}

#[test]
fn values_without_a_key_go_nowhere() {
    let document = parse(&format!(
        "{HEADER}\n\"a\"=\"1\"\n[-HKEY_LOCAL_MACHINE\\K]\n\"b\"=\"2\"\n[NO\\K]\n\"c\"=\"3\"\n"
    ));
    assert_eq!(sets(&document), []);
    let expected = [
        (Place::Line(2), RemarkKind::ValueWithoutKey),
        (Place::Line(4), RemarkKind::ValueWithoutKey),
        (Place::Line(5), RemarkKind::UnknownRoot),
    ];
    assert_eq!(kinds(&document), expected);
}

#[test]
fn every_encoding_is_read_and_those_that_windows_does_not_import_are_told() {
    let text = format!("{HEADER}\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n\"a\"=\"Zürich\"\r\n");
    let units = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
    let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let bad = (Place::Whole, RemarkKind::BadEncoding);
    let page = (Place::Line(4), RemarkKind::BadBytes);
    for (name, bytes, expected) in [
        ("as exported", with(b"\xff\xfe", &little), vec![]),
        ("UTF-8 with mark", with(b"\xef\xbb\xbf", text.as_bytes()), vec![]),
        ("UTF-8", text.clone().into_bytes(), vec![page]),
        ("8 bits", latin, vec![page]),
        ("big-endian with mark", with(b"\xfe\xff", &big), vec![bad]),
        ("little-endian", little, vec![bad]),
        ("big-endian", big, vec![bad]),
    ] {
        let document = read(&bytes).unwrap();
        assert_eq!(kinds(&document), expected, "{name}");
        let value = Data::String("Zürich".to_owned());
        assert_eq!(sets(&document), [("a", &value, true)], "{name}");
    }
}

#[test]
fn bytes_that_are_no_text_are_remarked_where_they_stand() {
    let whole = utf16(&format!("{HEADER}\r\n[HKEY_LOCAL_MACHINE\\K]\r\n\"a\"=\"b\"\r\n"));
    let cut = read(&whole[..whole.len() - 3]).unwrap();
    assert_eq!(kinds(&cut)[0].1, RemarkKind::CutShort);
    assert_eq!(sets(&cut).len(), 1);
    let nul = values("\"a\"=\"b\0c\"");
    assert_eq!(kinds(&nul), [(Place::Line(4), RemarkKind::BadBytes)]);
    let mut surrogate = whole;
    let place = surrogate.len() - 8;
    surrogate[place..place + 2].copy_from_slice(&[0, 0xd8]);
    let surrogate = read(&surrogate).unwrap();
    assert_eq!(kinds(&surrogate), [(Place::Line(3), RemarkKind::BadBytes)]);
}

#[test]
fn line_ends_of_every_kind_count_alike() {
    for end in ["\r\n", "\n", "\r"] {
        let document =
            parse(&[HEADER, "", "[HKEY_LOCAL_MACHINE\\K]", "junk", "\"a\"=\"b\""].join(end));
        assert_eq!(kinds(&document), [(Place::Line(4), RemarkKind::UnreadableLine)], "{end:?}");
        assert_eq!(document.entries.last().unwrap().at, Place::Line(5));
    }
}

#[test]
fn a_string_with_a_line_break_is_read_and_a_missing_quote_is_none() {
    let document = values("\"a\"=\"one\r\ntwo\"\r\n\"b\"=\"lost\r\n\"c\"=\"kept\"");
    let expected = [
        ("a", &Data::String("one\r\ntwo".to_owned()), false),
        ("c", &Data::String("kept".to_owned()), true),
    ];
    assert_eq!(sets(&document), expected);
    assert_eq!(kinds(&document), [(Place::Line(6), RemarkKind::BadData)]);
}

#[test]
fn the_last_of_two_settings_stays_and_a_difference_is_told() {
    let document = values("\"a\"=dword:1\r\n\"A\"=dword:2\r\n\"b\"=dword:1\r\n\"b\"=dword:1");
    assert_eq!(kinds(&document), [(Place::Line(5), RemarkKind::SetTwice)]);
    let again = values("\"a\"=dword:1\r\n\"a\"=-\r\n\"a\"=dword:2");
    assert_eq!(again.remarks, []);
}

#[test]
fn what_is_no_registry_file_is_an_error_that_says_what_to_do() {
    for bytes in [&b""[..], b"regf\0\0\0\0", b"\x7fELF\x02\x01", b"hello\nworld\n", &[0; 4096]] {
        let error = read(bytes).unwrap_err();
        assert!(!error.text.is_empty() && !error.remedy.is_empty());
    }
}

#[test]
fn a_wrong_first_line_is_told_and_what_follows_is_read() {
    for first in ["REGEDIT5", "REGEDIT4 ", "windows registry editor version 5.00", "\nREGEDIT4"] {
        let document = parse(&format!("{first}\n[HKEY_LOCAL_MACHINE\\K]\n\"a\"=dword:1\n"));
        assert_eq!(kinds(&document), [(Place::Line(1), RemarkKind::NoHeader)], "{first}");
        assert_eq!(sets(&document), [("a", &Data::Dword(1), false)]);
    }
}

#[test]
fn of_many_values_and_as_many_mistakes_each_value_is_kept_and_the_mistakes_are_counted() {
    let pair = |number: u32| {
        format!("\"v{}\"=dword:{number:x}\r\n\"open\"=\"never closed\r\n", number % 999)
    };
    let lines: String = (0..50_000).map(pair).collect();
    let document = values(&lines);
    assert_eq!(sets(&document).len(), 50_000);
    assert!(document.remarks.len() <= 2_000);
    let unsaid: Vec<_> =
        document.remarks.iter().filter(|remark| remark.text.contains("; and ")).collect();
    assert_eq!(unsaid.len(), 2, "{unsaid:?}");
    assert!(unsaid.iter().any(|remark| remark.text.ends_with("; and 49000 more like it")));
}

#[test]
fn what_is_written_is_what_the_registry_editor_exports() {
    let set = |key: &str, name: &str, data| Operation::Set {
        key: KeyPath::machine(key),
        name: name.to_owned(),
        data,
        soft: false,
    };
    let operations = [
        set("A", "text", Data::String("C:\\\"x\"".to_owned())),
        set("A", "", Data::Dword(0x16)),
        set("A", "list", Data::MultiString(vec!["a".to_owned()])),
        Operation::DeleteValue { key: KeyPath::machine("A"), name: "old".to_owned() },
        Operation::DeleteKey(KeyPath::machine("B")),
        Operation::Key(KeyPath::machine("C")),
        set("C", "long", Data::Binary((0..60).collect())),
        Operation::DeleteValues(KeyPath::machine("C")),
        set("C", "forged\r\n[HKEY_USERS\\x]", Data::Dword(1)),
    ];
    insta::assert_snapshot!(text(&["made\r\nby hand".to_owned()], &operations));
}
