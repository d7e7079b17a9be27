//! Which release can connect to which server, by a table that was written without the product's.

use super::*;
use crate::decide::compat::fixture::chain;
use crate::model::certificate::CertificateVerdict;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Group, KeyExchange, Suite};
use crate::model::tls_scan::{
    Answer, Attempt, HelloShape, OfferAnswer, ServerChoice, SuiteOrder, SuiteReport, Support,
    VersionReport,
};
use crate::model::windows_client::{ClientOutcome, ClientRefusal};

use Protocol::{Tls10, Tls11, Tls12, Tls13};

/// A server as simple as a server can be: versions, suites in its order, groups, kind of key.
struct Server {
    versions: &'static [Protocol],
    suites: Vec<u16>,
    groups: &'static [u16],
    key: Authentication,
}

impl Server {
    /// What it answers to a hello.
    fn answer(&self, offer: &Offer) -> Answer {
        if !self.versions.contains(&offer.protocol) {
            return Answer::Alert(70);
        }
        let group = offer.groups.iter().find(|group| self.groups.contains(&group.0)).copied();
        let chosen = self.suites.iter().copied().map(Suite).find(|suite| {
            let Some(info) = Suite::of(offer.protocol).find(|info| info.suite == *suite) else {
                return false;
            };
            let curve = matches!(info.key_exchange, KeyExchange::Ecdhe | KeyExchange::Any);
            let key = [Authentication::Any, self.key].contains(&info.authentication);
            offer.suites.contains(suite) && key && (group.is_some() || !curve)
        });
        chosen.map_or(Answer::Alert(40), |suite| {
            Answer::Chosen(Box::new(ServerChoice {
                suite,
                group,
                prime_bits: None,
                retry: false,
                client_certificate_requested: false,
                presented: None,
                cut_short: None,
            }))
        })
    }

    /// The part about versions of a scan.
    fn versions(&self) -> TlsScan {
        let report = |&protocol: &Protocol| {
            let suites = Suite::of(protocol).map(|info| info.suite).collect();
            let groups = [29, 23, 24, 25, 256].map(Group).to_vec();
            let answer = self.answer(&Offer { protocol, suites, groups });
            let chosen = matches!(answer, Answer::Chosen(_));
            version(
                protocol,
                if chosen { Support::Supported } else { Support::NotSupported },
                answer,
            )
        };
        let key = if self.key == Authentication::Ecdsa { "EC" } else { "RSA" };
        TlsScan {
            versions: [Tls10, Tls11, Tls12, Tls13].iter().map(report).collect(),
            chains: vec![chain(key, 2048, None)],
            ..TlsScan::default()
        }
    }

    /// A whole scan: questions asked once, as the engine does.
    fn scan(&self) -> TlsScan {
        let mut scan = self.versions();
        for offer in questions(&scan) {
            let answer = self.answer(&offer);
            scan.offers.push(OfferAnswer { offer, answer });
        }
        assert_eq!(questions(&scan), [], "every question is asked once");
        scan
    }
}

fn version(protocol: Protocol, support: Support, answer: Answer) -> VersionReport {
    let attempt = Attempt { shape: HelloShape::Full, answer, warnings: Vec::new(), time: None };
    VersionReport { protocol, support, certain: true, attempts: vec![attempt] }
}

/// In the order of Microsoft's page on Windows 8.1, written down from the page.
const LIST_2012_R2: [u16; 28] = [
    0xc028, 0xc027, 0xc014, 0xc013, 0x9f, 0x9e, 0x39, 0x33, 0x9d, 0x9c, 0x3d, 0x3c, 0x35, 0x2f,
    0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x6a, 0x40, 0x38, 0x32, 0xa, 0x13, 0x5, 0x4,
];
const LIST_2016: [u16; 22] = [
    0xc02c, 0xc02b, 0xc030, 0xc02f, 0x9f, 0x9e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009,
    0xc014, 0xc013, 0x39, 0x33, 0x9d, 0x9c, 0x3d, 0x3c, 0x35, 0x2f,
];
const OLD: &[Protocol] = &[Tls10, Tls11, Tls12];
const ALL_GROUPS: &[u16] = &[29, 23, 24];

fn server(versions: &'static [Protocol], suites: &[u16]) -> Server {
    let key = Authentication::Rsa;
    Server { versions, suites: suites.to_vec(), groups: ALL_GROUPS, key }
}

/// One letter a release, oldest first: `0` works with TLS 1.0, `2` with 1.2, `v` no version, `s` no
/// suite, `c` certificate, `?` unknown.
fn shown(reports: &[ClientReport]) -> String {
    assert!(reports.iter().map(|report| &report.client).eq(WindowsClient::ALL));
    let letter = |report: &ClientReport| match &report.outcome {
        ClientOutcome::Works(Tls10, _) => '0',
        ClientOutcome::Works(Tls12, _) => '2',
        ClientOutcome::Works(..) => '!',
        ClientOutcome::Fails(ClientRefusal::NoCommonVersion, _) => 'v',
        ClientOutcome::Fails(ClientRefusal::NoCommonSuite, _) => 's',
        ClientOutcome::Fails(ClientRefusal::Certificate, _) => 'c',
        ClientOutcome::Unknown(_) => '?',
    };
    reports.iter().map(letter).collect()
}

/// The columns: Vista, 7, 7 with KB3140245, 8, 8 with KB3140245, 8.1, 10 1507, 1607, 1809, 22H2, 11,
/// 11 24H2.
#[test]
fn the_releases_that_can_connect() {
    let ecdsa = |suites: &[u16]| Server { key: Authentication::Ecdsa, ..server(OLD, suites) };
    let p384 = Server { groups: &[24], ..server(&[Tls12], &[0xc030]) };
    let x25519 = Server { groups: &[29], ..server(&[Tls12], &[0xc028, 0xc030]) };
    let cases = [
        ("2012 R2 defaults, RSA", server(OLD, &LIST_2012_R2), "002022222222"),
        ("2012 R2 defaults, ECDSA", ecdsa(&LIST_2012_R2), "002022222222"),
        ("2016 defaults", server(OLD, &LIST_2016), "002022222222"),
        ("hardened", server(&[Tls12], &[0xc030, 0xc02f]), "vvsvss222222"),
        ("hardened with 1.3", server(&[Tls12, Tls13], &[0x1302, 0xc030]), "vvsvss222222"),
        ("TLS 1.0 only", server(&[Tls10], &LIST_2012_R2), "00000000????"),
        ("TLS 1.3 only", server(&[Tls13], &[0x1302, 0x1301]), "vvvvvvvvvv??"),
        ("1.2, DHE with GCM only", server(&[Tls12], &[0x9f, 0x9e]), "vv2v22222s2s"),
        ("1.2, ECDHE-RSA with CBC", server(&[Tls12], &[0xc028]), "vv2v22222222"),
        ("1.2, RSA key exchange", server(&[Tls12], &[0x9c, 0x2f]), "vv2v22222222"),
        ("1.2, triple DES", server(&[Tls12], &[0xa]), "vv2v22222s2s"),
        ("1.2, RC4", server(&[Tls12], &[0x5]), "vv2v2222ssss"),
        ("1.2 with GCM, 1.0 beside it", server(&[Tls10, Tls12], &[0xc030, 0xc014]), "002022222222"),
        // Nobody falls back to TLS 1.0 because TLS 1.2 has no suite in common.
        ("1.3 with ChaCha20 only", server(&[Tls12, Tls13], &[0x1303, 0xc030]), "vvsvss2222??"),
        ("P-384 only", p384, "vvsvss222222"),
        ("X25519 only", x25519, "vvsvsss22222"),
        ("no encryption", server(&[Tls12], &[0x3b, 0x02]), "vvsvssssssss"),
    ];
    for (name, server, expected) in cases {
        assert_eq!(shown(&judge(&server.scan())), expected, "{name}");
    }
}

#[test]
fn few_questions_are_asked() {
    // All at once, and one after the other as long as something is open.
    let servers = [
        (server(OLD, &LIST_2012_R2), 6, 2),
        (server(OLD, &LIST_2016), 6, 2),
        (server(&[Tls12], &[0xc030, 0xc02f]), 3, 3),
        (Server { groups: &[23], ..server(OLD, &LIST_2012_R2) }, 0, 0),
        (server(&[Tls13], &[0x1302]), 0, 0),
        (server(&[], &[]), 0, 0),
    ];
    for (server, at_once, in_turn) in servers {
        let mut scan = server.versions();
        assert_eq!(questions(&scan).len(), at_once, "{:?}", server.suites);
        while let Some(offer) = questions(&scan).into_iter().next() {
            let answer = server.answer(&offer);
            scan.offers.push(OfferAnswer { offer, answer });
        }
        assert_eq!(scan.offers.len(), in_turn, "{:?}", server.suites);
        assert_eq!(shown(&judge(&scan)), shown(&judge(&server.scan())));
    }
}

fn outcome(scan: &TlsScan, client: WindowsClient) -> (ClientOutcome, Option<String>) {
    let report = judge(scan).into_iter().find(|report| report.client == client).unwrap();
    (report.outcome, report.caveat)
}

#[test]
fn the_reasons_are_in_words() {
    use WindowsClient as W;
    let hardened = server(&[Tls12, Tls13], &[0x1302, 0xc030]).scan();
    let old = server(&[Tls10], &LIST_2012_R2).scan();
    let newest = server(&[Tls13], &[0x1302]).scan();
    let cases = [
        (&hardened, W::Vista, "offers TLS 1.0 only; the server accepts TLS 1.2 and TLS 1.3"),
        (
            &hardened,
            W::EightOne,
            "offers no suite that the server accepts with TLS 1.2: it has no ECDHE-RSA with GCM, \
             only ECDHE-RSA with CBC, DHE-RSA with GCM or CBC, RSA with GCM, CBC, 3DES or RC4",
        ),
        (
            &newest,
            W::Ten1607,
            "offers TLS 1.0, TLS 1.1 and TLS 1.2; the server accepts TLS 1.3 only",
        ),
        (
            &newest,
            W::Eleven,
            "WinHTTP of Windows 11 offers TLS 1.3 by default, but whether the update agent leaves \
             it at that is not verified; otherwise it offers TLS 1.2 only; the server accepts TLS \
             1.3 only",
        ),
        (
            &old,
            W::Ten1809,
            "with updates since September 2022 WinHTTP offers neither TLS 1.0 nor TLS 1.1 by \
             default (KB5017811); otherwise it offers TLS 1.2 only; the server accepts TLS 1.0 only",
        ),
    ];
    for (scan, client, expected) in cases {
        let (ClientOutcome::Fails(_, words) | ClientOutcome::Unknown(words), _) =
            outcome(scan, client)
        else {
            panic!("{client:?}")
        };
        assert_eq!(words, expected);
    }
}

#[test]
fn an_offer_tells_what_its_answer_tells() {
    let not_connected = Failure::new(Phase::Connect, Cause::Refused, "refused");
    let cases = [
        (Answer::Alert(40), 's', false),
        (Answer::Alert(47), 's', false),
        (Answer::Alert(71), 's', false),
        (Answer::Alert(80), '?', false),
        (Answer::Reset(0), 's', true),
        (Answer::Closed(0), 's', true),
        (Answer::OtherVersion(0x0301), '?', false),
        (Answer::Timeout(0), '?', false),
        (Answer::NotTls("SSH".to_owned()), '?', false),
        (Answer::Broken("bad".to_owned()), '?', false),
        (Answer::NotConnected(not_connected), '?', false),
    ];
    for (answer, expected, caveat) in cases {
        let mut scan = server(&[Tls12], &[0xc030]).scan();
        for offer in &mut scan.offers {
            offer.answer = answer.clone();
        }
        let reports = judge(&scan);
        let at = WindowsClient::ALL.iter().position(|c| *c == WindowsClient::EightOne).unwrap();
        assert_eq!(shown(&reports).chars().nth(at), Some(expected), "{answer:?}");
        assert_eq!(reports[at].caveat.is_some(), caveat, "{answer:?}");
    }
}

#[test]
fn a_connection_that_just_ended_does_not_outweigh_what_the_server_chose() {
    let mut scan = server(OLD, &LIST_2016).scan();
    let largest = scan.offers.iter().map(|asked| asked.offer.suites.len()).max().unwrap();
    let asked = scan.offers.iter_mut().find(|asked| asked.offer.suites.len() == largest).unwrap();
    for (answer, expected) in
        [(Answer::Reset(0), '2'), (Answer::Timeout(0), '2'), (Answer::Alert(40), 's')]
    {
        asked.answer = answer;
        let mut scan =
            TlsScan { offers: vec![asked.clone()], ..server(OLD, &LIST_2016).versions() };
        scan.offers.extend(server(OLD, &LIST_2016).scan().offers);
        let at = WindowsClient::ALL.iter().position(|c| *c == WindowsClient::Ten1507).unwrap();
        assert_eq!(shown(&judge(&scan)).chars().nth(at), Some(expected));
    }
}

#[test]
fn enumerated_suites_make_questions_needless() {
    let mut scan = server(&[Tls12], &[0xc030, 0xc02f]).versions();
    let report = SuiteReport {
        protocol: Tls12,
        accepted: vec![Suite(0xc030), Suite(0xc02f)],
        order: SuiteOrder::Server,
        groups: vec![Group::SECP256R1],
        incomplete: None,
    };
    scan.suites.push(report);
    assert_eq!(questions(&scan), []);
    assert_eq!(shown(&judge(&scan)), "vvsvss222222");
    let (works, _) = outcome(&scan, WindowsClient::Ten1809);
    assert_eq!(works, ClientOutcome::Works(Tls12, Some(Suite(0xc030))));
    scan.suites[0].order = SuiteOrder::Unknown;
    let (works, _) = outcome(&scan, WindowsClient::Ten1809);
    assert_eq!(works, ClientOutcome::Works(Tls12, None));

    scan.suites[0].groups = vec![Group::SECP521R1];
    scan.suites[0].incomplete = Some("time ran out".to_owned());
    assert_eq!(shown(&judge(&scan)), "vv?v???22222", "what the server chose itself still counts");
}

#[test]
fn a_version_that_is_not_known_leaves_the_outcome_unknown() {
    let mut scan = Server { groups: &[23], ..server(OLD, &LIST_2016) }.scan();
    let set = |scan: &mut TlsScan, at: usize, support, certain| {
        scan.versions[at] = version(Protocol::ALL[at + 1], support, Answer::Timeout(0));
        scan.versions[at].certain = certain;
    };
    set(&mut scan, 2, Support::Unknown, false);
    assert_eq!(shown(&judge(&scan)), "00?0????????");
    set(&mut scan, 2, Support::NotSupported, false);
    assert!(shown(&judge(&scan)).starts_with("00!0!"), "TLS 1.1 is the newest in common");
    set(&mut scan, 1, Support::NotSupported, false);
    set(&mut scan, 0, Support::NotSupported, false);
    assert_eq!(shown(&judge(&scan)), "vvvvvvvvvvvv");
    let (_, caveat) = outcome(&scan, WindowsClient::EightOne);
    assert!(caveat.unwrap().contains("may have other reasons"));
    scan.versions.clear();
    assert_eq!(judge(&scan), [], "nothing is said of what was not reached");
    assert_eq!(questions(&scan), []);
}

#[test]
fn a_name_says_nothing_where_the_server_was_asked_by_address() {
    let mut scan = Server { groups: &[23], ..server(OLD, &LIST_2016) }.scan();
    scan.chains = vec![chain("RSA", 2048, Some(CertificateVerdict::NameMismatch))];
    scan.by_address = true;
    let (outcome, caveat) = outcome(&scan, WindowsClient::EightOne);
    assert!(matches!(outcome, ClientOutcome::Works(Tls12, _)), "{outcome:?}");
    assert!(caveat.is_some_and(|caveat| caveat.contains("name of the certificate")));
}

#[test]
fn a_demand_for_a_client_certificate_is_a_condition() {
    let mut scan = Server { groups: &[23], ..server(OLD, &LIST_2016) }.scan();
    for report in &mut scan.versions {
        if let Some(choice) = report.choice_mut() {
            choice.client_certificate_requested = true;
        }
    }
    let (_, caveat) = outcome(&scan, WindowsClient::EightOne);
    assert!(caveat.is_some_and(|caveat| caveat.contains("client certificate")));
}

#[test]
fn a_certificate_that_everybody_refuses_fails_them_all() {
    use CertificateVerdict as V;
    let cases = [
        ("RSA", 2048, None, '2'),
        ("RSA", 1024, None, '2'),
        ("RSA", 1023, None, 'c'),
        ("RSA", 2048, Some(V::Expired), 'c'),
        ("RSA", 2048, Some(V::NotYetValid), 'c'),
        ("RSA", 2048, Some(V::NameMismatch), 'c'),
        ("RSA", 2048, Some(V::WrongEku), 'c'),
        ("RSA", 2048, Some(V::Unparsable), 'c'),
        ("RSA", 2048, Some(V::BadSignature), 'c'),
        ("RSA", 2048, Some(V::Revoked), 'c'),
        ("RSA", 2048, Some(V::UnknownIssuer), '2'),
        ("RSA", 2048, Some(V::SelfSigned), '2'),
        ("RSA", 2048, Some(V::IncompleteChain), '2'),
        ("RSA", 2048, Some(V::NoSanCnOnly), '2'),
    ];
    for (key, bits, verdict, expected) in cases {
        let mut scan = server(&[Tls12], &[0xc030, 0xc028]).scan();
        scan.chains = vec![chain(key, bits, verdict)];
        let shown = shown(&judge(&scan));
        assert_eq!(shown.chars().last(), Some(expected), "{key} {bits} {verdict:?}");
        assert!(shown.starts_with("vv"), "no version comes first: {shown}");
        let (_, caveat) = outcome(&scan, WindowsClient::EightOne);
        let depends =
            matches!(verdict, Some(V::UnknownIssuer | V::SelfSigned | V::IncompleteChain));
        assert_eq!(caveat.is_some(), depends, "{verdict:?} {caveat:?}");
    }
}

#[test]
fn of_two_certificates_the_one_that_fits_the_suite_counts() {
    let mut scan = server(&[Tls12], &[0xc030]).scan();
    scan.chains =
        vec![chain("EC", 256, Some(CertificateVerdict::Expired)), chain("RSA", 2048, None)];
    // Which suite they take is not known: nor is the certificate.
    assert_eq!(outcome_letter(&scan), '?');
    let report = |suite| SuiteReport {
        protocol: Tls12,
        accepted: vec![Suite(suite)],
        order: SuiteOrder::Server,
        groups: vec![Group::SECP256R1],
        incomplete: None,
    };
    scan.suites = vec![report(0xc030)];
    assert_eq!(outcome_letter(&scan), '2');
    scan.suites = vec![report(0xc02c)];
    assert_eq!(outcome_letter(&scan), 'c');
}

fn outcome_letter(scan: &TlsScan) -> char {
    shown(&judge(scan)).chars().last().unwrap()
}

#[test]
fn whether_this_program_can_complete_a_handshake_is_asked_only_if_it_matters() {
    let cases = [
        (server(OLD, &LIST_2016), Some(true)),
        (server(&[Tls13], &[0x1301]), Some(true)),
        (server(&[Tls10], &LIST_2016), Some(false)),
        (server(&[Tls12], &[0x9c]), Some(false)),
        // Its favourite is out of reach, and it has others.
        (server(&[Tls12], &[0x9c, 0xc013]), Some(true)),
    ];
    for (server, expected) in cases {
        assert_eq!(own::can_complete(&server.scan()), expected, "{:?}", server.suites);
    }
    assert_eq!(own::can_complete(&server(&[Tls12], &[0x9c]).versions()), None);
    assert_eq!(own::can_complete(&TlsScan::default()), None);
}
