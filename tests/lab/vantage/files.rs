//! What is written for the lab and what is started in it: the document, the rules and the exporter's
//! configuration, at the lab's addresses, in its folder and at its pace.

use std::fmt::Write as _;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use super::snippets::{LAPSE, block, commands, faster, placed};
use super::world::SITES;
use crate::regions::{self, REGIONS, RESOLVER};

/// The monitoring machines: what the document calls them, and where they are in the lab. The
/// first is the one that programs beside the servers call from.
pub(super) const MACHINES: [(&str, Ipv4Addr); 4] = [
    ("central.example.com", Ipv4Addr::new(10, 77, 90, 1)),
    ("one.example.com", Ipv4Addr::new(10, 77, 90, 2)),
    ("shard0.example.com", Ipv4Addr::new(10, 77, 90, 3)),
    ("shard1.example.com", Ipv4Addr::new(10, 77, 90, 4)),
];

/// The rules, as people install them.
const RULES: [(&str, &str); 2] = [
    ("wsus-recording.yml", include_str!("../../../dashboards/prometheus/wsus-recording.yml")),
    ("wsus-alerts.yml", include_str!("../../../dashboards/prometheus/wsus-alerts.yml")),
];

/// Notifies nobody, at once.
const ALERTMANAGER: &str =
    "route: {receiver: nobody, group_wait: 0s}\nreceivers: [{name: nobody}]\n";

/// Defaults that depend on time, which have to run faster too: how long a sample counts, how long
/// a database waits for late ones, how long results wait to be written.
const DEFAULTS: [(&str, &[&str]); 3] = [
    ("victoria-metrics", &["-search.latencyOffset=30s", "-search.maxLookback=5m"]),
    (
        "vmalert",
        &["-datasource.queryStep=5m", "-remoteWrite.flushInterval=5s", "-evaluationInterval=1m"],
    ),
    ("one.yml", &["--query.lookback-delta=5m"]),
];

/// The same of remote write.
const QUEUE: &str = "/api/v1/write\n    queue_config: {batch_send_deadline: 5s}";

/// Writes everything below the folder; `ca` is the root certificate of the servers.
pub(super) fn write_all(folder: &Path, ca: &Path) {
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    };
    for (name, text) in RULES {
        write(&format!("etc/prometheus/rules/{name}"), &faster(text));
    }
    write("etc/prometheus/alertmanager.yml", ALERTMANAGER);
    write("etc/prometheus/one.yml", &adapted(folder, block("one.yml"), &[]));
    for shard in ["0", "1"] {
        let kept = format!("regex: \"{shard}\"");
        let text = adapted(folder, block("shard.yml"), &[("regex: \"0\"", &kept)]);
        write(&format!("etc/prometheus/shard{shard}.yml"), &text);
    }
    for (site, host, address) in SITES {
        let label = format!("site: {site}");
        let other = [("site: london", label.as_str()), ("london.example.com", host)];
        let text = adapted(folder, block("agent.yml"), &other);
        let text = text.replace("job_name: wsus", "job_name: wsus-agents");
        assert!(text.contains(address) && text.contains(&label), "{text}");
        write(&format!("etc/prometheus/agent-{site}.yml"), &text);
    }
    write("wsus-probe.toml", &probe_config(ca));
}

/// The commands of a block with these replacements, as they are in the lab.
pub(super) fn arguments(
    folder: &Path,
    block: &str,
    replacements: &[(&str, &str)],
) -> Vec<Vec<String>> {
    let with_defaults = |mut arguments: Vec<String>| {
        let of = |word: &&str| arguments.iter().any(|argument| argument.ends_with(*word));
        let defaults = DEFAULTS.iter().filter(|(word, _)| of(word));
        let more: Vec<String> =
            defaults.flat_map(|(_, flags)| *flags).map(|flag| (*flag).to_owned()).collect();
        arguments.extend(more);
        arguments.iter().map(|one| adapted(folder, one, replacements)).collect()
    };
    commands(block).into_iter().map(with_defaults).collect()
}

/// A text of the document with these replacements, as it is in the lab.
fn adapted(folder: &Path, text: &str, replacements: &[(&str, &str)]) -> String {
    let text = text.replace("/api/v1/write", QUEUE);
    let replace = |text: String, (old, new): &(&str, &str)| text.replace(old, new);
    let text = faster(&replacements.iter().fold(text, replace));
    let machines = MACHINES.map(|(name, address)| (name, address.to_string()));
    let machines = machines.iter().map(|(name, address)| (*name, address.as_str()));
    let sites = SITES.iter().map(|(_, name, address)| (*name, *address));
    placed(&text, &machines.chain(sites).collect::<Vec<_>>(), folder)
}

/// The fleet as both vantage points know it, at the lab's pace. The deadline is short, so that a
/// fault is seen within the lab's minutes, and longer than some silences: rounds that were answered
/// before the network went end after those that were not.
fn probe_config(ca: &Path) -> String {
    let interval = 30_000 / LAPSE;
    let mut text =
        format!("ca_file = \"{}\"\nresolver = \"{RESOLVER}\"\ndeadline = \"3s\"\n", ca.display());
    for (region, (code, _)) in REGIONS.iter().enumerate() {
        let (dc, url) = (code.to_uppercase(), regions::url(region));
        let _ = write!(text, "\n[[endpoint]]\nname = \"{code}\"\ndc = \"{dc}\"\nurl = \"{url}\"\n");
    }
    let check = 300_000 / LAPSE;
    let _ =
        write!(text, "\n[serve]\ninterval = \"{interval}ms\"\ncheck_interval = \"{check}ms\"\n");
    text
}
