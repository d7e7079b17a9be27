//! One effective configuration as a list of sections, and its two spellings.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, json};
use toml::Value;

use crate::config::endpoint::Origins;
use crate::config::hierarchy::ROLE_UPSTREAM;
use crate::config::origin::Origin;
use crate::config::serve::Serve;
use crate::config::value::{write_patch_window, write_resolver, write_simulated};
use crate::config::{Config, Target};
use crate::model::endpoint::ResolverChoice;
use crate::model::protocol::Protocol;

/// Version of the JSON; grows when a field changes its meaning or vanishes.
const SCHEMA_VERSION: u32 = 1;

/// Column at which comments begin, where the line is shorter.
const COMMENT_COLUMN: usize = 48;

/// A key, its value, and where it comes from.
struct Line {
    key: String,
    value: Value,
    origin: String,
}

impl Line {
    fn new(key: impl Into<String>, value: Value, origin: &Origin) -> Self {
        Self { key: key.into(), value, origin: origin.to_string() }
    }
}

/// Writes a configuration file with the same meaning, one comment a line.
pub(super) fn toml(config: &Config, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# The effective configuration of wsus-probe {}.", env!("CARGO_PKG_VERSION"))?;
    write_lines(out, &settings(config))?;
    for target in &config.targets {
        writeln!(out, "\n[[endpoint]]")?;
        write_lines(out, &endpoint(target, config))?;
    }
    writeln!(out, "\n[serve]")?;
    write_lines(out, &serve_lines(&config.serve))?;
    if !config.simulated.is_empty() {
        writeln!(out, "\n[simulated]")?;
        write_lines(out, &simulated(config))?;
    }
    Ok(())
}

/// Writes the same as one JSON object.
pub(super) fn json(config: &Config, out: &mut dyn Write) -> io::Result<()> {
    let endpoints: Vec<_> =
        config.targets.iter().map(|target| object(&endpoint(target, config))).collect();
    let root = json!({
        "schema_version": SCHEMA_VERSION,
        "settings": object(&settings(config)),
        "endpoints": endpoints,
        "serve": object(&serve_lines(&config.serve)),
        "simulated": object(&simulated(config)),
        "notes": config.notes,
    });
    serde_json::to_writer_pretty(&mut *out, &root)?;
    writeln!(out)
}

fn write_lines(out: &mut dyn Write, lines: &[Line]) -> io::Result<()> {
    for Line { key, value, origin } in lines {
        // An address is not a bare key of TOML.
        let bare = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let key = if bare { key.clone() } else { Value::from(key.as_str()).to_string() };
        let text = format!("{key} = {value}");
        // A path may hold anything, a line break too, which would end the comment.
        let mut comment = String::new();
        for letter in origin.chars() {
            if letter.is_control() {
                write!(comment, "{}", letter.escape_default()).map_err(io::Error::other)?;
            } else {
                comment.push(letter);
            }
        }
        writeln!(out, "{text:COMMENT_COLUMN$}  # {comment}")?;
    }
    Ok(())
}

fn object(lines: &[Line]) -> serde_json::Value {
    let entry =
        |line: &Line| (line.key.clone(), json!({"value": line.value, "origin": line.origin}));
    serde_json::Value::Object(lines.iter().map(entry).collect::<Map<_, _>>())
}

fn settings(config: &Config) -> Vec<Line> {
    let settings = &config.settings;
    let mut lines = vec![
        Line::new("ca_file", paths(&settings.ca_files.value), &settings.ca_files.origin),
        Line::new(
            "resolver",
            write_resolver(&settings.resolver.value).into(),
            &settings.resolver.origin,
        ),
        Line::new(
            "compare_resolvers",
            resolvers(&settings.compare_resolvers.value),
            &settings.compare_resolvers.origin,
        ),
        Line::new(
            "resolvers_may_differ",
            settings.resolvers_may_differ.value.into(),
            &settings.resolvers_may_differ.origin,
        ),
        Line::new("family", settings.family.value.as_str().into(), &settings.family.origin),
    ];
    for (key, time) in [
        ("deadline", &settings.deadline),
        ("resolve_timeout", &settings.resolve),
        ("connect_timeout", &settings.connect),
        ("tls_timeout", &settings.tls),
        ("wsus_timeout", &settings.wsus),
    ] {
        lines.push(Line::new(key, duration(time.value), &time.origin));
    }
    let release_after = &config.release_after;
    lines.push(Line::new("release_after", duration(release_after.value), &release_after.origin));
    lines
}

/// What an endpoint says of itself, and the settings in which it differs from the others.
fn endpoint(target: &Target, config: &Config) -> Vec<Line> {
    let endpoint = &target.endpoint;
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let members: Vec<Value> =
        endpoint.expected_members.iter().map(|address| address.to_string().into()).collect();
    let values = [
        ("name", Some(endpoint.name.0.as_str().into())),
        ("dc", text(&endpoint.dc)),
        ("region", text(&endpoint.region)),
        ("url", Some(endpoint.url.to_string().into())),
        ("server_name", text(&endpoint.server_name)),
        ("priority", endpoint.priority.map(|number| i64::from(number).into())),
        ("members", (!members.is_empty()).then_some(Value::Array(members))),
        ("time_zone", text(&endpoint.time_zone)),
        (
            "patch_window",
            endpoint.patch_window.as_ref().map(|window| write_patch_window(window).into()),
        ),
        ("upstream", endpoint.hierarchy.upstream.as_ref().map(|name| name.0.as_str().into())),
        ("role", endpoint.hierarchy.is_upstream.then(|| ROLE_UPSTREAM.into())),
        (
            "downstream_generation",
            endpoint.hierarchy.downstream_generation.map(|release| release.as_str().into()),
        ),
        ("require", protocols(&target.endpoint.tls.require)),
        ("forbid", protocols(&target.endpoint.tls.forbid)),
    ];
    values
        .into_iter()
        .chain(own_settings(target, config))
        .filter_map(|(key, value)| Some(line(key, value?, &target.origins)))
        .collect()
}

fn own_settings(target: &Target, config: &Config) -> Vec<(&'static str, Option<Value>)> {
    let common = &config.settings;
    let (own, family) = (&target.limits, target.endpoint.family);
    let may_differ = target.endpoint.resolvers_may_differ;
    let mut values = vec![
        ("ca_file", (target.ca_files != common.ca_files.value).then(|| paths(&target.ca_files))),
        (
            "resolver",
            (target.resolver != common.resolver.value)
                .then(|| write_resolver(&target.resolver).into()),
        ),
        (
            "compare_resolvers",
            (target.compare_resolvers != common.compare_resolvers.value)
                .then(|| resolvers(&target.compare_resolvers)),
        ),
        (
            "resolvers_may_differ",
            (may_differ != common.resolvers_may_differ.value).then(|| may_differ.into()),
        ),
        ("family", (family != common.family.value).then(|| family.as_str().into())),
    ];
    for (key, own, common) in [
        ("deadline", own.deadline, common.deadline.value),
        ("resolve_timeout", own.resolve, common.resolve.value),
        ("connect_timeout", own.connect, common.connect.value),
        ("tls_timeout", own.tls, common.tls.value),
        ("wsus_timeout", own.wsus, common.wsus.value),
    ] {
        values.push((key, (own != common).then(|| duration(own))));
    }
    let own = [target.pace.round, target.pace.check, target.pace.scan];
    for ((key, common), own) in config.serve.paces.each().into_iter().zip(own) {
        values.push((key, (own != common.value).then(|| duration(own))));
    }
    values
}

fn serve_lines(serve: &Serve) -> Vec<Line> {
    let texts = |items: Vec<String>| Value::Array(items.into_iter().map(Value::from).collect());
    let listen = serve.listen.value.iter().map(ToString::to_string).collect();
    let mut lines = vec![Line::new("listen", texts(listen), &serve.listen.origin)];
    for (key, pause) in serve.paces.each() {
        lines.push(Line::new(key, duration(pause.value), &pause.origin));
    }
    let allowed: Vec<String> = serve.allow_targets.value.iter().map(ToString::to_string).collect();
    if !allowed.is_empty() {
        lines.push(Line::new("allow_targets", texts(allowed), &serve.allow_targets.origin));
    }
    for (key, flag) in
        [("phase_histograms", &serve.phase_histograms), ("auto_reload", &serve.auto_reload)]
    {
        lines.push(Line::new(key, flag.value.into(), &flag.origin));
    }
    lines
}

fn simulated(config: &Config) -> Vec<Line> {
    let line = |(address, link): (&std::net::IpAddr, &crate::config::origin::Sourced<_>)| {
        Line::new(address.to_string(), write_simulated(link.value).into(), &link.origin)
    };
    config.simulated.iter().map(line).collect()
}

/// A line of an endpoint; what was derived from another key says so.
fn line(key: &'static str, value: Value, origins: &Origins) -> Line {
    match origins.get(key) {
        Some(origin) => Line::new(key, value, origin),
        None => Line { key: key.to_owned(), value, origin: "derived".to_owned() },
    }
}

fn protocols(versions: &[Protocol]) -> Option<Value> {
    let items: Vec<Value> = versions.iter().map(|version| version.as_str().into()).collect();
    (!items.is_empty()).then_some(Value::Array(items))
}

fn paths(paths: &[PathBuf]) -> Value {
    Value::Array(paths.iter().map(|path| path.to_string_lossy().into_owned().into()).collect())
}

fn resolvers(resolvers: &[ResolverChoice]) -> Value {
    Value::Array(resolvers.iter().map(|resolver| write_resolver(resolver).into()).collect())
}

fn duration(time: Duration) -> Value {
    humantime::format_duration(time).to_string().into()
}
