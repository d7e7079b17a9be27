//! The TLS scan against servers whose truth is known, and other people's scanners beside it.

#[cfg(test)]
#[expect(dead_code, reason = "shared with the benchmark")]
#[path = "../zoo/mod.rs"]
mod servers;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::peer;
use servers::product::{Product, saying};
use servers::scanners::Scanner;
use servers::{Kind, Row, table};

/// Servers that are looked at together. Most of the time is spent waiting for those that hang.
const AT_ONCE: usize = 24;

/// The same where programs are started for each, which takes processor time.
const PROGRAMS_AT_ONCE: usize = 4;

/// How long another program may take for one server, or one version of it.
const PATIENCE: u32 = 20;

/// The results of looking at some rows, `at_once` of them together.
async fn each<T, F>(
    rows: impl Iterator<Item = &'static Row>,
    at_once: usize,
    look: impl Fn(&'static Row) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(at_once));
    let mut tasks = JoinSet::new();
    for row in rows {
        let (room, look) = (Arc::clone(&room), look(row));
        tasks.spawn(async move {
            let _permit = room.acquire().await;
            look.await
        });
    }
    tasks.join_all().await
}

#[test]
fn the_table_is_well_formed() {
    let names: BTreeSet<_> = table::rows().map(|row| row.name).collect();
    assert_eq!(names.len(), table::rows().count());
    for row in table::rows() {
        let letters = row.truth.chars().all(|letter| "ynYN?".contains(letter));
        assert!(letters && row.truth.len() == 5 && !row.why.is_empty(), "{}", row.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verdict_is_right() {
    let product = Arc::new(Product::new());
    let faults = each(table::rows(), AT_ONCE, |row| {
        let product = Arc::clone(&product);
        async move {
            let server = row.start().await;
            let scan = product.scan(server.address()).await;
            let said = saying(&scan);
            let all_asked = scan.versions.len() == row.truth.len();
            // The server's own count, where it has one.
            let counted = server.connections().is_none_or(|count| count == scan.connections);
            let right = all_asked && counted && row.errors(said).is_empty();
            (!right).then(|| {
                let Row { name, truth, .. } = row;
                let accepted = server.connections();
                format!("{name}: {truth} but said {said}; accepted {accepted:?}: {scan:#?}")
            })
        }
    });
    let faults: Vec<String> = faults.await.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{} servers:\n{}", faults.len(), faults.join("\n"));
}

/// Where another program does not say what is true of a well-behaved server, and why. In all of
/// them the table of the zoo is right, and so is this program.
///
/// Two more traps are avoided by the way the programs are asked: OpenSSL's default security level
/// forbids its client TLS 1.0 and 1.1, which reads as if the server had them off; and its line
/// `New, TLSv1.0, Cipher is …` tells the oldest version that has the suite, not the session's.
const DIFFERENCES: &[(Scanner, &str, &str, &str)] = &[
    (Scanner::SslScan, "1.2 in answer to 1.3", "nyyyy", "does not look which version came back"),
    (Scanner::SslScan, "X25519 only", "nnnny", "offers X25519 in TLS 1.3 only"),
    (Scanner::SslScan, "demands a session identifier", "nnnnn", "sends none"),
    (Scanner::SslScan, "demands the renegotiation signal", "nnnnn", "sends none"),
    (Scanner::SslScan, "name unknown, fatal", "nnnnn", "takes any alert for an answer"),
    (Scanner::OpenSsl, "client certificate, 1.2", "-nnnn", "the handshake must be completed"),
    (Scanner::OpenSsl, "name unknown, fatal", "-nnnn", "takes any alert for an answer"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_agree_about_well_behaved_servers() {
    let rows = table::GENUINE.iter().chain(table::EXTINCT);
    let found = each(rows, PROGRAMS_AT_ONCE, |row| async move {
        let server = row.start().await;
        let address = server.address();
        let scanners = match row.kind {
            Kind::Genuine(_) => &[Scanner::SslScan, Scanner::OpenSsl][..],
            // Nobody can complete a handshake with these.
            Kind::Scripted(_) => &[Scanner::SslScan],
        };
        let ask = move || {
            let said = |scanner: &Scanner| scanner.ask(address, PATIENCE).unwrap();
            let all = scanners.iter().map(|scanner| (*scanner, said(scanner)));
            all.filter(|(_, said)| !row.errors(*said).is_empty()).collect::<Vec<_>>()
        };
        let wrong = tokio::task::spawn_blocking(ask).await.unwrap();
        wrong.into_iter().map(|(scanner, said)| format!("{scanner:?}: {}: {said}", row.name))
    });
    let found: BTreeSet<String> = found.await.into_iter().flatten().collect();
    let known =
        DIFFERENCES.iter().map(|(scanner, name, said, _)| format!("{scanner:?}: {name}: {said}"));
    assert_eq!(found, known.collect());
}
