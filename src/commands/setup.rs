//! From a configuration to what a round needs: targets and ports.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{self, Config};
use crate::engine::encrypted_dns::EncryptedDns;
use crate::engine::judge::{ChainJudge, PlatformRoots};
use crate::engine::ports::{Judge, Ports, Target};
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
    let platform = PlatformRoots::load_in_background();
    let mut judges: HashMap<&[PathBuf], Arc<ChainJudge>> = HashMap::new();
    let mut resolvers: HashMap<(&ResolverChoice, &[PathBuf]), Arc<dyn Resolve>> = HashMap::new();
    let mut targets = Vec::with_capacity(config.targets.len());
    for target in &config.targets {
        let files = target.ca_files.as_slice();
        if !judges.contains_key(files) {
            judges.insert(files, Arc::new(ChainJudge::new(platform.clone(), files)?));
        }
        let Some(judge) = judges.get(files).map(Arc::clone) else { continue };
        let resolver =
            resolvers.entry((&target.resolver, files)).or_insert_with(|| resolver(target, &judge));
        targets.push(Target {
            endpoint: Arc::clone(&target.endpoint),
            resolver: Arc::clone(resolver),
            judge: judge as Arc<dyn Judge>,
            limits: target.limits,
        });
    }
    let ports = Ports { scan: scan.map(Arc::new), ..ports(config, profile) };
    Ok(Setup { targets: targets.into(), ports })
}

/// What went wrong with a `ca_file`, and what to do about it.
pub fn unusable(error: &trust::TrustError) -> String {
    format!("{error}\n  hint: name a readable file of certificates in PEM, or of one in DER")
}

fn ports(config: &Config, profile: Profile) -> Ports {
    let links = config.simulated_links();
    let dialer: Arc<dyn Dial> = if links.is_empty() {
        Arc::new(Kernel::new())
    } else {
        Arc::new(Simulated::new(Kernel::new(), links))
    };
    let check = Arc::new(HttpCheck::new(Arc::clone(&dialer), profile));
    Ports::new(dialer, check, sockets::budget())
}

/// A resolver that cannot be had fails each lookup with the reason, so that endpoints which need
/// none are probed all the same.
fn resolver(target: &config::Target, judge: &Arc<ChainJudge>) -> Arc<dyn Resolve> {
    let limit = target.limits.resolve;
    if let ResolverChoice::Tls { .. } = &target.resolver {
        return Arc::new(EncryptedDns::new(target.resolver.clone(), limit, Arc::clone(judge)));
    }
    match Dns::new(&target.resolver, limit, None) {
        Ok(dns) => Arc::new(dns),
        Err(failure) => Arc::new(Unavailable::new(failure)),
    }
}
