//! `demo`: a simulated fleet, and the other commands at work on it.

mod script;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::TextOrJson;
use crate::cli::args::check::{Check, CheckOutput};
use crate::cli::args::demo::{Demo, Fault as Wanted, FaultKind};
use crate::cli::args::nearest::{Nearest, NearestOutput};
use crate::cli::args::serve::{LogFormat, LogLevel};
use crate::commands::serve::exporter::{Exporter, Sockets};
use crate::commands::serve::log;
use crate::commands::serve::signals::Signals;
use crate::commands::{Exit, Surroundings, check, nearest};
use crate::config::origin::{Origin, Sourced};
use crate::config::{Config, RawOptions, defaults};
use crate::demo::fleet::fault::Fault;
use crate::demo::fleet::{Fleet, FleetOptions, Site};
use crate::engine::member::Sampling;
use crate::net::{cbc_suites, clock};
use crate::server::Web;

/// What is wrong when nothing is asked for: one fault of each layer, and the nearest server healthy.
const SHOWN: [(FaultKind, &str); 5] = [
    (FaultKind::OldWindows, "ord"),
    (FaultKind::HalfDead, "iad"),
    (FaultKind::Expired, "lon"),
    (FaultKind::PoolStopped, "syd"),
    (FaultKind::BlackHole, "hkg"),
];

/// What the exporter is told before the rest of the file: a server that never answers is given up
/// before the next round.
const TIMEOUT: &str = "connect_timeout = \"1s\"\n";

/// What it is told after it: paces at which a person can watch.
const PACES: &str =
    "\n[serve]\ninterval = \"2s\"\ncheck_interval = \"15s\"\ntls_interval = \"1m\"\n";

/// Nearest first: where faults without a place go.
const PLACES: [&str; 6] = ["dfw", "ord", "iad", "lon", "syd", "hkg"];

/// Starts the fleet, runs `nearest` and `check` against it, and ends it, unless it is to be kept.
///
/// # Errors
/// Writing failed.
pub async fn run(options: &Demo, surroundings: &mut Surroundings<'_>) -> io::Result<Exit> {
    let faults = match faults(&options.fault) {
        Ok(faults) => faults,
        Err(error) => return surroundings.fail(&error),
    };
    let provider = Arc::new(cbc_suites::provider());
    let fleet = match Fleet::start(&FleetOptions { now: clock::wall(), provider, faults }) {
        Ok(fleet) => fleet,
        Err(error) => return surroundings.fail(&error),
    };
    let files = match Files::write(&fleet) {
        Ok(files) => files,
        Err(error) => {
            let problem = format!("cannot write the demonstration's files: {error}");
            return surroundings.fail(&problem);
        }
    };
    let raw = RawOptions {
        config: Some(Sourced::new(files.config.clone(), Origin::Flag("--config"))),
        ..RawOptions::default()
    };
    let mut config = match crate::config::resolve(&raw) {
        Ok(config) => config,
        Err(error) => return surroundings.fail(&error),
    };
    match options.output {
        TextOrJson::Text => as_text(&fleet, &mut config, surroundings).await?,
        TextOrJson::Json => run_both(&mut config, Format::JSON, surroundings).await?,
    }
    if options.keep {
        surroundings.out.flush()?;
        return keep(&fleet, &files, &options.listen_address, surroundings).await;
    }
    Ok(Exit::Healthy)
}

/// Formats of the two commands.
struct Format(NearestOutput, CheckOutput);

impl Format {
    const TEXT: Self = Self(NearestOutput::Text, CheckOutput::Text);
    const JSON: Self = Self(NearestOutput::Json, CheckOutput::Json);
}

async fn as_text(
    fleet: &Fleet,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<()> {
    introduce(fleet.describe(), surroundings.out)?;
    run_both(config, Format::TEXT, surroundings).await?;
    let out = &mut *surroundings.out;
    writeln!(out, "\nThat was the demonstration. On your own servers:")?;
    writeln!(out, "  wsus-probe check --endpoint https://wsus.corp.example:8531")?;
    writeln!(out, "  wsus-probe nearest --help")
}

async fn run_both(
    config: &mut Config,
    format: Format,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<()> {
    let text = format.0 == NearestOutput::Text;
    let samples = u8::try_from(Sampling::default().samples).unwrap_or(1);
    let options = Nearest { output: format.0, samples, ..Nearest::default() };
    if text {
        writeln!(surroundings.out, "\n$ wsus-probe nearest\n")?;
    }
    nearest::run(&options, None, config, surroundings).await?;
    if text {
        writeln!(surroundings.out, "\n$ wsus-probe check\n")?;
        // The check takes seconds where a server never answers.
        surroundings.out.flush()?;
    }
    let options = Check { output: format.1, ..Check::default() };
    check::run(&options, config, surroundings).await.map(drop)
}

fn introduce(sites: &[Site], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "Six simulated WSUS servers are running on this machine's loopback addresses,\n\
         with real DNS, TLS and HTTP. Their distances and their faults are made up:\n"
    )?;
    for site in sites {
        let endpoint = &site.endpoint;
        let region = endpoint.region.as_deref().unwrap_or_default();
        let distance = site.round_trip.as_millis();
        let fault = site.fault.as_ref().map_or("healthy", |fault| described(fault));
        writeln!(out, "  {}  {region:<18} {distance:>4} ms  {fault}", endpoint.name)?;
    }
    Ok(())
}

fn described(fault: &Fault) -> &'static str {
    match fault {
        Fault::Dead => "refuses connections",
        Fault::BlackHole => "never answers",
        Fault::ExpiredCertificate => "its certificate has expired",
        Fault::Http503 => "all its application pools are stopped (503)",
        Fault::HalfDead => "one of its two members refuses connections",
        Fault::OldWindows(_) => "only the TLS suites of Windows Server 2012 R2",
        Fault::Tls10Only => "TLS 1.0 and nothing newer",
        Fault::PoolStopped => "WsusPool is stopped; static files are served",
        Fault::BrokenContent => "its content port refuses connections",
        Fault::ContentNeedsSsl => "requires TLS where content comes in clear text",
        Fault::NoSelfUpdate => "its self-update directory is missing",
        Fault::Portal => "a sign-in page answers in its place",
        Fault::DifferentDatabases => "its two members have different databases",
        Fault::NotWsus => "an update server that is not a WSUS",
    }
}

/// Where each wanted fault goes: to the place that was named, else to the nearest one that is
/// still free.
fn faults(wanted: &[Wanted]) -> Result<BTreeMap<String, Fault>, String> {
    let shown = SHOWN.map(|(kind, dc)| Wanted { kind, dc: Some(dc.to_owned()) });
    let wanted = if wanted.is_empty() { &shown } else { wanted };
    let mut faults = BTreeMap::new();
    let (placed, free): (Vec<_>, Vec<_>) = wanted.iter().partition(|fault| fault.dc.is_some());
    for fault in placed.into_iter().chain(free) {
        let dc = match &fault.dc {
            Some(dc) => dc.to_lowercase(),
            None => match PLACES.iter().find(|place| !faults.contains_key(**place)) {
                Some(place) => (*place).to_owned(),
                None => return Err("there are more faults than servers".to_owned()),
            },
        };
        if !PLACES.contains(&dc.as_str()) {
            let known = PLACES.join(", ");
            return Err(format!("the demonstration has no server `{dc}`\n  hint: it has {known}"));
        }
        if faults.insert(dc.clone(), built(fault.kind)).is_some() {
            return Err(format!("two faults for `{dc}`\n  hint: give each server one"));
        }
    }
    Ok(faults)
}

fn built(kind: FaultKind) -> Fault {
    match kind {
        FaultKind::Dead => Fault::Dead,
        FaultKind::BlackHole => Fault::BlackHole,
        FaultKind::Expired => Fault::ExpiredCertificate,
        FaultKind::Http503 => Fault::Http503,
        FaultKind::HalfDead => Fault::HalfDead,
        FaultKind::OldWindows => Fault::OldWindows(Arc::new(cbc_suites::legacy_only_provider())),
        FaultKind::Tls10Only => Fault::Tls10Only,
        FaultKind::PoolStopped => Fault::PoolStopped,
        FaultKind::BrokenContent => Fault::BrokenContent,
        FaultKind::ContentNeedsSsl => Fault::ContentNeedsSsl,
        FaultKind::NoSelfUpdate => Fault::NoSelfUpdate,
        FaultKind::Portal => Fault::Portal,
        FaultKind::DifferentDatabases => Fault::DifferentDatabases,
        FaultKind::NotWsus => Fault::NotWsus,
    }
}

/// Watches the fleet with the exporter while the script goes on, until this process is asked to
/// end.
async fn keep(
    fleet: &Fleet,
    files: &Files,
    listen: &[String],
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let started =
        Signals::new().and_then(|signals| Ok((signals, exporter(&files.exporter, listen)?)));
    let (signals, exporter) = match started {
        Ok(started) => started,
        Err(error) => return surroundings.fail(&error),
    };
    let messages = &mut *surroundings.messages;
    instruct(&files.config, exporter.url().as_deref().unwrap_or_default(), messages)?;
    let log = log::start(LogFormat::default(), LogLevel::default());
    let ended = tokio::select! {
        ended = exporter.run(signals) => ended,
        failed = script::play(fleet, messages) => match failed? {},
    };
    log.end();
    match ended {
        Ok(()) => Ok(Exit::Healthy),
        Err(error) => surroundings.fail(&error),
    }
}

/// The exporter where it is wanted; else at its usual address, and where that is taken, at any.
fn exporter(config: &Path, listen: &[String]) -> Result<Exporter, String> {
    let at = |addresses: Vec<String>, origin| {
        let raw = RawOptions {
            config: Some(Sourced::new(config.to_owned(), Origin::Flag("--config"))),
            listen: Some(Sourced::new(addresses, origin)),
            ..RawOptions::default()
        };
        Exporter::prepare(raw, Sockets::Configured, Web::default())
    };
    if !listen.is_empty() {
        return at(listen.to_vec(), Origin::Flag("--web.listen-address"));
    }
    let usual = |address: SocketAddr| at(vec![address.to_string()], Origin::Default);
    let any = SocketAddr::new(defaults::LISTEN.ip(), 0);
    usual(defaults::LISTEN).or_else(|_| usual(any))
}

fn instruct(config: &Path, url: &str, messages: &mut dyn Write) -> io::Result<()> {
    let config = config.display();
    writeln!(messages, "\nThe servers keep running, and things happen to them. Watch them at")?;
    writeln!(messages, "  {url}")?;
    writeln!(messages, "or in another terminal:")?;
    writeln!(messages, "  curl {url}/metrics")?;
    writeln!(messages, "  curl {url}/nearest")?;
    writeln!(messages, "  curl '{url}/probe?target=dfw&debug=true'")?;
    writeln!(messages, "  curl {url}/api/v1/endpoints")?;
    writeln!(messages, "  wsus-probe nearest --config {config}")?;
    writeln!(messages, "  wsus-probe check --config {config} -v")?;
    writeln!(messages, "  wsus-probe tls --config {config}")?;
    writeln!(messages, "Ctrl-C ends them.\n")
}

/// The files that point other commands at the fleet; gone when this is dropped.
struct Files {
    folder: PathBuf,
    config: PathBuf,
    /// The same for the exporter.
    exporter: PathBuf,
}

impl Files {
    fn write(fleet: &Fleet) -> io::Result<Self> {
        let name = format!("wsus-probe-demo-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)?;
        let (config, exporter) = (folder.join("demo.toml"), folder.join("exporter.toml"));
        let files = Self { folder, config, exporter };
        let authority = files.folder.join("ca.pem");
        std::fs::write(&authority, fleet.authority_pem())?;
        let toml = fleet.config_toml(&path_text(&authority)?);
        std::fs::write(&files.exporter, format!("{TIMEOUT}{toml}{PACES}"))?;
        std::fs::write(&files.config, toml)?;
        Ok(files)
    }
}

fn path_text(path: &Path) -> io::Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| io::Error::other("the folder for temporary files has no UTF-8 name"))
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
