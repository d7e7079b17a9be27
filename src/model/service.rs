//! The parts of a WSUS server, and who needs which.

use super::failure::Failure;

closed_list! {
    /// A part of a WSUS server that can break by itself, in the order in which they are shown.
    Service {
        /// The client web service (MS-WUSP).
        Client => "client",
        /// Authorization of clients.
        SimpleAuth => "simple_auth",
        /// The content channel: update payload over clear-text HTTP.
        Content => "content",
        /// The self-update directory of agents up to Windows 8.1.
        SelfUpdate => "self_update",
        /// Reports of clients.
        Reporting => "reporting",
        /// Synchronization of downstream servers (MS-WSUSSS).
        ServerSync => "server_sync",
        /// Authorization of downstream servers.
        DssAuth => "dss_auth",
        /// Administration by remote consoles.
        ApiRemoting => "api_remoting",
        /// The inventory directory.
        Inventory => "inventory",
    }
}

/// For whom something works or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Every Windows client.
    Clients,
    /// Clients up to Windows 8.1 and Server 2012 R2, whose agents insist on self-update.
    OldClients,
    /// WSUS servers that synchronize from this one.
    DownstreamServers,
    /// Administrators with a remote console.
    Administrators,
}

impl Audience {
    /// The stable lower-case name used in every output and metric.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::OldClients => "clients_up_to_8_1",
            Self::DownstreamServers => "downstream_servers",
            Self::Administrators => "administrators",
        }
    }

    /// The name in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::OldClients => "clients up to 8.1",
            Self::DownstreamServers => "downstream servers",
            Self::Administrators => "administrators",
        }
    }
}

/// What was found about one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It answers as it should.
    Pass,
    /// It does not, and this is why.
    Fail(Failure),
    /// There is nothing to ask, for this reason.
    NotApplicable(String),
    /// It was not seen well enough to say, for this reason.
    Unknown(String),
}

impl Outcome {
    /// The stable lower-case name used in every output.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::NotApplicable(_) => "not_applicable",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// One service of one member. Its timings and evidence are those of the exchanges whose request
/// belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceReport {
    /// Which.
    pub service: Service,
    /// How it fares.
    pub outcome: Outcome,
}
