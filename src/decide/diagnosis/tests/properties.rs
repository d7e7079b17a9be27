//! What holds for any answers.

use proptest::prelude::*;

use super::*;
use crate::decide::exposure;
use crate::model::exchange::Exchange;

/// Good and bad outcomes of any request.
fn outcomes(request: R) -> Vec<Result<Answer, Failure>> {
    let mut outcomes = vec![
        Ok(good(request)),
        page(request, 200, "Sign in", &[NGINX]),
        page(request, 403, "Web Service", &[IIS]),
        soap(200, config(&["Anonymous"])),
        fault("Server", "ServerBusy"),
        fault("Client", "InvalidCookie"),
        cabinet(CabinetSignature::Absent),
        partial("bytes 0-/", usize::MAX),
        status(200, &[("content-length", "18446744073709551615"), ("content-range", "bytes")]),
        status(302, &[("location", "//")]),
        status(503, &[("retry-after", "\u{1b}[31m\r\nnever")]),
    ];
    let statuses = [100, 200, 206, 400, 401, 403, 404, 405, 407, 416, 429, 500, 502, 503, 511, 999];
    for headers in [&[][..], &[IIS, ASP], &[DRIVER], &[NGINX, ("via", "x")]] {
        outcomes.extend(statuses.into_iter().map(|code| status(code, headers)));
    }
    for phase in [Phase::Connect, Phase::Tls, Phase::Wsus] {
        outcomes.extend(Cause::ALL.iter().map(|cause| failed(phase, *cause)));
    }
    outcomes
}

fn site() -> impl Strategy<Value = Site> {
    let picks = proptest::collection::vec(proptest::option::of(any::<usize>()), R::ALL.len());
    (any::<bool>(), picks, prop_oneof![Just(1_u16), Just(443), Just(8531)]).prop_map(
        |(https, picks, port)| {
            let mut site = Site::healthy(if https { Scheme::Https } else { Scheme::Http });
            site.asked.port = port;
            site.exchanges = R::ALL
                .iter()
                .zip(picks)
                .filter_map(|(request, pick)| {
                    let outcomes = outcomes(*request);
                    let outcome = outcomes[pick? % outcomes.len()].clone();
                    Some(Exchange { request: *request, outcome })
                })
                .collect();
            site
        },
    )
}

fn all_findings(site: &Site) -> Vec<Finding> {
    let services = site.services();
    let mut findings = site.findings();
    findings.extend(exposure::of_member(&site.seen(&services)));
    findings
}

proptest! {
    #[test]
    fn nothing_panics_and_every_text_is_one_line(site in site()) {
        for finding in all_findings(&site) {
            for text in [&finding.observed, &finding.meaning, &finding.action] {
                prop_assert!(!text.is_empty());
                prop_assert!(!text.contains(char::is_control), "{text:?}");
                prop_assert!(text.chars().count() <= MAX_TEXT, "{text}");
            }
        }
    }

    #[test]
    fn nothing_is_found_twice(site in site()) {
        let findings = all_findings(&site);
        let codes: BTreeSet<F> = findings.iter().map(|finding| finding.code).collect();
        prop_assert_eq!(codes.len(), findings.len(), "{:#?}", findings);
    }

    #[test]
    fn good_answers_give_no_warning(asked in proptest::collection::vec(any::<bool>(), R::ALL.len()), https: bool) {
        let requests: Vec<R> =
            R::ALL.iter().zip(asked).filter_map(|(request, asked)| asked.then_some(*request)).collect();
        let site = Site::healthy(if https { Scheme::Https } else { Scheme::Http }).only(&requests);
        prop_assert!(site.warnings().is_empty(), "{:#?}", site.findings());
    }
}

/// The texts that are written here, as against those that quote, are short enough to be read
/// whole, and every code of this block is some rule's.
#[test]
fn every_diagnosis_is_somebodys() {
    let mut produced = BTreeSet::new();
    for scheme in [Scheme::Http, Scheme::Https] {
        for request in R::ALL {
            for outcome in outcomes(*request) {
                let sites = [
                    Site::healthy(scheme).with(*request, outcome.clone()),
                    Site::healthy(scheme).each(&SOAP_SERVICES, &outcome),
                    Site::healthy(scheme).all(&outcome),
                ];
                for finding in sites.iter().flat_map(all_findings) {
                    for text in [&finding.meaning, &finding.action] {
                        assert!(!text.ends_with(['.', '…']), "{:?}: {text}", finding.code);
                        assert!(!text.contains("  "), "{:?}: {text}", finding.code);
                    }
                    produced.insert(finding.code);
                }
            }
        }
    }
    let open = page(R::ApiRemoting, 200, "ApiRemoting30 Web Service", &[IIS, ASP]);
    let api = Site::http().with(R::ApiRemoting, open);
    let mut hsts = good(R::GetConfig);
    hsts.reply.headers.push(("strict-transport-security".into(), "max-age=1".into()));
    let certificate = Answer { certificate_requested: true, ..good(R::GetConfig) };
    for site in [
        api,
        Site::http().with(R::GetConfig, Ok(hsts)),
        Site::http().with(R::GetConfig, Ok(certificate)),
    ] {
        produced.extend(site.codes());
    }
    let from_pool_on = F::ALL.iter().skip_while(|code| **code != F::WsusPoolStopped);
    let diagnoses = from_pool_on.take_while(|code| **code != F::MembersDiffer);
    let expected: BTreeSet<F> = diagnoses
        .copied()
        .chain([F::Hsts, F::CleartextMetadata, F::CleartextService, F::ExposedFromHere])
        .collect();
    assert_eq!(expected.difference(&produced).collect::<Vec<_>>(), Vec::<&F>::new());
    assert_eq!(produced.difference(&expected).collect::<Vec<_>>(), Vec::<&F>::new());
}
