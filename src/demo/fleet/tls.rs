//! The certificates of a fleet, and what its servers have of TLS.

use std::sync::Arc;
use std::time::Duration;

use crate::demo::authority::{Authority, IssueOptions};
use crate::demo::hello::OldTls;
use crate::demo::server::tls_config;
use crate::model::protocol::Protocol;
use crate::model::suite::Suite;

use super::{Fault, FleetError, FleetOptions, Site};

/// How long ago an expired certificate expired: more than any difference of clocks.
const EXPIRED_SINCE: Duration = Duration::from_hours(3 * 24);

/// Age of an expired certificate.
const EXPIRED_AGE: Duration = Duration::from_hours(400 * 24);

/// What servers that have only TLS 1.0 accept: `TLS_ECDHE_ECDSA_WITH_AES_{256,128}_CBC_SHA`, which
/// Windows Server 2008 R2 has for certificates like those here.
const OLD_SUITES: [Suite; 2] = [Suite(0xc00a), Suite(0xc009)];

/// What a region's members have of TLS.
pub(super) struct SiteTls {
    /// As rustls has it.
    pub(super) whole: Arc<rustls::ServerConfig>,
    /// What is there in place of it.
    pub(super) old: Option<Arc<OldTls>>,
}

/// The TLS of a region's members, which share one certificate.
pub(super) fn site_tls(
    site: &Site,
    authority: &Authority,
    options: &FleetOptions,
) -> Result<SiteTls, FleetError> {
    let mut issue = IssueOptions::new([site.endpoint.tls_name()], options.now);
    if matches!(site.fault, Some(Fault::ExpiredCertificate)) {
        issue.not_before = options.now - EXPIRED_AGE;
        issue.not_after = options.now - EXPIRED_SINCE;
    }
    let provider = match &site.fault {
        Some(Fault::OldWindows(provider)) => provider,
        _ => &options.provider,
    };
    let identity = authority.issue(&issue).map_err(FleetError::Certificate)?;
    let old = matches!(site.fault, Some(Fault::Tls10Only)).then(|| {
        Arc::new(OldTls {
            oldest: Protocol::Tls10,
            newest: Protocol::Tls10,
            suites: OLD_SUITES.to_vec(),
            chain: identity.chain.clone(),
        })
    });
    let whole = tls_config(Arc::clone(provider), identity).map_err(FleetError::Tls)?;
    Ok(SiteTls { whole, old })
}
