//! Servers whose TLS is known, because it was configured or written here: the judge of every
//! scanner, this program's included. Nothing here uses the program's own reading and writing of
//! TLS.
//!
//! [`table`] lists the servers with the truth about each. [`scripted`] runs those that no proper
//! library would be, [`genuine`] are `openssl s_server` and nginx. [`scanners`] runs other
//! people's programs that tell the versions of a server.

mod genuine;
mod hello;
pub(crate) mod product;
mod reply;
pub(crate) mod scanners;
mod script;
mod scripted;
pub(crate) mod table;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::peer::Peer;
use genuine::Genuine;
use script::Script;
use scripted::Scripted;

/// The name that clients put into SNI.
pub(crate) const NAME: &str = "wsus.test";

/// The versions in the order of every five-letter word here.
pub(crate) const VERSIONS: [&str; 5] = ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"];

/// The settings with which OpenSSL does what its defaults forbid.
fn permissive_openssl() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/openssl/permissive.cnf")
}

/// What a scanner says, a letter for each of [`VERSIONS`]: `y` accepted, `n` not accepted,
/// `?` not known, `-` not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saying(pub(crate) [char; 5]);

impl Saying {
    /// Nothing is known of any version.
    pub(crate) const NOTHING: Self = Self(['?'; 5]);
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{letter}"))
    }
}

/// One server of the zoo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// A letter for each of [`VERSIONS`]: `y` accepted, `n` not accepted, `?` nobody can tell.
    /// A capital: the same, but the server hides it well enough that "not known" is no error.
    pub(crate) truth: &'static str,
    pub(crate) why: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Scripted(Script),
    Genuine(Genuine),
}

/// A server that runs until this is dropped.
pub(crate) enum Running {
    Scripted(Scripted),
    Genuine(Peer),
}

impl Row {
    pub(crate) async fn start(&self) -> Running {
        match self.kind {
            Kind::Scripted(script) => Running::Scripted(Scripted::start(script).await),
            Kind::Genuine(genuine) => Running::Genuine(genuine.start().await),
        }
    }

    /// Which versions this saying is wrong about; those that were not asked are never wrong.
    pub(crate) fn errors(&self, saying: Saying) -> Vec<usize> {
        let letters = self.truth.chars().zip(saying.0).enumerate();
        letters
            .filter(|(_, (truth, said))| {
                let hidden = truth.is_ascii_uppercase() && *said == '?';
                *said != '-' && truth.to_ascii_lowercase() != *said && !hidden
            })
            .map(|(version, _)| version)
            .collect()
    }
}

impl Running {
    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Scripted(server) => server.address,
            Self::Genuine(peer) => peer.address,
        }
    }

    /// Connections accepted so far, where the server counts them.
    pub(crate) fn connections(&self) -> Option<u32> {
        match self {
            Self::Scripted(server) => Some(server.connections()),
            Self::Genuine(_) => None,
        }
    }
}
