//! What is said of reachability, and what never is.

use super::of_member;
use crate::decide::diagnosis::fixture::*;
use crate::model::finding::{Finding, FindingCode as F, Severity};
use crate::model::request::Request as R;

fn findings(site: &Site) -> Vec<Finding> {
    of_member(&site.seen(&site.services()))
}

#[test]
fn clear_text_and_reachability_are_notes() {
    let open = |site: Site| site.with(R::CleartextConfig, Ok(good(R::GetConfig)));
    let blocked = |site: Site| site.with(R::Reporting, status(404, &[IIS]));
    let stopped = |site: Site| site.with(R::GetConfig, status(503, &[DRIVER]));
    let table = [
        ("https", Site::https(), vec![F::ExposedFromHere]),
        ("http", Site::http(), vec![F::CleartextMetadata, F::ExposedFromHere]),
        ("both", open(Site::https()), vec![F::CleartextService, F::ExposedFromHere]),
        (
            "only in clear text",
            stopped(open(Site::https())),
            vec![F::CleartextService, F::ExposedFromHere],
        ),
        ("reporting blocked", blocked(Site::https()), vec![]),
        ("reporting not asked", Site::https().only(&[R::GetConfig]), vec![]),
        ("quick, http", Site::http().only(&[R::GetConfig]), vec![F::CleartextMetadata]),
        ("not working", stopped(Site::http()), vec![]),
    ];
    for (name, site, expected) in table {
        let found = findings(&site);
        assert!(found.iter().all(|finding| finding.severity == Severity::Note), "{name}");
        let codes: Vec<F> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, expected, "{name}");
    }
}

#[test]
fn exposure_names_ports_and_updates_and_accuses_nobody() {
    let site = Site::https().with(R::CleartextConfig, Ok(good(R::GetConfig)));
    let findings = findings(&site);
    let exposed = findings.iter().find(|one| one.code == F::ExposedFromHere).unwrap();
    assert!(exposed.observed.contains("port 8531 (TLS) and port 8530 (clear text)"));
    assert!(exposed.meaning.contains("CVE-2025-59287"));
    assert!(exposed.meaning.contains("cannot be seen from outside"));
    for update in ["5070881", "5070879", "5070884", "5070883", "5070882", "5070886", "5070887"] {
        assert!(exposed.action.contains(update), "{update}");
    }
    for finding in &findings {
        for text in [&finding.observed, &finding.meaning, &finding.action] {
            assert!(!text.to_lowercase().contains("vulnerab"), "{text}");
            assert!(text.chars().count() < 300 && !text.ends_with('.'), "{text}");
        }
    }
}
