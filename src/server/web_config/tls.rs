//! From the file's keys to rustls' configuration.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::crypto::{CryptoProvider, SupportedKxGroup, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{NamedGroup, ProtocolVersion, ServerConfig, SupportedCipherSuite};
use rustls::{SupportedProtocolVersion, version};

use super::client_auth;
use super::raw::Tls;
use crate::wire::certificate;

/// Reads a file for a key.
pub(super) type Open<'a> = dyn FnMut(&str, &Path) -> Result<Vec<u8>, String> + 'a;

/// The configuration, if the section asks for TLS at all, and when its certificate ends, as far as
/// that can be read.
pub(super) fn build(
    raw: &Tls,
    open: &mut Open<'_>,
) -> Result<Option<(ServerConfig, Option<SystemTime>)>, String> {
    if !is_enabled(raw) {
        return Ok(None);
    }
    let certificate = given("cert", raw.cert.as_ref(), raw.cert_file.as_ref(), open)?;
    let certificate = certificate.ok_or("`tls_server_config` lacks `cert_file` (or `cert`)")?;
    let key = given("key", raw.key.as_ref(), raw.key_file.as_ref(), open)?;
    let key = key.ok_or("`tls_server_config` lacks `key_file` (or `key`)")?;
    let client_ca = given("client_ca", raw.client_ca.as_ref(), raw.client_ca_file.as_ref(), open)?;
    let roots = client_ca.map(|pem| certificates(&pem, "client_ca_file")).transpose()?;

    let provider = Arc::new(CryptoProvider {
        cipher_suites: suites(raw.cipher_suites.as_deref().unwrap_or_default())?,
        kx_groups: groups(raw.curve_preferences.as_deref().unwrap_or_default())?,
        ..ring::default_provider()
    });
    let sans = raw.client_allowed_sans.clone();
    let verifier = client_auth::verifier(raw.client_auth_type.as_deref(), roots, sans, &provider)?;
    let chain = certificates(&certificate, "cert_file")?;
    let ends = chain.first().and_then(|leaf| certificate::parse(leaf).ok()).map(|it| it.not_after);
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|error| format!("`key_file` holds no private key in PEM: {error}"))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(raw)?)
        .map_err(|error| format!("these versions and suites do not go together: {error}"))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(|error| format!("`cert_file` and `key_file` do not go together: {error}"))?;
    config.ignore_client_order = raw.prefer_server_cipher_suites.unwrap_or(true);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some((config, ends)))
}

/// The keys by which the toolkit knows that TLS is wanted; the others only shape it.
fn is_enabled(raw: &Tls) -> bool {
    let texts = [&raw.cert, &raw.key, &raw.client_ca, &raw.client_auth_type];
    let files = [&raw.cert_file, &raw.key_file, &raw.client_ca_file];
    let has_text = texts.into_iter().flatten().any(|text| !text.is_empty());
    has_text || files.into_iter().flatten().any(|file| !file.as_os_str().is_empty())
}

/// What a key holds, inline or in a file; empty ones count as absent.
fn given<'a>(
    key: &str,
    inline: Option<&'a String>,
    file: Option<&PathBuf>,
    open: &mut Open<'_>,
) -> Result<Option<Cow<'a, [u8]>>, String> {
    let inline = inline.filter(|text| !text.is_empty());
    let file = file.filter(|path| !path.as_os_str().is_empty());
    match (inline, file) {
        (Some(_), Some(_)) => Err(format!("has both `{key}` and `{key}_file`: remove one")),
        (Some(text), None) => Ok(Some(Cow::Borrowed(text.as_bytes()))),
        (None, Some(path)) => open(&format!("{key}_file"), path).map(|it| Some(Cow::Owned(it))),
        (None, None) => Ok(None),
    }
}

fn certificates(pem: &[u8], key: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|error| format!("`{key}` is not PEM: {error}"))?;
    if found.is_empty() { Err(format!("`{key}` holds no certificate in PEM")) } else { Ok(found) }
}

fn versions(raw: &Tls) -> Result<Vec<&'static SupportedProtocolVersion>, String> {
    let parse = |key: &str, text: Option<&String>, default| match text.map(String::as_str) {
        None | Some("") => Ok(default),
        Some("TLS12") => Ok(ProtocolVersion::TLSv1_2),
        Some("TLS13") => Ok(ProtocolVersion::TLSv1_3),
        Some(old @ ("TLS10" | "TLS11")) => Err(format!(
            "`{key}` is {old}: this server speaks only TLS 1.2 and 1.3; use TLS12 or TLS13"
        )),
        Some(other) => Err(format!("`{key}` is {other:?}: use TLS12 or TLS13")),
    };
    let least = parse("min_version", raw.min_version.as_ref(), ProtocolVersion::TLSv1_2)?;
    let most = parse("max_version", raw.max_version.as_ref(), ProtocolVersion::TLSv1_3)?;
    let all = [&version::TLS13, &version::TLS12];
    let within = |version: &&&SupportedProtocolVersion| {
        let number = u16::from(version.version);
        (u16::from(least)..=u16::from(most)).contains(&number)
    };
    let found: Vec<_> = all.iter().filter(within).copied().collect();
    if found.is_empty() {
        return Err("`min_version` is above `max_version`: no version is left".to_owned());
    }
    Ok(found)
}

/// Those named, in that order, and all of TLS 1.3: the format's list is about the versions up to
/// TLS 1.2.
fn suites(names: &[String]) -> Result<Vec<SupportedCipherSuite>, String> {
    let all = ring::default_provider().cipher_suites;
    let name = |suite: &SupportedCipherSuite| {
        let name = format!("{:?}", suite.suite());
        // Go, whose names the format has, puts no version into those of TLS 1.3.
        name.replace("TLS13_", "TLS_")
    };
    if names.is_empty() {
        return Ok(all);
    }
    let is_newest = |suite: &&SupportedCipherSuite| suite.tls13().is_some();
    let mut found: Vec<SupportedCipherSuite> = all.iter().filter(is_newest).copied().collect();
    for wanted in names {
        let Some(suite) = all.iter().find(|suite| name(suite) == *wanted) else {
            let known: Vec<String> = all.iter().map(name).collect();
            let known = known.join(", ");
            return Err(format!("`cipher_suites` has {wanted:?}; this server has only {known}"));
        };
        if !found.contains(suite) {
            found.push(*suite);
        }
    }
    Ok(found)
}

fn groups(names: &[String]) -> Result<Vec<&'static dyn SupportedKxGroup>, String> {
    let all = ring::default_provider().kx_groups;
    if names.is_empty() {
        return Ok(all);
    }
    names
        .iter()
        .map(|name| {
            let wanted = match name.as_str() {
                "X25519" => Some(NamedGroup::X25519),
                "CurveP256" => Some(NamedGroup::secp256r1),
                "CurveP384" => Some(NamedGroup::secp384r1),
                _ => None,
            };
            let found = all.iter().find(|group| Some(group.name()) == wanted).copied();
            found.ok_or_else(|| {
                format!(
                    "`curve_preferences` has {name:?}; this server has only X25519, CurveP256 and \
                     CurveP384"
                )
            })
        })
        .collect()
}
