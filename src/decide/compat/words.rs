//! Versions and suites in words.

use std::collections::BTreeSet;

use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Cipher, Group, KeyExchange, Suite, SuiteInfo};

/// `TLS 1.0, TLS 1.1 and TLS 1.2`.
pub(in crate::decide) fn versions(protocols: &[Protocol]) -> String {
    list(&protocols.iter().map(|protocol| protocol.words()).collect::<Vec<_>>(), "and")
}

/// `A, B and C`.
pub(in crate::decide) fn list(items: &[&str], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// What a release has, and what of the server's it lacks: `it has no ECDHE-RSA with GCM, only
/// ECDHE-RSA with CBC, RSA with GCM or CBC`. Only kinds for the certificates that the server's
/// suites ask for are named.
pub(super) fn missing(offered: &[Suite], wanted: &[Suite]) -> String {
    let offered = infos(offered);
    let wanted = infos(wanted);
    let has: BTreeSet<_> = offered.iter().map(|info| kind(info)).collect();
    let mut lacks: Vec<String> = Vec::new();
    for info in wanted.iter().filter(|info| !has.contains(&kind(info))) {
        let text = format!("{} with {}", exchange(info), cipher(info.cipher));
        if !lacks.contains(&text) {
            lacks.push(text);
        }
    }
    if lacks.is_empty() {
        return wanted.first().map_or_else(
            || "which ones the server accepts is not known".to_owned(),
            |info| format!("the server wants {} or the like", info.name),
        );
    }
    let lacks: Vec<&str> = lacks.iter().map(String::as_str).collect();
    let has = kinds(&offered, &wanted);
    if has.is_empty() {
        return format!("it has no {}", list(&lacks, "or"));
    }
    format!("it has no {}, only {has}", list(&lacks, "or"))
}

/// Which groups a release has, and which ones the server wants.
pub(super) fn groups(has: &[Group], wanted: &[Group]) -> String {
    let names =
        |groups: &[Group]| groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("it has the groups {} and the server wants {}", names(has), names(wanted))
}

/// The kinds that a release has for the same certificates, in its order.
fn kinds(offered: &[&SuiteInfo], wanted: &[&SuiteInfo]) -> String {
    let fits =
        |info: &&&SuiteInfo| wanted.iter().any(|other| other.authentication == info.authentication);
    let mut exchanges: Vec<(String, Vec<&str>)> = Vec::new();
    for info in offered.iter().filter(fits) {
        let (exchange, cipher) = (exchange(info), cipher(info.cipher));
        match exchanges.iter_mut().find(|(known, _)| *known == exchange) {
            Some((_, ciphers)) if ciphers.contains(&cipher) => {}
            Some((_, ciphers)) => ciphers.push(cipher),
            None => exchanges.push((exchange, vec![cipher])),
        }
    }
    let each = exchanges
        .iter()
        .map(|(exchange, ciphers)| format!("{exchange} with {}", list(ciphers, "or")));
    each.collect::<Vec<_>>().join(", ")
}

fn infos(suites: &[Suite]) -> Vec<&'static SuiteInfo> {
    suites.iter().filter_map(|suite| suite.info()).collect()
}

fn kind(info: &SuiteInfo) -> (String, &'static str) {
    (exchange(info), cipher(info.cipher))
}

/// Such as `ECDHE-RSA`.
fn exchange(info: &SuiteInfo) -> String {
    let authentication = match info.authentication {
        Authentication::Any => "TLS 1.3",
        Authentication::Ecdsa => "ECDSA",
        Authentication::Rsa => "RSA",
        Authentication::Dss => "DSS",
    };
    match info.key_exchange {
        KeyExchange::Any | KeyExchange::Rsa => authentication.to_owned(),
        KeyExchange::Ecdhe => format!("ECDHE-{authentication}"),
        KeyExchange::Dhe => format!("DHE-{authentication}"),
    }
}

const fn cipher(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::AesGcm => "GCM",
        Cipher::ChaCha20 => "ChaCha20",
        Cipher::AesCbc => "CBC",
        Cipher::TripleDes => "3DES",
        Cipher::Rc4 => "RC4",
        Cipher::Des => "DES",
        Cipher::Null => "no encryption",
    }
}
