//! The TLS scan against servers whose truth is known, and other people's scanners beside it.

#[cfg(test)]
#[path = "../zoo/mod.rs"]
mod servers;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::peer;
use servers::product::{Product, saying};
use servers::scanners::{Scanner, Silence};
use servers::{Row, Saying, table};

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
            let right = scan.versions.len() == row.truth.len() && row.errors(said).is_empty();
            let name = row.name;
            (!right).then(|| format!("{name}: {} but said {said}: {:?}", row.truth, scan.versions))
        }
    });
    let faults: Vec<String> = faults.await.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), table::rows().count(), faults.join("\n"));
}

/// Where another program does not say what is true of a well-behaved server: which, what it says,
/// and why it is wrong.
const DIFFERENCES: &[(Scanner, &str, &str, &str)] = &[];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_agree_about_well_behaved_servers() {
    let rows = table::GENUINE.iter().chain(table::EXTINCT);
    let sayings = each(rows, PROGRAMS_AT_ONCE, |row| async move {
        let server = row.start().await;
        let address = server.address();
        let ask = move || [Scanner::SslScan, Scanner::OpenSsl].map(|scanner| (scanner, row, scanner.ask(address, PATIENCE)));
        tokio::task::spawn_blocking(ask).await.unwrap()
    });
    let mut faults = Vec::new();
    for (scanner, row, said) in sayings.await.into_iter().flatten() {
        let said = said.unwrap_or(Saying::NOTHING);
        if !row.errors(said).is_empty() { faults.push(format!("{scanner:?} {}: {} said {said}", row.name, row.truth)); }
    }
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
