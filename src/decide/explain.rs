//! What each failure means and what to do about it.
//!
//! Two tables over the closed list of causes: one for what Windows clients will notice, one for
//! the administrator's next step. Every text is one line. The long texts, of findings and of
//! Windows Update error codes as well, are in [`article`].

pub mod article;
mod client;
mod finding;
mod hint;
pub mod lookup;
pub mod markdown;
mod meaning;
pub mod runbook;
mod windows;

use crate::model::endpoint::{Endpoint, Host};
use crate::model::failure::Failure;

/// What a failure means for the Windows clients of the endpoint. One sentence without a full stop.
pub fn meaning(failure: &Failure, endpoint: &Endpoint) -> String {
    meaning::of(failure, endpoint)
}

/// What an administrator does next. One line without a full stop.
pub fn hint(failure: &Failure, endpoint: &Endpoint) -> String {
    hint::of(failure, endpoint)
}

/// Whether a name is a single label, which Windows completes with its DNS suffixes.
fn is_short(host: &Host) -> bool {
    matches!(host, Host::Name(name) if !name.contains('.'))
}

/// The default clear-text port of WSUS on Windows Server 2012 and later.
const WSUS_HTTP_PORT: u16 = 8530;

/// The default TLS port of WSUS on Windows Server 2012 and later.
const WSUS_HTTPS_PORT: u16 = 8531;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::{EndpointName, EndpointUrl, Family, Hierarchy, Host, Scheme};
    use crate::model::failure::{Cause, Phase};
    use crate::model::protocol::TlsExpectations;
    use std::collections::HashMap;

    /// Longer texts are not read at 3 a.m.
    const LONGEST_TEXT_CHARS: usize = 300;

    fn endpoint(scheme: Scheme, port: u16) -> Endpoint {
        Endpoint {
            name: EndpointName("dfw".into()),
            dc: None,
            region: None,
            url: EndpointUrl { scheme, host: Host::Name("msupdate.dfw.example.test".into()), port },
            server_name: None,
            priority: None,
            expected_members: Vec::new(),
            family: Family::Any,
            resolvers_may_differ: false,
            time_zone: None,
            patch_window: None,
            hierarchy: Hierarchy::default(),
            tls: TlsExpectations::default(),
        }
    }

    fn texts_of_all(text: fn(&Failure, &Endpoint) -> String) -> Vec<(Phase, Cause, String)> {
        let endpoint = endpoint(Scheme::Https, 443);
        Phase::ALL
            .into_iter()
            .flat_map(|phase| Cause::ALL.iter().map(move |cause| (phase, *cause)))
            .map(|(phase, cause)| {
                (phase, cause, text(&Failure::new(phase, cause, "seen"), &endpoint))
            })
            .collect()
    }

    #[test]
    fn every_text_is_one_short_line() {
        for text in [meaning, hint] {
            for (phase, cause, text) in texts_of_all(text) {
                assert!(!text.is_empty(), "{phase:?} {cause:?}");
                assert!(!text.contains(char::is_control), "{phase:?} {cause:?}: {text:?}");
                assert!(!text.ends_with('.'), "{phase:?} {cause:?}: {text:?}");
                assert!(!text.contains("  "), "{phase:?} {cause:?}: {text:?}");
                assert!(text.chars().count() < LONGEST_TEXT_CHARS, "{phase:?} {cause:?}: {text}");
            }
        }
    }

    #[test]
    fn hints_differ_from_cause_to_cause() {
        let mut seen: HashMap<(Phase, String), Cause> = HashMap::new();
        for (phase, cause, text) in texts_of_all(hint) {
            if let Some(other) = seen.insert((phase, text), cause) {
                panic!("{cause:?} and {other:?} have the same hint in {phase:?}");
            }
        }
    }

    #[test]
    fn a_timeout_is_explained_by_its_phase() {
        let endpoint = endpoint(Scheme::Https, 443);
        for text in [meaning, hint] {
            let mut texts: Vec<String> = Phase::ALL
                .into_iter()
                .map(|phase| text(&Failure::new(phase, Cause::Timeout, ""), &endpoint))
                .collect();
            texts.sort();
            texts.dedup();
            assert_eq!(texts.len(), Phase::ALL.len());
        }
    }

    #[test]
    fn a_short_name_may_exist_with_a_suffix() {
        let failure = Failure::new(Phase::Resolve, Cause::NxDomain, "");
        let mut endpoint = endpoint(Scheme::Https, 443);
        assert!(hint(&failure, &endpoint).contains("spelling of msupdate.dfw.example.test"));
        assert!(!meaning(&failure, &endpoint).contains("suffix"));
        endpoint.server_name = Some("other.example.test".into());
        assert!(
            !hint(&failure, &endpoint).contains("other"),
            "what is asked for is the URL's host"
        );
        endpoint.url.host = Host::Name("wsus".into());
        let (meaning, hint) = (meaning(&failure, &endpoint), hint(&failure, &endpoint));
        assert!(meaning.contains("as written") && meaning.contains("may still"), "{meaning}");
        assert!(hint.contains("full name") && hint.contains("suffix"), "{hint}");
    }

    #[test]
    fn nothing_in_common_with_this_program_says_nothing_of_clients() {
        let endpoint = endpoint(Scheme::Https, 8531);
        for cause in [Cause::NoCommonVersion, Cause::NoCommonSuite] {
            let failure = Failure::new(Phase::Tls, cause, "");
            let text = meaning(&failure, &endpoint);
            for part in ["this program", "1.2 and 1.3", "may still connect", "not known"] {
                assert!(text.contains(part), "{text}");
            }
            let text = hint(&failure, &endpoint);
            for part in ["Windows client", "-connect msupdate.dfw.example.test:8531", "enable"] {
                assert!(text.contains(part), "{text}");
            }
        }
    }

    #[test]
    fn no_text_points_to_a_time_that_is_not_shown() {
        for (phase, cause, text) in texts_of_all(hint) {
            assert!(!text.contains("time above"), "{phase:?} {cause:?}: {text}");
        }
    }

    #[test]
    fn hints_name_the_port_and_the_remedy() {
        let expected = [
            (Scheme::Https, 443, Phase::Connect, Cause::Refused, "8531"),
            (Scheme::Http, 80, Phase::Connect, Cause::Refused, "8530"),
            (Scheme::Https, 443, Phase::Wsus, Cause::Http503, "1,843,200 KB"),
            (
                Scheme::Https,
                8530,
                Phase::Tls,
                Cause::PlainHttp,
                "https://msupdate.dfw.example.test:8531",
            ),
            (Scheme::Https, 443, Phase::Tls, Cause::CertificateUnknownIssuer, "--ca-file"),
            (Scheme::Https, 443, Phase::Connect, Cause::LocalLimit, "ulimit -n"),
            (Scheme::Https, 443, Phase::Tls, Cause::CertificateNameMismatch, "msupdate.dfw"),
            (Scheme::Http, 8531, Phase::Wsus, Cause::TlsOnHttpPort, "https://"),
        ];
        for (scheme, port, phase, cause, part) in expected {
            let text = hint(&Failure::new(phase, cause, ""), &endpoint(scheme, port));
            assert!(text.contains(part), "{cause:?}: {text}");
        }
    }
}
