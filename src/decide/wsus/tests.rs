//! The judgement of answers, by tables.

use crate::model::endpoint::{EndpointUrl, Host, Scheme};
use crate::model::exchange::{Answer, Content, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::wsus::{
    AuthPlugin, SchemaFault, ServerConfig, SoapFault, SoapFlavour, SoapMessage, SoapReply,
    WsusAnswer, XmlProblem,
};

/// Header or property names with their values.
type Pairs<'a> = &'a [(&'a str, &'a str)];

const SHARE: &str = "\\\\internal7\\UpdateServicesPackages";

fn url(scheme: Scheme, host: &str, port: u16) -> EndpointUrl {
    let host = host.parse().map_or_else(|_| Host::Name(host.into()), Host::Address);
    EndpointUrl { scheme, host, port }
}

fn asked() -> EndpointUrl {
    url(Scheme::Http, "wsus.example.test", 8530)
}

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> HttpReply {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    HttpReply { status, headers, body: body.into(), ..HttpReply::default() }
}

fn config(plugins: &[&str], properties: &[(&str, &str)]) -> ServerConfig {
    ServerConfig {
        auth_plugins: plugins
            .iter()
            .map(|id| AuthPlugin { id: (*id).into(), service_url: String::new() })
            .collect(),
        properties: properties
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        last_change: Some("2031-02-03T04:05:06Z".into()),
        registration_required: Some(true),
        ..ServerConfig::default()
    }
}

fn judge(
    reply: &HttpReply,
    soap: &Result<SoapReply, XmlProblem>,
    asked: &EndpointUrl,
) -> Result<WsusAnswer, Failure> {
    let message =
        |reply: &SoapReply| SoapMessage { reply: reply.clone(), flavour: SoapFlavour::default() };
    let content = Content::Soap(soap.as_ref().map(message).map_err(Clone::clone));
    let answer = Answer { reply: reply.clone(), content, ..Answer::default() };
    super::judge(&answer, asked)
}

fn bad_xml() -> Result<SoapReply, XmlProblem> {
    Err(XmlProblem { what: "not XML".into(), offset: 3 })
}

#[test]
fn statuses_have_their_own_causes_and_evidence() {
    let iis = ("server", "Microsoft-HTTPAPI/2.0");
    let retry = ("retry-after", "120");
    let cases: &[(u16, Pairs<'_>, &str, Cause, &str)] = &[
        (503, &[iis], "", Cause::Http503, "503 Service Unavailable from Microsoft-HTTPAPI/2.0"),
        (503, &[retry], "", Cause::Http503, "503 Service Unavailable, Retry-After: 120"),
        (400, &[], "", Cause::Http400, "400 Bad Request"),
        (
            400,
            &[],
            "The plain HTTP request was sent to HTTPS port",
            Cause::TlsOnHttpPort,
            "400 Bad Request",
        ),
        (401, &[], "", Cause::Http401, "401 Unauthorized"),
        (403, &[], "", Cause::Http403, "403 Forbidden"),
        (404, &[], "", Cause::Http404, "404 Not Found"),
        (405, &[], "", Cause::Http405, "405 Method Not Allowed"),
        (407, &[], "", Cause::Http407, "407 Proxy Authentication Required"),
        (408, &[], "", Cause::Http408, "408 Request Timeout"),
        (409, &[], "", Cause::Http409, "409 Conflict"),
        (410, &[], "", Cause::Http410, "410 Gone"),
        (500, &[], "", Cause::Http500, "500 Internal Server Error"),
        (501, &[], "", Cause::Http501, "501 Not Implemented"),
        (502, &[], "", Cause::Http502, "502 Bad Gateway"),
        (504, &[], "", Cause::Http504, "504 Gateway Timeout"),
        (505, &[], "", Cause::Http505, "505 HTTP Version Not Supported"),
        (418, &[], "", Cause::HttpStatus, "418"),
        (101, &[], "", Cause::HttpStatus, "101"),
        (304, &[], "", Cause::HttpStatus, "304"),
        (403, &[("server", "a\r\nb\u{1b}")], "", Cause::Http403, "403 Forbidden from a b\u{fffd}"),
    ];
    for (status, headers, body, cause, detail) in cases {
        let failure = judge(&reply(*status, headers, body), &bad_xml(), &asked()).unwrap_err();
        assert_eq!((failure.phase, failure.cause), (Phase::Wsus, *cause), "{status}");
        assert_eq!(failure.detail, *detail);
    }
}

#[test]
fn the_hint_at_tls_means_nothing_on_https() {
    let answer = reply(400, &[], "Client sent an HTTP request to an HTTPS server.");
    let https = url(Scheme::Https, "wsus.example.test", 8531);
    assert_eq!(judge(&answer, &bad_xml(), &https).unwrap_err().cause, Cause::Http400);
    assert_eq!(judge(&answer, &bad_xml(), &asked()).unwrap_err().cause, Cause::TlsOnHttpPort);
}

#[test]
fn redirects_are_told_apart() {
    let asked = asked();
    let v6 = url(Scheme::Https, "::1", 443);
    let cases = [
        (&asked, "http://wsus.example.test:8530/ClientWebService/client.asmx", Cause::RedirectLoop),
        (
            &asked,
            "HTTP://WSUS.example.test.:8530/clientwebservice/CLIENT.asmx#x",
            Cause::RedirectLoop,
        ),
        (&asked, "/ClientWebService/client.asmx", Cause::RedirectLoop),
        (&asked, "//wsus.example.test:8530/ClientWebService/client.asmx", Cause::RedirectLoop),
        (&asked, "", Cause::RedirectLoop),
        (&asked, "https://wsus.example.test/ClientWebService/client.asmx", Cause::Redirect),
        (&asked, "http://wsus.example.test/ClientWebService/client.asmx", Cause::Redirect),
        (&asked, "http://wsus.example.test:8530/ClientWebService/client.asmx?x=1", Cause::Redirect),
        (&asked, "http://wsus.example.test:8530", Cause::Redirect),
        (&asked, "/login?next=http://elsewhere.test/", Cause::Redirect),
        (&asked, "login", Cause::Redirect),
        (&asked, "http://portal.example.test/", Cause::RedirectElsewhere),
        (&asked, "//portal.example.test", Cause::RedirectElsewhere),
        (&asked, "http://wsus.example.test@evil.test/", Cause::RedirectElsewhere),
        (&asked, "http://wsus.example.test.evil.test:8530/", Cause::RedirectElsewhere),
        (&asked, "http://", Cause::RedirectElsewhere),
        (&v6, "https://[::1]/ClientWebService/client.asmx", Cause::RedirectLoop),
        (&v6, "https://[::1]:8531/ClientWebService/client.asmx", Cause::Redirect),
        (&v6, "https://[::2]/", Cause::RedirectElsewhere),
    ];
    for (asked, location, cause) in cases {
        let answer = reply(302, &[("location", location)], "");
        let failure = judge(&answer, &bad_xml(), asked).unwrap_err();
        assert_eq!(failure.cause, cause, "{location}");
        assert_eq!(failure.detail, format!("302 Found to {location}"));
    }
}

#[test]
fn bodies_that_are_no_configuration() {
    let html = ("content-type", "Text/HTML; charset=utf-8");
    let fault = || {
        Ok(SoapReply::Fault(SoapFault {
            code: "Server".into(),
            reason: "Fault occurred".into(),
            error_code: Some("ServerBusy".into()),
            message: Some(String::new()),
        }))
    };
    let titled = |title: Option<&str>| Ok(SoapReply::Html { title: title.map(str::to_owned) });
    let gzip = ("content-encoding", "gzip");
    let cases = [
        (500, html, fault(), Cause::SoapFault, "Server: ServerBusy: Fault occurred"),
        (200, html, fault(), Cause::SoapFault, "Server: ServerBusy: Fault occurred"),
        (
            500,
            html,
            Ok(SoapReply::Fault(SoapFault::default())),
            Cause::SoapFault,
            "a fault without code or reason",
        ),
        (
            200,
            ("server", "nginx"),
            titled(Some("Sign in")),
            Cause::HtmlPage,
            "a page titled \"Sign in\" from nginx",
        ),
        (200, ("x", "y"), titled(None), Cause::HtmlPage, "a page without a title"),
        (200, html, bad_xml(), Cause::HtmlPage, "a page without a title"),
        (200, ("content-type", "text/xml"), bad_xml(), Cause::BadXml, "not XML at byte 3"),
        (
            200,
            gzip,
            bad_xml(),
            Cause::UnexpectedEncoding,
            "Content-Encoding: gzip was not asked for",
        ),
        (200, ("content-encoding", "identity"), bad_xml(), Cause::BadXml, "not XML at byte 3"),
        (200, ("x", "y"), Ok(SoapReply::Other("rss".into())), Cause::NotSoap, "XML element rss"),
        (
            200,
            ("server", "nginx"),
            Ok(SoapReply::Foreign("Envelope in no namespace".into())),
            Cause::WrongNamespace,
            "Envelope in no namespace from nginx",
        ),
    ];
    for (status, header, soap, cause, detail) in cases {
        let failure = judge(&reply(status, &[header], ""), &soap, &asked()).unwrap_err();
        assert_eq!((failure.cause, failure.detail.as_str()), (cause, detail), "{status}");
    }
}

#[test]
fn configurations_are_held_to_the_rules() {
    const MAX: (&str, &str) = ("MaxExtendedUpdatesPerRequest", "50");
    const VERSION: (&str, &str) = ("ProtocolVersion", "3.2");
    const SIMPLE: &[&str] = &["SimpleTargeting"];
    let share = ("PackageServerShare", SHARE);
    let cases: &[(&[&str], Pairs<'_>, Option<Cause>)] = &[
        (SIMPLE, &[MAX], None),
        (SIMPLE, &[MAX, share, VERSION, ("IsInventoryRequired", "0")], None),
        (SIMPLE, &[MAX, VERSION, ("ClientReportingLevel", "1")], None),
        (SIMPLE, &[MAX, ("Unheard-of", "x")], None),
        (&[], &[MAX], Some(Cause::NoAuthPlugin)),
        (&["Anonymous"], &[MAX], Some(Cause::NotWsus)),
        (&["SimpleTargeting", "Anonymous"], &[MAX], Some(Cause::NotWsus)),
        (&["SimpleTargeting", "SimpleTargeting"], &[MAX], Some(Cause::NotWsus)),
        (&["PidValidator", "Anonymous"], &[MAX, ("ProtocolVersion", "4.2")], Some(Cause::NotWsus)),
        (SIMPLE, &[], Some(Cause::NotWsus)),
        (SIMPLE, &[share], Some(Cause::MissingProperty)),
        (SIMPLE, &[("MaxExtendedUpdatesPerRequest", "0")], Some(Cause::BadProperty)),
        (SIMPLE, &[("MaxExtendedUpdatesPerRequest", "many"), share], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, VERSION, ("IsInventoryRequired", "1"), share], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, VERSION, ("IsInventoryRequired", "")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("ProtocolVersion", "three")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("ProtocolVersion", "3")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("ProtocolVersion", "+3.2")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("ProtocolVersion", ".")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("ProtocolVersion", "2.0")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, share], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("IsInventoryRequired", "0")], Some(Cause::BadProperty)),
        (SIMPLE, &[MAX, ("ClientReportingLevel", "2")], Some(Cause::BadProperty)),
    ];
    for (plugins, properties, expected) in cases {
        let soap = Ok(SoapReply::Config(config(plugins, properties)));
        let result = judge(&reply(200, &[], ""), &soap, &asked());
        if let Err(failure) = &result {
            assert!(!failure.detail.contains("internal7"), "{}", failure.detail);
        }
        assert_eq!(
            result.err().map(|failure| failure.cause),
            *expected,
            "{plugins:?} {properties:?}"
        );
    }
}

#[test]
fn configurations_are_held_to_the_schema() {
    type Change = fn(&mut ServerConfig);
    let good = config(
        &["SimpleTargeting"],
        &[
            ("MaxExtendedUpdatesPerRequest", "50"),
            ("PackageServerShare", SHARE),
            ("ProtocolVersion", "3.2"),
            ("Odd", "x"),
        ],
    );
    let cases: [(Change, Option<(Cause, &str)>); 7] = [
        (|_| {}, None),
        (|config| config.last_change = None, Some((Cause::BadXml, "LastChange is missing"))),
        (
            |config| config.registration_required = None,
            Some((Cause::BadXml, "IsRegistrationRequired is missing")),
        ),
        (
            |config| {
                config.registration_required = None;
                config
                    .schema_faults
                    .push(SchemaFault::Malformed("IsRegistrationRequired \"yes\"".into()));
            },
            Some((Cause::BadXml, "IsRegistrationRequired \"yes\" is not of its type")),
        ),
        (
            |config| config.schema_faults.push(SchemaFault::Repeated("LastChange".into())),
            Some((Cause::BadXml, "LastChange is there more than once")),
        ),
        (
            |config| config.schema_faults.push(SchemaFault::Repeated("PackageServerShare".into())),
            Some((Cause::BadProperty, "PackageServerShare is there more than once")),
        ),
        (|config| config.schema_faults.push(SchemaFault::Repeated("Odd".into())), None),
    ];
    for (change, expected) in cases {
        let mut config = good.clone();
        change(&mut config);
        let result = judge(&reply(200, &[], ""), &Ok(SoapReply::Config(config)), &asked());
        let found = result.as_ref().err().map(|failure| (failure.cause, failure.detail.as_str()));
        assert_eq!(found, expected);
    }
}

#[test]
fn a_good_answer_keeps_what_the_server_told() {
    let headers = [
        ("server", "Microsoft-IIS/10.0"),
        ("x-aspnet-version", "4.0.30319"),
        ("strict-transport-security", "max-age=1"),
    ];
    let config = config(&["SimpleTargeting"], &[("MaxExtendedUpdatesPerRequest", "50")]);
    let soap = Ok(SoapReply::Config(config.clone()));
    let answer = judge(&reply(200, &headers, ""), &soap, &asked()).unwrap();
    let expected = WsusAnswer {
        config,
        server_header: Some("Microsoft-IIS/10.0".into()),
        aspnet_header: Some("4.0.30319".into()),
        hsts: true,
        flavour: SoapFlavour::default(),
    };
    assert_eq!(answer, expected);
}
