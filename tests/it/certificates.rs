//! A zoo of certificate chains, each with everything that is wrong with it.
//!
//! Beside kinds of our own it holds what badssl.com has in its categories `cert` and `cert, local
//! only` (its names are in brackets), as far as it can be made without the public web. Not there:
//! - `extended-validation`: a matter of public roots' policies, of which Windows Update knows
//!   nothing;
//! - `no-sct`, `invalid-expected-sct`, `preloaded-expect-ct`: browsers' demands on public
//!   certificates; timestamps are counted, never demanded;
//! - `pinning-test`, `blocked-interception`, `known-interception`, `captive-portal`: browsers'
//!   lists of keys; without these they are sound or untrusted chains, which are here;
//! - `spoof` and `xn--n1aae7f7o`: names that look like others, for people who read them;
//! - `sha1-2016` and `sha1-2017`: the same as `sha1` to clients without dates of their own.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose,
    NameConstraints, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use wsus_probe::model::certificate::CertificateReport;
use wsus_probe::model::certificate::CertificateVerdict::{self as Verdict, *};
use wsus_probe::model::tls::Presented;
use wsus_probe::net::trust::TrustStore;

const NAME: &str = "wsus.test";

/// Kinds of chains in [`zoo`]: it must not shrink unnoticed.
const KINDS: usize = 66;

type Ca = CertifiedIssuer<'static, KeyPair>;

struct Kind {
    name: &'static str,
    chain: Vec<Vec<u8>>,
    ocsp: Option<Vec<u8>>,
    expected: &'static [Verdict],
}

/// Long after the committed certificates were made, long before they end.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + days(365 * 60)
}

fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificates").join(name)
}

fn pem(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(file(name)).unwrap().to_vec()
}

fn params(subject: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    params.not_before = (now() - days(10)).into();
    params.not_after = (now() + days(300)).into();
    params.use_authority_key_identifier_extension = true;
    params
}

fn ca_params(subject: &str) -> CertificateParams {
    let mut params = params(subject, &[]);
    params.not_before = (now() - days(1000)).into();
    params.not_after = (now() + days(1000)).into();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn root(subject: &str) -> Ca {
    CertifiedIssuer::self_signed(ca_params(subject), KeyPair::generate().unwrap()).unwrap()
}

fn intermediate(issuer: &Ca, change: impl FnOnce(&mut CertificateParams)) -> Ca {
    let mut params = ca_params("intermediate");
    change(&mut params);
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

fn leaf_params(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = params(NAME, &[NAME]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    params
}

fn leaf(issuer: &Ca, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    leaf_params(change).signed_by(&key, issuer).unwrap().der().to_vec()
}

fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    leaf_params(change).self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn der(ca: &Ca) -> Vec<u8> {
    ca.der().to_vec()
}

fn expired(params: &mut CertificateParams) {
    params.not_before = (now() - days(50)).into();
    params.not_after = (now() - days(3)).into();
}

fn names(names: &[String]) -> Vec<SanType> {
    CertificateParams::new(names).unwrap().subject_alt_names
}

fn many_names(count: usize) -> impl FnOnce(&mut CertificateParams) {
    move |params| {
        let others = (0..count).map(|n| format!("n{n}.other.test"));
        params.subject_alt_names = names(&others.chain([NAME.to_owned()]).collect::<Vec<String>>());
    }
}

fn extension(oid: &[u64], content: &[u8]) -> CustomExtension {
    CustomExtension::from_oid_content(oid, content.to_vec())
}

/// Authority information access with the URL of the issuer's certificate: `http://a`.
fn with_issuer_url(params: &mut CertificateParams) {
    let content = b"\x30\x16\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x08http://a";
    params.custom_extensions.push(extension(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content));
}

/// Issuers one below the other, the last one first, without the root.
fn long_chain(root: &Ca, length: usize) -> Vec<Vec<u8>> {
    let mut issuers: Vec<Ca> = Vec::new();
    for n in 0..length {
        let params = ca_params(&format!("intermediate {n}"));
        let issuer = issuers.last().unwrap_or(root);
        let key = KeyPair::generate().unwrap();
        issuers.push(CertifiedIssuer::signed_by(params, key, issuer).unwrap());
    }
    let leaf = leaf(issuers.last().unwrap_or(root), |_| ());
    std::iter::once(leaf).chain(issuers.iter().rev().map(der)).collect()
}

/// The chains, and the roots that are trusted.
fn zoo() -> (Vec<Kind>, Vec<Vec<u8>>) {
    let root = root("root");
    let (mut kinds, committed) = (Vec::new(), committed());
    kinds.extend(leaves(&root));
    kinds.extend(untrusted_leaves());
    kinds.extend(chains(&root));
    kinds.extend(committed);
    let roots = ["root.pem", "root1024.pem", "root_p521.pem", "root_pss.pem"].map(pem);
    (kinds, std::iter::once(der(&root)).chain(roots).collect())
}

fn kind(name: &'static str, chain: Vec<Vec<u8>>, expected: &'static [Verdict]) -> Kind {
    Kind { name, chain, ocsp: None, expected }
}

/// One leaf under a trusted root.
fn leaves(root: &Ca) -> Vec<Kind> {
    let leaf = |change: fn(&mut CertificateParams)| vec![leaf(root, change)];
    let with_key = |algorithm| {
        let key = KeyPair::generate_for(algorithm).unwrap();
        vec![leaf_params(|_| ()).signed_by(&key, root).unwrap().der().to_vec()]
    };
    vec![
        kind("sound, P-256 [ecc256]", leaf(|_| ()), &[]),
        kind("P-384 [ecc384]", with_key(&PKCS_ECDSA_P384_SHA384), &[]),
        kind("Ed25519", with_key(&PKCS_ED25519), &[]),
        kind("expired [expired]", leaf(expired), &[Expired]),
        kind("not yet valid", leaf(|p| p.not_before = (now() + days(3)).into()), &[NotYetValid]),
        kind("ends soon", leaf(|p| p.not_after = (now() + days(3)).into()), &[]),
        kind("ten years", leaf(|p| p.not_after = (now() + days(900)).into()), &[]),
        kind(
            "wrong name [wrong.host]",
            leaf(|p| p.subject_alt_names = names(&["other.test".to_owned()])),
            &[NameMismatch],
        ),
        kind(
            "no common name [no-common-name]",
            leaf(|p| {
                p.distinguished_name = DistinguishedName::new();
                p.distinguished_name.push(DnType::OrganizationName, "o");
            }),
            &[],
        ),
        kind(
            "no subject [no-subject]",
            leaf(|p| p.distinguished_name = DistinguishedName::new()),
            &[],
        ),
        kind("common name only [no-san]", leaf(|p| p.subject_alt_names.clear()), &[NoSanCnOnly]),
        kind(
            "address only",
            leaf(|p| p.subject_alt_names = names(&["10.0.0.1".to_owned()])),
            &[NameMismatch],
        ),
        kind(
            "for clients",
            leaf(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            &[WrongEku],
        ),
        kind("for no particular use", leaf(|p| p.extended_key_usages.clear()), &[]),
        kind("a CA", leaf(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)), &[CaAsLeaf]),
        kind("1000 names [1000-sans]", vec![self::leaf(root, many_names(1000))], &[]),
        kind("10000 names [10000-sans]", vec![self::leaf(root, many_names(10_000))], &[Unverified]),
        kind(
            "demands a staple",
            leaf(|p| {
                let feature = extension(&[1, 3, 6, 1, 5, 5, 7, 1, 24], b"\x30\x03\x02\x01\x05");
                p.custom_extensions.push(feature);
            }),
            &[],
        ),
        kind(
            "a critical extension that nobody knows",
            leaf(|p| {
                let mut unknown = extension(&[1, 3, 9, 9], &[5, 0]);
                unknown.set_criticality(true);
                p.custom_extensions.push(unknown);
            }),
            &[BadChain],
        ),
    ]
}

/// One leaf that leads to no trusted root.
fn untrusted_leaves() -> Vec<Kind> {
    let stranger = root("stranger");
    vec![
        kind("self-signed [self-signed]", vec![self_signed(|_| ())], &[SelfSigned]),
        kind(
            "self-signed CA",
            vec![self_signed(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))],
            &[SelfSigned, CaAsLeaf],
        ),
        kind(
            "self-signed, expired, for clients, wrong name",
            vec![self_signed(|p| {
                expired(p);
                p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                p.subject_alt_names = names(&["other.test".to_owned()]);
            })],
            &[Expired, SelfSigned, NameMismatch, WrongEku],
        ),
        kind(
            "unknown root, sent along [untrusted-root]",
            vec![leaf(&stranger, |_| ()), der(&stranger)],
            &[UnknownIssuer],
        ),
        kind("unknown root", vec![leaf(&stranger, |_| ())], &[UnknownIssuer]),
        kind(
            "a CA under an unknown root, expired",
            vec![leaf(&stranger, |p| {
                expired(p);
                p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            })],
            &[Expired, CaAsLeaf, UnknownIssuer],
        ),
        kind(
            "for any purpose, under an unknown root",
            vec![leaf(&stranger, |p| {
                p.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
            })],
            &[UnknownIssuer, Unverified],
        ),
        kind(
            "a critical extension that nobody knows, under an unknown root, without a name",
            vec![leaf(&stranger, |p| {
                let mut unknown = extension(&[1, 3, 9, 9], &[5, 0]);
                unknown.set_criticality(true);
                p.custom_extensions.push(unknown);
                p.subject_alt_names.clear();
            })],
            &[UnknownIssuer, BadChain, NoSanCnOnly],
        ),
        kind("namesake of the root", vec![leaf(&root("root"), |_| ())], &[BadChain]),
    ]
}

/// Chains of several.
fn chains(root: &Ca) -> Vec<Kind> {
    let middle = intermediate(root, |_| ());
    let sound = leaf(&middle, |_| ());
    let stranger = self::root("stranger");
    let below = |change: fn(&mut CertificateParams)| {
        let middle = intermediate(root, change);
        vec![leaf(&middle, |_| ()), der(&middle)]
    };
    let short = intermediate(root, |p| p.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let lower = intermediate(&short, |p| p.distinguished_name.push(DnType::CommonName, "lower"));
    vec![
        kind("with intermediate", vec![sound.clone(), der(&middle)], &[]),
        kind(
            "without intermediate, URL of the issuer [incomplete-chain]",
            vec![leaf(&middle, with_issuer_url)],
            &[IncompleteChain],
        ),
        kind("without intermediate", vec![sound.clone()], &[UnknownIssuer]),
        kind("with the root", vec![sound.clone(), der(&middle), der(root)], &[]),
        kind(
            "root before the intermediate [reversed-chain]",
            vec![sound.clone(), der(root), der(&middle)],
            &[WrongOrder],
        ),
        kind("intermediate twice", vec![sound.clone(), der(&middle), der(&middle)], &[WrongOrder]),
        kind("with a stranger", vec![sound.clone(), der(&middle), der(&stranger)], &[WrongOrder]),
        kind(
            "leaf last, so that a CA is the leaf",
            vec![der(&middle), sound],
            &[CaAsLeaf, NameMismatch, WrongOrder],
        ),
        kind("expired intermediate", below(expired), &[Expired]),
        kind(
            "intermediate for clients",
            below(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            &[WrongEku],
        ),
        kind("issued by what is no CA", below(|p| p.is_ca = IsCa::NoCa), &[BadChain]),
        kind(
            "not among the permitted names",
            below(|p| {
                let permitted_subtrees = vec![GeneralSubtree::DnsName("other.test".into())];
                p.name_constraints =
                    Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
            }),
            &[BadChain],
        ),
        kind(
            "longer than permitted",
            vec![leaf(&lower, |_| ()), der(&lower), der(&short)],
            &[BadChain],
        ),
        kind("six intermediates", long_chain(root, 6), &[]),
        kind("eight intermediates", long_chain(root, 8), &[Unverified]),
        kind("sixty intermediates", long_chain(root, 60), &[Unverified]),
    ]
}

/// What OpenSSL made.
fn committed() -> Vec<Kind> {
    let one = |name, file, expected| kind(name, vec![pem(file)], expected);
    let stapled = |name, response, expected| Kind {
        ocsp: Some(std::fs::read(file(response)).unwrap()),
        ..one(name, "rsa.pem", expected)
    };
    let below_sha1 = ["under_sha1_intermediate.pem", "sha1_intermediate.pem"].map(pem);
    vec![
        one("RSA of 2048 bits, SHA-256 [rsa2048, sha256]", "rsa.pem", &[]),
        one("RSA of 3072 bits [rsa3072]", "rsa3072.pem", &[]),
        one("RSA of 4096 bits [rsa4096]", "rsa4096.pem", &[]),
        one("RSA of 8192 bits [rsa8192]", "rsa8192.pem", &[]),
        one("RSA of 1024 bits [rsa1024]", "rsa1024.pem", &[WeakKey]),
        one("RSA of 512 bits [rsa512]", "rsa512.pem", &[WeakKey]),
        one("a key for RSA-PSS only", "rsa_pss.pem", &[]),
        one("SHA-384 [sha384]", "sha384.pem", &[]),
        one("SHA-512 [sha512]", "sha512.pem", &[]),
        one("SHA-1 [sha1]", "sha1.pem", &[WeakSignature]),
        one("MD5 [md5]", "md5.pem", &[WeakSignature]),
        kind("SHA-1 below the root [sha1-intermediate]", below_sha1.to_vec(), &[WeakSignature]),
        one("under a root of 1024 bits", "under_rsa1024.pem", &[WeakKey]),
        one("under a root with P-521", "under_p521.pem", &[Unverified]),
        one("under a root with RSA-PSS", "under_rsa_pss.pem", &[Unverified]),
        one("version 1", "v1.pem", &[NoSanCnOnly, Unverified]),
        one("version 1, self-signed", "v1_self_signed.pem", &[SelfSigned, NoSanCnOnly]),
        one(
            "self-signed, expired, for clients, wrong name, 1024 bits, SHA-1",
            "everything.pem",
            &[Expired, SelfSigned, NameMismatch, WrongEku, WeakSignature, WeakKey],
        ),
        stapled("staple: good", "good.ocsp", &[]),
        stapled("staple: good, without end", "endless.ocsp", &[]),
        stapled("staple: revoked [revoked]", "revoked.ocsp", &[Revoked]),
        stapled("staple: of another certificate", "unknown.ocsp", &[]),
    ]
}

fn judge(kind: &Kind, roots: &[Vec<u8>]) -> CertificateReport {
    let roots: Vec<_> = roots.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let (chain, ocsp) = (kind.chain.clone(), kind.ocsp.clone());
    TrustStore::new(&roots).judge(&Presented { chain, signature_ok: true, ocsp }, NAME, now())
}

#[test]
fn every_kind_of_chain_is_judged_in_full() {
    let (zoo, roots) = zoo();
    let mut wrong = Vec::new();
    for kind in &zoo {
        let report = judge(kind, &roots);
        let found: Vec<Verdict> = report.problems.iter().map(|p| p.verdict).collect();
        if found != kind.expected {
            wrong.push(format!("{}: {found:?} for {:?}", kind.name, kind.expected));
        }
    }
    let right = zoo.len() - wrong.len();
    assert!(wrong.is_empty(), "{right} of {}:\n{}", zoo.len(), wrong.join("\n"));
    assert_eq!(zoo.len(), KINDS);
}

#[test]
fn weak_chains_are_told_from_untrusted_ones() {
    let (zoo, roots) = zoo();
    for (name, words) in [
        ("SHA-1 [sha1]", "apart from that, the chain is trusted here"),
        ("SHA-1 below the root [sha1-intermediate]", "apart from that, the chain is trusted here"),
        ("MD5 [md5]", "whether the chain is otherwise good is not verified here"),
        ("RSA of 512 bits [rsa512]", "512 bits, which every Windows still in use refuses"),
        ("under a root of 1024 bits", "the trusted root (CN=wsus-probe test RSA root of 1024"),
    ] {
        let kind = zoo.iter().find(|kind| kind.name == name).unwrap();
        let report = judge(kind, &roots);
        assert!(report.problems[0].detail.contains(words), "{name}: {:?}", report.problems);
        assert_eq!(report.verified.is_some(), !name.starts_with("MD5"), "{name}");
    }
}
