//! What a monitoring run knows of one member.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Noted, State};
use crate::model::certificate::CertificateVerdict;
use crate::model::protocol::Protocol;
use crate::model::report::Phases;
use crate::model::service::Service;
use crate::model::timing::Timed;
use crate::model::tls::TlsSession;
use crate::model::tls_scan::Support;
use crate::model::windows_client::WindowsClient;

/// Everything that is kept of one member. What was not seen is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    /// Address and port.
    pub address: SocketAddr,
    /// The state, with hysteresis.
    pub state: State,
    /// The smallest round-trip time of the last round.
    pub rtt: Option<Timed>,
    /// The completed phases of the last round.
    pub phases: Phases,
    /// SYNs sent again since the member is known; `None` where the system cannot tell.
    pub syn_retransmits: Option<u64>,
    /// The handshake of the last round.
    pub session: Option<Arc<TlsSession>>,
    /// The chain that was presented last.
    pub certificate: Option<Arc<CertificateView>>,
    /// What the last check found of each service that it looked at.
    pub services: Vec<ServiceView>,
    /// What the last scan found; `None` before the first.
    pub tls: Option<Arc<TlsView>>,
    /// Observations about this member.
    pub findings: Vec<Noted>,
}

impl MemberView {
    /// A member of which nothing is known yet.
    pub fn new(address: SocketAddr, now: SystemTime) -> Self {
        Self {
            address,
            state: State::unknown(now),
            rtt: None,
            phases: Phases::default(),
            syn_retransmits: None,
            session: None,
            certificate: None,
            services: Vec::new(),
            tls: None,
            findings: Vec::new(),
        }
    }
}

/// A service as the last check saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// Which.
    pub service: Service,
    /// Whether it answers as it should; `None` where that is not known.
    pub works: Option<bool>,
    /// Why not, or why it is not known; empty for one that works.
    pub text: Box<str>,
}

/// A presented chain, reduced to what is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateView {
    /// The worst that is wrong with it.
    pub verdict: CertificateVerdict,
    /// What was observed of that; empty where nothing is wrong.
    pub detail: String,
    /// The leaf's subject, or what takes its place.
    pub subject: String,
    /// When each certificate ends, in the order in which they were sent; `None` for one that cannot
    /// be parsed.
    pub not_after: Vec<Option<SystemTime>>,
    /// When the first of those ends that clients use; `None` where it is not known which.
    pub used_until: Option<SystemTime>,
}

impl CertificateView {
    /// The verdict at a later time: a chain that was accepted may have ended since.
    pub fn verdict_at(&self, now: SystemTime) -> CertificateVerdict {
        let has_ended = self.used_until.is_some_and(|end| end <= now);
        if has_ended && self.verdict.is_accepted() == Some(true) {
            CertificateVerdict::Expired
        } else {
            self.verdict
        }
    }
}

/// What the last scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsView {
    /// Whether each version that was tried is accepted.
    pub versions: Vec<(Protocol, Support)>,
    /// Whether each group of Windows releases can connect, `None` where that is not known; and why
    /// not, or with what.
    pub clients: Vec<(WindowsClient, Option<bool>, String)>,
}
