//! Each rule by what makes it speak and what keeps it silent.

use std::collections::BTreeSet;
use std::time::Duration;

use super::fixture::*;
use super::{MAX_TEXT, SOAP_SERVICES, fault as faults};
use crate::model::cabinet::CabinetSignature;
use crate::model::endpoint::Scheme;
use crate::model::exchange::Answer;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode as F, Severity};
use crate::model::request::Request as R;
use crate::model::timing::Timed;
use crate::model::wsus::{SoapFault, SoapReply};

mod properties;
mod roots;
mod services;

/// One case: what it is, the member, and the warnings in order.
type Case = (&'static str, Site, Vec<F>);

fn check(cases: Vec<Case>) {
    for (name, site, expected) in cases {
        assert_eq!(site.warnings(), expected, "{name}: {:#?}", site.findings());
    }
}

fn the_only(site: &Site) -> Finding {
    let findings = site.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.into_iter().next().unwrap()
}

/// The error code of clients, and whether it is only likely.
fn code_of(finding: &Finding) -> String {
    finding.windows_update_code.map_or_else(none, |code| {
        if code.likely { likely(&code.to_string()) } else { sure(&code.to_string()) }
    })
}

fn sure(code: &str) -> String {
    code.to_owned()
}

fn likely(code: &str) -> String {
    format!("{code} likely")
}

fn none() -> String {
    "none".to_owned()
}

#[test]
fn a_healthy_member_has_no_findings() {
    for scheme in [Scheme::Http, Scheme::Https] {
        assert_eq!(Site::healthy(scheme).findings(), []);
    }
}

#[test]
fn what_was_not_asked_says_nothing() {
    for request in R::ALL {
        assert_eq!(Site::https().only(&[*request]).findings(), [], "{request:?}");
    }
    assert_eq!(Site::https().only(&[]).findings(), []);
    let not_asked = Err(Failure::new(Phase::Wsus, Cause::Timeout, "not asked: out of time"));
    assert_eq!(Site::https().all(&not_asked).findings(), []);
    for local in [Cause::LocalLimit, Cause::NoRoute, Cause::LocallyForbidden] {
        assert_eq!(Site::https().all(&failed(Phase::Connect, local)).findings(), [], "{local:?}");
    }
    assert_eq!(Site::https().all(&failed(Phase::Tls, Cause::NoCommonSuite)).findings(), []);
}
