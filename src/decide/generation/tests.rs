//! Which signals leave which releases, and what is said of those in doubt, by tables.

use std::time::SystemTime;

use Release::{
    Server2012, Server2012R2, Server2016, Server2019, Server2022, Server2025, Wsus2, Wsus3,
    Wsus3Sp1, Wsus3Sp2On2003, Wsus3Sp2On2008, Wsus3Sp2On2008R2,
};

use super::*;
use crate::model::cabinet::{CabinetProblem, CabinetSignature, IdentCabinet};
use crate::model::exchange::{Answer, Content, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{FindingCode, Severity};
use crate::model::tls::TlsVersion;
use crate::model::wsus::{SoapMessage, SoapReply};

const SINCE_2016: &[Release] = &[Server2016, Server2019, Server2022, Server2025];

const SINCE_SP2: &[Release] = &[
    Wsus3Sp2On2003,
    Wsus3Sp2On2008,
    Wsus3Sp2On2008R2,
    Server2012,
    Server2012R2,
    Server2016,
    Server2019,
    Server2022,
    Server2025,
];

const WITH_TLS12_SINCE_SP2: &[Release] = &[
    Wsus3Sp2On2008,
    Wsus3Sp2On2008R2,
    Server2012,
    Server2012R2,
    Server2016,
    Server2019,
    Server2022,
    Server2025,
];

/// The protocol version of a WSUS that tells none.
const UNTOLD: &str = "-";

/// What a `GetConfig` is answered with: headers, and the protocol version if it is a WSUS.
fn asked(headers: &[(&str, &str)], version: Option<&str>) -> Exchange {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let content = version.map(|version| {
        let version = Some(("ProtocolVersion", version)).filter(|_| version != UNTOLD);
        let properties = [("MaxExtendedUpdatesPerRequest", "50")].into_iter().chain(version);
        let properties = properties.map(|(name, value)| (name.into(), value.into())).collect();
        let config = ServerConfig { properties, ..ServerConfig::default() };
        let flavour = SoapFlavour { prefix: "s".into(), ..SoapFlavour::default() };
        Content::Soap(Ok(SoapMessage { reply: SoapReply::Config(config), flavour }))
    });
    let reply = HttpReply { status: 200, headers, ..HttpReply::default() };
    let answer = Answer { reply, content: content.unwrap_or_default(), ..Answer::default() };
    Exchange { request: Request::GetConfig, outcome: Ok(answer) }
}

fn session(version: TlsVersion, suite: &str) -> TlsSession {
    TlsSession {
        version,
        suite: suite.into(),
        group: None,
        alpn: None,
        legacy_suite: suite.contains("_CBC_"),
    }
}

const TLS13: (TlsVersion, &str) = (TlsVersion::Tls13, "TLS13_AES_256_GCM_SHA384");
const RSA_GCM: (TlsVersion, &str) = (TlsVersion::Tls12, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
const ECDSA_GCM: (TlsVersion, &str) =
    (TlsVersion::Tls12, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
const CBC: (TlsVersion, &str) = (TlsVersion::Tls12, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384");
const CHACHA: (TlsVersion, &str) =
    (TlsVersion::Tls12, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

#[test]
fn signals_leave_the_releases_that_all_allow() {
    type Session = Option<(TlsVersion, &'static str)>;
    type Headers = Vec<(&'static str, &'static str)>;
    let wsus32 = Some("3.2");
    let iis = |version: &'static str| vec![("server", version)];
    let cases: [(Headers, Option<&str>, Session, &[Release]); 25] = [
        (iis("Microsoft-IIS/10.0"), wsus32, None, SINCE_2016),
        (iis("Microsoft-IIS/8.5"), wsus32, None, &[Server2012R2]),
        (iis("Microsoft-IIS/8.0"), wsus32, None, &[Server2012]),
        (iis("Microsoft-IIS/7.5"), wsus32, None, &[Wsus3Sp2On2008R2]),
        (iis("Microsoft-IIS/7.0"), wsus32, None, &[Wsus3Sp2On2008]),
        (iis("Microsoft-IIS/7.0"), Some("3.1"), None, &[Wsus3Sp1]),
        (iis("Microsoft-IIS/6.0"), wsus32, None, &[Wsus3Sp2On2003]),
        (iis("Microsoft-IIS/6.0"), Some(UNTOLD), None, &[Wsus2]),
        (iis("Microsoft-IIS/6.0"), Some("3.0"), None, &[Wsus3]),
        (iis("Microsoft-IIS/99"), wsus32, None, SINCE_SP2),
        (iis("Microsoft-HTTPAPI/2.0"), wsus32, None, SINCE_SP2),
        (vec![], wsus32, None, SINCE_SP2),
        (vec![], Some("4.2"), None, Release::ALL),
        (vec![("x-aspnet-version", "2.0.50727")], wsus32, None, &SINCE_SP2[..3]),
        (vec![("x-aspnet-version", "4.0.30319")], wsus32, None, &SINCE_SP2[3..]),
        (vec![], wsus32, Some(TLS13), &[Server2022, Server2025]),
        (vec![], wsus32, Some(RSA_GCM), SINCE_2016),
        (vec![], wsus32, Some(ECDSA_GCM), WITH_TLS12_SINCE_SP2),
        // Suites can be switched off, so that the lack of better ones excludes nothing.
        (vec![], wsus32, Some(CBC), WITH_TLS12_SINCE_SP2),
        (iis("Microsoft-IIS/10.0"), wsus32, Some(CBC), SINCE_2016),
        (vec![], wsus32, Some(CHACHA), SINCE_SP2),
        // What a proxy speaks tells nothing of the server behind it.
        (iis("nginx"), wsus32, Some(TLS13), SINCE_SP2),
        (
            vec![("via", "1.1 x"), ("server", "Microsoft-IIS/8.5")],
            wsus32,
            Some(TLS13),
            &[Server2012R2],
        ),
        // Contradictions leave none.
        (iis("Microsoft-IIS/8.5"), wsus32, Some(TLS13), &[]),
        (iis("Microsoft-IIS/10.0"), Some("3.0"), None, &[]),
    ];
    for (headers, version, tls, expected) in cases {
        let tls = tls.map(|(version, suite)| session(version, suite));
        let found = estimate(&[asked(&headers, version)], tls.as_ref()).unwrap();
        assert_eq!(found.candidates, expected, "{headers:?} {version:?} {tls:?}\n{found:#?}");
        assert!(found.signals.iter().all(|signal| !signal.candidates.is_empty()));
    }
}

#[test]
fn where_neither_wsus_nor_iis_was_seen_there_is_no_estimate() {
    let tls = session(TLS13.0, TLS13.1);
    let failed = Exchange {
        request: Request::GetConfig,
        outcome: Err(Failure::new(Phase::Wsus, Cause::Timeout, "")),
    };
    let other_port = Exchange { request: Request::CleartextConfig, ..asked(&[], Some("3.2")) };
    for exchanges in
        [vec![], vec![failed], vec![asked(&[("server", "nginx")], None)], vec![other_port]]
    {
        assert_eq!(estimate(&exchanges, Some(&tls)), None, "{exchanges:?}");
    }
    // A stopped pool answers with the header of IIS.
    let stopped = asked(&[("server", "Microsoft-IIS/8.5")], None);
    assert_eq!(estimate(&[stopped], None).unwrap().candidates, [Server2012R2]);
}

#[test]
fn what_is_not_confirmed_says_so() {
    for version in ["8.0", "7.5", "7.0", "6.0"] {
        let exchange = asked(&[("server", &format!("Microsoft-IIS/{version}"))], None);
        let signals = estimate(&[exchange], None).unwrap().signals;
        assert!(signals[0].tells.contains("by convention, unconfirmed"), "{signals:?}");
    }
    let hostile = asked(&[("server", "Microsoft-IIS/8.5\n\u{1b}[31m")], None);
    let signals = estimate(&[hostile], None).unwrap().signals;
    assert!(!signals[0].observed.contains(char::is_control), "{signals:?}");
}

fn self_update(content: Content) -> Exchange {
    let answer = Answer { content, ..Answer::default() };
    Exchange { request: Request::SelfUpdate, outcome: Ok(answer) }
}

fn signed(signature: CabinetSignature) -> Exchange {
    let ident_sections = Ok(Vec::new());
    self_update(Content::Cabinet(Ok(IdentCabinet { files: Vec::new(), ident_sections, signature })))
}

fn at(date: &str) -> CabinetSignature {
    let signed_at =
        SystemTime::from(format!("{date}T12:00:00Z").parse::<jiff::Timestamp>().unwrap());
    CabinetSignature::Present { signer: "Microsoft".into(), signed_at: Some(signed_at) }
}

#[test]
fn the_patch_level_is_said_to_be_invisible_where_it_matters() {
    let cases: [(&[Release], Option<&str>); 5] = [
        (&[], None),
        (SINCE_2016, None),
        (&[Wsus2, Wsus3, Wsus3Sp1], None),
        (&[Server2012R2], Some("the server is Server 2012 R2; ")),
        (&[Server2012R2, Server2016], Some("the server may be Server 2012 R2; ")),
    ];
    for (candidates, expected) in cases {
        let generation = Generation { candidates: candidates.to_vec(), signals: Vec::new() };
        let found = findings(Some(&generation), &[]);
        assert_eq!(found.len(), usize::from(expected.is_some()), "{candidates:?}");
        for finding in found {
            assert_eq!(finding.code, FindingCode::HardeningNotVisible);
            assert_eq!(finding.severity, Severity::Note);
            assert!(finding.observed.starts_with(expected.unwrap()), "{finding:?}");
        }
    }
    assert_eq!(findings(None, &[]), []);
}

#[test]
fn the_cabinet_is_evidence_and_no_proof() {
    let missing = Failure::new(Phase::Wsus, Cause::Timeout, "no answer in 2s");
    let undated = CabinetSignature::Present { signer: "Microsoft".into(), signed_at: None };
    let cases = [
        (None, "not looked at", None),
        (
            Some(Exchange { request: Request::SelfUpdate, outcome: Err(missing) }),
            "could not be read: no answer in 2s",
            None,
        ),
        (Some(self_update(Content::Unread)), "could not be read: HTTP 0", None),
        (
            Some(self_update(Content::Cabinet(Err(CabinetProblem("short".into()))))),
            "could not be read: short",
            None,
        ),
        (Some(signed(CabinetSignature::Absent)), "not signed", None),
        (Some(signed(CabinetSignature::Unreadable("x".into()))), "unreadable: x", None),
        (Some(signed(undated)), "signed without a date, as it claims by Microsoft", None),
        (Some(signed(at("2013-12-31"))), "on 2013-12-31", Some("suggests that it is missing")),
        (Some(signed(at("2014-01-01"))), "on 2014-01-01", Some("tells nothing")),
        (Some(signed(at("2014-06-30"))), "on 2014-06-30", Some("tells nothing")),
        (Some(signed(at("2014-07-01"))), "on 2014-07-01", Some("does not prove it")),
    ];
    let generation = Generation { candidates: vec![Server2012], signals: Vec::new() };
    for (exchange, observed, suggests) in cases {
        let found = findings(Some(&generation), exchange.as_slice());
        let finding = &found[0];
        assert!(finding.observed.contains(observed), "{finding:?}");
        assert!(finding.meaning.contains("cannot be seen from outside"), "{finding:?}");
        match suggests {
            Some(text) => assert!(finding.meaning.contains(text), "{finding:?}"),
            None => assert!(!finding.meaning.contains("; that the cabinet"), "{finding:?}"),
        }
    }
}
