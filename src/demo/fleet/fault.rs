//! What goes wrong in a region, and how its servers behave then.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

use crate::demo::script::Script;
use crate::demo::server::Behaviour;

use super::regions::MEMBERS;

/// What goes wrong in one region.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing listens.
    Dead,
    /// Connections are never answered: a matter of [`Fleet::simulated_links`](super::Fleet::simulated_links); without them the
    /// region looks dead.
    BlackHole,
    /// The certificate has expired.
    ExpiredCertificate,
    /// Every application pool is stopped, so that everything is answered by 503.
    Http503,
    /// Nothing listens at one member of the two.
    HalfDead,
    /// TLS as an old Windows release has it, by this provider's suites and groups.
    OldWindows(Arc<CryptoProvider>),
    /// TLS 1.0 and nothing newer, and no more of it than a [`hello`](crate::demo::hello).
    Tls10Only,
    /// `WsusPool` is stopped: the services answer 503, static files are served.
    PoolStopped,
    /// Nothing listens at the content ports.
    BrokenContent,
    /// TLS is required of the whole site, so that content is refused in clear text.
    ContentNeedsSsl,
    /// The self-update directory is missing.
    NoSelfUpdate,
    /// A sign-in page answers in place of the servers.
    Portal,
    /// The members do not share a database.
    DifferentDatabases,
    /// The servers answer like an update server that is not a WSUS.
    NotWsus,
}

impl Fault {
    /// The stable lower-case name used in options and output.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::BlackHole => "black_hole",
            Self::ExpiredCertificate => "expired",
            Self::Http503 => "http_503",
            Self::HalfDead => "half_dead",
            Self::OldWindows(_) => "old_windows",
            Self::Tls10Only => "tls10_only",
            Self::PoolStopped => "pool_stopped",
            Self::BrokenContent => "broken_content",
            Self::ContentNeedsSsl => "content_needs_ssl",
            Self::NoSelfUpdate => "no_self_update",
            Self::Portal => "portal",
            Self::DifferentDatabases => "different_databases",
            Self::NotWsus => "not_wsus",
        }
    }

    /// Whether that member (counted from 1) has no listener.
    pub(super) const fn silences(&self, member: u8) -> bool {
        match self {
            Self::Dead | Self::BlackHole => true,
            Self::HalfDead => member == MEMBERS,
            Self::ExpiredCertificate
            | Self::Http503
            | Self::OldWindows(_)
            | Self::Tls10Only
            | Self::PoolStopped
            | Self::BrokenContent
            | Self::ContentNeedsSsl
            | Self::NoSelfUpdate
            | Self::Portal
            | Self::DifferentDatabases
            | Self::NotWsus => false,
        }
    }

    /// How the servers behave that do listen.
    pub(super) fn behaviour(&self) -> Behaviour {
        match self {
            Self::Http503 => Behaviour::PoolStopped,
            Self::PoolStopped => Behaviour::Scripted(Script::pool_stopped()),
            Self::ContentNeedsSsl => Behaviour::Scripted(Script::content_needs_tls()),
            Self::NoSelfUpdate => Behaviour::Scripted(Script::no_self_update()),
            Self::Portal => Behaviour::HtmlPortal,
            Self::NotWsus => Behaviour::NotWsus,
            Self::Dead
            | Self::BlackHole
            | Self::ExpiredCertificate
            | Self::HalfDead
            | Self::OldWindows(_)
            | Self::Tls10Only
            | Self::BrokenContent
            | Self::DifferentDatabases => Behaviour::Healthy,
        }
    }
}
