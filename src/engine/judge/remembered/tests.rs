//! Judgements that are remembered while the time goes by.

use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::*;
use crate::net::trust::TrustStore;

const NAME: &str = "wsus.test";

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 60)
}

/// So many seconds from now.
fn at(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { now() - distance } else { now() + distance }
}

/// A chain of one with these ends of its validity, in seconds from now, and who judges it.
fn chain(begin: i64, end: i64) -> (Presented, TrustStore) {
    const LONG: i64 = 1_000_000;
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "root");
    (ca.not_before, ca.not_after) = (at(-LONG).into(), at(LONG).into());
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let mut leaf = CertificateParams::new([NAME.to_owned()]).unwrap();
    (leaf.not_before, leaf.not_after) = (at(begin).into(), at(end).into());
    let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &root).unwrap();
    let presented = Presented { chain: vec![leaf.der().to_vec()], signature_ok: true, ocsp: None };
    (presented, TrustStore::new([root.der()]))
}

/// Verdicts from now on, half a second apart, and whether they were remembered. What is remembered
/// is always the same as what would be judged anew.
fn verdicts(begin: i64, end: i64) -> Vec<(CertificateVerdict, bool)> {
    const HALF: Duration = Duration::from_millis(500);
    let (presented, store) = chain(begin, end);
    let key = key(&presented, NAME).unwrap();
    let mut memory = Memory::default();
    let judge = |half| {
        let at = now() + half * HALF;
        let anew = store.judge(&presented, NAME, at);
        if let Some(remembered) = memory.recall(&key, at) {
            assert_eq!(*remembered, anew, "{half}");
            return (remembered.verdict(), true);
        }
        memory.keep(key, &anew, at);
        (anew.verdict(), false)
    };
    (0..100).map(judge).collect()
}

#[test]
fn a_date_that_passes_is_noticed_though_the_judgement_is_remembered() {
    for (name, begin, end, expected) in [
        ("lasts", -1000, 1000, &[CertificateVerdict::Ok][..]),
        ("ends", -1000, 30, &[CertificateVerdict::Ok, CertificateVerdict::Expired]),
        ("begins", 30, 1000, &[CertificateVerdict::NotYetValid, CertificateVerdict::Ok]),
    ] {
        let mut seen = verdicts(begin, end);
        let remembered = seen.iter().filter(|(_, remembered)| *remembered).count();
        assert!(remembered > 30, "{name}: {remembered}");
        let of_spans = |verdict| {
            matches!(verdict, CertificateVerdict::Expired | CertificateVerdict::NotYetValid)
        };
        let wrong = seen.iter().any(|(verdict, remembered)| *remembered && of_spans(*verdict));
        assert!(!wrong, "{name}: how long ago is told anew each time");
        seen.dedup_by_key(|(verdict, _)| *verdict);
        let seen: Vec<_> = seen.into_iter().map(|(verdict, _)| verdict).collect();
        assert_eq!(seen, expected, "{name}");
    }
}

#[test]
fn a_judgement_is_forgotten_in_time_and_when_the_clock_is_set_back() {
    let (presented, store) = chain(-10_000, 10_000);
    let key = key(&presented, NAME).unwrap();
    let mut memory = Memory::default();
    memory.keep(key, &store.judge(&presented, NAME, now()), now());
    let known = |moment| memory.recall(&key, moment).is_some();
    assert!(known(now()) && known(now() + LONGEST - GRAIN));
    assert!(!known(now() + LONGEST) && !known(now() - GRAIN));
}

#[test]
fn nothing_that_counts_is_mixed_up() {
    let of = |chain: &[&str], ocsp: Option<&str>, signature_ok, name| {
        let chain = chain.iter().map(|der| der.as_bytes().to_vec()).collect();
        let ocsp = ocsp.map(|der| der.as_bytes().to_vec());
        key(&Presented { chain, signature_ok, ocsp }, name).unwrap()
    };
    let keys = [
        of(&["a", "b"], None, true, "n"),
        of(&["b", "a"], None, true, "n"),
        of(&["ab"], None, true, "n"),
        of(&["a", "b", ""], None, true, "n"),
        of(&["a", "b"], Some(""), true, "n"),
        of(&["b"], Some("a"), true, "n"),
        of(&["a", "b"], None, false, "n"),
        of(&["a", "b"], None, true, "m"),
        of(&["b"], None, true, "na"),
    ];
    for (index, one) in keys.iter().enumerate() {
        assert_eq!(keys.iter().position(|other| other == one), Some(index));
    }
    let huge = Presented { chain: vec![vec![0; LARGEST]], signature_ok: true, ocsp: None };
    assert_eq!(key(&huge, "n"), None);
}

#[test]
fn memory_is_bounded() {
    let mut memory = Memory::default();
    let report = CertificateReport::default();
    for number in 0..MOST + 10 {
        let mut key = Key::default();
        key[..8].copy_from_slice(&number.to_be_bytes());
        memory.keep(
            key,
            &report,
            now() + Duration::from_millis(1) * u32::try_from(number).unwrap(),
        );
    }
    assert_eq!(memory.0.len(), MOST);
    assert!(memory.recall(&Key::default(), now()).is_none(), "the first is forgotten first");
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Judge for Counting {
    fn judge<'a>(&'a self, _: &'a Presented, _: &'a str) -> BoxFuture<'a, CertificateReport> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { CertificateReport::default() })
    }
}

#[tokio::test]
async fn the_judge_is_asked_once_for_each_chain_and_name() {
    let counting = Arc::new(Counting::default());
    let judge = Remembered::new(Arc::clone(&counting) as Arc<dyn Judge>);
    let presented = |first| Presented { chain: vec![vec![first]], ..Presented::default() };
    for (chain, name, times) in
        [(1, "a", 1), (1, "a", 1), (1, "b", 2), (2, "a", 3), (1, "a", 3), (2, "a", 3)]
    {
        judge.judge(&presented(chain), name).await;
        assert_eq!(counting.0.load(Ordering::Relaxed), times);
    }
}
