//! Several resolvers about one name: over in-memory links in virtual time, and the real program
//! with resolvers on loopback that contradict each other, are silent, slow, old or out of order.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "waits in real time for other programs")]

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use wsus_probe::demo::dns::{Entry, Trouble, Zone};
use wsus_probe::demo::server::Behaviour;
use wsus_probe::engine::member::Sampling;
use wsus_probe::engine::once::{Once, once};
use wsus_probe::engine::ports::{Ports, Target};
use wsus_probe::engine::resolvers::Compared;
use wsus_probe::model::endpoint::ResolverChoice;
use wsus_probe::model::failure::{Cause, Failure, Phase};
use wsus_probe::model::report::{Addresses, Lookup, RecordType};
use wsus_probe::model::timing::Timed;
use wsus_probe::net::dns::Resolve;

use crate::support::exporter::Exporter;
#[cfg(target_os = "linux")]
use crate::support::exporter::listening;
use crate::support::links::{Links, Manner, Server, target};
use crate::support::program::{Run, run, wsus_probe};
#[cfg(target_os = "linux")]
use crate::support::program::{Running, shell};
use crate::support::report;
use crate::support::world::{NAME, World, nobody};

/// A resolver in memory: answers after a while, or never.
struct Scripted {
    delay: Option<Duration>,
    address: u8,
    ttl: Duration,
    asked: AtomicU32,
}

impl Resolve for Scripted {
    fn lookup<'a>(
        &'a self,
        _name: &'a str,
        record_type: RecordType,
        limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let (resends, answered_by) = (Some(0), None);
            let Some(delay) = self.delay.filter(|delay| *delay < limit) else {
                tokio::time::sleep(limit).await;
                let outcome = Err(Failure::new(Phase::Resolve, Cause::Timeout, "silent"));
                return Lookup { record_type, time: None, resends, answered_by, outcome };
            };
            tokio::time::sleep(delay).await;
            let addresses = vec![IpAddr::from([192, 0, 2, self.address])];
            let ttl = Some(self.ttl);
            let outcome = Ok(Addresses { addresses, ttl, cname_chain: Vec::new() });
            let time = Some(Timed::user(delay));
            Lookup { record_type, time, resends, answered_by, outcome }
        })
    }
}

const fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn scripted(delay: Option<u64>, address: u8) -> Arc<Scripted> {
    let (delay, ttl) = (delay.map(ms), Duration::from_mins(1));
    Arc::new(Scripted { delay, address, ttl, asked: AtomicU32::default() })
}

fn plain(last: u8) -> ResolverChoice {
    ResolverChoice::Plain(SocketAddr::from(([10, 0, 0, last], 53)))
}

/// One endpoint whose name these resolvers are asked for, in virtual time.
async fn compared(resolvers: &[Arc<Scripted>], change: impl Fn(Ports) -> Ports) -> Once {
    let servers = BTreeMap::from([(
        IpAddr::from([192, 0, 2, 1]),
        Server { rtt: ms(10), manner: Manner::Tls13 },
    )]);
    let names = BTreeMap::from([("s1.test".to_owned(), servers.keys().copied().collect())]);
    let links = Links::new(names, servers, ms(2));
    links.ready().await;
    let each = (1..).zip(resolvers).map(|(number, resolver)| Compared {
        choice: plain(number),
        resolver: Arc::clone(resolver) as _,
        is_own: number == 1,
        questions: Compared::permits(),
    });
    let target = Target { compared: each.collect(), ..target("s1.test", &links) };
    let ports = change(Ports { compares: true, ..links.ports() });
    once(&Arc::new([target]), &ports, Sampling { samples: 1, gap: ms(0) }).await.unwrap()
}

fn asked(resolvers: &[Arc<Scripted>]) -> Vec<u32> {
    resolvers.iter().map(|one| one.asked.load(Ordering::Relaxed)).collect()
}

#[tokio::test(start_paused = true)]
async fn all_are_asked_at_once_and_one_that_never_answers_holds_up_nothing_but_the_end() {
    let mut resolvers: Vec<_> = (0..7).map(|_| scripted(Some(300), 1)).collect();
    let done = compared(&resolvers, |ports| ports).await;
    assert!(done.elapsed >= ms(300) && done.elapsed < ms(400), "{:?}", done.elapsed);
    assert_eq!(asked(&resolvers), [1; 7]);
    resolvers.push(scripted(None, 1));
    let done = compared(&resolvers, |ports| ports).await;
    let limit = Links::LIMITS.resolve;
    assert!(done.elapsed >= limit && done.elapsed < limit + ms(100), "{:?}", done.elapsed);
    assert_eq!(done.report.resolvers.len(), 8);
    assert!(done.report.members[0].phases.wsus.is_some());
    let codes: Vec<_> = done.report.findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["resolver_failed"]);
    assert!(done.trace.contains("resolvers compared: 10.0.0.1:53: A 192.0.2.1"), "{}", done.trace);
}

#[tokio::test(start_paused = true)]
async fn they_are_asked_again_only_where_they_differ_and_time_is_left() {
    let resolvers = [scripted(Some(5), 1), scripted(Some(5), 2), scripted(None, 1)];
    let done = compared(&resolvers, |ports| ports).await;
    assert_eq!(asked(&resolvers), [2, 2, 1]);
    let again: Vec<_> = done.report.resolvers.iter().map(|one| one.again.len()).collect();
    assert_eq!(again, [1, 1, 0]);
    // Counted from its own answer, not from that of the last one.
    let waited = done.report.resolvers[0].again[0].after;
    assert!(waited > Duration::from_secs(3), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_by_rounds_or_where_it_is_not_wanted() {
    let resolvers = [scripted(Some(5), 1), scripted(Some(5), 2)];
    let done = compared(&resolvers, |ports| Ports { compares: false, ..ports }).await;
    assert_eq!((asked(&resolvers), done.report.resolvers.len()), (vec![0, 0], 0));
}

fn entry(last: &[u8]) -> Entry {
    Entry::new(last.iter().map(|last| IpAddr::from([127, 0, 0, *last])))
}

fn zone(entry: Entry) -> Zone {
    Zone::from([(NAME.to_owned(), entry)])
}

/// A healthy server, `127.0.0.1`, and resolvers: the first is the one that is probed with.
struct Place {
    world: World,
    server: SocketAddr,
    resolvers: Vec<SocketAddr>,
}

impl Place {
    fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let world = World::new();
        let server = world.https(Behaviour::Healthy);
        let resolvers = entries.into_iter().map(|entry| world.dns(zone(entry))).collect();
        Self { world, server, resolvers }
    }

    fn list(&self) -> String {
        let all: Vec<String> = self.resolvers.iter().map(ToString::to_string).collect();
        all.join(",")
    }

    fn check(&self, output: &str, compare: &str) -> Run {
        let url = format!("it=https://{NAME}:{}", self.server.port());
        let own = self.resolvers[0].to_string();
        let mut command = wsus_probe(["check", "--output", output, "--profile", "quick"]);
        command.args(["--endpoint", &url, "--resolver", &own, "--resolvers", compare]);
        run(command.arg("--ca-file").arg(self.world.ca_file()))
    }
}

fn codes(endpoint: &Value) -> Vec<String> {
    let findings = endpoint["findings"].as_array().unwrap().iter();
    let code = |one: &Value| {
        format!("{} {}", one["code"].as_str().unwrap(), one["severity"].as_str().unwrap())
    };
    findings.map(code).filter(|code| code.starts_with("resolver")).collect()
}

fn agreements(endpoint: &Value) -> Vec<String> {
    let resolvers = endpoint["resolvers"].as_array().unwrap().iter();
    resolvers.map(|one| one["agreement"].as_str().unwrap_or("unknown").to_owned()).collect()
}

#[test]
fn what_each_kind_of_answer_means() {
    let trouble = |trouble| Entry { trouble, ..entry(&[1]) };
    let slow = Entry { delay: ms(400), ..entry(&[1]) };
    for (second, agreement, code, finding) in [
        (entry(&[1]), "same", 0, ""),
        (trouble(Trouble::Truncated), "same", 0, ""),
        (entry(&[9]), "split", 3, "resolvers_disagree warning"),
        (trouble(Trouble::NxDomain), "split", 0, "resolvers_disagree note"),
        (trouble(Trouble::NoData), "split", 0, "resolvers_disagree note"),
        (entry(&[1, 9]), "split", 0, "resolvers_disagree note"),
        (trouble(Trouble::Refused), "unknown", 0, "resolver_failed note"),
        (trouble(Trouble::ServFail), "unknown", 0, "resolver_failed note"),
        (trouble(Trouble::Silent), "unknown", 0, "resolver_failed note"),
        (slow, "same", 0, "resolver_slow note"),
    ] {
        let place = Place::new([entry(&[1]), second.clone()]);
        let run = place.check("json", &place.list());
        let report = run.json();
        let endpoint = report::endpoint(&report, "it");
        let expected: Vec<&str> = Some(finding).filter(|one| !one.is_empty()).into_iter().collect();
        let mut codes = codes(endpoint);
        if !finding.starts_with("resolver_slow") {
            // A busy machine makes any of them slow.
            codes.retain(|code| !code.starts_with("resolver_slow"));
        }
        assert_eq!(codes, expected, "{second:?}: {endpoint}");
        let own = if agreement == "split" { "split" } else { "same" };
        assert_eq!(agreements(endpoint), [own, agreement], "{second:?}");
        assert_eq!(run.code(), code, "{second:?}: {run:?}");
        assert_eq!(endpoint["resolvers"][0]["own"], true);
        let by = &endpoint["resolvers"][0]["lookups"][0]["answered_by"];
        assert_eq!(by.as_str(), Some(place.resolvers[0].to_string().as_str()));
    }
}

#[test]
fn the_own_resolver_that_knows_nothing_and_resolvers_without_it() {
    // Not among the compared ones: whoever is named stands for clients.
    let place = Place::new([entry(&[1]), entry(&[1]), Entry::trouble(Trouble::NxDomain)]);
    let others = place.resolvers[1..].iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let run = place.check("json", &others);
    let report = run.json();
    assert_eq!(codes(report::endpoint(&report, "it")), ["resolvers_disagree warning"]);
    assert_eq!(run.code(), 3);
    // Nothing listens there.
    let run = place.check("json", &format!("{},{}", place.resolvers[1], nobody()));
    let report = run.json();
    assert_eq!(codes(report::endpoint(&report, "it")), ["resolver_failed warning"]);
    // Own clients find nothing.
    let place = Place::new([Entry::trouble(Trouble::NxDomain), entry(&[1])]);
    let run = place.check("json", &place.list());
    let report = run.json();
    assert_eq!(codes(report::endpoint(&report, "it")), ["resolvers_disagree warning"]);
    assert_eq!(run.code(), 1);
}

#[test]
fn text_and_nagios_and_what_has_nothing_to_ask() {
    let place = Place::new([entry(&[1]), entry(&[9]), Entry::trouble(Trouble::Silent)]);
    let run = place.check("text", &place.list());
    for part in
        ["resolvers compared", "agrees", "split", "more than half", "A timeout", "A 127.0.0.9"]
    {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let run = place.check("nagios", &place.list());
    assert!(run.code() == 1 && run.stdout.contains("WARNING"), "{run:?}");
    let own = place.resolvers[0].to_string();
    let run = place.check("text", &own);
    assert!(run.stdout.contains("it: 1 resolver answers") && run.code() == 0, "{run:?}");
    // A literal address is not asked for.
    let url = format!("it=https://127.0.0.1:{}", place.server.port());
    let mut command = wsus_probe(["check", "--output", "json", "--resolvers", &own]);
    let run = crate::support::program::run(
        command.args(["--endpoint", &url, "--ca-file"]).arg(place.world.ca_file()),
    );
    assert!(report::endpoint(&run.json(), "it")["resolvers"].is_null());
}

#[test]
fn eight_are_asked_each_once_and_more_are_refused() {
    let place = Place::new((0..8).map(|_| entry(&[1])));
    let twice = format!("{0},{0}", place.list());
    let run = place.check("json", &twice);
    let report = run.json();
    assert_eq!(agreements(report::endpoint(&report, "it")), ["same"; 8]);
    for (given, part) in [
        (format!("{},{}", place.list(), nobody()), "at most 8"),
        ("dns.example".to_owned(), "--resolvers is \"dns.example\""),
        ("tls://127.0.0.1".to_owned(), "append the name"),
    ] {
        let run = place.check("json", &given);
        assert!(run.code() == 2 && run.stderr.contains(part), "{given}: {run:?}");
        assert!(run.stderr.contains("hint:") && run.stdout.is_empty(), "{run:?}");
    }
}

#[test]
fn endpoints_say_whom_to_compare_and_the_exporter_keeps_it() {
    let answers = [entry(&[1]), entry(&[9]), Entry::trouble(Trouble::Silent), entry(&[1])];
    let place = Place::new(answers);
    let [own, other, silent, third] = [0, 1, 2, 3].map(|index: usize| place.resolvers[index]);
    let port = place.server.port();
    let config = place.world.file(
        "fleet.toml",
        &format!(
            "ca_file = \"ca.pem\"\nresolver = \"{own}\"\ncompare_resolvers = [\"{own}\", \"{other}\", \
             \"{silent}\", \"{third}\"]\nresolve_timeout = \"500ms\"\n\
             [[endpoint]]\nname = \"many\"\nurl = \"https://{NAME}:{port}\"\n\
             [[endpoint]]\nname = \"none\"\nurl = \"https://{NAME}:{port}\"\ncompare_resolvers = []\n"
        ),
    );
    let exporter = Exporter::start(&config, &[]);
    let text = exporter.wait_for("/metrics", |answer| answer.body.contains("_resolver_up{")).body;
    let series = |family: &str, resolver: SocketAddr| {
        let start = format!(
            "wsus_probe_resolver_{family}{{endpoint=\"many\",dc=\"\",resolver=\"{resolver}\"}} "
        );
        text.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned)
    };
    for (resolver, up, agrees, addresses) in [
        (own, "1", Some("1"), Some("1")),
        (other, "1", Some("0"), Some("1")),
        (silent, "0", None, None),
    ] {
        assert_eq!(series("up", resolver).as_deref(), Some(up), "{text}");
        assert_eq!(series("agrees", resolver).as_deref(), agrees);
        assert_eq!(series("addresses", resolver).as_deref(), addresses);
        assert_eq!(series("ttl_seconds", resolver).is_some(), agrees.is_some());
        assert_eq!(series("duration_seconds", resolver).is_some(), agrees.is_some());
    }
    assert!(!text.contains("_resolver_up{endpoint=\"none\""), "{text}");
    assert!(text.contains("code=\"resolvers_disagree\",severity=\"note\""), "{text}");
}

/// `unbound` as a cache in front of a server whose zone then changes, and over TLS with another
/// name than it was asked for.
#[cfg(target_os = "linux")]
#[test]
fn unbound_is_found_out_when_its_answer_is_old() {
    const RESOLVER: &str = "resolver.it.test";
    let world = World::new();
    let server = world.https(Behaviour::Healthy);
    let long = |last| Entry { ttl: Some(Duration::from_mins(5)), ..entry(&[last]) };
    let (source, zone_of_source) = world.dns_server(zone(long(9)));
    let (chain, key) = world.identity_files(RESOLVER);
    let (cache, encrypted) = (nobody(), nobody());
    let config = format!(
        "server:\n directory: \"\"\n chroot: \"\"\n username: \"\"\n pidfile: \"\"\n \
         use-syslog: no\n do-daemonize: no\n interface: {}@{}\n interface: {}@{}\n tls-port: {}\n \
         tls-service-pem: {}\n tls-service-key: {}\n do-not-query-localhost: no\n \
         module-config: \"iterator\"\n local-zone: \"test.\" nodefault\n\
         forward-zone:\n name: \"it.test.\"\n forward-addr: {}@{}\n\
         remote-control:\n control-enable: no\n",
        cache.ip(),
        cache.port(),
        encrypted.ip(),
        encrypted.port(),
        encrypted.port(),
        chain.display(),
        key.display(),
        source.ip(),
        source.port(),
    );
    let config = world.file("unbound.conf", &config);
    let unbound = Running::start(shell("exec unbound -d -c \"$1\"").arg(config));
    assert!(
        listening(&[cache, encrypted]),
        "install the Debian package `unbound`: {:?}",
        unbound.finish()
    );
    let place = Place { world, server, resolvers: vec![source, cache] };
    let fill = place.check("json", &place.list());
    let report = fill.json();
    assert_eq!(agreements(report::endpoint(&report, "it")), ["same", "same"], "{fill:?}");
    zone_of_source.change(|zone| zone.insert(NAME.to_owned(), long(1)).map_or((), drop));
    std::thread::sleep(Duration::from_secs(3));
    let run = place.check("json", &place.list());
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    assert_eq!(codes(endpoint), ["resolvers_disagree warning", "resolver_stale note"], "{report}");
    let stale = &endpoint["resolvers"][1]["stale"];
    assert_eq!(stale["newer"], source.to_string());
    assert!(stale["older_by_seconds"].as_u64().is_some_and(|by| (2..60).contains(&by)), "{stale}");
    assert!(endpoint["resolvers"][0]["stale"].is_null());
    // By TLS: the right name, and another one.
    let right = format!("tls://{encrypted}#{RESOLVER}");
    let wrong = format!("tls://{encrypted}#other.it.test");
    let run = place.check("json", &format!("{cache},{right},{wrong}"));
    let report = run.json();
    let endpoint = report::endpoint(&report, "it");
    assert_eq!(agreements(endpoint), ["same", "same", "unknown"], "{endpoint}");
    assert_eq!(codes(endpoint), ["resolver_failed warning"]);
    let observed = endpoint["findings"][0]["observed"].as_str().unwrap().to_lowercase();
    assert!(observed.contains("other.it.test") && observed.contains("certificate"), "{observed}");
}
