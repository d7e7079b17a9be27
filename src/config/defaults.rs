//! Every default and limit of the configuration, with its reason.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// One round of one member, everything included. Longer than any phase alone, so that a slow
/// phase is named as the culprit instead of the whole; and short enough that a person waits for
/// it.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// One name, both families. Below [`DEADLINE`] so that a silent resolver leaves time to report;
/// long enough for several re-sends, so that one lost packet is not a failure.
pub const RESOLVE_TIMEOUT: Duration = Duration::from_secs(2);

/// One TCP connection. Above the initial SYN retransmission timeout of one second (RFC 6298), so
/// that one lost packet does not make a server look dead.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// One TLS handshake. Two round trips and the server's private-key operation: more than
/// [`CONNECT_TIMEOUT`], since a loaded server answers SYNs long after it stops keeping up with
/// handshakes.
pub const TLS_TIMEOUT: Duration = Duration::from_secs(3);

/// One WSUS answer. The longest phase, because an application pool that was idle starts on the
/// first request; still below [`DEADLINE`].
pub const WSUS_TIMEOUT: Duration = Duration::from_secs(4);

/// What a deadline or a phase timeout may be. Below the lower end local scheduling decides the
/// result; above the upper end one dead endpoint would hold up every round of the others.
pub const TIMEOUT_RANGE: RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_mins(1);

/// Where the exporter listens: this machine alone can reach it, because what it tells of servers
/// and the probes that it makes on request are not for everybody.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 18530);

/// Start to start of two rounds of a monitoring run. Two rounds that agree are needed for a change
/// of state, so that one is known within a minute or so; and a server has two connections a
/// minute of it, less than of one Windows client that looks for updates.
pub const INTERVAL: Duration = Duration::from_secs(30);

/// What the pause between two rounds of a monitoring run may be. The lower end keeps the probe
/// from being a load on the servers.
pub const INTERVAL_RANGE: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_hours(1);

/// Start to start of two checks of an endpoint with every service. A check has a dozen requests
/// where a round has one, so it is made about a tenth as often; a change of state brings it
/// forward anyway.
pub const CHECK_INTERVAL: Duration = Duration::from_mins(5);

/// What that pause may be. The lower end keeps the checks from being a load on the servers; the
/// upper end still finds within a day what rounds cannot see.
pub const CHECK_INTERVAL_RANGE: RangeInclusive<Duration> =
    Duration::from_secs(10)..=Duration::from_hours(24);

/// Pause between two scans of an endpoint's TLS by a monitoring run. What they find changes by
/// somebody's work on the server, and Windows servers log what they refuse: a few times a day is
/// enough.
pub const TLS_INTERVAL: Duration = Duration::from_hours(6);

/// What that pause may be. The lower end keeps a short one from filling a server's event log; the
/// upper end still finds a change within a week.
pub const TLS_INTERVAL_RANGE: RangeInclusive<Duration> =
    Duration::from_mins(1)..=Duration::from_hours(7 * 24);

/// Time from Microsoft's release of updates to their release on the servers: that of the operator
/// of the embedded catalogue, who tests them for three weeks.
pub const RELEASE_AFTER: Duration = Duration::from_hours(21 * 24);

/// What that time may be, in whole days: releases have a date, not an hour. From the upper end on
/// three later releases would be out before.
pub const RELEASE_AFTER_RANGE: RangeInclusive<Duration> =
    Duration::ZERO..=Duration::from_hours(90 * 24);

/// What a simulated round trip may be: no more than the longest timeout that could see it.
pub const SIMULATED_RANGE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(1);

/// Port of DNS over UDP and TCP (RFC 1035).
pub const DNS_PORT: u16 = 53;

/// Port of DNS over TLS (RFC 7858).
pub const DNS_TLS_PORT: u16 = 853;

/// Most resolvers whose answers are compared: every endpoint asks each of them, and each is a label
/// value of metrics. No client has more than a few.
pub const MAX_COMPARED: usize = 8;

/// Highest priority number: far more ranks than any fleet has endpoints in one place.
pub const MAX_PRIORITY: u32 = 65_535;

/// Largest configuration file in bytes: some ten thousand endpoints, each with every key.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Most endpoints of one configuration. A `[fleet]` multiplies its template by its list, so the
/// size of the file alone does not bound the memory.
pub const MAX_ENDPOINTS: usize = 20_000;

/// Longest endpoint name in bytes: a DNS name (RFC 1035) and a port, which is what an endpoint
/// without a name is called.
pub const MAX_NAME_BYTES: usize = 253 + ":65535".len();

/// Longest data-center code in bytes: it may become a label of a DNS name (RFC 1035).
pub const MAX_DC_BYTES: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_allowed_and_no_phase_outlasts_the_deadline() {
        for phase in [RESOLVE_TIMEOUT, CONNECT_TIMEOUT, TLS_TIMEOUT, WSUS_TIMEOUT] {
            assert!(TIMEOUT_RANGE.contains(&phase) && phase < DEADLINE);
        }
        assert!(TIMEOUT_RANGE.contains(&DEADLINE));
        assert!(INTERVAL_RANGE.contains(&INTERVAL) && DEADLINE < INTERVAL);
        assert!(CHECK_INTERVAL_RANGE.contains(&CHECK_INTERVAL));
        assert!(RELEASE_AFTER_RANGE.contains(&RELEASE_AFTER));
        assert!(TLS_INTERVAL_RANGE.contains(&TLS_INTERVAL));
    }
}
