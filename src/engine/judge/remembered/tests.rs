use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::*;
use crate::net::trust::TrustStore;

const NAME: &str = "wsus.test";

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 60)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A chain of one that is valid from so long before now to so long after, and who judges it.
fn chain(before: Duration, after: Duration) -> (Presented, TrustStore) {
    let day = Duration::from_hours(24);
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "root");
    ca.not_before = (now() - 10 * day).into();
    ca.not_after = (now() + 10 * day).into();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let mut leaf = CertificateParams::new([NAME.to_owned()]).unwrap();
    leaf.not_before = (now() - before).into();
    leaf.not_after = (now() + after).into();
    let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &root).unwrap();
    let presented = Presented { chain: vec![leaf.der().to_vec()], signature_ok: true, ocsp: None };
    (presented, TrustStore::new([root.der()]))
}

/// Verdicts when a judgement is remembered, each with the one of judging anew.
fn day_by_day(before: i64, after: u64) -> Vec<(CertificateVerdict, bool)> {
    let (presented, store) = if before < 0 {
        // It begins later than now.
        let (mut presented, _) = chain(Duration::ZERO, seconds(after));
        let begin = now() + seconds(before.unsigned_abs());
        let mut leaf = CertificateParams::new([NAME.to_owned()]).unwrap();
        leaf.not_before = begin.into();
        leaf.not_after = (now() + seconds(after)).into();
        let key = KeyPair::generate().unwrap();
        let own = leaf.self_signed(&key).unwrap();
        presented.chain = vec![own.der().to_vec()];
        let store = TrustStore::new([own.der()]);
        (presented, store)
    } else {
        chain(seconds(before.unsigned_abs()), seconds(after))
    };
    let key = key(&presented, NAME).unwrap();
    let mut memory = Memory::default();
    (0..200)
        .map(|half| {
            let at = now() + half * Duration::from_millis(500);
            let anew = store.judge(&presented, NAME, at);
            match memory.recall(&key, at) {
                Some(remembered) => {
                    assert_eq!(*remembered, anew, "{half}");
                    (remembered.verdict(), true)
                }
                None => {
                    memory.keep(key, &anew, at);
                    (anew.verdict(), false)
                }
            }
        })
        .collect()
}

#[test]
fn a_date_that_passes_is_noticed_though_the_judgement_is_remembered() {
    for (name, before, after, verdicts) in [
        ("lasts", 1000, 1000, &[CertificateVerdict::Ok][..]),
        ("ends", 1000, 60, &[CertificateVerdict::Ok, CertificateVerdict::Expired]),
        ("begins", -60, 1000, &[CertificateVerdict::NotYetValid, CertificateVerdict::Ok]),
    ] {
        let mut seen = day_by_day(before, after);
        let remembered = seen.iter().filter(|(_, remembered)| *remembered).count();
        assert!(remembered > 30, "{name}: {remembered}");
        let of_spans = |verdict| {
            matches!(verdict, CertificateVerdict::Expired | CertificateVerdict::NotYetValid)
        };
        let wrong = seen.iter().any(|(verdict, remembered)| *remembered && of_spans(*verdict));
        assert!(!wrong, "{name}: how long ago is told anew each time");
        seen.dedup_by_key(|(verdict, _)| *verdict);
        let seen: Vec<_> = seen.into_iter().map(|(verdict, _)| verdict).collect();
        assert_eq!(seen, verdicts, "{name}");
    }
}

#[test]
fn a_judgement_is_forgotten_in_time_and_when_the_clock_is_set_back() {
    let (presented, store) = chain(Duration::from_hours(1), Duration::from_hours(1));
    let key = key(&presented, NAME).unwrap();
    let mut memory = Memory::default();
    memory.keep(key, &store.judge(&presented, NAME, now()), now());
    let known = |at| memory.recall(&key, at).is_some();
    assert!(known(now()) && known(now() + LONGEST - seconds(1)));
    assert!(!known(now() + LONGEST) && !known(now() - seconds(1)));
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
