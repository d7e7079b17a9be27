//! Where the servers of a fleet stand, and what is behind each name.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Hierarchy, Host, PatchWindow, Scheme,
};
use crate::model::protocol::TlsExpectations;

use super::{FleetOptions, Site};

/// Servers behind each name: WSUS servers for many clients stand in load-balanced pairs.
pub(super) const MEMBERS: u8 = 2;

/// A place where simulated servers stand.
pub(super) struct Region {
    pub(super) code: &'static str,
    name: &'static str,
    time_zone: &'static str,
    round_trip: Duration,
}

const fn region(
    code: &'static str,
    name: &'static str,
    time_zone: &'static str,
    round_trip_ms: u64,
) -> Region {
    Region { code, name, time_zone, round_trip: Duration::from_millis(round_trip_ms) }
}

/// The regions, nearest first: distances as real lines from Dallas have them, more or less, and
/// far enough from each other that the nearest is never in doubt.
pub(super) const REGIONS: [Region; 6] = [
    region("dfw", "Dallas", "America/Chicago", 12),
    region("ord", "Chicago", "America/Chicago", 35),
    region("iad", "Northern Virginia", "America/New_York", 48),
    region("lon", "London", "Europe/London", 110),
    region("syd", "Sydney", "Australia/Sydney", 190),
    region("hkg", "Hong Kong", "Asia/Hong_Kong", 230),
];

/// Minutes of a day.
const DAY: u64 = 24 * 60;

/// Regions with a nightly patch window, when it opens in minutes after the start of the fleet, and
/// how many minutes it stays open. The first is open at the start; the second opens while somebody
/// watches.
const PATCH_WINDOWS: [(&str, u64, u64); 2] = [("dfw", DAY - 60, 240), ("lon", 5, 120)];

/// The addresses of all members, region by region.
pub(super) fn addresses() -> Vec<IpAddr> {
    let regions = (1..).zip(&REGIONS);
    regions.flat_map(|(number, _)| (1..=MEMBERS).map(move |member| at(number, member))).collect()
}

/// The address of a member; both numbers count from 1.
pub(super) fn at(region: u8, member: u8) -> IpAddr {
    Ipv4Addr::new(127, 77, region, member).into()
}

/// All regions with their faults, nearest first.
pub(super) fn sites(port: u16, options: &FleetOptions) -> Vec<Site> {
    let site = |(number, region): (u8, &Region)| Site {
        endpoint: Endpoint {
            name: EndpointName(region.code.to_owned()),
            dc: Some(region.code.to_uppercase()),
            region: Some(region.name.to_owned()),
            url: EndpointUrl { scheme: Scheme::Https, host: Host::Name(host(region.code)), port },
            server_name: None,
            priority: None,
            expected_members: (1..=MEMBERS).map(|member| at(number, member)).collect(),
            family: Family::Any,
            resolvers_may_differ: false,
            time_zone: Some(region.time_zone.to_owned()),
            patch_window: patch_window(region, options.now),
            hierarchy: Hierarchy::default(),
            tls: TlsExpectations::default(),
        },
        round_trip: region.round_trip,
        fault: options.faults.get(region.code).cloned(),
    };
    (1..).zip(&REGIONS).map(site).collect()
}

/// The region's patch window on its own clock, to the minute.
fn patch_window(region: &Region, now: SystemTime) -> Option<PatchWindow> {
    let (_, opens, lasts) = PATCH_WINDOWS.iter().find(|(code, ..)| *code == region.code)?;
    let local = Timestamp::try_from(now).ok()?.in_tz(region.time_zone).ok()?;
    let minute = u64::try_from(i16::from(local.hour()) * 60 + i16::from(local.minute())).ok()?;
    let start = (minute + opens) % DAY;
    let end = (start + lasts) % DAY;
    Some(PatchWindow::Nightly { start: Duration::from_mins(start), end: Duration::from_mins(end) })
}

/// A region's name in DNS, under a top-level domain that never exists (RFC 6761).
fn host(code: &str) -> String {
    format!("msupdate.{code}.demo.test")
}
