//! The configuration file that makes the other commands see a fleet.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::model::endpoint::{PatchWindow, SimulatedLink};

use super::Site;

/// Renders the file. Durations are whole milliseconds, as all of a fleet are.
pub(super) fn render(
    sites: &[Site],
    resolver: SocketAddr,
    links: &BTreeMap<IpAddr, SimulatedLink>,
    ca_file: &str,
) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_file(&mut text, sites, resolver, links, ca_file);
    text
}

fn write_file(
    text: &mut String,
    sites: &[Site],
    resolver: SocketAddr,
    links: &BTreeMap<IpAddr, SimulatedLink>,
    ca_file: &str,
) -> fmt::Result {
    writeln!(text, "# The simulated fleet of a running `wsus-probe demo`.")?;
    writeln!(text, "ca_file = {}", quoted(ca_file))?;
    writeln!(text, "resolver = {}", quoted(&resolver.to_string()))?;
    for site in sites {
        let endpoint = &site.endpoint;
        writeln!(text, "\n[[endpoint]]")?;
        let members: Vec<String> =
            endpoint.expected_members.iter().map(|address| quoted(&address.to_string())).collect();
        for (key, value) in [
            ("name", Some(endpoint.name.to_string())),
            ("dc", endpoint.dc.clone()),
            ("region", endpoint.region.clone()),
            ("url", Some(endpoint.url.to_string())),
            ("time_zone", endpoint.time_zone.clone()),
            ("patch_window", endpoint.patch_window.as_ref().map(window)),
        ] {
            if let Some(value) = value {
                writeln!(text, "{key} = {}", quoted(&value))?;
            }
        }
        writeln!(text, "members = [{}]", members.join(", "))?;
    }
    writeln!(text, "\n# Delays and black holes put in front of loopback addresses.")?;
    writeln!(text, "[simulated]")?;
    for (address, link) in links {
        let link = match link {
            SimulatedLink::BlackHole => "black_hole".to_owned(),
            SimulatedLink::RoundTrip(time) => format!("{}ms", time.as_millis()),
        };
        writeln!(text, "{} = {}", quoted(&address.to_string()), quoted(&link))?;
    }
    Ok(())
}

/// A window as it is written in the file.
fn window(window: &PatchWindow) -> String {
    let clock = |time: &Duration| {
        let minutes = time.as_secs() / 60;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    match window {
        PatchWindow::Nightly { start, end } => format!("{}-{}", clock(start), clock(end)),
        PatchWindow::NotDocumented => "not documented".to_owned(),
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
