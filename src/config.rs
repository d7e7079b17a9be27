//! Raw options, file and defaults into one validated configuration.
//!
//! Precedence, for every setting by itself: command-line flag, environment variable, the
//! endpoint's table, the top level of the file, the default. The file's endpoints replace the
//! embedded catalogue; `--endpoint` replaces both, and `--dc` selects among them.

pub mod catalog;
pub mod defaults;
pub mod endpoint;
pub mod error;
pub mod file;
mod fleet;
pub mod hierarchy;
pub mod origin;
pub mod pace;
pub mod pattern;
mod section;
mod select;
pub mod serve;
pub mod settings;
mod source;
pub mod value;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::catalog::{CATALOG, CATALOGUE_NOTE};
use crate::config::defaults::{RELEASE_AFTER, TIMEOUT_RANGE};
use crate::config::endpoint::{Entry, Origins};
use crate::config::error::{ConfigError, Fault, Problem};
use crate::config::file::{Document, absolute};
use crate::config::origin::{Origin, Sourced};
use crate::config::pace::Paces;
use crate::config::section::Findings;
use crate::config::serve::Serve;
use crate::config::settings::{Layer, Settings};
use crate::config::source::Source;
use crate::model::endpoint::{Endpoint, Limits, ResolverChoice, SimulatedLink};
use crate::model::monitor::Pace;
use crate::model::url::{self, ParsedUrl};

/// What the user typed or exported, not yet looked at. Everything absent is left to the file and
/// the defaults.
#[derive(Debug, Clone, Default)]
pub struct RawOptions {
    /// `--config`.
    pub config: Option<Sourced<PathBuf>>,
    /// `--endpoint`, each `URL` or `NAME=URL`.
    pub endpoints: Vec<Sourced<String>>,
    /// URLs among a command's arguments: as of `--endpoint`, but where there are `names` too they
    /// come beside the endpoints of these names.
    pub urls: Vec<Sourced<String>>,
    /// Names among a command's arguments, as of [`Config::keep`]; they concern no `urls`.
    pub names: Vec<String>,
    /// `--dc`, data-center codes in any case.
    pub dcs: Vec<Sourced<String>>,
    /// `--resolver`.
    pub resolver: Option<Sourced<String>>,
    /// `check --resolvers`.
    pub compare_resolvers: Option<Sourced<Vec<String>>>,
    /// `--ca-file`, relative to the working directory.
    pub ca_files: Option<Sourced<Vec<PathBuf>>>,
    /// `--family`.
    pub family: Option<Sourced<String>>,
    /// `--deadline`.
    pub deadline: Option<Sourced<String>>,
    /// `serve --web.listen-address`.
    pub listen: Option<Sourced<Vec<String>>>,
    /// `serve --config.auto-reload`.
    pub auto_reload: Option<Sourced<bool>>,
}

/// A configuration in which everything has been checked that can be checked without I/O beyond
/// reading the file itself. Certificate files are only named here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What to probe, in the order of the file; names are unique, never empty.
    pub targets: Vec<Target>,
    /// Links whose distance or fault is made up, by address.
    pub simulated: BTreeMap<IpAddr, Sourced<SimulatedLink>>,
    /// The settings that hold where an endpoint sets none.
    pub settings: Settings,
    /// Time from Microsoft's release of updates to their release on the servers, in whole days.
    pub release_after: Sourced<Duration>,
    /// The exporter.
    pub serve: Serve,
    /// What is not wrong but worth knowing, one line each.
    pub notes: Vec<String>,
}

impl Config {
    /// The simulated links without their origins.
    pub fn simulated_links(&self) -> BTreeMap<IpAddr, SimulatedLink> {
        self.simulated.iter().map(|(address, link)| (*address, link.value)).collect()
    }

    /// Keeps only the endpoints of these names, in any case and in the order of the
    /// configuration; no names keep all.
    ///
    /// # Errors
    /// A name that no endpoint has.
    pub fn keep(&mut self, names: &[String]) -> Result<(), ConfigError> {
        select::by_name(&mut self.targets, names)
    }

    /// What to tell where endpoints are the catalogue's: who only forgot to name a file would ask
    /// the servers of others without noticing.
    pub fn catalogue_note(&self) -> Option<&'static str> {
        let of_catalogue = |target: &Target| target.origins.get("url") == Some(&Origin::Catalogue);
        self.targets.iter().any(of_catalogue).then_some(CATALOGUE_NOTE)
    }
}

/// One endpoint with everything that is needed to probe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The endpoint.
    pub endpoint: Arc<Endpoint>,
    /// Certificates to trust beside the platform's, as absolute paths.
    pub ca_files: Vec<PathBuf>,
    /// Who resolves its name.
    pub resolver: ResolverChoice,
    /// Whose answers are compared.
    pub compare_resolvers: Vec<ResolverChoice>,
    /// How long each phase and the whole may take.
    pub limits: Limits,
    /// How often a monitoring run looks at it.
    pub pace: Pace,
    /// Where each of its values comes from, by key of the file.
    pub origins: Origins,
}

impl Target {
    /// A target with nothing of its own: the settings that hold for all.
    pub fn of(endpoint: Arc<Endpoint>, config: &Config) -> Self {
        let settings = &config.settings;
        Self {
            endpoint,
            ca_files: settings.ca_files.value.clone(),
            resolver: settings.resolver.value.clone(),
            compare_resolvers: settings.compare_resolvers.value.clone(),
            limits: settings.limits(),
            pace: config.serve.paces.pace(),
            origins: Origins::default(),
        }
    }
}

/// Reads the file that the options name, or the embedded catalogue, and combines it with the
/// options and the defaults.
///
/// # Errors
/// Everything that is wrong with the options and the file, as far as it can be told at once.
pub fn resolve(options: &RawOptions) -> Result<Config, ConfigError> {
    let mut findings = Findings::default();
    let command = command_layer(options, &mut findings);
    let source = match &options.config {
        Some(path) => Source::read(&path.value)?,
        None => Source::embedded(CATALOG),
    };
    let document = file::parse(&source, &mut findings);
    let Document { settings, entries, serve, simulated, release_after } = document;
    let release_after = release_after.unwrap_or(Sourced::new(RELEASE_AFTER, Origin::Default));
    let serve = with_options(serve, options, &mut findings);
    let outer = Settings::default().under(&settings);
    let entries = select::entries(options, entries, &mut findings);
    let targets: Vec<Target> =
        entries.into_iter().map(|entry| target(entry, &outer, &command, &serve.paces)).collect();
    let settings = outer.under(&command).cut();
    let (mut targets, notes) = findings.conclude(targets)?;
    select::by_name(&mut targets, &options.names)?;
    let mut config = Config { targets, simulated, settings, release_after, serve, notes };
    let more = select::notes(&config);
    config.notes.extend(more);
    Ok(config)
}

/// Parses a URL that is not an endpoint to probe, such as that of `--current`.
///
/// # Errors
/// As for an endpoint's `url`.
pub fn endpoint_url(given: &Sourced<String>) -> Result<ParsedUrl, ConfigError> {
    url::parse(&given.value).map_err(|fault| rejected(&given.origin, fault.into()).into())
}

/// Parses the time from Microsoft's release of updates to that on the servers, given as an option.
///
/// # Errors
/// As for `release_after` of the file.
pub fn release_after(given: Sourced<String>) -> Result<Sourced<Duration>, ConfigError> {
    match value::release_after(&given.value) {
        Ok(time) => Ok(given.map(|_| time)),
        Err(fault) => Err(rejected(&given.origin, fault).into()),
    }
}

/// The settings of the command line and the environment.
fn command_layer(options: &RawOptions, findings: &mut Findings) -> Layer {
    Layer {
        ca_files: options
            .ca_files
            .clone()
            .map(|given| given.map(|paths| paths.iter().map(|path| absolute(path)).collect())),
        resolver: option(options.resolver.as_ref(), findings, value::resolver),
        compare_resolvers: option(options.compare_resolvers.as_ref(), findings, |texts| {
            let each = texts.iter().map(|text| value::resolver(text));
            value::resolvers(each.collect::<Result<_, _>>()?)
        }),
        resolvers_may_differ: None,
        family: option(options.family.as_ref(), findings, value::family),
        deadline: option(options.deadline.as_ref(), findings, |text| {
            value::duration(text, &TIMEOUT_RANGE)
        }),
        ..Layer::default()
    }
}

/// The exporter's settings with those of the command line and the environment on top.
fn with_options(mut serve: Serve, options: &RawOptions, findings: &mut Findings) -> Serve {
    if let Some(given) = &options.listen {
        let mut addresses = Vec::with_capacity(given.value.len());
        for text in &given.value {
            match value::listen(text) {
                Ok(address) => addresses.push(address),
                Err(fault) => findings.problem(rejected(&given.origin, fault)),
            }
        }
        serve.listen = Sourced::new(addresses, given.origin.clone());
    }
    if let Some(given) = &options.auto_reload {
        serve.auto_reload = given.clone();
    }
    serve
}

fn option<S: Deref, T>(
    given: Option<&Sourced<S>>,
    findings: &mut Findings,
    parse: impl FnOnce(&S::Target) -> Result<T, Fault>,
) -> Option<Sourced<T>> {
    let given = given?;
    match parse(&given.value) {
        Ok(value) => Some(Sourced::new(value, given.origin.clone())),
        Err(fault) => {
            findings.problem(rejected(&given.origin, fault));
            None
        }
    }
}

/// The problem of a refused option.
fn rejected(origin: &Origin, fault: Fault) -> Problem {
    Problem::rejected(&origin.to_string(), fault)
}

/// An endpoint and all layers of settings as one target.
fn target(entry: Entry, outer: &Settings, command: &Layer, paces: &Paces) -> Target {
    let settings = outer.under(&entry.layer).under(command).cut();
    let mut origins = entry.origins;
    origins.extend(settings.origins());
    let paces = paces.under(&entry.pace);
    origins.extend(paces.each().map(|(key, pause)| (key, pause.origin.clone())));
    let mut endpoint = entry.endpoint;
    endpoint.family = settings.family.value;
    endpoint.resolvers_may_differ = settings.resolvers_may_differ.value;
    Target {
        endpoint: Arc::new(endpoint),
        limits: settings.limits(),
        pace: paces.pace(),
        ca_files: settings.ca_files.value,
        resolver: settings.resolver.value,
        compare_resolvers: settings.compare_resolvers.value,
        origins,
    }
}
