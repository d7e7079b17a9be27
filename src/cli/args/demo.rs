//! The options of `demo`.

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use crate::cli::args::TextOrJson;

pub(super) const EXAMPLES: &str = "\
Examples:
  wsus-probe demo
  wsus-probe demo --fault black-hole=dfw --fault expired=ord
  wsus-probe demo --keep                    and watch them fail and recover in a browser";

/// Options of `demo`.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Then watch the servers with the exporter, as `serve` does, until interrupted
    ///
    /// The servers fail and recover by a script, so that the status page has something to show
    /// within two minutes. How to look at it, and how to point other commands at the servers, is
    /// printed.
    #[arg(long, env = "WSUS_PROBE_DEMO_KEEP", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub keep: bool,

    /// With --keep, let the exporter listen here
    ///
    /// Repeatable, or several separated by commas. IP:PORT, or :PORT for every address. The
    /// default is 127.0.0.1:18530, or any port where that is taken. The simulated servers stay on
    /// this machine's loopback addresses.
    #[arg(long = "web.listen-address", value_name = "ADDRESS", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_DEMO_WEB_LISTEN_ADDRESS", hide_env_values = true)]
    pub listen_address: Vec<String>,

    /// Give one of the servers a fault
    ///
    /// Repeatable, or several separated by commas. KIND is dead (refuses connections),
    /// black-hole (never answers), expired (its certificate has), http-503 (every application
    /// pool is stopped), half-dead (one of two members is), old-windows (only the cipher suites of
    /// Windows Server 2012 R2), tls10-only (no version of TLS newer than 1.0), pool-stopped (the
    /// services answer 503, static files are served), broken-content (its content port refuses
    /// connections), content-needs-ssl (and is refused in clear text), no-self-update (the
    /// directory is missing), portal (a sign-in page answers), different-databases (of its two
    /// members) or not-wsus (another kind of update server). DC says which server; otherwise the
    /// demo chooses.
    #[arg(long, value_name = "KIND[=DC]", value_delimiter = ',', value_parser = fault)]
    #[arg(env = "WSUS_PROBE_DEMO_FAULT", hide_env_values = true)]
    pub fault: Vec<Fault>,

    /// How to print the results
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_DEMO_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}

/// A fault of one server of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong with it.
    pub kind: FaultKind,
    /// The data center of the server, as given; absent leaves the choice to the demonstration.
    pub dc: Option<String>,
}

/// What can be wrong with a server of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum FaultKind {
    /// Refuses connections.
    Dead,
    /// Never answers.
    BlackHole,
    /// Shows an expired certificate.
    Expired,
    /// Answers 503 for everything.
    #[value(name = "http-503")]
    Http503,
    /// One of two members is dead.
    HalfDead,
    /// Accepts only the cipher suites of Windows Server 2012 R2.
    OldWindows,
    /// Accepts no version of TLS newer than 1.0.
    Tls10Only,
    /// Answers 503 for the services and serves static files.
    PoolStopped,
    /// Refuses connections to its content port.
    BrokenContent,
    /// Refuses content in clear text.
    ContentNeedsSsl,
    /// Has no self-update directory.
    NoSelfUpdate,
    /// Answers with a sign-in page.
    Portal,
    /// Has two members with different databases.
    DifferentDatabases,
    /// Answers like an update server that is not a WSUS.
    NotWsus,
}

fn fault(text: &str) -> Result<Fault, String> {
    let (kind, dc) = match text.split_once('=') {
        Some((kind, dc)) => (kind, Some(dc.to_owned())),
        None => (text, None),
    };
    if dc.as_deref() == Some("") {
        return Err("expected a data-center code after the equals sign".to_owned());
    }
    let kind = FaultKind::from_str(kind, true).map_err(|_| {
        let known = FaultKind::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let known: Vec<_> = known.map(|kind| kind.get_name().to_owned()).collect();
        format!("expected one of {}", known.join(", "))
    })?;
    Ok(Fault { kind, dc })
}
