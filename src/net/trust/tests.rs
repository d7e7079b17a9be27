//! Chains as they are presented, and how they are judged.

use std::path::Path;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ED25519,
};
use rustls::pki_types::pem::PemObject as _;

use super::*;
use crate::model::certificate::CertificateVerdict::{self as Verdict, *};

const NAME: &str = "wsus.test";

type Ca = CertifiedIssuer<'static, KeyPair>;
type Change = fn(&mut CertificateParams);

/// Long after the committed certificates were made, long before they end.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + days(365 * 60)
}

fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

fn same(_: &mut CertificateParams) {}

fn params(subject: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    params.not_before = (now() - days(10)).into();
    params.not_after = (now() + days(100)).into();
    params.use_authority_key_identifier_extension = true;
    params
}

fn ca_params(subject: &str, change: Change) -> CertificateParams {
    let mut params = params(subject, &[]);
    params.not_before = (now() - days(1000)).into();
    params.not_after = (now() + days(1000)).into();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut params);
    params
}

fn root(subject: &str, change: Change) -> Ca {
    CertifiedIssuer::self_signed(ca_params(subject, change), KeyPair::generate().unwrap()).unwrap()
}

fn intermediate(issuer: &Ca, change: Change) -> Ca {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::signed_by(ca_params("intermediate", change), key, issuer).unwrap()
}

fn leaf_params(change: Change) -> CertificateParams {
    let mut params = params(NAME, &[NAME, "10.0.0.1"]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    params
}

fn leaf(issuer: &Ca, change: Change) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    leaf_params(change).signed_by(&key, issuer).unwrap().der().to_vec()
}

fn self_signed(change: Change) -> Vec<u8> {
    leaf_params(change).self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn der(ca: &Ca) -> Vec<u8> {
    ca.der().to_vec()
}

fn judge_at(
    roots: &[Vec<u8>],
    chain: Vec<Vec<u8>>,
    name: &str,
    at: SystemTime,
) -> CertificateReport {
    let roots: Vec<_> = roots.iter().map(|der| CertificateDer::from(der.clone())).collect();
    TrustStore::new(&roots).judge(&Presented { chain, signature_ok: true, ocsp: None }, name, at)
}

fn judge(roots: &[Vec<u8>], chain: Vec<Vec<u8>>) -> CertificateReport {
    judge_at(roots, chain, NAME, now())
}

fn verdicts(report: &CertificateReport) -> Vec<Verdict> {
    report.problems.iter().map(|problem| problem.verdict).collect()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificates").join(name)
}

fn pem(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(file(name)).unwrap().to_vec()
}

fn expired(params: &mut CertificateParams) {
    params.not_before = (now() - days(50)).into();
    params.not_after = (now() - days(3)).into();
}

fn not_yet(params: &mut CertificateParams) {
    params.not_before = (now() + days(3)).into();
}

/// Authority information access with the URL of the issuer's certificate: `http://a`.
fn with_issuer_url(params: &mut CertificateParams) {
    let content = b"\x30\x16\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x08http://a";
    let access = [1, 3, 6, 1, 5, 5, 7, 1, 1];
    params.custom_extensions.push(CustomExtension::from_oid_content(&access, content.to_vec()));
}

fn common_name_only(params: &mut CertificateParams) {
    params.subject_alt_names.clear();
}

fn for_clients(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

fn for_anything(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
}

fn as_ca(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

#[test]
fn leaves_under_a_trusted_root() {
    let root = root("root", same);
    for (what, change, expected) in [
        ("sound", same as Change, vec![]),
        ("without usages", |p| p.extended_key_usages.clear(), vec![]),
        ("expired", expired, vec![Expired]),
        ("not yet valid", not_yet, vec![NotYetValid]),
        ("common name only", common_name_only, vec![NoSanCnOnly]),
        ("for clients", for_clients, vec![WrongEku]),
        ("for anything", for_anything, vec![Unverified]),
        ("a CA", as_ca, vec![CaAsLeaf]),
        (
            "for clients, expired and without a name",
            |p| {
                for_clients(p);
                expired(p);
                p.subject_alt_names = params("", &["other.test"]).subject_alt_names;
            },
            vec![Expired, NameMismatch, WrongEku],
        ),
    ] {
        let report = judge(&[der(&root)], vec![leaf(&root, change)]);
        assert_eq!(verdicts(&report), expected, "{what}: {:?}", report.problems);
    }
}

#[test]
fn chains_with_an_intermediate() {
    let root = root("root", same);
    let unknown = self::root("unknown", same);
    for (what, change, expected) in [
        ("sound", same as Change, vec![]),
        ("expired", expired, vec![Expired]),
        ("not yet valid", not_yet, vec![NotYetValid]),
        ("for clients", for_clients, vec![WrongEku]),
        ("for anything", for_anything, vec![Unverified]),
        ("no CA", |p| p.is_ca = IsCa::NoCa, vec![BadChain]),
    ] {
        let middle = intermediate(&root, change);
        let leaf = leaf(&middle, same);
        let report = judge(&[der(&root)], vec![leaf.clone(), der(&middle)]);
        assert_eq!(verdicts(&report), expected, "{what}: {:?}", report.problems);
        if matches!(report.verdict(), Expired | NotYetValid | WrongEku) {
            assert_eq!(report.problems[0].position, Some(1), "{what}");
            assert!(report.problems[0].detail.contains("(CN=intermediate)"), "{what}");
        }
        // Whatever else is wrong, an unknown root stays unknown.
        let report = judge(&[der(&unknown)], vec![leaf, der(&middle)]);
        if what != "no CA" {
            assert!(verdicts(&report).contains(&UnknownIssuer) || !expected.is_empty(), "{what}");
        }
    }
    let middle = intermediate(&root, same);
    let (roots, leaf) = ([der(&root)], leaf(&middle, same));
    for (what, expected, chain) in [
        ("with the root", vec![], vec![leaf.clone(), der(&middle), der(&root)]),
        ("reversed", vec![WrongOrder], vec![leaf.clone(), der(&root), der(&middle)]),
        ("twice", vec![WrongOrder], vec![leaf.clone(), der(&middle), leaf.clone(), der(&middle)]),
        ("with a stranger", vec![WrongOrder], vec![leaf, der(&unknown), der(&middle)]),
    ] {
        let report = judge(&roots, chain);
        assert_eq!(verdicts(&report), expected, "{what}: {:?}", report.problems);
        let verified: Vec<_> = report.verified.iter().flatten().map(|c| &c.subject).collect();
        assert_eq!(verified, ["CN=wsus.test", "CN=intermediate", "CN=root"], "{what}");
        assert_eq!(report.verified_not_after(), Some(now() + days(100)), "{what}");
    }
}

#[test]
fn missing_intermediates() {
    let root = root("root", same);
    let middle = intermediate(&root, same);
    let with_url = leaf(&middle, with_issuer_url);
    let report = judge(&[der(&root)], vec![with_url.clone()]);
    assert_eq!(verdicts(&report), [IncompleteChain]);
    assert!(report.problems[0].detail.contains("its issuer, CN=intermediate"), "{report:?}");
    // An untrusted root that is sent along is not a missing intermediate.
    let chain = vec![leaf(&root, with_issuer_url), der(&root)];
    assert_eq!(verdicts(&judge(&[], chain)), [UnknownIssuer]);
    let report = judge(&[der(&root)], vec![leaf(&middle, same)]);
    assert_eq!(verdicts(&report), [UnknownIssuer]);
    assert!(report.problems[0].detail.contains("issuer CN=intermediate"), "{report:?}");
    // Trusted itself, an intermediate need not be sent.
    assert_eq!(verdicts(&judge(&[der(&middle)], vec![with_url])), []);
}

#[test]
fn roots_that_are_not_trusted() {
    let root = root("root", same);
    let namesake = self::root("root", same);
    let chain = vec![leaf(&root, same), der(&root)];
    assert_eq!(verdicts(&judge(&[], chain.clone())), [UnknownIssuer]);
    let report = judge(&[der(&namesake)], chain);
    assert_eq!(verdicts(&report), [BadChain], "{report:?}");

    let everything = |p: &mut CertificateParams| {
        expired(p);
        p.subject_alt_names = params("", &["other.test"]).subject_alt_names;
    };
    let report = judge(&[], vec![leaf(&root, everything), der(&root)]);
    assert_eq!(verdicts(&report), [Expired, UnknownIssuer, NameMismatch]);
    for (problem, part) in report.problems.iter().zip(["3 days ago", "CN=root", "other.test"]) {
        assert!(problem.detail.contains(part), "{problem:?}");
    }
}

#[test]
fn an_expired_root_that_is_sent_along_condemns_nothing() {
    let long_ago: Change = |p| {
        p.not_before = (now() - days(900)).into();
        p.not_after = (now() - days(500)).into();
    };
    let root = root("root", long_ago);
    let chain = vec![leaf(&root, same), der(&root)];
    let renewed = ca_params("root", same).self_signed(root.key()).unwrap().der().to_vec();
    let both = [der(&root), renewed.clone()];
    for roots in [&[renewed.clone()][..], &both] {
        assert_eq!(verdicts(&judge(roots, chain.clone())), []);
    }
    assert_eq!(verdicts(&judge(&[], chain.clone())), [UnknownIssuer]);
    // Where no newer one is trusted, it does.
    let report = judge(&[der(&root)], chain);
    assert_eq!(verdicts(&report), [Expired]);
    assert!(report.problems[0].detail.starts_with("the trusted root (CN=root) expired 500 days"));
    // The leaf's own end is judged as ever, though the two were never valid together.
    let chain = vec![leaf(&root, expired), der(&root)];
    assert_eq!(verdicts(&judge(&[renewed], chain.clone())), [Expired]);
    assert_eq!(verdicts(&judge(&[], chain)), [Expired, UnknownIssuer]);
    // An intermediate's is not, and there was never a valid path.
    let middle = intermediate(&root, long_ago);
    let chain = vec![leaf(&middle, same), der(&middle)];
    let report = judge(&[der(&root)], chain);
    assert_eq!(verdicts(&report), [Expired, BadChain]);
    assert!(report.problems[1].detail.contains("never valid together"), "{report:?}");
}

#[test]
fn leaves_that_signed_themselves() {
    let plain = self_signed(same);
    assert_eq!(verdicts(&judge(&[], vec![plain.clone()])), [SelfSigned]);
    assert_eq!(verdicts(&judge(&[], vec![self_signed(expired)])), [Expired, SelfSigned]);
    let ca = self_signed(as_ca);
    let report = judge(&[], vec![ca.clone()]);
    assert_eq!(verdicts(&report), [SelfSigned, CaAsLeaf]);
    // Trusted byte for byte, they are as good as any.
    assert_eq!(verdicts(&judge(std::slice::from_ref(&plain), vec![plain.clone()])), []);
    assert_eq!(verdicts(&judge(std::slice::from_ref(&ca), vec![ca.clone()])), []);
    assert_eq!(
        verdicts(&judge_at(std::slice::from_ref(&ca), vec![ca.clone()], "other.test", now())),
        [NameMismatch]
    );
    let old = self_signed(expired);
    assert_eq!(verdicts(&judge(std::slice::from_ref(&old), vec![old.clone()])), [Expired]);
    let client = self_signed(for_clients);
    assert_eq!(verdicts(&judge(std::slice::from_ref(&client), vec![client.clone()])), [WrongEku]);
    // Another one of the same name is not.
    assert_eq!(verdicts(&judge(&[self_signed(same)], vec![plain]))[..1], [SelfSigned]);
}

#[test]
fn names_and_addresses() {
    let root = root("root", same);
    let roots = [der(&root)];
    let judge = |change: Change, name: &str| {
        let report = judge_at(&roots, vec![leaf(&root, change)], name, now());
        verdicts(&report).first().copied().unwrap_or(Ok)
    };
    assert_eq!(judge(same, "WSUS.test"), Ok);
    assert_eq!(judge(same, "10.0.0.1"), Ok);
    assert_eq!(judge(same, "10.0.0.2"), NameMismatch);
    assert_eq!(judge(same, "::1"), NameMismatch);
    assert_eq!(judge(same, "a.wsus.test"), NameMismatch);
    assert_eq!(judge(common_name_only, "other.test"), NameMismatch);
    assert_eq!(judge(common_name_only, "10.0.0.1"), NameMismatch);
    let wildcard: Change = |p| p.subject_alt_names = params("", &["*.corp.test"]).subject_alt_names;
    assert_eq!(judge(wildcard, "wsus.corp.test"), Ok);
    assert_eq!(judge(wildcard, "a.wsus.corp.test"), NameMismatch);
    let wild_common_name: Change = |p| {
        common_name_only(p);
        p.distinguished_name.push(DnType::CommonName, "*.test");
    };
    assert_eq!(judge(wild_common_name, NAME), NoSanCnOnly);
    let v6: Change = |p| p.subject_alt_names = params("", &["fd00::1"]).subject_alt_names;
    assert_eq!(judge(v6, "fd00:0::1"), Ok);
    assert_eq!(judge(v6, NAME), NameMismatch);
}

#[test]
fn a_thousand_names_take_one_line() {
    let root = root("root", same);
    let change: Change = |p| {
        let names: Vec<String> = (0..1000).map(|n| format!("n{n}.test")).collect();
        p.subject_alt_names = CertificateParams::new(names).unwrap().subject_alt_names;
    };
    let report = judge(&[der(&root)], vec![leaf(&root, change)]);
    assert_eq!(verdicts(&report), [NameMismatch]);
    let detail = &report.problems[0].detail;
    assert!(detail.ends_with("n4.test and 995 more"), "{detail}");
}

/// A critical extension that nobody knows: the library refuses to look at the names.
#[test]
fn an_unknown_critical_extension_is_not_a_wrong_name() {
    let root = root("root", same);
    let change: Change = |p| {
        let mut unknown = CustomExtension::from_oid_content(&[1, 3, 9, 9], vec![5, 0]);
        unknown.set_criticality(true);
        p.custom_extensions.push(unknown);
    };
    let report = judge(&[der(&root)], vec![leaf(&root, change)]);
    assert_eq!(verdicts(&report), [BadChain], "{report:?}");
}

#[test]
fn committed_certificates() {
    for (root, leaf, expected) in [
        ("root.pem", "rsa.pem", vec![]),
        ("root.pem", "rsa1024.pem", vec![WeakKey]),
        ("root.pem", "sha1.pem", vec![WeakSignature]),
        ("root.pem", "md5.pem", vec![WeakSignature]),
        // Windows accepts both; the library does not look at them.
        ("root.pem", "v1.pem", vec![NoSanCnOnly, Unverified]),
        ("root1024.pem", "under_rsa1024.pem", vec![WeakKey]),
        ("root_p521.pem", "under_p521.pem", vec![Unverified]),
        // Without their roots.
        ("rsa.pem", "v1_self_signed.pem", vec![SelfSigned, NoSanCnOnly]),
        ("v1_self_signed.pem", "v1_self_signed.pem", vec![NoSanCnOnly]),
        ("root.pem", "under_rsa1024.pem", vec![UnknownIssuer]),
        ("root.pem", "under_p521.pem", vec![UnknownIssuer]),
        ("root1024.pem", "sha1.pem", vec![UnknownIssuer, WeakSignature]),
    ] {
        for chain in [vec![pem(leaf)], vec![pem(leaf), pem(root)]] {
            let report = judge(&[pem(root)], chain);
            let found = verdicts(&report).into_iter().filter(|&verdict| verdict != WrongOrder);
            assert_eq!(found.collect::<Vec<_>>(), expected, "{leaf}: {:?}", report.problems);
        }
    }
}

#[test]
fn what_is_no_certificate() {
    assert_eq!(verdicts(&judge(&[], vec![])), [Unparsable]);
    assert_eq!(verdicts(&judge(&[], vec![b"garbage".to_vec()])), [Unparsable]);
    let root = root("root", same);
    let sound = leaf(&root, same);
    let report = judge(&[der(&root)], vec![sound.clone(), Vec::new()]);
    assert_eq!(verdicts(&report), [Unparsable]);
    assert_eq!((report.problems[0].position, report.chain.len()), (Some(1), 1));
    // Cut or changed anywhere: a judgement each time, and never a good one.
    for at in 0..sound.len() {
        let report = judge(&[der(&root)], vec![sound[..at].to_vec()]);
        assert_eq!(report.verdict(), Unparsable, "cut at {at}");
        let mut changed = sound.clone();
        changed[at] ^= 0x41;
        assert_ne!(judge(&[der(&root)], vec![changed]).verdict(), Ok, "changed at {at}");
    }
}

#[test]
fn a_clock_that_stands_at_1970_finds_nothing_valid_yet() {
    let root = root("root", same);
    let middle = intermediate(&root, same);
    let chain = vec![leaf(&middle, same), der(&middle), der(&root)];
    for at in [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH - days(1)] {
        let report = judge_at(&[der(&root)], chain.clone(), NAME, at);
        assert_eq!(verdicts(&report), [NotYetValid; 3]);
        let alone = vec![self_signed(same)];
        assert_eq!(verdicts(&judge_at(&[], alone, NAME, at)), [NotYetValid, SelfSigned]);
    }
}

#[test]
fn other_kinds_of_keys() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let root = CertifiedIssuer::self_signed(ca_params("root", same), key).unwrap();
    let report = judge(&[der(&root)], vec![leaf(&root, same), der(&root)]);
    assert_eq!(verdicts(&report), [], "{:?}", report.problems);
}

#[test]
fn files_are_read_or_named() {
    let found = read_files(&[file("root.pem"), file("sha1.pem")]).unwrap();
    assert_eq!(found.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    assert_eq!(read_files(&[write("root.cer", &pem("root.pem"))]).unwrap().len(), 1);
    let two = [pem("root.pem"), pem("sha1.pem")].concat();
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (path, part) in [
        (folder.path().join("none.pem"), "none.pem: "),
        (write("empty.pem", b""), "holds no certificate"),
        (write("two.cer", &two), "bytes follow the certificate"),
        (write("cut.cer", &two[..100]), "not one certificate in DER"),
        (file("rsa.key"), "holds no certificate"),
        (write("broken.pem", b"-----BEGIN CERTIFICATE-----\n!\n"), "not PEM"),
        (write("nonsense.pem", nonsense.as_bytes()), "certificate 1 in it: "),
    ] {
        let error = read_files(&[file("root.pem"), path.clone()]).unwrap_err();
        assert_eq!(error.path, path);
        assert!(error.to_string().contains(part), "{error}");
    }
}
