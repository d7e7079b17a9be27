//! Judgements of chains, by tables of facts.

use super::*;
use crate::model::certificate::CertificateVerdict as Verdict;
use crate::model::certificate::{
    Certificate, PathOutcome, PublicKey, RevocationStatus, SignatureAlgorithm, Staple,
    StapledStatus,
};

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
        sct_count: None,
        must_staple: false,
        serial: "01".into(),
        sha256: format!("sha256 of {subject}"),
    }
}

/// A sound chain of leaf and intermediate.
fn sound() -> ChainFacts {
    ChainFacts {
        chain: vec![Ok(certificate(NAME, "middle")), Ok(certificate("middle", "root"))],
        leaf_is_trusted: false,
        path: PathOutcome::Trusted,
        verified: None,
        issuer_is_known: true,
        staple: Staple::Absent,
        valid_now: true,
        name_matches: true,
        signature_ok: true,
    }
}

fn staple(change: impl FnOnce(&mut StapledStatus)) -> Staple {
    let mut answer = StapledStatus {
        status: RevocationStatus::Good,
        for_leaf: true,
        revoked_at: None,
        produced_at: now() - HOUR,
        this_update: now() - HOUR,
        next_update: Some(now() + HOUR),
    };
    change(&mut answer);
    Staple::Present(answer)
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
        "CA as leaf, and of an issuer that nobody knows",
        |f| {
            f.path = PathOutcome::CaAsLeaf;
            f.issuer_is_known = false;
        },
        &[
            (Verdict::CaAsLeaf, Some(0), "is a CA certificate, and"),
            (Verdict::UnknownIssuer, None, "ends at the issuer CN=root"),
        ],
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
    (
        "a key that every Windows refuses",
        |f| leaf(f).key = PublicKey { algorithm: "RSASSA-PSS".to_owned(), bits: Some(512) },
        &[(Verdict::WeakKey, Some(0), "RSA key of 512 bits, which every Windows still in use")],
    ),
    (
        "weak, and trusted otherwise",
        |f| {
            f.path = PathOutcome::TrustedThoughWeak;
            leaf(f).signature = SignatureAlgorithm { name: "sha1WithRSA".to_owned(), weak: true };
        },
        &[(Verdict::WeakSignature, Some(0), "; apart from that, the chain is trusted here")],
    ),
    (
        "trusted through an old root with a short key",
        |f| {
            let mut root = certificate("root", "root");
            root.not_after = now() - 50 * HOUR;
            root.key.bits = Some(1024);
            f.verified = Some(vec![certificate(NAME, "root"), root]);
        },
        &[
            (Verdict::Expired, None, "the trusted root (CN=root) expired 2 days ago"),
            (Verdict::WeakKey, None, "the trusted root (CN=root) has an RSA key of 1024 bits"),
        ],
    ),
    (
        "revoked, says the staple",
        |f| f.staple = staple(|answer| answer.status = RevocationStatus::Revoked),
        &[(Verdict::Revoked, Some(0), "is revoked, says the OCSP response")],
    ),
    (
        "another certificate is revoked",
        |f| {
            f.staple = staple(|answer| {
                answer.status = RevocationStatus::Revoked;
                answer.for_leaf = false;
            });
        },
        &[],
    ),
    (
        "reversed",
        |f| {
            f.chain.push(Ok(certificate("root", "root")));
            f.chain.swap(1, 2);
        },
        &[(Verdict::WrongOrder, Some(1), "certificate 2 of the chain (CN=root) did not issue")],
    ),
    ("with the root", |f| f.chain.push(Ok(certificate("root", "root"))), &[]),
    (
        "twice, and with strangers",
        |f| {
            f.chain.push(f.chain[1].clone());
            f.chain.extend((0..3).map(|n| Ok(certificate(&format!("stranger {n}"), "other"))));
        },
        &[(
            Verdict::WrongOrder,
            Some(2),
            "(CN=middle) was sent before; certificate 4 of the chain (CN=stranger 0) has issued \
             no other certificate of the chain; certificate 5 of the chain (CN=stranger 1) has \
             issued no other certificate of the chain; and 1 more",
        )],
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

#[test]
fn what_a_staple_is_worth() {
    let problem = |staple: Staple, must_staple: bool| {
        let report = judged(|f| {
            f.staple = staple.clone();
            leaf(f).must_staple = must_staple;
        });
        assert_eq!(report.staple, staple);
        report.staple_problem.unwrap_or_default()
    };
    for (staple, must_staple, expected) in [
        (Staple::Absent, false, ""),
        (Staple::Absent, true, "none was sent, though the certificate demands one"),
        (staple(|_| ()), true, ""),
        (staple(|answer| answer.next_update = None), false, ""),
        (
            staple(|answer| answer.next_update = Some(now() - 50 * HOUR)),
            false,
            "it has expired 2 days ago, on 2025-",
        ),
        (staple(|answer| answer.this_update = now() + HOUR), false, "it is of the future: valid"),
        (staple(|answer| answer.for_leaf = false), false, "it is about another certificate"),
        (Staple::Unreadable("BER".to_owned()), true, "it cannot be used: BER"),
    ] {
        let found = problem(staple, must_staple);
        assert!(found.starts_with(expected) && found.is_empty() == expected.is_empty(), "{found}");
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
