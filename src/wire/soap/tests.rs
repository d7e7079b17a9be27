//! Tests of the module above.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{CONTENT_TYPE, Call, MAX_BODY, call, get_config_request, html_title, parse};
use crate::model::request::{Method, Request};
use crate::model::wsus::{
    SchemaFault, SoapFlavour, SoapMessage, SoapReply, SoapVersion, XmlProblem,
};

/// File name and what must be found in it, in the words of [`summary`].
const EXPECTED: &[(&str, &str)] = &[
    (
        "auth_config_asmx.xml",
        "auth config: [DssTargeting: DssAuthWebService/DssAuthWebService.asmx]",
    ),
    (
        "auth_config_soap12.xml",
        "auth config: [DssTargeting: DssAuthWebService/DssAuthWebService.asmx]",
    ),
    ("bad_undeclared_prefix.xml", "bad: undeclared prefix s at byte 0"),
    (
        "config_duplicates.xml",
        "config: Some(\"2032-02-03T04:05:06Z\") Some(true) [SimpleTargeting: ] \
         MaxExtendedUpdatesPerRequest=50 MaxExtendedUpdatesPerRequest=5; \
         more than one LastChange; more than one PlugInID; more than one MaxExtendedUpdatesPerRequest",
    ),
    (
        "config_malformed.xml",
        "config: Some(\"yesterday\") None [SimpleTargeting: ] MaxExtendedUpdatesPerRequest=50; \
         malformed LastChange \"yesterday\"; malformed IsRegistrationRequired \"yes\"",
    ),
    (
        "config_no_prefix.xml",
        "config: Some(\"2031-02-03T04:05:06Z\") Some(true) [SimpleTargeting: ] \
         MaxExtendedUpdatesPerRequest=50",
    ),
    ("config_prefixed_soap12.xml", "config: Some(\"2031-02-03T04:05:06Z\") Some(true)"),
    (
        "config_twice.xml",
        "config: Some(\"2031-02-03T04:05:06Z\") Some(true) [SimpleTargeting: ] \
         MaxExtendedUpdatesPerRequest=50; more than one Response",
    ),
    (
        "foreign_auth_config.xml",
        "foreign: Envelope/Body/GetAuthConfigResponse in namespace \
         \"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService\"",
    ),
    (
        "foreign_body.xml",
        "foreign: Envelope/Body in namespace \"http://www.w3.org/2003/05/soap-envelope\"",
    ),
    (
        "foreign_config.xml",
        "foreign: Envelope/Body/GetConfigResponse in namespace \
         \"http://www.microsoft.com/SoftwareDistribution\"",
    ),
    (
        "foreign_envelope.xml",
        "foreign: Envelope in namespace \"http://www.w3.org/2001/12/soap-envelope\"",
    ),
    ("foreign_none.xml", "foreign: Envelope in no namespace"),
    ("bad_after_bom.xml", "bad: undefined entity &x; at byte 13"),
    ("bad_character_reference.xml", "bad: character U+0001, which XML forbids at byte 10"),
    ("bad_crossed_tags.xml", "bad: expected `</Body>`, but `</Envelope>` was found at byte 16"),
    ("bad_declared_encoding.xml", "bad: unsupported encoding windows-1252 at byte 0"),
    ("bad_empty.txt", "bad: empty body at byte 0"),
    ("bad_entity_expansion.xml", "bad: document type declaration, which SOAP forbids at byte 0"),
    ("bad_latin1.xml", "bad: not UTF-8 at byte 13"),
    ("bad_nul.xml", "bad: character U+0000, which XML forbids at byte 11"),
    ("bad_plain_text.txt", "bad: not XML: text outside of an element at byte 0"),
    ("bad_truncated_element.xml", "bad: truncated: <GetConfigResult> is not closed at byte 385"),
    (
        "bad_truncated_tag.xml",
        "bad: truncated: attribute value not closed: `\"` not found before end of input at byte 64",
    ),
    ("bad_two_roots.xml", "bad: a second root element at byte 11"),
    ("bad_undefined_entity.xml", "bad: undefined entity &lol; at byte 16"),
    ("bad_utf16.xml", "bad: UTF-16, which WSUS never sends and which is not read here at byte 0"),
    ("config_anonymous.xml", "config: Some(\"2020-01-01T00:00:00Z\") Some(false) [Anonymous: ]"),
    (
        "config_asmx_bom.xml",
        "config: Some(\"2008-01-02T03:04:05Z\") Some(false) \
         [SimpleTargeting: SimpleAuthWebService/SimpleAuth.asmx] MaxExtendedUpdatesPerRequest=50",
    ),
    (
        "config_wcf.xml",
        "config: Some(\"2031-02-03T04:05:06.7Z\") Some(true) \
         [SimpleTargeting: SimpleAuthWebService/SimpleAuth.asmx] MaxExtendedUpdatesPerRequest=50 \
         PackageServerShare=\\\\wsus7\\UpdateServicesPackages ProtocolVersion=3.2 \
         IsInventoryRequired=0 ClientReportingLevel=2",
    ),
    (
        "fault_asmx_stack_trace.xml",
        "fault: Server, Example.Soap.ServiceException: the service is busy, Some(\"ServerBusy\"), Some(\"\")",
    ),
    ("fault_internal.xml", "fault: InternalServiceFault, Not today., None, None"),
    ("fault_soap12.xml", "fault: Receiver, Fault occurred, Some(\"InternalServerError\"), None"),
    (
        "fault_wcf.xml",
        "fault: Client, Fault occurred, Some(\"InvalidParameters\"), Some(\"parameters.protocolVersion\")",
    ),
    ("html_portal.html", "html: Some(\"Sign in to the network\")"),
    ("other_rss.xml", "other: rss"),
    ("other_soap.xml", "other: Envelope/Body/PingResponse"),
];

fn summary(message: &Result<SoapMessage, XmlProblem>) -> String {
    match message.as_ref().map(|message| &message.reply) {
        Ok(SoapReply::Config(config)) => {
            let mut line =
                format!("config: {:?} {:?}", config.last_change, config.registration_required);
            for plugin in &config.auth_plugins {
                write!(line, " [{}: {}]", plugin.id, plugin.service_url).unwrap();
            }
            for (name, value) in &config.properties {
                write!(line, " {name}={value}").unwrap();
            }
            for fault in &config.schema_faults {
                match fault {
                    SchemaFault::Repeated(name) => write!(line, "; more than one {name}").unwrap(),
                    SchemaFault::Malformed(what) => write!(line, "; malformed {what}").unwrap(),
                }
            }
            line
        }
        Ok(SoapReply::Fault(fault)) => {
            format!(
                "fault: {}, {}, {:?}, {:?}",
                fault.code, fault.reason, fault.error_code, fault.message
            )
        }
        Ok(SoapReply::Html { title }) => format!("html: {title:?}"),
        Ok(SoapReply::AuthConfig(plugins)) => {
            let plugins: Vec<_> =
                plugins.iter().map(|one| format!("[{}: {}]", one.id, one.service_url)).collect();
            format!("auth config: {}", plugins.concat())
        }
        Ok(SoapReply::Foreign(place)) => format!("foreign: {place}"),
        Ok(SoapReply::Other(path)) => format!("other: {path}"),
        Err(problem) => format!("bad: {problem}"),
    }
}

#[test]
fn every_fixture_reads_as_expected() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/soap");
    let found: BTreeSet<String> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<String> = EXPECTED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert!(!found.is_empty());
    assert_eq!(found, expected, "files and rows must correspond");
    for (name, expected) in EXPECTED {
        let line = summary(&parse(&fs::read(directory.join(name)).unwrap()));
        assert_eq!(&line, expected, "{name}");
    }
}

#[test]
fn limits_are_enforced() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let config = |inside: &str| {
        format!(
            "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><GetConfigResponse \
             xmlns='http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService'>\
             <GetConfigResult>{inside}</GetConfigResult></GetConfigResponse></Body></Envelope>"
        )
    };
    let properties = |count: usize| {
        config(&format!("<Properties>{}</Properties>", "<ConfigurationProperty/>".repeat(count)))
    };
    let change =
        |length: usize| config(&format!("<LastChange>{}</LastChange>", "1".repeat(length)));
    let cases = [
        (nested(32), "other: a"),
        (nested(33), "bad: elements nested deeper than 32"),
        (nested(10_000), "bad: elements nested deeper than 32"),
        (properties(64), "config: "),
        (properties(65), "bad: more than 64 list entries"),
        (change(4096), "config: "),
        (change(4097), "bad: a value longer than 4096 bytes"),
        (format!("<a>{}</a>", "x".repeat(MAX_BODY - 7)), "other: a"),
        (format!("<a>{}</a>", "x".repeat(MAX_BODY - 6)), "bad: body larger than the limit"),
    ];
    for (body, expected) in cases {
        let line = summary(&parse(body.as_bytes()));
        assert!(line.starts_with(expected), "expected {expected:?}, got {line:?}");
    }
}

#[test]
fn calls_are_well_formed_and_only_read() {
    let mut calls = 0;
    for request in Request::ALL {
        let call = call(*request);
        assert_eq!(call.is_some(), request.method() == Method::Post, "{request:?}");
        let Some(Call { content_type, action, body }) = call else { continue };
        calls += 1;
        let message = parse(body.as_bytes());
        let name = if *request == Request::GetConfig || *request == Request::CleartextConfig {
            assert_eq!(body, get_config_request());
            assert!(body.contains("<protocolVersion>1.8</protocolVersion>"));
            "GetConfig"
        } else {
            "GetAuthConfig"
        };
        assert_eq!(summary(&message), format!("other: Envelope/Body/{name}"));
        let version = message.unwrap().flavour.version;
        if let Some(action) = action {
            assert_eq!((content_type, version), (CONTENT_TYPE, Some(SoapVersion::V11)));
            assert!(action.starts_with('"') && action.ends_with(&format!("/{name}\"")));
        } else {
            assert_eq!(version, Some(SoapVersion::V12));
            assert!(content_type.starts_with("application/soap+xml; charset=utf-8; action=\""));
            assert!(content_type.ends_with("/SoftwareDistribution/GetAuthConfig\""));
        }
    }
    assert_eq!(calls, 4);
}

#[test]
fn the_flavour_tells_builds_apart() {
    let cases = [
        ("config_wcf.xml", Some(SoapVersion::V11), "s", false),
        ("config_asmx_bom.xml", Some(SoapVersion::V11), "soap", true),
        ("config_no_prefix.xml", Some(SoapVersion::V11), "", false),
        ("config_prefixed_soap12.xml", Some(SoapVersion::V12), "env", false),
        ("auth_config_soap12.xml", Some(SoapVersion::V12), "soap", true),
        ("foreign_envelope.xml", None, "s", false),
        ("html_portal.html", None, "", false),
    ];
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/soap");
    for (name, version, prefix, declaration) in cases {
        let flavour = parse(&fs::read(directory.join(name)).unwrap()).unwrap().flavour;
        assert_eq!(flavour, SoapFlavour { version, prefix: prefix.into(), declaration }, "{name}");
    }
}

#[test]
fn pages_have_titles() {
    assert_eq!(html_title(b"<html><title>a</title>"), Some(Some("a".into())));
    assert_eq!(html_title(b"<html>"), Some(None));
    assert_eq!(html_title(b"<rss/>"), None);
}

#[test]
fn many_long_namespaces_cost_little() {
    let long = "n".repeat(MAX_BODY / 2);
    let body = format!("<a xmlns='{long}'>{}</a>", "<b/>".repeat(MAX_BODY / 9));
    assert_eq!(summary(&parse(body.as_bytes())), "other: a");
    let mut declared = String::new();
    for number in 0..10_000 {
        write!(declared, " xmlns:n{number}='u'").unwrap();
    }
    let body = format!("<a{declared}>{}</a>", "<n0:b/>".repeat(1000));
    let line = summary(&parse(body.as_bytes()));
    assert!(line.starts_with("bad: "), "{line}");
}

#[test]
fn a_long_foreign_text_in_a_fault_is_cut_and_not_refused() {
    let body = format!(
        "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><Fault><faultstring>{}</faultstring></Fault></Body></Envelope>",
        "é".repeat(50_000)
    );
    let Ok(SoapMessage { reply: SoapReply::Fault(fault), .. }) = parse(body.as_bytes()) else {
        panic!("not a fault")
    };
    assert!(fault.reason.ends_with('…') && fault.reason.chars().count() <= 200);
}

proptest! {
    #[test]
    fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse(&body);
    }

    #[test]
    fn markup_soup_never_panics(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'>"), Just("<Body>"), Just("<GetAuthConfigResponse>"), Just("<n:x xmlns:n='u'>"), Just("<n:Body>"), Just("<Fault>"), Just("<GetConfigResponse>"),
                Just("<GetConfigResult>"), Just("</"), Just("Body>"), Just("<x a='"), Just("'>"),
                Just("/>"), Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("-->"), Just("<?xml "),
                Just("?>"), Just("&#x"), Just("&lt;"), Just("&"), Just(";"), Just("<!DOCTYPE "),
                Just("\u{feff}"), Just("é"), Just("<title"), Just("<html>"), Just(" "),
            ],
            0..60,
        )
    ) {
        let _ = parse(pieces.concat().as_bytes());
    }

    #[test]
    fn mutated_answers_never_panic_and_problems_lie_inside(
        changes in proptest::collection::vec((0_usize..1300, any::<u8>()), 1..6),
        length in 0_usize..1400,
    ) {
        let mut body = include_bytes!("../../../tests/data/soap/config_wcf.xml").to_vec();
        for (position, byte) in changes {
            if let Some(slot) = body.get_mut(position) {
                *slot = byte;
            }
        }
        body.truncate(length);
        if let Err(problem) = parse(&body) {
            prop_assert!(problem.offset <= body.len());
            prop_assert!(!problem.what.contains(['\n', '\r']));
        }
    }
}
