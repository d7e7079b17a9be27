//! The options of `tls`.

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::cli::args::TextOrJson;

/// Default of `tls --concurrency`.
pub const DEFAULT_CONCURRENCY: u8 = 2;

/// Most connections of `tls --concurrency`: more would look like an attack and be answered as one.
pub const MAX_CONCURRENCY: u8 = 8;

pub(super) const EXAMPLES: &str = "\
Examples:
  wsus-probe tls                            every endpoint
  wsus-probe tls dfw https://wsus.corp.example:8531
  wsus-probe tls dfw --suites               and every suite and group that it accepts
  wsus-probe tls --output json | jq '.endpoints[].members[].tls_scan.versions'";

/// Options of `tls`.
#[derive(Debug, Clone, Args)]
pub struct Tls {
    /// Names of configured endpoints, or URLs of any; every configured endpoint if none is given
    ///
    /// A URL is taken as by --endpoint. Endpoints with http:// have no TLS and are left out.
    #[arg(value_name = "NAME|URL")]
    pub places: Vec<String>,

    /// Find every suite and group that is accepted with each version, and whose order rules
    ///
    /// Takes several dozen short connections per member (of servers that change their mind up to
    /// 70 for each version), paced by --concurrency. Windows servers
    /// may write an entry to their event log (source Schannel) for each of them that they refuse.
    #[arg(long, env = "WSUS_PROBE_TLS_SUITES", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub suites: bool,

    /// Connections to a member at once while suites are looked for, from 1 to 8
    ///
    /// More is faster; but many connections at once look like an attack, and rate limiters then
    /// spoil the answers. The versions are always asked all at once.
    #[arg(long, value_name = "N", env = "WSUS_PROBE_TLS_CONCURRENCY", hide_env_values = true)]
    #[arg(default_value_t = DEFAULT_CONCURRENCY)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=i64::from(MAX_CONCURRENCY)))]
    pub concurrency: u8,

    /// Try SSL 3.0 too
    ///
    /// Off by default: intrusion detection may take it for the search for an old hole.
    #[arg(long, env = "WSUS_PROBE_TLS_SSL3", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub ssl3: bool,

    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_TLS_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}
