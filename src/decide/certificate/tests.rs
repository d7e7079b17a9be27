//! Judgements of chains, by tables of facts.

use super::*;
use crate::model::certificate::CertificateVerdict as Verdict;
use crate::model::certificate::{Certificate, PathOutcome, PublicKey, SignatureAlgorithm};

const NAME: &str = "wsus.test";
const HOUR: Duration = Duration::from_hours(1);

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 56)
}

fn certificate(subject: &str, issuer: &str) -> Certificate {
    Certificate {
        subject: format!("CN={subject}"),
        issuer: format!("CN={issuer}"),
        common_name: Some(subject.to_owned()),
        alternative_names: vec![subject.to_owned()],
        not_before: now() - 1000 * HOUR,
        not_after: now() + 1000 * HOUR,
        key: PublicKey { algorithm: "RSA".to_owned(), bits: Some(2048) },
        signature: SignatureAlgorithm { name: "sha256WithRSAEncryption".to_owned(), weak: false },
        is_ca: false,
        self_signed: false,
        allows_server_auth: true,
        has_issuer_url: false,
        sha256: String::new(),
    }
}

/// A sound chain of leaf and intermediate.
fn sound() -> ChainFacts {
    ChainFacts {
        chain: vec![Ok(certificate(NAME, "middle")), Ok(certificate("middle", "root"))],
        leaf_is_trusted: false,
        path: PathOutcome::Trusted,
        valid_now: true,
        name_matches: true,
        signature_ok: true,
    }
}

fn leaf(facts: &mut ChainFacts) -> &mut Certificate {
    facts.chain[0].as_mut().unwrap()
}

fn middle(facts: &mut ChainFacts) -> &mut Certificate {
    facts.chain[1].as_mut().unwrap()
}

fn judged(change: impl FnOnce(&mut ChainFacts)) -> CertificateReport {
    let mut facts = sound();
    change(&mut facts);
    judge(&facts, NAME, now())
}

type Case = (&'static str, fn(&mut ChainFacts), &'static [(Verdict, Option<usize>, &'static str)]);

const CASES: &[Case] = &[
    ("sound", |_| (), &[]),
    (
        "expired leaf",
        |f| {
            f.valid_now = false;
            leaf(f).not_after = now() - 50 * HOUR;
        },
        &[(Verdict::Expired, Some(0), "(CN=wsus.test) expired 2 days ago, on 20")],
    ),
    (
        "expired at this second",
        |f| {
            f.valid_now = false;
            leaf(f).not_after = now();
        },
        &[(Verdict::Expired, Some(0), "expired 0 s ago")],
    ),
    ("an intermediate that is not needed has expired", |f| middle(f).not_after = now() - HOUR, &[]),
    (
        "intermediate not yet valid",
        |f| {
            f.valid_now = false;
            middle(f).not_before = now() + HOUR;
        },
        &[(Verdict::NotYetValid, Some(1), "certificate 2 of the chain (CN=middle) becomes valid")],
    ),
    (
        "untrusted",
        |f| f.path = PathOutcome::UnknownIssuer,
        &[(Verdict::UnknownIssuer, None, "ends at the issuer CN=root, which is not trusted")],
    ),
    (
        "untrusted, and two name each other as issuers",
        |f| {
            f.path = PathOutcome::UnknownIssuer;
            middle(f).issuer = "CN=wsus.test".to_owned();
        },
        &[(Verdict::UnknownIssuer, None, "which is not trusted")],
    ),
    (
        "intermediate missing",
        |f| {
            f.path = PathOutcome::UnknownIssuer;
            f.chain.truncate(1);
            leaf(f).has_issuer_url = true;
        },
        &[(Verdict::IncompleteChain, Some(0), "without its issuer, CN=middle")],
    ),
    (
        "self-signed",
        |f| {
            f.path = PathOutcome::UnknownIssuer;
            leaf(f).self_signed = true;
        },
        &[(Verdict::SelfSigned, Some(0), "issued itself")],
    ),
    (
        "self-signed, of a kind that is not verified",
        |f| {
            f.path = PathOutcome::Unverifiable("version 1".to_owned());
            leaf(f).self_signed = true;
        },
        &[(Verdict::SelfSigned, Some(0), "issued itself")],
    ),
    (
        "CA as leaf",
        |f| f.path = PathOutcome::CaAsLeaf,
        &[(Verdict::CaAsLeaf, Some(0), "is a CA certificate, and")],
    ),
    (
        "trusted itself, whatever its path and company",
        |f| {
            f.leaf_is_trusted = true;
            f.valid_now = false;
            f.path = PathOutcome::CaAsLeaf;
            middle(f).not_after = now() - HOUR;
            middle(f).signature.weak = true;
        },
        &[],
    ),
    ("revoked", |f| f.path = PathOutcome::Revoked, &[(Verdict::Revoked, None, "is revoked")]),
    (
        "broken",
        |f| f.path = PathOutcome::Broken("PathLenConstraintViolated".to_owned()),
        &[(Verdict::BadChain, None, "PathLenConstraintViolated")],
    ),
    (
        "not verified",
        |f| f.path = PathOutcome::Unverifiable("too long a path".to_owned()),
        &[(Verdict::Unverified, None, "too long a path")],
    ),
    (
        "leaf for clients",
        |f| {
            f.path = PathOutcome::WrongEku;
            leaf(f).allows_server_auth = false;
        },
        &[(Verdict::WrongEku, Some(0), "may not be used for server")],
    ),
    (
        "for any purpose, which the library refuses",
        |f| f.path = PathOutcome::WrongEku,
        &[(Verdict::Unverified, None, "for any purpose")],
    ),
    (
        "weak signature",
        |f| {
            f.path = PathOutcome::WeakSignature;
            middle(f).signature = SignatureAlgorithm { name: "sha1WithRSA".to_owned(), weak: true };
        },
        &[(Verdict::WeakSignature, Some(1), "(CN=middle) is signed with sha1WithRSA")],
    ),
    (
        "unknown signature",
        |f| {
            f.path = PathOutcome::WeakSignature;
            leaf(f).signature.name = "ecdsa-with-SHA512".to_owned();
        },
        &[(Verdict::Unverified, None, "ecdsa-with-SHA512, sha256WithRSAEncryption")],
    ),
    (
        "short key",
        |f| leaf(f).key.bits = Some(1024),
        &[(Verdict::WeakKey, Some(0), "RSA key of 1024 bits")],
    ),
    ("short, but not RSA", |f| leaf(f).key.algorithm = "EC".to_owned(), &[]),
    (
        "root sent along, old in every respect",
        |f| {
            f.valid_now = false;
            let root = middle(f);
            root.self_signed = true;
            root.not_after = now() - HOUR;
            root.signature.weak = true;
            root.key.bits = Some(512);
            leaf(f).not_after = now() - HOUR;
        },
        &[(Verdict::Expired, Some(0), "expired 60 minutes ago")],
    ),
    (
        "forged",
        |f| f.signature_ok = false,
        &[(Verdict::BadSignature, Some(0), "does not hold the key")],
    ),
    (
        "wrong name",
        |f| {
            f.name_matches = false;
            leaf(f).alternative_names = (0..7).map(|n| format!("{n}.test")).collect();
        },
        &[(
            Verdict::NameMismatch,
            Some(0),
            "not for wsus.test: it has 0.test, 1.test, 2.test, 3.test, 4.test and 2 more",
        )],
    ),
    (
        "common name only",
        |f| {
            f.name_matches = false;
            leaf(f).alternative_names.clear();
        },
        &[(Verdict::NoSanCnOnly, Some(0), "wsus.test is only in the common name")],
    ),
    (
        "no name at all",
        |f| {
            f.name_matches = false;
            leaf(f).alternative_names.clear();
            leaf(f).common_name = None;
        },
        &[(Verdict::NameMismatch, Some(0), "no name at all")],
    ),
    (
        "leaf unparsable",
        |f| f.chain[0] = Err("BER".to_owned()),
        &[(Verdict::Unparsable, Some(0), "certificate 1 cannot be read: BER")],
    ),
    ("empty", |f| f.chain.clear(), &[(Verdict::Unparsable, None, "no certificate was sent")]),
    (
        "everything",
        |f| {
            f.valid_now = false;
            f.name_matches = false;
            f.signature_ok = false;
            f.path = PathOutcome::UnknownIssuer;
            leaf(f).not_after = now() - HOUR;
            leaf(f).alternative_names = vec!["a.test".to_owned()];
            leaf(f).signature.weak = true;
            leaf(f).key.bits = Some(1024);
            leaf(f).allows_server_auth = false;
        },
        &[
            (Verdict::Expired, Some(0), ""),
            (Verdict::BadSignature, Some(0), ""),
            (Verdict::UnknownIssuer, None, ""),
            (Verdict::NameMismatch, Some(0), ""),
            (Verdict::WrongEku, Some(0), ""),
            (Verdict::WeakSignature, Some(0), ""),
            (Verdict::WeakKey, Some(0), ""),
        ],
    ),
];

#[test]
fn problems_are_found_with_place_and_evidence() {
    for (what, change, expected) in CASES {
        let report = judged(change);
        let found: Vec<_> = report.problems.iter().map(|p| (p.verdict, p.position)).collect();
        let wanted: Vec<_> = expected.iter().map(|(v, position, _)| (*v, *position)).collect();
        assert_eq!(found, wanted, "{what}: {:?}", report.problems);
        for (problem, (_, _, part)) in report.problems.iter().zip(*expected) {
            assert!(problem.detail.contains(part), "{what}: {problem:?}");
        }
    }
}

/// Otherwise the verdict in the output would be a lesser one than the failure beside it.
#[test]
fn what_clients_refuse_comes_before_what_they_accept() {
    for (what, change, _) in CASES {
        let report = judged(change);
        let refused: Vec<bool> =
            report.problems.iter().map(|problem| cause(problem.verdict).is_some()).collect();
        assert!(refused.is_sorted_by(|a, b| a >= b), "{what}: {:?}", report.problems);
        assert_eq!(failure(&report).is_some(), refused.first() == Some(&true), "{what}");
    }
    assert!(Verdict::BadChain < Verdict::NoSanCnOnly);
}

#[test]
fn every_problem_is_a_failure_or_a_finding() {
    for (what, change, _) in CASES {
        for problem in judged(change).problems {
            let (failure, finding) = (cause(problem.verdict), finding(&problem));
            assert!(failure.is_some() != finding.is_some(), "{what}: {problem:?}");
        }
    }
}

#[test]
fn the_failure_is_the_worst_with_its_evidence() {
    let report = judged(|f| {
        f.name_matches = false;
        f.path = PathOutcome::UnknownIssuer;
    });
    let failure = failure(&report).unwrap();
    assert_eq!((failure.phase, failure.cause), (Phase::Tls, Cause::CertificateUnknownIssuer));
    assert!(failure.detail.contains("CN=root"));
}

/// Verdicts beside these are findings only, or another cause.
#[test]
fn every_certificate_cause_is_that_of_a_verdict() {
    let produced: Vec<Cause> = [
        Verdict::Expired,
        Verdict::NotYetValid,
        Verdict::UnknownIssuer,
        Verdict::SelfSigned,
        Verdict::IncompleteChain,
        Verdict::NameMismatch,
        Verdict::WrongEku,
        Verdict::CaAsLeaf,
        Verdict::Revoked,
        Verdict::BadChain,
        Verdict::Unparsable,
    ]
    .into_iter()
    .filter_map(cause)
    .collect();
    let about_certificates = Cause::ALL.iter().filter(|c| c.as_str().starts_with("certificate_"));
    assert_eq!(about_certificates.copied().collect::<Vec<_>>(), produced);
}

#[test]
fn an_end_that_is_near_is_noted() {
    let codes = |change: fn(&mut ChainFacts)| {
        let found = findings(&judged(change), now());
        found.into_iter().map(|f| (f.code, f.observed)).collect::<Vec<_>>()
    };
    assert_eq!(codes(|_| ()), []);
    assert_eq!(codes(|f| leaf(f).not_after = now() + EXPIRES_SOON), []);
    let soon = codes(|f| middle(f).not_after = now() + EXPIRES_SOON - HOUR);
    assert_eq!(soon.len(), 1);
    assert_eq!(soon[0].0, FindingCode::CertificateExpiresSoon);
    assert!(soon[0].1.starts_with("certificate 2 of the chain (CN=middle) ends in 20 days"));
    let root_ends = codes(|f| {
        middle(f).not_after = now() + HOUR;
        middle(f).self_signed = true;
    });
    assert_eq!(root_ends, []);
    let ended = codes(|f| {
        f.valid_now = false;
        leaf(f).not_after = now() - HOUR;
    });
    assert_eq!(ended, []);
}

#[test]
fn names_cover() {
    for (pattern, name, expected) in [
        ("wsus.test", "WSUS.TEST", true),
        ("*.Corp.test", "wsus.corp.test", true),
        ("*.corp.test", "corp.test", false),
        ("*.corp.test", "a.wsus.corp.test", false),
        ("wsus", "wsus.test", false),
        ("*.0.0.1", "10.0.0.1", false),
        ("10.0.0.1", "10.0.0.1", true),
        ("*", "wsus", false),
        ("", "", true),
    ] {
        assert_eq!(covers(pattern, name), expected, "{pattern} {name}");
    }
}
