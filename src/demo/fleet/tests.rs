//! Tests of the module above.

use std::net::IpAddr;

use tokio::time::timeout;

use super::super::test_client::{
    PATIENCE, ask, connect, connect_tls, exchange, get_config, present, wire,
};
use super::regions::at;
use super::*;
use crate::model::request::Request;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn options(faults: impl IntoIterator<Item = (&'static str, Fault)>) -> FleetOptions {
    FleetOptions {
        now: present(),
        provider: provider(),
        faults: faults.into_iter().map(|(code, fault)| (code.to_owned(), fault)).collect(),
    }
}

/// A server with these suites only.
fn old_provider() -> Arc<CryptoProvider> {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites =
        vec![rustls::crypto::ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
    Arc::new(provider)
}

/// The version and the start of the answer of one member, or how far it came.
async fn visit(fleet: &Fleet, code: &str, member: usize) -> Result<(String, String), String> {
    let endpoint = fleet.endpoints().into_iter().find(|endpoint| endpoint.name.0 == code).unwrap();
    let address = SocketAddr::new(endpoint.expected_members[member], endpoint.url.port);
    drop(connect(address).await.map_err(|error| format!("connect {:?}", error.kind()))?);
    let pem = fleet.authority_pem().as_bytes();
    let root = rustls::pki_types::pem::PemObject::from_pem_slice(pem).unwrap();
    let name = endpoint.tls_name();
    let tls = connect_tls(address, &name, &root);
    let tls = timeout(PATIENCE, tls).await.unwrap().map_err(|error| error.to_string())?;
    let version = format!("{:?}", tls.get_ref().1.protocol_version().unwrap());
    let answer = exchange(tls, &get_config()).await.map_err(|error| error.to_string())?;
    Ok((version, String::from_utf8(answer).unwrap()))
}

#[tokio::test]
async fn every_member_of_a_fleet_without_faults_answers() {
    let fleet = Fleet::start(&options([])).unwrap();
    for site in fleet.describe() {
        for member in 0..site.endpoint.expected_members.len() {
            let code = &site.endpoint.name.0;
            let (version, answer) = visit(&fleet, code, member).await.unwrap();
            let machine = format!(r"\\WSUS-{}-{}\", code.to_uppercase(), member + 1);
            assert_eq!(version, "TLSv1_3");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
            assert!(answer.contains(&machine), "{machine} in {answer}");
        }
    }
}

#[tokio::test]
async fn each_fault_shows() {
    let fleet = Fleet::start(&options([
        ("dfw", Fault::Dead),
        ("ord", Fault::BlackHole),
        ("iad", Fault::ExpiredCertificate),
        ("lon", Fault::Http503),
        ("syd", Fault::HalfDead),
        ("hkg", Fault::OldWindows(old_provider())),
    ]))
    .unwrap();
    let refused = Err("connect ConnectionRefused".to_owned());
    for member in [0, 1] {
        assert_eq!(visit(&fleet, "dfw", member).await, refused);
        assert_eq!(visit(&fleet, "ord", member).await, refused);
    }
    let expired = visit(&fleet, "iad", 0).await.unwrap_err();
    assert!(expired.contains("certificate expired"), "{expired}");
    let (_, stopped) = visit(&fleet, "lon", 0).await.unwrap();
    assert!(stopped.starts_with("HTTP/1.1 503 "), "{stopped}");
    assert!(visit(&fleet, "syd", 0).await.is_ok());
    assert_eq!(visit(&fleet, "syd", 1).await, refused);
    let (version, _) = visit(&fleet, "hkg", 0).await.unwrap();
    assert_eq!(version, "TLSv1_2");
    let links = fleet.simulated_links();
    assert_eq!(links[&at(2, 1)], SimulatedLink::BlackHole);
    assert_eq!(links[&at(1, 2)], SimulatedLink::RoundTrip(Duration::from_millis(12)));
}

#[tokio::test]
async fn a_region_can_be_too_old_for_every_handshake() {
    let fleet = Fleet::start(&options([("ord", Fault::Tls10Only)])).unwrap();
    for member in [0, 1] {
        let error = visit(&fleet, "ord", member).await.unwrap_err();
        assert!(error.contains("HandshakeFailure"), "{error}");
    }
    assert_eq!(content(&fleet, "ord", 1).await, Ok("HTTP/1.1 200".to_owned()));
}

/// The start of what one member's content port says to a request, or how far it came.
async fn content(fleet: &Fleet, code: &str, member: usize) -> Result<String, io::ErrorKind> {
    let endpoint = fleet.endpoints().into_iter().find(|endpoint| endpoint.name.0 == code).unwrap();
    let port = endpoint.url.content_url().unwrap().port;
    let address = SocketAddr::new(endpoint.expected_members[member], port);
    drop(connect(address).await.map_err(|error| error.kind())?);
    let answer = ask(address, &wire(Request::ContentGet)).await;
    Ok(answer.chars().take("HTTP/1.1 200".len()).collect())
}

#[tokio::test]
async fn each_fault_of_wsus_shows() {
    let fleet = Fleet::start(&options([
        ("dfw", Fault::PoolStopped),
        ("ord", Fault::BrokenContent),
        ("iad", Fault::ContentNeedsSsl),
        ("lon", Fault::Portal),
        ("syd", Fault::DifferentDatabases),
        ("hkg", Fault::NotWsus),
    ]))
    .unwrap();
    let answered = |status: u16| Ok(format!("HTTP/1.1 {status}"));
    for (code, service, part, at_content) in [
        ("dfw", "503", "Microsoft-HTTPAPI", answered(200)),
        ("ord", "200", LAST_CHANGE, Err(io::ErrorKind::ConnectionRefused)),
        ("iad", "200", LAST_CHANGE, answered(403)),
        ("lon", "200", "Sign in", answered(200)),
        ("syd", "200", LAST_CHANGE, answered(200)),
        ("hkg", "200", "<PlugInID>Anonymous<", answered(404)),
    ] {
        let (_, answer) = visit(&fleet, code, 0).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {service} ")), "{code}: {answer}");
        assert!(answer.contains(part), "{code}: {answer}");
        assert_eq!(content(&fleet, code, 0).await, at_content, "{code}");
        assert_eq!(content(&fleet, code, 1).await, at_content, "{code}");
    }
    let (_, other) = visit(&fleet, "syd", 1).await.unwrap();
    assert!(other.contains(OTHER_LAST_CHANGE), "{other}");
}

#[tokio::test]
async fn self_update_can_be_missing_from_a_fleet() {
    let fleet =
        Fleet::start(&options([("dfw", Fault::NoSelfUpdate), ("ord", Fault::Dead)])).unwrap();
    let port = fleet.endpoints()[0].url.port - 1;
    let status = |region| async move {
        ask(SocketAddr::new(at(region, 1), port), &wire(Request::CabinetRange)).await
    };
    assert!(status(1).await.starts_with("HTTP/1.1 404 "));
    assert!(status(3).await.starts_with("HTTP/1.1 206 "));
    assert_eq!(content(&fleet, "dfw", 1).await, Ok("HTTP/1.1 200".to_owned()));
    assert_eq!(content(&fleet, "ord", 1).await, Err(io::ErrorKind::ConnectionRefused));
}

#[tokio::test]
async fn the_configuration_file_says_where_everything_is() {
    let fleet = Fleet::start(&options([("hkg", Fault::BlackHole)])).unwrap();
    let path = r#"C:\a "quoted" path\ca.pem"#;
    let file: toml::Table = fleet.config_toml(path).parse().unwrap();
    assert_eq!(file["ca_file"].as_str(), Some(path));
    assert_eq!(file["resolver"].as_str(), Some(fleet.resolver().to_string().as_str()));
    let endpoints = file["endpoint"].as_array().unwrap();
    let port = fleet.endpoints()[0].url.port;
    let url = format!("https://msupdate.dfw.demo.test:{port}");
    assert_eq!(endpoints.len(), 6);
    assert_eq!(endpoints[0]["url"].as_str(), Some(url.as_str()));
    assert_eq!(endpoints[0]["members"].as_array().unwrap()[1].as_str(), Some("127.77.1.2"));
    assert_eq!(file["simulated"]["127.77.1.1"].as_str(), Some("12ms"));
    assert_eq!(file["simulated"]["127.77.6.2"].as_str(), Some("black_hole"));
}

#[tokio::test]
async fn patch_windows_begin_at_the_start_on_the_clocks_of_their_places() {
    // 2026-11-21 05:30:00 UTC: before midnight in Dallas.
    let now = SystemTime::UNIX_EPOCH + Duration::from_mins(498_677 * 60 + 30);
    let fleet = Fleet::start(&FleetOptions { now, ..options([]) }).unwrap();
    let file: toml::Table = fleet.config_toml("ca.pem").parse().unwrap();
    let endpoints = file["endpoint"].as_array().unwrap();
    let windows = endpoints.iter().filter_map(|endpoint| endpoint.get("patch_window")?.as_str());
    assert_eq!(windows.collect::<Vec<_>>(), ["22:30-02:30", "05:35-07:35"]);
}

#[tokio::test]
async fn the_dns_of_the_fleet_knows_its_names() {
    use hickory_resolver::config::{
        ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts,
    };
    use hickory_resolver::net::runtime::TokioRuntimeProvider;

    let fleet = Fleet::start(&options([])).unwrap();
    let mut connection = ConnectionConfig::udp();
    connection.port = fleet.resolver().port();
    let server = NameServerConfig::new(fleet.resolver().ip(), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let resolver =
        hickory_resolver::Resolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(ResolverOpts::default())
            .build()
            .unwrap();
    let found = resolver.ipv4_lookup("msupdate.lon.demo.test.").await.unwrap();
    let found: Vec<IpAddr> =
        found.answers().iter().filter_map(|record| record.data.ip_addr()).collect();
    assert_eq!(found, [at(4, 1), at(4, 2)]);
    let error = resolver.ipv4_lookup("msupdate.mars.demo.test.").await.unwrap_err();
    assert!(error.is_nx_domain(), "{error}");
}

#[tokio::test]
async fn two_fleets_live_side_by_side_and_end_alone() {
    let first = Fleet::start(&options([])).unwrap();
    let second = Fleet::start(&options([])).unwrap();
    let address = SocketAddr::new(at(1, 1), first.endpoints()[0].url.port);
    assert!(connect(address).await.is_ok());
    drop(first);
    // The runtime drops the aborted servers when it next runs them.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(connect(address).await.is_err());
    assert!(visit(&second, "dfw", 0).await.is_ok());
}

#[tokio::test]
async fn behaviour_can_be_changed() {
    let fleet = Fleet::start(&options([("ord", Fault::Dead)])).unwrap();
    assert!(fleet.set_behaviour(at(1, 1), Behaviour::HtmlPortal));
    assert!(visit(&fleet, "dfw", 0).await.unwrap().1.contains("Sign in"));
    assert!(!fleet.set_behaviour(at(2, 1), Behaviour::Healthy));
}

#[tokio::test]
async fn an_unknown_region_is_refused_with_the_known_ones() {
    let error = Fleet::start(&options([("mars", Fault::Dead)])).unwrap_err();
    assert!(error.to_string().contains("\"mars\"; it has dfw, ord, "), "{error}");
}
