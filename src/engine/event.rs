//! What happens during a round, as it happens.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::certificate::CertificateReport;
use crate::model::exchange::Exchange;
use crate::model::failure::Failure;
use crate::model::report::Lookup;
use crate::model::resolvers::ResolverReport;
use crate::model::timing::Timed;
use crate::model::tls::TlsSession;
use crate::model::tls_scan::TlsScan;

/// One observation.
#[derive(Debug, Clone)]
pub struct Event {
    /// When, counted from the start of the round.
    pub at: Duration,
    /// Index of the target.
    pub target: usize,
    /// What was seen.
    pub what: What,
}

/// The observation itself.
#[derive(Debug, Clone)]
pub enum What {
    /// An answer, or the lack of one, to a question for addresses.
    Resolved(Lookup),
    /// What the resolvers that are to be compared say; takes the place of what was told before.
    Compared(Vec<ResolverReport>),
    /// An address will be probed; it came with this lookup time, if it was resolved.
    Member(SocketAddr, Option<Timed>),
    /// Something about one member.
    Of(SocketAddr, Sight),
    /// Nothing more will be seen of this target.
    Finished,
}

/// An observation about one member.
#[derive(Debug, Clone)]
pub enum Sight {
    /// A connection attempt went out.
    Sent {
        /// Number of the attempt, from 0.
        sample: u32,
    },
    /// A connection was opened.
    Connected {
        /// Number of the attempt.
        sample: u32,
        /// SYN to SYN-ACK.
        connect: Timed,
        /// Round-trip time, unless spoilt by a retransmission.
        rtt: Option<Timed>,
        /// SYNs sent again, where known.
        syn_retransmits: Option<u32>,
    },
    /// A connection attempt failed.
    NotConnected {
        /// Number of the attempt.
        sample: u32,
        /// Why.
        failure: Failure,
        /// SYNs sent again, where known.
        syn_retransmits: Option<u32>,
    },
    /// The handshake was completed.
    Secured {
        /// What was negotiated.
        session: TlsSession,
        /// First byte of the client's hello to the last byte of the server's handshake.
        time: Option<Timed>,
        /// Smallest round-trip time of the connection at its end.
        min_rtt: Option<Timed>,
    },
    /// The handshake failed.
    NotSecured(Failure),
    /// The presented chain was judged.
    Certificate(CertificateReport),
    /// A request of the WSUS check is over.
    Asked(Exchange),
    /// The scan of its TLS is over.
    Scanned(Box<TlsScan>),
    /// Nothing more will be seen of this member.
    Done,
}
