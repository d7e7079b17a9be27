//! What came back to a `ClientHello`, in words.

use crate::decide::compat::table;
use crate::model::alert;
use crate::model::protocol::Protocol;
use crate::model::suite::{Cipher, KeyExchange, Suite};
use crate::model::tls_scan::{Answer, HelloShape, ServerChoice, Support, VersionReport};
use crate::model::windows_client::WindowsClient;

/// Whether a version is accepted, as a person says it.
pub(super) const fn accepted(report: &VersionReport) -> &'static str {
    match (report.support, report.certain) {
        (Support::Supported, _) => "yes",
        (Support::NotSupported, true) => "no",
        (Support::NotSupported, false) => "probably not",
        (Support::Unknown, _) => "unknown",
    }
}

/// On what that rests: the choice of an accepted version, or else the last answer.
pub(super) fn evidence(report: &VersionReport) -> String {
    if let Some((shape, choice)) = report.choice() {
        let parts = [Some(chosen(choice)), condition(shape).map(str::to_owned)];
        return parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    }
    let Some(last) = report.attempts.last() else { return "not asked".to_owned() };
    match report.attempts.len() {
        1 => answer(&last.answer),
        tries => format!("{}; {tries} tries", answer(&last.answer)),
    }
}

/// One answer.
pub(super) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Chosen(choice) => chosen(choice),
        Answer::OtherVersion(number) => match Protocol::from_wire(*number) {
            Some(version) => format!("ServerHello of {}", version.words()),
            None => format!("ServerHello of a version 0x{number:04x}"),
        },
        Answer::Alert(number) => match alert::name(*number) {
            Some(name) => format!("alert {name} ({number})"),
            None => format!("alert {number}"),
        },
        Answer::Broken(how) => format!("breaks the protocol: {how}"),
        Answer::NotTls(quote) => format!("not TLS: {quote}"),
        Answer::Closed(bytes) => format!("connection closed{}", after(*bytes)),
        Answer::Reset(bytes) => format!("connection reset{}", after(*bytes)),
        Answer::Timeout(0) => "no answer in time".to_owned(),
        Answer::Timeout(bytes) => format!("no whole answer in time, only {bytes} bytes"),
        Answer::NotConnected(failure) => format!("not connected: {}", failure.cause.as_str()),
    }
}

fn after(bytes: usize) -> String {
    if bytes == 0 { String::new() } else { format!(" after {bytes} bytes") }
}

fn chosen(choice: &ServerChoice) -> String {
    let group = choice.group.map(|group| group.to_string());
    let prime = choice.prime_bits.map(|bits| format!("prime of {bits} bits"));
    let asked = choice.client_certificate_requested;
    let cut = choice.cut_short.as_ref().map(|why| format!("then unreadable: {why}"));
    let parts = [
        Some(choice.suite.to_string()),
        group,
        prime,
        choice.retry.then(|| "asks for another key share".to_owned()),
        asked.then(|| "asks for a client certificate".to_owned()),
        cut,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What a hello must be like for the server to answer it, where it is not the usual one.
const fn condition(shape: HelloShape) -> Option<&'static str> {
    match shape {
        HelloShape::Full => None,
        HelloShape::Short => Some("only to a short hello"),
        HelloShape::NoServerName => Some("only to a hello without a server name"),
        HelloShape::NoExtensions => Some("only to a hello without extensions"),
    }
}

/// What speaks against a suite; `None` where nothing does.
pub(super) fn weakness(suite: Suite) -> Option<String> {
    let info = suite.info()?;
    let cipher = match info.cipher {
        Cipher::Rc4 => Some("weak: RC4"),
        Cipher::Des => Some("weak: DES"),
        Cipher::TripleDes => Some("weak: triple DES"),
        Cipher::Null => Some("no encryption"),
        Cipher::AesGcm | Cipher::ChaCha20 | Cipher::AesCbc => None,
    };
    let secrecy = match info.key_exchange {
        KeyExchange::Rsa => Some("no forward secrecy"),
        KeyExchange::Any | KeyExchange::Ecdhe | KeyExchange::Dhe => None,
    };
    let parts: Vec<&str> = cipher.into_iter().chain(secrecy).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A group of Windows releases under a heading that says Windows.
pub(super) fn client(client: WindowsClient) -> String {
    let words = table::row(client).words;
    words.strip_prefix("Windows ").unwrap_or(words).replace(" with ", " + ")
}

/// Versions in a sentence; empty for none.
pub(super) fn versions(protocols: impl IntoIterator<Item = Protocol>) -> String {
    listed(&protocols.into_iter().map(Protocol::words).collect::<Vec<_>>())
}

/// Words in a sentence; empty for none.
pub(super) fn listed(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, front)) if !front.is_empty() => format!("{} and {last}", front.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::failure::{Cause, Failure, Phase};

    #[test]
    fn each_answer_has_its_words() {
        let refused = Failure::new(Phase::Connect, Cause::Refused, "RST");
        for (given, expected) in [
            (Answer::OtherVersion(0x0301), "ServerHello of TLS 1.0"),
            (Answer::OtherVersion(0x7f1c), "ServerHello of a version 0x7f1c"),
            (Answer::Alert(70), "alert protocol_version (70)"),
            (Answer::Alert(201), "alert 201"),
            (Answer::Broken("a record of 99999 bytes".into()), "breaks the protocol: a record"),
            (Answer::NotTls("\"HTTP/1.1 400\"".into()), "not TLS: \"HTTP/1.1 400\""),
            (Answer::Closed(0), "connection closed"),
            (Answer::Reset(7), "connection reset after 7 bytes"),
            (Answer::Timeout(0), "no answer in time"),
            (Answer::Timeout(9), "no whole answer in time, only 9 bytes"),
            (Answer::NotConnected(refused), "not connected: refused"),
        ] {
            assert!(answer(&given).starts_with(expected), "{given:?}");
        }
    }

    #[test]
    fn weak_suites_say_why() {
        for (suite, expected) in [
            (0xc030, None),
            (0x009c, Some("no forward secrecy")),
            (0xc012, Some("weak: triple DES")),
            (0x0005, Some("weak: RC4, no forward secrecy")),
            (0x0001, Some("no encryption, no forward secrecy")),
            (0xfefe, None),
        ] {
            assert_eq!(weakness(Suite(suite)).as_deref(), expected, "{suite:04x}");
        }
    }

    #[test]
    fn releases_are_short_under_their_heading() {
        assert_eq!(client(WindowsClient::SevenUpdated), "7 / Server 2008 R2 + KB3140245");
        for &release in WindowsClient::ALL {
            assert!(!client(release).contains("Windows"), "{release:?}");
        }
    }

    #[test]
    fn lists_are_sentences() {
        assert_eq!(listed(&[""; 0]), "");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(
            versions([Protocol::Ssl3, Protocol::Tls10, Protocol::Tls12]),
            "SSL 3.0, TLS 1.0 and TLS 1.2"
        );
    }
}
