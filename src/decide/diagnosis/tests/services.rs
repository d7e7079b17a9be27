//! The content channel and single services.

use super::*;

#[test]
fn content_that_demands_tls() {
    let forbidden = status(403, &[IIS]);
    let content = [R::ContentHead, R::ContentGet, R::CabinetRange];
    let site = |site: Site| site.each(&content, &forbidden);
    check(vec![
        ("https", site(Site::https()), vec![F::ContentRequiresSsl]),
        ("http", site(Site::http()), vec![F::ContentRequiresSsl]),
        (
            "by a device",
            Site::https().each(&content, &status(403, &[NGINX])),
            vec![F::ContentFailed],
        ),
    ]);
    let proven = the_only(&site(Site::https()));
    assert!(proven.meaning.contains("served over TLS"), "{}", proven.meaning);
    assert_eq!(code_of(&proven), sure("0x80190193"));
    let mut standard = site(Site::https());
    standard.exchanges.retain(|exchange| exchange.request != R::SecureContentHead);
    assert!(the_only(&standard).meaning.contains("most likely"));
}

#[test]
fn content_that_cannot_be_had() {
    let content = [R::ContentHead, R::ContentGet, R::CabinetRange, R::CleartextConfig];
    let refused = failed(Phase::Connect, Cause::Refused);
    let finding = the_only(&Site::https().each(&content, &refused));
    assert_eq!(finding.code, F::ContentFailed);
    assert!(finding.meaning.contains("clients can scan but download nothing"));
    assert!(finding.observed.contains("http://wsus.example.test:8530"), "{}", finding.observed);
    assert_eq!(code_of(&finding), likely("0x80072EFD"));
    let missing = the_only(&Site::https().each(&content, &status(404, &[IIS])));
    assert_eq!((missing.code, code_of(&missing)), (F::ContentFailed, likely("0x80190194")));
    let portal = Site::https().with(R::ContentGet, page(R::ContentGet, 200, "Sign in", &[NGINX]));
    assert!(the_only(&portal).observed.contains("Sign in"));
}

#[test]
fn content_that_is_not_as_announced() {
    let length = |length| status(200, &[IIS, ("content-length", length)]);
    let with = |outcome| Site::http().with(R::CabinetRange, outcome);
    check(vec![
        (
            "more than announced",
            Site::http().with(R::ContentGet, Ok(Answer { body_bytes: 9, ..answer(200, &[IIS]) })),
            vec![F::ContentWrongLength],
        ),
        (
            "other lengths",
            Site::http().with(R::ContentHead, length("5")).with(R::ContentGet, length("6")),
            vec![F::ContentWrongLength],
        ),
        (
            "no length",
            Site::http().with(R::ContentHead, status(200, &[IIS])),
            vec![F::ContentLengthMissing],
        ),
        ("range ignored", with(status(200, &[IIS])), vec![F::ContentRangeIgnored]),
        ("another range", with(partial("bytes 0-9/90", 10)), vec![F::ContentRangeIgnored]),
        ("too much of it", with(partial("bytes 0-3/9", 9)), vec![F::ContentRangeIgnored]),
        ("not satisfiable", with(status(416, &[IIS])), vec![F::ContentRangeIgnored]),
        ("cut", with(failed(Phase::Wsus, Cause::Closed)), vec![F::ContentRangeIgnored]),
        ("no connection", with(failed(Phase::Connect, Cause::Refused)), vec![]),
        ("only the range is forbidden", with(status(403, &[IIS])), vec![F::ContentRangeIgnored]),
        (
            "the path is forbidden at this port",
            Site::https().with(R::CabinetRange, status(403, &[IIS])),
            vec![],
        ),
        (
            "not a cabinet in the first place",
            with(status(200, &[IIS])).with(R::SelfUpdate, status(404, &[IIS])),
            vec![F::SelfUpdateFailed],
        ),
        ("gone for a range", with(status(404, &[IIS])), vec![F::ContentRangeIgnored]),
        ("a portal", with(page(R::CabinetRange, 200, "Sign in", &[])), vec![]),
    ]);
    let finding = the_only(&with(status(200, &[IIS])));
    assert_eq!(code_of(&finding), sure("0x80200013"));
    assert!(finding.observed.contains("Range: bytes=0-3"), "{}", finding.observed);
    let finding = the_only(&Site::http().with(R::ContentHead, status(200, &[IIS])));
    assert_eq!(code_of(&finding), sure("0x80200011"));
    let whole =
        Answer { body_bytes: 7, transfer: good(R::ContentGet).transfer, ..answer(200, &[]) };
    let seven = Site::http().with(R::ContentHead, length("7")).with(R::ContentGet, Ok(whole));
    let finding = the_only(&seven);
    assert_eq!((finding.code, finding.severity), (F::ContentWrongLength, Severity::Note));
}

#[test]
fn single_services_fail_by_themselves() {
    let missing = || status(404, &[IIS]);
    let stopped = status(503, &[DRIVER]);
    let unsigned = cabinet(CabinetSignature::Absent);
    check(vec![
        ("simple auth", Site::http().with(R::SimpleAuth, missing()), vec![F::SimpleAuthFailed]),
        ("reporting", Site::http().with(R::Reporting, missing()), vec![F::ReportingFailed]),
        ("sync", Site::http().with(R::GetAuthConfig, missing()), vec![F::ServerSyncFailed]),
        ("dss auth", Site::http().with(R::DssAuth, stopped), vec![F::DssAuthFailed]),
        ("api", Site::http().with(R::ApiRemoting, missing()), vec![F::ApiRemotingFailed]),
        ("self-update", Site::http().with(R::SelfUpdate, missing()), vec![F::SelfUpdateFailed]),
        ("unsigned", Site::http().with(R::SelfUpdate, unsigned), vec![F::SelfUpdateUnsigned]),
        ("inventory", Site::http().with(R::Inventory, missing()), vec![]),
        ("no version file", Site::http().with(R::ServerVersion, missing()), vec![]),
        (
            "the client service fails in the same way",
            Site::http()
                .with(R::GetConfig, status(500, &[IIS]))
                .with(R::GetAuthConfig, status(500, &[IIS])),
            vec![],
        ),
    ]);
    let codes = [
        (R::SimpleAuth, likely("0x80244028")),
        (R::SelfUpdate, likely("0x80244019")),
        (R::Reporting, likely("0x80244019")),
        (R::GetAuthConfig, none()),
        (R::DssAuth, none()),
        (R::ApiRemoting, none()),
    ];
    for (request, expected) in codes {
        let finding = the_only(&Site::http().with(request, missing()));
        assert_eq!(code_of(&finding), expected, "{request:?}");
    }
}

#[test]
fn oddities_of_services_that_work_are_notes() {
    let open = page(R::ApiRemoting, 200, "ApiRemoting30 Web Service", &[IIS, ASP]);
    let unreadable = cabinet(CabinetSignature::Unreadable("odd".into()));
    for (request, outcome, code) in [
        (R::ApiRemoting, open, F::ApiRemotingOpen),
        (R::ServerVersion, status(404, &[IIS]), F::ServerVersionMissing),
        (R::ServerVersion, page(R::ServerVersion, 200, "x", &[IIS]), F::ServerVersionMissing),
        (R::SelfUpdate, unreadable, F::SelfUpdateUnsigned),
    ] {
        let finding = the_only(&Site::http().with(request, outcome));
        assert_eq!((finding.code, finding.severity), (code, Severity::Note));
    }
}

#[test]
fn a_fault_for_downstream_servers_is_theirs() {
    let site = Site::http().with(R::GetAuthConfig, fault("Server", "FileDigestsMissing"));
    let finding = the_only(&site);
    assert_eq!((finding.code, code_of(&finding)), (F::ServerSyncFailed, none()));
    assert!(finding.meaning.contains("content do not fit"), "{}", finding.meaning);
}

#[test]
fn hsts_on_any_answer() {
    let header = ("strict-transport-security", "max-age=1");
    let cases = [
        (R::GetConfig, Severity::Warning),
        (R::SelfUpdate, Severity::Warning),
        // In clear text clients are to ignore it.
        (R::ContentHead, Severity::Note),
    ];
    for (request, severity) in cases {
        let mut answer = good(request);
        answer.reply.headers.push((header.0.into(), header.1.into()));
        let finding = the_only(&Site::https().with(request, Ok(answer)));
        assert_eq!((finding.code, finding.severity), (F::Hsts, severity));
        assert!(finding.observed.contains(request.path()));
    }
}
