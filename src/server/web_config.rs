//! The web configuration file: TLS, users, headers and a rate limit, in the format of Prometheus'
//! exporter-toolkit (its `docs/web-configuration.md`).
//!
//! Differences from the toolkit: relative paths are relative to the file. Verifying client
//! certificates needs a CA: the system's are not taken in its place. `http2` is accepted and
//! without effect, because only HTTP/1.1 is spoken. TLS 1.0 and 1.1, and what else rustls does not
//! have, is refused. A change of the file that would take TLS or all users away is refused until
//! the next start, so that a file that is only half written never opens the door.

mod client_auth;
mod duration;
mod ending;
mod raw;
mod tls;
pub(super) mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use hyper::header::{HeaderName, HeaderValue};
use rustls::ServerConfig;

use crate::server::auth::Users;
use crate::server::rate::Rate;
use crate::server::web_config::raw::Raw;

/// Bytes of the file, and of each that it names, at most: the largest bundles of certificates are
/// a quarter of it.
const MAX_BYTES: u64 = 1024 * 1024;

/// The highest cost of a bcrypt hash: more takes longer than a scrape may (each step doubles it).
const MAX_COST: u32 = 16;

/// The headers that may be set, and the values that those of them may have that have a closed list.
const HEADERS: [(&str, &[&str]); 5] = [
    ("Content-Security-Policy", &[]),
    ("Strict-Transport-Security", &[]),
    ("X-Content-Type-Options", &["nosniff"]),
    ("X-Frame-Options", &["deny", "sameorigin"]),
    ("X-XSS-Protection", &[]),
];

/// A web configuration file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebConfigError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl fmt::Display for WebConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "web configuration file {}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for WebConfigError {}

/// What keeps strangers out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Protection {
    /// Requests come over TLS.
    pub tls: bool,
    /// There are users, and only they are admitted.
    pub users: bool,
}

impl Protection {
    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.tls || self.users
    }
}

/// What the file protects with, if it and the files that it names can be used.
///
/// # Errors
/// What is wrong with the first thing that is.
pub fn check(path: &Path) -> Result<Protection, WebConfigError> {
    load(path, &mut Vec::new()).map(|config| config.protection())
}

/// What is in force.
#[derive(Debug, Clone, Default)]
pub(super) struct WebConfig {
    /// Without it, requests come in clear text.
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// When the certificate that is shown ends, where it could be read.
    ends: Option<SystemTime>,
    /// Without any, everybody is admitted.
    pub(super) users: Users,
    /// Headers that answers carry, in place of the usual ones.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// How many requests are admitted.
    pub(super) rate: Option<Rate>,
}

impl WebConfig {
    /// What it protects with.
    pub(super) fn protection(&self) -> Protection {
        Protection { tls: self.tls.is_some(), users: !self.users.is_empty() }
    }
}

/// Reads the file and what it names. `files` gets every file that the result depends on, also
/// when it is an error.
fn load(path: &Path, files: &mut Vec<PathBuf>) -> Result<WebConfig, WebConfigError> {
    files.push(path.to_owned());
    let failed = |problem| WebConfigError { path: path.to_owned(), problem };
    let bytes = read(path).map_err(failed)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| failed("is not UTF-8".to_owned()))?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    raw::parse(text).and_then(|raw| validate(raw, folder, files)).map_err(failed)
}

fn validate(raw: Raw, folder: &Path, files: &mut Vec<PathBuf>) -> Result<WebConfig, String> {
    let tls = raw.tls_server_config.unwrap_or_default();
    let mut open = |key: &str, path: &Path| {
        let path = folder.join(path);
        files.push(path.clone());
        read(&path).map_err(|problem| format!("`{key}` {}: {problem}", path.display()))
    };
    let (tls, ends) = tls::build(&tls, &mut open)?.unzip();
    Ok(WebConfig {
        tls: tls.map(Arc::new),
        ends: ends.flatten(),
        users: users(raw.basic_auth_users.unwrap_or_default())?,
        headers: headers(raw.http_server_config.and_then(|http| http.headers).unwrap_or_default())?,
        rate: raw.rate_limit.as_ref().map(rate).transpose()?.flatten(),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is larger than {} KiB", MAX_BYTES / 1024));
    }
    Ok(bytes)
}

fn users(hashes: BTreeMap<String, String>) -> Result<Users, String> {
    let mut highest = 0;
    for (user, hash) in &hashes {
        let wrong = |fault: String| {
            format!(
                "the password of user {user:?} in `basic_auth_users` {fault}; make a hash with \
                 `htpasswd -nBC 10 USER`"
            )
        };
        let parts: bcrypt::HashParts =
            hash.parse().map_err(|_| wrong("is not a bcrypt hash".to_owned()))?;
        let cost = parts.get_cost();
        if !(MIN_COST..=MAX_COST).contains(&cost) {
            return Err(wrong(format!("has a cost of {cost}, not {MIN_COST} to {MAX_COST}")));
        }
        highest = highest.max(cost);
    }
    Ok(Users::new(hashes, highest))
}

/// The lowest cost that bcrypt knows.
const MIN_COST: u32 = 4;

fn headers(
    configured: BTreeMap<String, Option<String>>,
) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let mut found = Vec::new();
    for (name, value) in configured {
        let known = HEADERS.iter().find(|(known, _)| *known == name);
        let Some((_, values)) = known else {
            let known = HEADERS.map(|(known, _)| known).join(", ");
            return Err(format!("the header {name:?} cannot be set; these can: {known}"));
        };
        // Blank is "not configured": then the usual value stays.
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        if !values.is_empty() && !values.contains(&value.as_str()) {
            let values = values.join(" or ");
            return Err(format!("the header {name} cannot be {value:?}, only {values}"));
        }
        let bad = || format!("the header {name} has a character that headers cannot have");
        found.push((
            HeaderName::try_from(name.as_str()).map_err(|_| bad())?,
            HeaderValue::try_from(value.as_str()).map_err(|_| bad())?,
        ));
    }
    Ok(found)
}

fn rate(raw: &raw::RateLimit) -> Result<Option<Rate>, String> {
    let interval = duration::parse(&raw.interval.0)
        .map_err(|fault| format!("`interval` of `rate_limit` {fault}"))?;
    if interval.is_zero() {
        return Ok(None);
    }
    match raw.burst {
        Some(burst) if burst > 0 => Ok(Some(Rate { interval, burst })),
        Some(_) | None => Err("`burst` of `rate_limit` is 0 or missing: no request would ever be \
                               admitted; set it to 1 or more"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests;
