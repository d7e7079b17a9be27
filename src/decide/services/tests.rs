//! The state of each service, by tables.

use crate::decide::diagnosis::fixture::*;
use crate::model::cabinet::{CabinetProblem, CabinetSignature};
use crate::model::endpoint::Scheme;
use crate::model::exchange::{Answer, Content};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request as R;
use crate::model::service::{Outcome, Service};
use crate::model::wsus::SoapReply;

/// The outcome in short: its name, or the cause of the failure.
fn short(site: &Site, service: Service) -> Option<&'static str> {
    let reports = site.services();
    let outcome = &reports.iter().find(|report| report.service == service)?.outcome;
    Some(match outcome {
        Outcome::Fail(failure) => failure.cause.as_str(),
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => outcome.as_str(),
    })
}

fn check(service: Service, cases: Vec<(&str, Site, &'static str)>) {
    for (name, site, expected) in cases {
        assert_eq!(short(&site, service), Some(expected), "{name}: {:#?}", site.services());
    }
}

#[test]
fn what_was_asked_is_reported_in_order() {
    let all: Vec<Service> = Site::https().services().iter().map(|report| report.service).collect();
    assert_eq!(all, Service::ALL);
    for report in Site::https().services() {
        assert_eq!(report.outcome, Outcome::Pass, "{:?}", report.service);
    }
    let quick = Site::https().only(&[R::GetConfig]).services();
    assert_eq!(quick.len(), 1);
    assert_eq!(Site::https().only(&[]).services(), []);
}

#[test]
fn without_a_content_port_there_is_no_content() {
    let mut site = Site::https();
    site.asked.port = 1;
    assert_eq!(short(&site, Service::Content), Some("not_applicable"));
    assert_eq!(short(&site.only(&[R::GetConfig]), Service::Content), None);
}

#[test]
fn pages_count_by_who_shows_them() {
    let with = |outcome| Site::http().with(R::SimpleAuth, outcome);
    let xml = ("content-type", "text/xml; charset=utf-8");
    let asked = Answer { certificate_requested: true, ..answer(403, &[IIS]) };
    check(
        Service::SimpleAuth,
        vec![
            (
                "help page",
                with(page(R::SimpleAuth, 200, "SimpleAuth Web Service", &[NGINX])),
                "pass",
            ),
            ("another page", with(page(R::SimpleAuth, 200, "Sign in", &[NGINX])), "unknown"),
            (
                "another page, and no client service",
                with(page(R::SimpleAuth, 200, "Sign in", &[NGINX]))
                    .with(R::GetConfig, status(404, &[NGINX])),
                "html_page",
            ),
            ("no page, no sign", with(status(200, &[NGINX])), "unknown"),
            ("forbidden is normal", with(status(403, &[IIS])), "pass"),
            ("forbidden by nobody known", with(status(403, &[])), "pass"),
            ("forbidden by a stranger", with(status(403, &[NGINX])), "unknown"),
            ("ASP.NET behind a proxy", with(status(403, &[NGINX, ASP])), "pass"),
            ("powered by", with(status(405, &[NGINX, ("x-powered-by", "ASP.NET")])), "pass"),
            ("login", with(status(401, &[IIS])), "pass"),
            ("exception of ASP.NET", with(status(500, &[IIS, ASP])), "unknown"),
            ("fault", with(status(500, &[xml])), "pass"),
            ("exception of a proxy", with(status(500, &[NGINX])), "http_500"),
            ("missing", with(status(404, &[IIS])), "http_404"),
            ("stopped", with(status(503, &[DRIVER])), "http_503"),
            ("gateway", with(status(502, &[NGINX])), "http_502"),
            ("away", with(status(302, &[("location", "http://a.test/")])), "redirect_elsewhere"),
            (
                "to itself",
                with(status(302, &[("location", R::SimpleAuth.path())])),
                "redirect_loop",
            ),
            ("certificate", with(Ok(asked)), "client_certificate_required"),
            ("cut off", with(failed(Phase::Wsus, Cause::Closed)), "closed"),
            ("this machine", with(failed(Phase::Connect, Cause::LocalLimit)), "unknown"),
            ("too slow", with(failed(Phase::Wsus, Cause::Timeout)), "timeout"),
            (
                "not asked",
                with(Err(Failure::new(Phase::Wsus, Cause::Timeout, "not asked: late"))),
                "unknown",
            ),
        ],
    );
}

#[test]
fn the_client_service_is_its_configuration() {
    let with = |outcome| Site::https().with(R::GetConfig, outcome);
    let missing = Site::https().with(R::ServerVersion, status(404, &[IIS]));
    check(
        Service::Client,
        vec![
            ("no version file", missing, "pass"),
            ("stopped", with(status(503, &[DRIVER])), "http_503"),
            ("other plug-in", with(soap(200, config(&["Anonymous"]))), "not_wsus"),
            ("no suite in common", with(failed(Phase::Tls, Cause::NoCommonSuite)), "unknown"),
            ("only the file", Site::https().only(&[R::ServerVersion]), "unknown"),
        ],
    );
}

#[test]
fn downstream_servers_need_their_plug_in() {
    let with = |outcome| Site::http().with(R::GetAuthConfig, outcome);
    let plugins =
        |ids: &[&str]| soap(200, SoapReply::AuthConfig(ids.iter().map(|id| plugin(id)).collect()));
    check(
        Service::ServerSync,
        vec![
            ("one of two", with(plugins(&["Other", "DssTargeting"])), "pass"),
            ("another", with(plugins(&["SimpleTargeting"])), "not_wsus"),
            ("none", with(plugins(&[])), "no_auth_plugin"),
            ("fault", with(fault("Server", "ServerBusy")), "soap_fault"),
            ("another answer", with(soap(200, config(&["SimpleTargeting"]))), "not_soap"),
            ("authentication added", with(status(401, &[IIS])), "unknown"),
            ("login of a proxy", with(status(401, &[NGINX])), "http_401"),
            ("missing", with(status(404, &[IIS])), "http_404"),
        ],
    );
}

#[test]
fn self_update_is_a_cabinet() {
    let with = |outcome| Site::http().with(R::SelfUpdate, outcome);
    let body = |content, headers| Ok(Answer { content, ..answer(200, headers) });
    let bad = || Content::Cabinet(Err(CabinetProblem("no signature MSCF".into())));
    check(
        Service::SelfUpdate,
        vec![
            ("unsigned", with(cabinet(CabinetSignature::Absent)), "pass"),
            ("not a cabinet", with(body(bad(), &[IIS])), "bad_file"),
            ("a page", with(page(R::SelfUpdate, 200, "Sign in", &[])), "html_page"),
            ("a page by type", with(body(bad(), &[("content-type", "text/html")])), "html_page"),
            ("not read", with(status(200, &[IIS])), "unknown"),
            ("missing", with(status(404, &[IIS])), "http_404"),
        ],
    );
}

#[test]
fn content_needs_head_get_and_a_range() {
    let length = |length| status(200, &[IIS, ("content-length", length)]);
    let with = |request, outcome| Site::http().with(request, outcome);
    let refused = failed(Phase::Connect, Cause::Refused);
    let short_body = |transfer| Ok(Answer { transfer, body_bytes: 3, ..answer(200, &[IIS]) });
    let read = good(R::ContentGet).transfer;
    let five = || Site::http().with(R::ContentHead, length("5"));
    check(
        Service::Content,
        vec![
            ("only HEAD", Site::http().only(&[R::ContentHead]), "unknown"),
            ("only GET", Site::http().only(&[R::ContentGet]), "unknown"),
            ("HEAD refused", with(R::ContentHead, refused.clone()), "refused"),
            ("GET refused", with(R::ContentGet, refused), "refused"),
            ("missing", with(R::ContentGet, status(404, &[IIS])), "http_404"),
            ("HEAD not allowed", with(R::ContentHead, status(405, &[IIS])), "http_405"),
            ("too short", five().with(R::ContentGet, short_body(read)), "bad_file"),
            ("cut by this program", five().with(R::ContentGet, short_body(None)), "pass"),
            ("no length", with(R::ContentHead, status(200, &[])), "bad_file"),
            ("no range", with(R::CabinetRange, status(200, &[])), "bad_file"),
            ("gone for a range", with(R::CabinetRange, status(404, &[])), "bad_file"),
            (
                "page",
                with(R::ContentHead, status(200, &[("content-type", "text/html")])),
                "html_page",
            ),
        ],
    );
    let away = status(
        302,
        &[("location", "http://wsus.example.test:8530/Content/anonymousCheckFile.txt")],
    );
    let https = Site::healthy(Scheme::Https).with(R::ContentHead, away);
    assert_eq!(short(&https, Service::Content), Some("redirect_loop"), "by the content port's URL");
}

#[test]
fn a_missing_inventory_is_no_failure() {
    let with = |outcome| Site::http().with(R::Inventory, outcome);
    check(
        Service::Inventory,
        vec![
            ("there", with(status(200, &[IIS])), "pass"),
            ("missing", with(status(404, &[IIS])), "not_applicable"),
            ("stopped", with(status(503, &[IIS])), "http_503"),
        ],
    );
}
