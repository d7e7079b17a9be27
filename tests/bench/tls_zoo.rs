//! Which scanners tell the truth about the versions of the servers of the zoo: this program,
//! sslscan, sslyze and testssl.sh, each against a fresh server.
//!
//! Several servers are looked at together, so the times compare the programs with each other and
//! are not what each would take alone. Words after `--` select the servers whose names contain
//! one of them.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

#[path = "../it/support/peer.rs"]
mod peer;
#[path = "../it/support/ports.rs"]
mod ports;
#[expect(dead_code, reason = "shared with the integration tests")]
#[path = "../zoo/mod.rs"]
mod servers;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use servers::product::{Product, saying};
use servers::scanners::{Scanner, Silence};
use servers::{Row, Saying, table};

/// How long a scanner may take for one server, in seconds.
const PATIENCE: u32 = 60;

/// Servers that are looked at together.
const AT_ONCE: usize = 4;

/// The others, in the order of the columns.
const OTHERS: [Scanner; 3] = [Scanner::SslScan, Scanner::SslYze, Scanner::TestSsl];

/// The columns: this program first.
const COLUMNS: usize = 1 + OTHERS.len();

/// One scanner at one server.
#[derive(Debug, Clone)]
struct Look {
    said: Result<Saying, Silence>,
    took: Duration,
    /// Where the server counts them.
    connections: Option<u32>,
}

/// What is made of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Right,
    Wrong,
    /// No answer where there is one to give.
    Nothing,
}

type Results = Vec<(&'static Row, [Look; COLUMNS])>;

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        eprintln!("not run: benchmarks are for `cargo bench`");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let results = runtime.block_on(look_at_all());
    print_table(&results);
    print_counts(&results);
    ExitCode::SUCCESS
}

async fn look_at_all() -> Results {
    let product = Arc::new(Product::new());
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let wanted = |row: &Row| words.is_empty() || words.iter().any(|word| row.name.contains(word));
    for (place, row) in table::rows().filter(|row| wanted(row)).enumerate() {
        let (product, room) = (Arc::clone(&product), Arc::clone(&room));
        tasks.spawn(async move {
            let _permit = room.acquire().await;
            let [a, b, c] = OTHERS;
            let own = look(row, None, &product).await;
            let others = [
                look(row, Some(a), &product).await,
                look(row, Some(b), &product).await,
                look(row, Some(c), &product).await,
            ];
            eprintln!("done: {}", row.name);
            let [a, b, c] = others;
            (place, row, [own, a, b, c])
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_by_key(|(place, ..)| *place);
    results.into_iter().map(|(_, row, looks)| (row, looks)).collect()
}

/// With this program where no other is named.
async fn look(row: &'static Row, scanner: Option<Scanner>, product: &Product) -> Look {
    let server = row.start().await;
    let address = server.address();
    let started = Instant::now();
    let said = match scanner {
        None => Ok(saying(&product.scan(address).await)),
        Some(scanner) => tokio::task::spawn_blocking(move || scanner.ask(address, PATIENCE))
            .await
            .expect("the scanner's reader"),
    };
    Look { said, took: started.elapsed(), connections: server.connections() }
}

/// What is not known is no answer; a yes or no that is not so is wrong.
fn mark(row: &Row, look: &Look) -> Mark {
    let said = look.said.as_ref().copied().unwrap_or(Saying::NOTHING);
    let errors = row.errors(said);
    if errors.is_empty() {
        Mark::Right
    } else if errors.iter().all(|version| said.0[*version] == '?') {
        Mark::Nothing
    } else {
        Mark::Wrong
    }
}

fn name(column: usize) -> &'static str {
    column.checked_sub(1).map_or("wsus-probe", |other| OTHERS[other].name())
}

fn print_table(results: &Results) {
    println!("Versions: SSL 3.0, TLS 1.0, 1.1, 1.2, 1.3. y accepted, n not accepted, ? unknown;");
    println!("capital in the truth: so, but hidden, and unknown is right too. Behind the verdict");
    println!("* wrong, ~ no answer; then the connections, where the server counts them.\n");
    print!("{:<38} {:<6}", "server", "truth");
    (0..COLUMNS).for_each(|column| print!(" {:<14}", name(column)));
    println!();
    for (row, looks) in results {
        print!("{:<38} {:<6}", row.name, row.truth);
        for look in looks {
            let said = match look.said {
                Ok(said) => said.to_string(),
                Err(Silence::NotInstalled) => "absent".to_owned(),
                Err(Silence::GaveUp) => "gave up".to_owned(),
                Err(Silence::Failed) => "error".to_owned(),
            };
            let sign = match mark(row, look) {
                Mark::Right => ' ',
                Mark::Wrong => '*',
                Mark::Nothing => '~',
            };
            let connections = look.connections.map_or_else(String::new, |n| n.to_string());
            print!(" {:<9}{connections:>4} ", format!("{said}{sign}"));
        }
        println!();
    }
}

fn print_counts(results: &Results) {
    let groups = [
        ("genuine servers", table::GENUINE),
        ("extinct, scripted: nobody can complete a handshake", table::EXTINCT),
        ("odd, all but one scripted", table::ODD),
    ];
    for (title, rows) in groups {
        let among = |row: &Row| rows.iter().any(|other| other.name == row.name);
        let group: Vec<_> = results.iter().filter(|(row, _)| among(row)).collect();
        println!("\n{title}: {}", group.len());
        print_group(&group);
    }
    println!("\nall: {}", results.len());
    print_group(&results.iter().collect::<Vec<_>>());
}

fn print_group(results: &[&(&'static Row, [Look; COLUMNS])]) {
    for column in 0..COLUMNS {
        let looks = || results.iter().map(|(row, looks)| (*row, &looks[column]));
        if looks().all(|(_, look)| look.said == Err(Silence::NotInstalled)) {
            println!("  {:<11} is not installed", name(column));
            continue;
        }
        let count = |wanted| looks().filter(|(row, look)| mark(row, look) == wanted).count();
        let mut times: Vec<Duration> = looks().map(|(_, look)| look.took).collect();
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        println!(
            "  {:<11} right {:>3} of {}, wrong {:>3}, no answer {:>3}; median {:>9.3} s, in all {:>7.1} s",
            name(column),
            count(Mark::Right),
            results.len(),
            count(Mark::Wrong),
            count(Mark::Nothing),
            median.as_secs_f64(),
            times.iter().sum::<Duration>().as_secs_f64(),
        );
    }
}
