//! Tests of the module above.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{MAX_BODY, get_config_request, parse};
use crate::model::wsus::{SoapMessage, SoapReply, XmlProblem};

/// File name and what must be found in it, in the words of [`summary`].
const EXPECTED: &[(&str, &str)] = &[
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
            line
        }
        Ok(SoapReply::Fault(fault)) => {
            format!(
                "fault: {}, {}, {:?}, {:?}",
                fault.code, fault.reason, fault.error_code, fault.message
            )
        }
        Ok(SoapReply::Html { title }) => format!("html: {title:?}"),
        Ok(SoapReply::AuthConfig(plugins)) => format!("auth config: {}", plugins.len()),
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
            "<Envelope><Body><GetConfigResponse><GetConfigResult>{inside}</GetConfigResult>\
             </GetConfigResponse></Body></Envelope>"
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
fn the_request_is_well_formed_and_ours() {
    let line = summary(&parse(get_config_request().as_bytes()));
    assert_eq!(line, "other: Envelope/Body/GetConfig");
    assert!(get_config_request().contains("<protocolVersion>1.8</protocolVersion>"));
}

#[test]
fn a_long_foreign_text_in_a_fault_is_cut_and_not_refused() {
    let body = format!(
        "<Envelope><Body><Fault><faultstring>{}</faultstring></Fault></Body></Envelope>",
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
                Just("<Envelope>"), Just("<Body>"), Just("<Fault>"), Just("<GetConfigResponse>"),
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
