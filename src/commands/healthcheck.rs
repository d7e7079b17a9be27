//! `healthcheck`: whether an exporter serves, for those who watch over it.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use crate::cli::args::Healthcheck;
use crate::commands::{Exit, Surroundings};
use crate::model::text::one_line;
use crate::net::trust::{self, TrustStore};

/// How long everything may take: less than any supervisor waits, and far more than an exporter
/// needs that gets to run at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an exporter answers with 200 as long as it serves.
const PATH: &str = "/-/healthy";

/// How it asks for a user.
const REALM: &str = "realm=\"wsus-probe\"";

/// Characters of what went wrong that are shown.
const MAX_SHOWN: usize = 300;

/// Asks once.
///
/// # Errors
/// Writing failed.
pub async fn run(
    options: &Healthcheck,
    files: &[PathBuf],
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let prepared = address(&options.url).and_then(|url| Ok((client(&url, files)?, url)));
    let (client, url) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return surroundings.fail(&error),
    };
    let verdict = match client.get(url.clone()).send().await {
        Ok(answer) => judge(&answer),
        Err(error) => Err(reason(&error)),
    };
    match verdict {
        Ok(said) => {
            writeln!(surroundings.out, "{said}")?;
            Ok(Exit::Healthy)
        }
        Err(why) => {
            writeln!(surroundings.messages, "not healthy: {url}: {}", one_line(&why, MAX_SHOWN))?;
            Ok(Exit::Down)
        }
    }
}

/// The address that is asked, below that of the exporter.
fn address(given: &str) -> Result<Url, String> {
    let hint = "  hint: give the exporter's own, such as http://127.0.0.1:18530";
    let wrong = |why: &str| format!("'{}' {why}\n{hint}", given.escape_debug());
    let mut url = Url::parse(given).map_err(|error| wrong(&format!("is no URL: {error}")))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(wrong("is neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "has a user, whom every process of this machine could read: none is needed",
        ));
    }
    let path = format!("{}{PATH}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn client(url: &Url, files: &[PathBuf]) -> Result<Client, String> {
    let mut trusted = trust::read_files(files).map_err(|error| error.to_string())?;
    if url.scheme() == "https" {
        trusted.extend(trust::platform_roots());
    }
    let tls = TrustStore::new(&trusted).verifying_config();
    let tls = tls.ok_or("this build has no TLS, which is a defect of it")?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .timeout(PATIENCE)
        .build()
        .map_err(|error| format!("cannot start: {}", root(&error)))
}

/// What the answer shows, or why it does not show that an exporter serves.
fn judge(answer: &Response) -> Result<&'static str, String> {
    let asks_for_user = || {
        let asked = answer.headers().get(WWW_AUTHENTICATE);
        asked.is_some_and(|asked| asked.to_str().is_ok_and(|asked| asked.contains(REALM)))
    };
    match answer.status() {
        StatusCode::OK => Ok("healthy"),
        StatusCode::UNAUTHORIZED if asks_for_user() => {
            Ok("healthy: it serves, and asks for a user")
        }
        status => Err(format!(
            "it answers {status} where an exporter answers 200: something else may listen there, \
             or a proxy"
        )),
    }
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!(
            "no answer within {} s: the exporter hangs, or does not get to run",
            PATIENCE.as_secs()
        );
    }
    let root = root(error);
    let hint = match root.downcast_ref::<io::Error>() {
        Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "; has `serve` ended, or does it listen elsewhere (--web.listen-address)?"
        }
        Some(error) if is_of_tls(error) => {
            "; the host is to be the name in its certificate, whose authority may be given by \
             --ca-file"
        }
        Some(_) | None => "",
    };
    format!("{root}{hint}")
}

/// Whether TLS refused, under however many layers of errors of input and output.
fn is_of_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| {
        inner.is::<rustls::Error>() || inner.downcast_ref().is_some_and(is_of_tls)
    })
}

/// What led to the error in the end: what stands above it only says what was being done.
fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_added_to_that_of_a_proxy() {
        for (given, expected) in [
            ("http://127.0.0.1:18530", "http://127.0.0.1:18530/-/healthy"),
            ("https://a.test/probe/?b=c#d", "https://a.test/probe/-/healthy"),
            ("http://[::1]:1/", "http://[::1]:1/-/healthy"),
        ] {
            assert_eq!(address(given).unwrap().as_str(), expected, "{given}");
        }
        for given in ["", "127.0.0.1:18530", "ftp://a.test", "http://u:p@a.test", "http://u@a.test"]
        {
            let error = address(given).unwrap_err();
            assert!(error.contains("\n  hint: "), "{given}: {error}");
        }
    }
}
