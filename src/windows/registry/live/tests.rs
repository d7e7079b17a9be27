//! The registry of the machine that runs the tests, under a key of their own.

use super::*;
use crate::windows::registry::document;

/// A key of its own for each test, gone at the test's end.
struct Scratch(KeyPath);

impl Scratch {
    fn new(name: &str) -> Self {
        let scratch = Self(KeyPath::machine(&format!("SOFTWARE\\wsus-probe-test-{name}")));
        Live.remove_key(&scratch.0).unwrap();
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        Live.remove_key(&self.0).unwrap();
    }
}

fn forms() -> Vec<(&'static str, Data)> {
    vec![
        ("", Data::String("the default value".to_owned())),
        ("text", Data::String("http://zürich.test:8530 😀".to_owned())),
        ("empty", Data::String(String::new())),
        ("with NUL", Data::String("a\0b".to_owned())),
        ("expand", Data::ExpandString("%windir%\\x".to_owned())),
        ("list", Data::MultiString(vec!["a".to_owned(), "b".to_owned()])),
        ("dword", Data::Dword(0x1600_0016)),
        ("qword", Data::Qword(u64::MAX - 1)),
        ("binary", Data::Binary(vec![0, 1, 255])),
        ("no bytes", Data::Binary(Vec::new())),
        ("short dword", Data::Other { kind: 4, bytes: vec![1, 2, 3] }),
        ("odd text", Data::Other { kind: 1, bytes: vec![0x61] }),
        ("half a pair", Data::Other { kind: 1, bytes: vec![0, 0xD8, 0, 0] }),
        ("no type", Data::Other { kind: 0, bytes: vec![9] }),
        ("unknown type", Data::Other { kind: 0xFFFF_0012, bytes: vec![1, 2] }),
    ]
}

#[test]
fn every_type_comes_back_as_it_was_written() {
    let scratch = Scratch::new("types");
    assert_eq!(Live.values(&scratch.0, View::Bits64), Ok(None));
    assert_eq!(Live.value(&scratch.0, "text"), Ok(None));
    for (name, data) in forms() {
        Live.set(&scratch.0, name, &data).unwrap();
        assert_eq!(Live.value(&scratch.0, &name.to_uppercase()), Ok(Some(data)), "{name}");
    }
    let mut found = Live.values(&scratch.0, View::Bits64).unwrap().unwrap();
    let mut expected: Values =
        forms().into_iter().map(|(name, data)| (name.to_owned(), data)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(found, expected);
    Live.remove(&scratch.0, "text").unwrap();
    Live.remove(&scratch.0, "text").unwrap();
    assert_eq!(Live.value(&scratch.0, "text"), Ok(None));
}

/// As the system would have it from another program: the end is not marked.
#[test]
fn a_string_without_its_end_is_read() {
    let scratch = Scratch::new("unterminated");
    let key = LOCAL_MACHINE.create(&scratch.0.path).unwrap();
    key.set_bytes("text", Type::Other(1), &[0x61, 0, 0x62, 0]).unwrap();
    assert_eq!(Live.value(&scratch.0, "text"), Ok(Some(Data::String("ab".to_owned()))));
    let found = Live.values(&scratch.0, View::Bits64).unwrap().unwrap();
    assert_eq!(found, [("text".to_owned(), Data::String("ab".to_owned()))]);
}

#[test]
fn a_document_has_both_views_and_tells_nothing_twice() {
    let scratch = Scratch::new("views");
    Live.set(&scratch.0, "a", &Data::Dword(1)).unwrap();
    let keys = [scratch.0.clone()];
    assert_eq!(document(&Live, &keys).unwrap().entries.len(), 2);
    let (_, name) = scratch.0.path.split_once('\\').unwrap();
    let other = KeyPath::machine(&format!("SOFTWARE\\Wow6432Node\\{name}"));
    Live.set(&other, "a", &Data::Dword(1)).unwrap();
    assert_eq!(document(&Live, &keys).unwrap().entries.len(), 2);
    Live.set(&other, "a", &Data::Dword(2)).unwrap();
    let both = document(&Live, &keys).unwrap();
    Live.remove_key(&other).unwrap();
    assert_eq!(both.entries.len(), 4);
}

#[test]
fn a_change_is_made_whether_or_not_there_are_transactions() {
    let scratch = Scratch::new("change");
    Live.set(&scratch.0, "old", &Data::Dword(1)).unwrap();
    let step = |name: &str, data| Step { key: scratch.0.clone(), name: name.to_owned(), data };
    let steps =
        [step("a", Some(Data::Dword(1))), step("old", None), step("b", Some(Data::Dword(2)))];
    // Shown by a run with --nocapture: what the system under the test can do.
    println!("transactions: {:?}", prepared(&steps));
    assert_eq!(Live.value(&scratch.0, "old"), Ok(Some(Data::Dword(1))), "not committed");
    Live.change(&steps).unwrap();
    let found: Vec<_> = ["a", "old", "b"].map(|name| Live.value(&scratch.0, name).unwrap()).into();
    assert_eq!(found, [Some(Data::Dword(1)), None, Some(Data::Dword(2))]);
}

/// Another program changes a value between asking for its size and for its data.
#[test]
fn only_what_two_readings_agree_about_counts() {
    let more = || Err(Fault::System(Error::from_hresult(windows_result::HRESULT(MORE_DATA))));
    let read = |readings: Vec<Result<&'static str, Fault>>| {
        let readings = std::cell::RefCell::new(readings.into_iter());
        settled(|| readings.borrow_mut().next().unwrap())
    };
    assert!(matches!(read(vec![Ok("a\0\0"), Ok("b"), Ok("b")]), Ok("b")));
    assert!(matches!(read(vec![Ok("a"), more(), Ok("a"), Ok("a")]), Ok("a")));
    let unsteady = read(vec![Ok("a"), Ok("b"), more(), more(), Ok("b")]);
    assert!(matches!(unsteady, Err(Fault::Unsteady)));
    let denied = Error::from_hresult(windows_result::HRESULT(ACCESS_DENIED));
    assert!(matches!(read(vec![Err(denied.into())]), Err(Fault::System(_))));
}

/// A policy has some twenty. Wine takes about a millisecond for each.
const MANY: u32 = 20_000;

#[test]
fn many_values_are_read() {
    let scratch = Scratch::new("many");
    let key = LOCAL_MACHINE.create(&scratch.0.path).unwrap();
    for number in 0..MANY {
        key.set_u32(format!("value {number}"), number).unwrap();
    }
    let found = Live.values(&scratch.0, View::Bits64).unwrap().unwrap();
    assert_eq!(found.len(), 20_000, "all of {MANY}");
}

#[test]
fn more_than_any_policy_holds_is_an_error_and_not_a_part() {
    let scratch = Scratch::new("large");
    let key = LOCAL_MACHINE.create(&scratch.0.path).unwrap();
    let megabyte = vec![7; 1 << 20];
    for number in 0..33 {
        key.set_bytes(format!("{number}"), Type::Bytes, &megabyte).unwrap();
    }
    let error = Live.values(&scratch.0, View::Bits64).unwrap_err();
    assert!(error.to_string().ends_with("it holds more than 32 MiB"), "{error}");
    assert!(Live.value(&scratch.0, "0").unwrap().is_some());
}

#[test]
fn an_administrator_may_write_keys_that_are_not_there_yet() {
    assert_eq!(Live.writable(&KeyPath::machine("SOFTWARE\\nosuch\\nor this")), Ok(()));
}
