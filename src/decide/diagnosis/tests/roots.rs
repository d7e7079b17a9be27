//! The rules for the root of a failure.

use super::*;

const STOPPED: &[(&str, &str)] = &[DRIVER];

#[test]
fn a_stopped_pool_is_told_from_a_site_that_is_down() {
    let stopped = status(503, STOPPED);
    let asmx = |site: Site| site.each(&SOAP_SERVICES, &stopped);
    let later = status(503, &[("retry-after", "30")]);
    check(vec![
        ("pool", asmx(Site::https()), vec![F::WsusPoolStopped]),
        ("pool, http", asmx(Site::http()), vec![F::WsusPoolStopped]),
        (
            "pool, little asked",
            asmx(Site::http()).only(&[R::GetConfig, R::SelfUpdate]),
            vec![F::WsusPoolStopped],
        ),
        (
            "a service answers",
            asmx(Site::http()).with(R::Reporting, Ok(good(R::Reporting))),
            vec![],
        ),
        ("no file was asked", Site::http().only(&[R::GetConfig]).all(&stopped), vec![]),
        ("shed on purpose", asmx(Site::http()).each(&SOAP_SERVICES, &later), vec![F::Overloaded]),
        ("everything", Site::https().all(&stopped), vec![F::SiteDown]),
    ]);
    let site = asmx(Site::http());
    let finding = the_only(&site);
    assert_eq!(code_of(&finding), sure("0x80244022"));
    assert!(finding.observed.contains("503 Service Unavailable from Microsoft-HTTPAPI/2.0"));
    assert!(finding.observed.contains("wusserverversion.xml: 200 OK"), "{}", finding.observed);
    assert!(finding.action.contains("Start-WebAppPool WsusPool"));
    assert!(finding.action.contains("1,843,200 KB"));
}

#[test]
fn everything_that_fails_alike_is_one_finding() {
    use Phase::{Connect, Tls, Wsus};
    let kinds = [
        (Wsus, Cause::Closed, "0x80072EFE", "HTTPERR"),
        (Wsus, Cause::Timeout, "0x80072EE2", "Restart-WebAppPool"),
    ];
    for (phase, cause, code, action) in kinds {
        let site = Site::https().all(&failed(phase, cause));
        let finding = the_only(&site);
        assert_eq!(finding.code, F::SiteDown, "{cause:?}");
        assert!(code_of(&finding).starts_with(code), "{cause:?}");
        assert!(finding.action.contains(action), "{}", finding.action);
        assert_eq!(site.clone().only(&[R::GetConfig]).findings(), [], "one request is no site");
    }
    for (phase, cause) in
        [(Connect, Cause::Refused), (Connect, Cause::Timeout), (Tls, Cause::Reset)]
    {
        let site = Site::https().all(&failed(phase, cause));
        assert_eq!(site.findings(), [], "the member's own failure says it");
    }
    let refused = failed(Connect, Cause::Refused);
    let but_content = [R::ContentHead, R::ContentGet, R::CabinetRange];
    let mut half = Site::https().all(&refused);
    for request in but_content {
        half = half.with(request, Ok(good(request)));
    }
    assert_eq!(half.findings(), [], "the member's own failure says it");
}

#[test]
fn a_missing_directory_is_told_from_a_foreign_server() {
    let missing = || status(404, &[IIS]);
    check(vec![
        (
            "only the client service",
            Site::http().with(R::GetConfig, missing()),
            vec![F::WrongVirtualDirectory],
        ),
        (
            "all services",
            Site::http().each(&SOAP_SERVICES, &missing()),
            vec![F::WrongVirtualDirectory],
        ),
        ("everything", Site::http().all(&missing()), vec![F::WrongVirtualDirectory]),
        (
            "a static server that takes no POST",
            Site::http().all(&missing()).with(R::GetConfig, status(405, &[NGINX])),
            vec![F::WrongVirtualDirectory],
        ),
        ("quick", Site::http().only(&[R::GetConfig]).all(&missing()), vec![]),
    ]);
    let part = the_only(&Site::http().with(R::GetConfig, missing()));
    assert!(part.meaning.contains("ClientWebService"), "{}", part.meaning);
    assert!(part.observed.contains("simple_auth answers"), "{}", part.observed);
    let all = the_only(&Site::http().all(&missing()));
    assert!(all.meaning.contains("another site's"), "{}", all.meaning);
    assert_eq!(code_of(&all), sure("0x80244019"));
}

#[test]
fn the_http_driver_answers_where_no_site_does() {
    let driver = |code| status(code, &[DRIVER]);
    check(vec![
        ("404", Site::http().all(&driver(404)), vec![F::HostHeaderMismatch]),
        ("400", Site::http().all(&driver(400)), vec![F::HostHeaderMismatch]),
        (
            "quick",
            Site::http().only(&[R::GetConfig]).all(&driver(400)),
            vec![F::HostHeaderMismatch],
        ),
        ("IIS", Site::http().with(R::GetConfig, status(400, &[IIS])), vec![]),
    ]);
    let finding = the_only(&Site::http().all(&driver(404)));
    assert!(finding.meaning.contains("most likely"), "not established: {}", finding.meaning);
    assert!(finding.action.contains("Get-WebBinding"));
}

#[test]
fn a_client_certificate_is_demanded_or_only_asked_for() {
    let asked = |answer: Answer| Ok(Answer { certificate_requested: true, ..answer });
    let refused = asked(answer(403, &[IIS]));
    let alert = failed(Phase::Tls, Cause::ClientCertificateRequired);
    check(vec![
        (
            "403 after the question",
            Site::https().only(&[R::GetConfig, R::GetAuthConfig, R::SelfUpdate]).all(&refused),
            vec![F::ClientCertificateDemanded],
        ),
        ("alert", Site::https().all(&alert), vec![F::ClientCertificateDemanded]),
        ("403 without the question", Site::https().with(R::GetConfig, status(403, &[IIS])), vec![]),
        ("asked for", Site::https().with(R::GetConfig, asked(good(R::GetConfig))), vec![]),
    ]);
    let finding = the_only(&Site::https().all(&alert));
    assert_eq!(code_of(&finding), sure("0x80072F0C"));
    let finding = the_only(&Site::https().with(R::GetConfig, asked(good(R::GetConfig))));
    assert_eq!((finding.code, finding.severity), (F::ClientCertificateDemanded, Severity::Note));
}

#[test]
fn another_port_is_meant() {
    let refused = failed(Phase::Connect, Cause::Refused);
    let clear = good(R::GetConfig);
    let no_tls = Site::https().all(&refused).with(R::CleartextConfig, Ok(clear));
    check(vec![
        (
            "https to a clear-text port",
            Site::https().all(&failed(Phase::Tls, Cause::PlainHttp)),
            vec![F::WrongPort],
        ),
        (
            "http to a TLS port",
            Site::http().all(&failed(Phase::Wsus, Cause::TlsOnHttpPort)),
            vec![F::WrongPort],
        ),
        (
            "quick",
            Site::https().only(&[R::GetConfig]).all(&failed(Phase::Tls, Cause::PlainHttp)),
            vec![F::WrongPort],
        ),
        (
            "no TLS port",
            no_tls.clone().only(&[R::GetConfig, R::CleartextConfig]),
            vec![F::WrongPort],
        ),
        ("not TLS at all", Site::https().all(&failed(Phase::Tls, Cause::NotTls)), vec![]),
    ]);
    let plain = the_only(&Site::https().all(&failed(Phase::Tls, Cause::PlainHttp)));
    assert!(plain.action.contains("try http://wsus.example.test:8531 "), "{}", plain.action);
    let finding = the_only(&no_tls.only(&[R::GetConfig, R::CleartextConfig]));
    assert!(finding.meaning.contains("http://wsus.example.test:8530"), "{}", finding.meaning);
}

#[test]
fn something_else_answers_in_place_of_wsus() {
    let portal = |request| page(request, 200, "Sign in", &[NGINX]);
    let one = |outcome| Site::http().only(&[R::GetConfig]).with(R::GetConfig, outcome);
    let away = ("location", "http://portal.example.test/login");
    let squid = ("via", "1.1 proxy.example.test (squid)");
    check(vec![
        ("page", one(portal(R::GetConfig)), vec![F::Intercepted]),
        ("redirect elsewhere", one(status(302, &[away])), vec![F::Intercepted]),
        ("proxy login", one(status(407, &[])), vec![F::Intercepted]),
        ("captive portal's own status", one(status(511, &[])), vec![F::Intercepted]),
        ("gateway", one(status(502, &[NGINX])), vec![]),
        ("gateway timeout", one(status(504, &[])), vec![]),
        ("gateway that is IIS", one(status(502, &[IIS])), vec![]),
        ("refused by a proxy", one(status(403, &[squid])), vec![F::Intercepted]),
        ("refused by IIS behind a proxy", one(status(403, &[IIS, squid])), vec![]),
        ("refused by nobody known", one(status(403, &[])), vec![]),
        (
            "another application of IIS",
            one(page(R::GetConfig, 200, "Shop", &[IIS])),
            vec![F::NotWsus],
        ),
    ]);
    let mut everything = Site::http();
    for request in R::ALL {
        everything = everything.with(*request, portal(*request));
    }
    let finding = the_only(&everything);
    assert_eq!(finding.code, F::Intercepted);
    assert!(finding.observed.contains("\"Sign in\" from nginx"), "{}", finding.observed);
    assert_eq!(code_of(&finding), likely("0x8024400A"));
}

#[test]
fn other_services_are_not_wsus() {
    let one = |outcome| Site::http().with(R::GetConfig, outcome);
    check(vec![
        ("plug-in", one(soap(200, config(&["Anonymous"]))), vec![F::NotWsus]),
        ("other XML", one(soap(200, SoapReply::Other("rss".into()))), vec![F::NotWsus]),
        ("not HTTP", one(failed(Phase::Wsus, Cause::NotHttp)), vec![F::NotWsus]),
        ("no plug-in is a WSUS that is broken", one(soap(200, config(&[]))), vec![]),
    ]);
    let finding = the_only(&one(soap(200, config(&["Anonymous"]))));
    assert_eq!(code_of(&finding), none(), "what an agent shows is not known");
    assert!(finding.observed.contains("\"Anonymous\""), "{}", finding.observed);
}

#[test]
fn each_error_code_has_words_of_its_own() {
    let mut seen = BTreeSet::new();
    for code in faults::known_codes() {
        let site = Site::http().with(R::GetConfig, fault("Client", code));
        let finding = the_only(&site);
        let expected = if code == faults::SERVER_BUSY { F::Overloaded } else { F::SoapFault };
        assert_eq!(finding.code, expected, "{code}");
        assert!(finding.observed.contains(code), "{}", finding.observed);
        let shown = match code {
            "InvalidCookie" | "ServerChanged" => sure("0x80244015"),
            "FileLocationChanged" | "FileLocationsChanged" => sure("0x80244025"),
            _ => likely("0x8024400D"),
        };
        assert_eq!(code_of(&finding), shown, "{code}");
        seen.insert(finding.meaning);
    }
    // Two spellings of one code share their words.
    assert_eq!(seen.len(), faults::known_codes().count() - 1);
    let protocols = [
        "InvalidCookie ConfigChanged RegistrationRequired ServerChanged InternalServerError",
        "CookieExpired InvalidParameters InvalidAuthorizationCookie RegistrationNotRequired",
        "ServerBusy FileLocationChanged FileLocationsChanged",
        "IncompatibleProtocolVersion FileDigestsMissing",
    ];
    let documented: BTreeSet<&str> =
        protocols.iter().flat_map(|line| line.split_whitespace()).collect();
    assert_eq!(faults::known_codes().collect::<BTreeSet<_>>(), documented);
}

#[test]
fn faults_without_a_known_code_are_told_by_their_own() {
    let unknown = |code: &str, error_code: Option<&str>| {
        let fault = SoapFault {
            code: code.into(),
            reason: "broken".into(),
            error_code: error_code.map(str::to_owned),
            message: None,
        };
        the_only(&Site::http().with(R::GetConfig, soap(500, SoapReply::Fault(fault))))
    };
    for (finding, expected) in [
        (unknown("Server", None), likely("0x8024400E")),
        (unknown("Receiver", None), likely("0x8024400E")),
        (unknown("Sender", Some("Novel")), likely("0x8024400D")),
        (unknown("InternalServiceFault", None), likely("0x80244007")),
    ] {
        assert_eq!((finding.code, code_of(&finding)), (F::SoapFault, expected));
        assert!(finding.meaning.contains("does not name"), "{}", finding.meaning);
    }
}

#[test]
fn load_shows_by_refusals_silence_and_delay() {
    let later = status(503, &[IIS, ("retry-after", "30")]);
    let hangs = failed(Phase::Wsus, Cause::Timeout);
    let late = |ms| {
        let first_byte = Some(Timed::user(Duration::from_millis(ms)));
        Site::http().with(R::GetConfig, Ok(Answer { first_byte, ..good(R::GetConfig) }))
    };
    let busy = fault("Server", "ServerBusy");
    check(vec![
        ("come back later", Site::http().with(R::GetConfig, later.clone()), vec![F::Overloaded]),
        ("too many", Site::http().with(R::GetConfig, status(429, &[IIS])), vec![F::Overloaded]),
        ("gave up", Site::http().with(R::GetConfig, status(408, &[IIS])), vec![F::Overloaded]),
        ("another service", Site::http().with(R::Reporting, later), vec![F::Overloaded]),
        ("busy", Site::http().with(R::GetConfig, busy.clone()), vec![F::Overloaded]),
        ("busy downstream", Site::http().with(R::GetAuthConfig, busy.clone()), vec![F::Overloaded]),
        ("hangs", Site::http().with(R::GetConfig, hangs.clone()), vec![F::Overloaded]),
        ("all hangs", Site::http().all(&hangs), vec![F::SiteDown]),
        (
            "another fault goes first",
            Site::http()
                .with(R::GetConfig, fault("Server", "InternalServerError"))
                .with(R::GetAuthConfig, busy),
            vec![F::SoapFault],
        ),
        ("slow breaks nothing", late(4_000), vec![]),
    ]);
    assert_eq!(late(4_000).codes(), [F::Overloaded]);
    assert!(the_only(&late(4_000)).observed.contains("4000 ms at a round trip of 12 ms"));
    assert_eq!(late(900).codes(), []);
    let far = Site { round_trip: Some(Duration::from_millis(3_500)), ..late(4_000) };
    assert_eq!(far.codes(), [], "a far server is not a slow one");
    assert_eq!(Site { round_trip: None, ..late(4_000) }.codes(), [], "distance unknown");
}
