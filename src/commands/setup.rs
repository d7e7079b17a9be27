//! From a configuration to what a round needs: targets and ports.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::config::{self, Config};
use crate::engine::encrypted_dns::EncryptedDns;
use crate::engine::judge::remembered::Remembered;
use crate::engine::judge::{ChainJudge, PlatformRoots};
use crate::engine::ports::{Judge, Ports, Target};
use crate::engine::resolvers::Compared;
use crate::engine::tls_scan::ScanPlan;
use crate::engine::wsus_check::HttpCheck;
use crate::model::endpoint::ResolverChoice;
use crate::model::request::Profile;
use crate::net::dns::{Dns, Resolve, Unavailable};
use crate::net::simulated::Simulated;
use crate::net::tcp::{Dial, Kernel};
use crate::net::{sockets, trust};

/// Everything that a round needs.
pub struct Setup {
    /// What to probe.
    pub targets: Arc<[Target]>,
    /// With what.
    pub ports: Ports,
}

/// Prepares a round that asks as much of each member as `profile` says, and scans its TLS as `scan`
/// says; sends nothing. Starts to load the platform's roots in the background, so it needs a
/// runtime.
///
/// # Errors
/// A `ca_file` that cannot be used.
pub fn prepare(
    config: &Config,
    profile: Profile,
    scan: Option<ScanPlan>,
) -> Result<Setup, trust::TrustError> {
    let mut kit = Kit::new();
    let targets: Result<Vec<_>, _> =
        config.targets.iter().map(|target| kit.target(target)).collect();
    let targets = targets?;
    let ports = Ports { scan: scan.map(Arc::new), ..ports(config, profile) };
    Ok(Setup { targets: targets.into(), ports })
}

/// Makes targets; those with the same resolver and the same certificate files share them.
pub struct Kit<'a> {
    platform: PlatformRoots,
    judges: HashMap<&'a [PathBuf], Judges>,
    resolvers: HashMap<(&'a ResolverChoice, &'a [PathBuf]), Arc<dyn Resolve>>,
    compared: HashMap<(&'a ResolverChoice, &'a [PathBuf], usize), Arc<dyn Resolve>>,
    /// How many endpoints with compared resolvers have this name so far.
    names: HashMap<String, usize>,
    questions: HashMap<&'a ResolverChoice, Arc<Semaphore>>,
}

/// The same judge twice.
struct Judges {
    chains: Arc<ChainJudge>,
    /// Members show the same chain again and again, also those of one name to one command.
    remembered: Arc<dyn Judge>,
}

impl<'a> Kit<'a> {
    /// Starts to load the platform's roots in the background, so it needs a runtime.
    pub fn new() -> Self {
        let platform = PlatformRoots::load_in_background();
        Self {
            platform,
            judges: HashMap::new(),
            resolvers: HashMap::new(),
            compared: HashMap::new(),
            names: HashMap::new(),
            questions: HashMap::new(),
        }
    }

    /// Makes one.
    ///
    /// # Errors
    /// A `ca_file` that cannot be used.
    pub fn target(&mut self, target: &'a config::Target) -> Result<Target, trust::TrustError> {
        let files = target.ca_files.as_slice();
        let judges = match self.judges.entry(files) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let chains = Arc::new(ChainJudge::new(self.platform.clone(), files)?);
                let remembered = Arc::new(Remembered::new(Arc::clone(&chains) as Arc<dyn Judge>));
                place.insert(Judges { chains, remembered })
            }
        };
        let resolver = self
            .resolvers
            .entry((&target.resolver, files))
            .or_insert_with(|| resolver(&target.resolver, target, &judges.chains));
        let (own, chains) = (Arc::clone(resolver), Arc::clone(&judges.chains));
        let judge = Arc::clone(&judges.remembered);
        Ok(Target {
            endpoint: Arc::clone(&target.endpoint),
            compared: self.compared(target, &*own, &chains),
            resolver: own,
            judge,
            limits: target.limits,
        })
    }

    /// Endpoints of one name ask by resolvers of their own: of two questions for one name at once
    /// it could not be told whose answer came when.
    fn compared(
        &mut self,
        target: &'a config::Target,
        own: &dyn Resolve,
        judge: &Arc<ChainJudge>,
    ) -> Arc<[Compared]> {
        if target.compare_resolvers.is_empty() {
            return Arc::default();
        }
        let count = self.names.entry(target.endpoint.url.host.to_string()).or_default();
        let nth = *count;
        *count += 1;
        let own_servers = own.servers();
        let each = target.compare_resolvers.iter().map(|choice| {
            let resolver = self
                .compared
                .entry((choice, target.ca_files.as_slice(), nth))
                .or_insert_with(|| resolver(choice, target, judge));
            let is_server_of_own = matches!(choice, ResolverChoice::Plain(server)
                if target.resolver == ResolverChoice::System && own_servers.contains(server));
            Compared {
                choice: choice.clone(),
                resolver: Arc::clone(resolver),
                is_own: *choice == target.resolver || is_server_of_own,
                questions: Arc::clone(
                    self.questions.entry(choice).or_insert_with(Compared::permits),
                ),
            }
        });
        each.collect()
    }
}

impl Default for Kit<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// What went wrong with a `ca_file`, and what to do about it.
pub fn unusable(error: &trust::TrustError) -> String {
    format!("{error}\n  hint: name a readable file of certificates in PEM, or of one in DER")
}

fn ports(config: &Config, profile: Profile) -> Ports {
    let dialer = dialer(config);
    let check = Arc::new(HttpCheck::new(Arc::clone(&dialer), profile));
    Ports::new(dialer, check, sockets::budget())
}

/// Opens connections, over simulated links where the configuration has some.
pub fn dialer(config: &Config) -> Arc<dyn Dial> {
    let links = config.simulated_links();
    if links.is_empty() {
        Arc::new(Kernel::new())
    } else {
        Arc::new(Simulated::new(Kernel::new(), links))
    }
}

/// A resolver that cannot be had fails each lookup with the reason, so that endpoints which need
/// none are probed all the same.
fn resolver(
    choice: &ResolverChoice,
    target: &config::Target,
    judge: &Arc<ChainJudge>,
) -> Arc<dyn Resolve> {
    let limit = target.limits.resolve;
    if let ResolverChoice::Tls { .. } = choice {
        return Arc::new(EncryptedDns::new(choice.clone(), limit, Arc::clone(judge)));
    }
    match Dns::new(choice, limit, None) {
        Ok(dns) => Arc::new(dns),
        Err(failure) => Arc::new(Unavailable::new(failure)),
    }
}
