//! Tests of the module above.

use super::super::server::Behaviour;
use super::super::test_client::{PATIENCE, Site, ask, wire};
use super::*;
use crate::model::request::Request;

/// Must be called within a runtime.
fn start(script: Script) -> Site {
    Site::start(Behaviour::Scripted(script), &ServerOptions::default())
}

/// Statuses of some requests under a script.
async fn statuses(script: Script, requests: &[Request]) -> Vec<u16> {
    let site = start(script);
    let mut statuses = Vec::new();
    for request in requests {
        let said = site.said(*request).await;
        statuses.push(said.split(' ').nth(1).unwrap().parse().unwrap());
    }
    statuses
}

#[tokio::test]
async fn each_trouble_of_a_whole_site_shows() {
    let requests = [
        Request::GetConfig,
        Request::ServerVersion,
        Request::GetAuthConfig,
        Request::Reporting,
        Request::ApiRemoting,
        Request::SelfUpdate,
        Request::ContentGet,
        Request::CabinetRange,
        Request::CleartextConfig,
    ];
    let cleartext = Script::default()
        .on(Matcher::service(Service::Client).at(Channel::Content), Reaction::Healthy);
    for (what, script, expected) in [
        ("healthy", Script::default(), [200, 200, 200, 200, 401, 200, 200, 206, 403]),
        ("pool", Script::pool_stopped(), [503, 503, 503, 503, 503, 200, 200, 206, 503]),
        ("tls", Script::content_needs_tls(), [200, 200, 200, 200, 401, 200, 403, 403, 403]),
        ("cab", Script::no_self_update(), [200, 200, 200, 200, 401, 404, 200, 404, 403]),
        ("none", Script::no_directories(), [404; 9]),
        ("host", Script::unknown_host(), [400; 9]),
        (
            "certificate",
            Script::client_certificate_required(),
            [403, 403, 403, 403, 403, 403, 200, 206, 403],
        ),
        ("foreign", Script::not_wsus(), [200, 404, 404, 404, 404, 404, 404, 404, 200]),
        ("cleartext", cleartext, [200, 200, 200, 200, 401, 200, 200, 206, 200]),
    ] {
        assert_eq!(statuses(script, &requests).await, expected, "{what}");
    }
}

#[tokio::test]
async fn each_reaction_shows() {
    let text = |script: ConfigText| Reaction::Config(Box::new(script));
    let good = ConfigText::new("WSUS", soap::LAST_CHANGE);
    for (reaction, status, parts) in [
        (Reaction::HttpSys(400), 400, vec!["Microsoft-HTTPAPI/2.0", "Invalid Hostname"]),
        (Reaction::HttpSys(404), 404, vec!["Microsoft-HTTPAPI/2.0"]),
        (Reaction::Busy(Duration::from_secs(30)), 503, vec!["Retry-After: 30\r\n", "IIS/10.0"]),
        (Reaction::Portal, 200, vec!["Sign in"]),
        (Reaction::ServicePage, 200, vec!["<html>", "X-Aspnet-Version"]),
        (Reaction::Redirect("/elsewhere".to_owned()), 302, vec!["Location: /elsewhere\r\n"]),
        (Reaction::Header("via", "1.1 proxy".to_owned()), 200, vec!["Via: 1.1 proxy\r\n"]),
        (text(ConfigText::foreign()), 200, vec!["Anonymous", "<Properties></Properties>"]),
        (
            text(good.clone().with_property("ProtocolVersion", Some("3.1"))),
            200,
            vec!["<Value>3.1<"],
        ),
    ] {
        let site = start(Script::client_calls(reaction.clone()));
        let said = site.said(Request::GetConfig).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{reaction:?}: {said}");
        for part in parts {
            assert!(said.contains(part), "{reaction:?}: {part} in {said}");
        }
    }
    let without = good.with_property("MaxExtendedUpdatesPerRequest", None);
    let site = start(Script::client_calls(text(without)));
    assert!(!site.said(Request::GetConfig).await.contains("MaxExtended"));
}

#[tokio::test]
async fn faults_come_in_every_shape() {
    for (shape, parts) in [
        (FaultShape::Wcf, vec!["<s:Fault>", "<detail><ErrorCode>ServerBusy<", "text/xml"]),
        (FaultShape::Asmx, vec!["<?xml", "<soap:Fault>", "<faultactor>", "   at Simulated"]),
        (FaultShape::Soap12, vec!["soap+xml", "<soap:Value>", "<Detail><ErrorCode>ServerBusy<"]),
        (FaultShape::Soap12OwnNamespace, vec!["<Detail xmlns=", "<ErrorCode>ServerBusy<"]),
    ] {
        let fault = Reaction::Fault(shape, "ServerBusy".to_owned());
        let site = start(Script::client_calls(fault));
        let said = site.said(Request::GetConfig).await;
        assert!(said.starts_with("HTTP/1.1 500 "), "{said}");
        for part in parts.into_iter().chain(["/GetConfig\"</Method>"]) {
            assert!(said.contains(part), "{shape:?}: {part} in {said}");
        }
    }
}

#[tokio::test]
async fn config_comes_in_every_style() {
    for (what, style, parts) in [
        ("wcf", Style::WCF, vec!["\r\n\r\n<s:Envelope xmlns:s="]),
        ("asmx", Style::ASMX, vec!["\r\n\r\n<?xml ", "<soap:Body>"]),
        ("1.2", Style::ASMX_12, vec!["application/soap+xml", soap::SOAP_12]),
        ("bare", Style { prefix: "", ..Style::WCF }, vec!["<Envelope xmlns=", "<Body>"]),
        ("mark", Style { byte_order_mark: true, ..Style::ASMX }, vec!["\r\n\r\n\u{feff}<?xml"]),
        (
            "chunks",
            Style { chunk: Some(7), ..Style::WCF },
            vec!["Transfer-Encoding: chunked\r\n", "\r\n7\r\n<s:Enve\r\n", "\r\n0\r\n\r\n"],
        ),
    ] {
        let site = start(Script { style, ..Script::default() });
        let said = site.said(Request::GetConfig).await;
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        for part in parts {
            assert!(said.contains(part), "{what}: {part} in {said}");
        }
    }
}

#[tokio::test]
async fn config_can_be_wrong_in_what_it_says() {
    let good = ConfigText::new("WSUS", soap::LAST_CHANGE);
    let many: Vec<_> = (0..10_000).map(|n| (format!("Name{n}"), n.to_string())).collect();
    for (text, part, times) in [
        (ConfigText { copies: 2, ..good.clone() }, "<LastChange>", 2),
        (
            ConfigText { namespace: "urn:other".to_owned(), ..good.clone() },
            "xmlns=\"urn:other\"",
            1,
        ),
        (ConfigText { last_change: None, ..good.clone() }, "<LastChange>", 0),
        (ConfigText { properties: many, ..good.clone() }, "<ConfigurationProperty>", 10_000),
        (ConfigText { plugins: Vec::new(), ..good.clone() }, "<AuthInfo></AuthInfo>", 1),
    ] {
        let site = start(Script::client_calls(Reaction::Config(Box::new(text))));
        let said = site.said(Request::GetConfig).await;
        assert_eq!(said.matches(part).count(), times, "{part}");
    }
}

#[tokio::test]
async fn files_can_be_wrong() {
    let content = |reaction| Script::default().on(Matcher::service(Service::Content), reaction);
    let cabinet = |reaction| Script::default().on(Matcher::service(Service::SelfUpdate), reaction);
    let file = Reaction::File(b"not empty".to_vec());
    let no_cabinet = Reaction::File(b"<html>".to_vec());
    for (script, request, status, part) in [
        (content(file.clone()), Request::ContentHead, 200, "Content-Length: 9\r\n"),
        (content(file.clone()), Request::ContentRange, 206, "Content-Range: bytes 0-0/9\r\n"),
        (content(Reaction::ClaimLength(5)), Request::ContentHead, 200, "Content-Length: 5\r\n"),
        (content(Reaction::ClaimLength(5)), Request::ContentGet, 200, "Content-Length: 5\r\n"),
        (cabinet(Reaction::IgnoreRange), Request::CabinetRange, 200, "\r\n\r\nMSCF"),
        (cabinet(no_cabinet), Request::SelfUpdate, 200, "\r\n\r\n<html>"),
        (Script::unsigned_self_update(), Request::SelfUpdate, 200, "\r\n\r\nMSCF"),
        (Script::unsigned_self_update(), Request::RootIdent, 200, "Content-Length: "),
        (Script::no_self_update(), Request::RootIdent, 404, "IIS/10.0"),
    ] {
        let said = start(script).said(request).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {said}");
        assert!(said.contains(part), "{request:?}: {part} in {said}");
    }
    let said = start(content(Reaction::NoLength)).said(Request::ContentHead).await;
    assert!(!said.contains("Content-Length"), "{said}");
}

#[tokio::test]
async fn rules_are_kept_in_order_and_changes_add_up() {
    let page = Matcher::path("/simpleauthwebservice/SIMPLEAUTH.asmx");
    let script = Script::default()
        .on(page, Reaction::Status(404))
        .on(Matcher::everything(), Reaction::Header("via", "1.1 proxy".to_owned()))
        .on(Matcher::everything().by(Method::Get), Reaction::Status(401));
    let site = start(script);
    for (request, status) in [
        (Request::SimpleAuth, 404),
        (Request::DssAuth, 401),
        (Request::GetConfig, 200),
        (Request::ContentHead, 200),
        (Request::ContentGet, 401),
    ] {
        let said = site.said(request).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {said}");
        assert!(said.contains("Via: 1.1 proxy"), "{request:?}: {said}");
    }
}

#[tokio::test]
async fn a_delay_is_kept() {
    let delay = Duration::from_millis(200);
    let slow = Matcher::service(Service::SelfUpdate);
    let site = start(Script::default().on(slow, Reaction::Delay(delay)));
    let within = |request| tokio::time::timeout(delay, site.said(request));
    assert!(within(Request::SelfUpdate).await.is_err());
    assert!(within(Request::ContentGet).await.is_ok());
    assert!(site.said(Request::SelfUpdate).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn answers_are_mangled_on_their_way() {
    let mangled = |mangling| start(Script { mangling: Some(mangling), ..Script::default() });
    for bytes in [0, 1, 17, 300] {
        let said = mangled(Mangling::CutAfter(bytes)).said(Request::GetConfig).await;
        assert_eq!(said.len(), bytes, "{said}");
    }
    let said = mangled(Mangling::ContinueFirst(3)).said(Request::GetConfig).await;
    assert!(said.starts_with(&("HTTP/1.1 100 Continue\r\n\r\n".repeat(3) + "HTTP/1.1 200 ")));
    assert!(said.ends_with("</s:Envelope>"), "{said}");
    let request = wire(Request::GetConfig);
    let pause = Duration::from_millis(50);
    let site = mangled(Mangling::Trickle(pause));
    let whole = ask(site.service, &request);
    assert!(tokio::time::timeout(pause * 5, whole).await.is_err());
    let quick = mangled(Mangling::Trickle(Duration::ZERO));
    let said = tokio::time::timeout(PATIENCE, ask(quick.service, &request)).await.unwrap();
    assert!(said.ends_with("</s:Envelope>"), "{said}");
}
