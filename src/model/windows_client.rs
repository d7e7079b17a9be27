//! Windows releases as clients of a WSUS server.

use super::protocol::Protocol;
use super::suite::Suite;

closed_list! {
    /// A group of Windows releases whose update agents offer the same in a TLS handshake.
    WindowsClient {
        /// Windows Vista and Server 2008.
        Vista => "vista_2008",
        /// Windows 7 and Server 2008 R2 as installed.
        Seven => "7_2008_r2",
        /// Windows 7 and Server 2008 R2 with KB3140245 and newer versions switched on.
        SevenUpdated => "7_2008_r2_kb3140245",
        /// Windows 8 and Server 2012 as installed.
        Eight => "8_2012",
        /// Windows 8 and Server 2012 with KB3140245 and newer versions switched on.
        EightUpdated => "8_2012_kb3140245",
        /// Windows 8.1 and Server 2012 R2.
        EightOne => "8_1_2012_r2",
        /// Windows 10 1507.
        Ten1507 => "10_1507",
        /// Windows 10 1607 and Server 2016.
        Ten1607 => "10_1607_2016",
        /// Windows 10 1809 and Server 2019.
        Ten1809 => "10_1809_2019",
        /// Windows 10 22H2.
        Ten22H2 => "10_22h2",
        /// Windows 11 21H2 and Server 2022.
        Eleven => "11_2022",
        /// Windows 11 22H2 to 24H2 and Server 2025.
        Eleven24H2 => "11_24h2_2025",
    }
}

closed_list! {
    /// Why a Windows release cannot connect.
    ClientRefusal {
        /// It offers no version that the server accepts.
        NoCommonVersion => "no_common_version",
        /// It offers no suite that the server accepts with the version they would use.
        NoCommonSuite => "no_common_suite",
        /// Every client refuses the certificate.
        Certificate => "certificate",
    }
}

/// Whether a Windows release can connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientOutcome {
    /// It can, with this version, and with this suite where it is known.
    Works(Protocol, Option<Suite>),
    /// It cannot, and why in words.
    Fails(ClientRefusal, String),
    /// What was seen does not tell, and why.
    Unknown(String),
}

/// The outcome for one group of releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientReport {
    /// Which.
    pub client: WindowsClient,
    /// Whether it can connect.
    pub outcome: ClientOutcome,
    /// What is not certain about what was seen, if anything. What is assumed of the releases
    /// themselves is in [`crate::decide::compat::table`].
    pub caveat: Option<String>,
}
