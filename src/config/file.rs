//! The shape of a configuration file.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZoneDatabase;
use toml::de::{DeTable, DeValue};

use crate::config::defaults::{MAX_ENDPOINTS, SIMULATED_RANGE, TIMEOUT_RANGE};
use crate::config::endpoint::{Entry, endpoint};
use crate::config::error::{Fault, Problem};
use crate::config::fleet::fleet;
use crate::config::origin::Sourced;
use crate::config::section::{Findings, Section, Value, boolean, list, string, wrong_type};
use crate::config::serve::{Serve, serve};
use crate::config::settings::{Layer, Settings, conflict};
use crate::config::source::Source;
use crate::config::value;
use crate::model::endpoint::{ResolverChoice, SimulatedLink};
use crate::model::text::shown;

/// Everything one file says.
#[derive(Default)]
pub(super) struct Document {
    pub(super) settings: Layer,
    pub(super) entries: Vec<Entry>,
    pub(super) serve: Serve,
    pub(super) simulated: BTreeMap<IpAddr, Sourced<SimulatedLink>>,
    pub(super) release_after: Option<Sourced<Duration>>,
}

/// Parses a whole file; whatever is wrong goes into `findings`.
pub(super) fn parse(source: &Source, findings: &mut Findings) -> Document {
    let root = match DeTable::parse(&source.text) {
        Ok(root) => root,
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let text = format!("not valid TOML: {}", error.message().trim_end_matches('.'));
            let hint = "text values need quotes, and a key may appear once in its table";
            findings.at(source, offset, text, Some(hint.to_owned()));
            return Document::default();
        }
    };
    let mut section = Section::new(source, "", root.get_ref());
    let settings = layer(&mut section, findings, source.folder(), &Settings::default());
    let release_after = section.take(findings, "release_after", release_after);
    let base = Settings::default().under(&settings);
    let context = Context { source, base: &base, time_zones: &TimeZoneDatabase::bundled() };
    let mut entries = Vec::new();
    for table in endpoint_tables(&mut section, findings) {
        if findings.is_full() || entries.len() > MAX_ENDPOINTS {
            break;
        }
        entries.extend(endpoint(&context, findings, table));
    }
    if let Some(table) = table(&mut section, findings, "fleet") {
        entries.extend(fleet(&context, findings, table));
    }
    if entries.len() > MAX_ENDPOINTS {
        findings.problem(Problem::new(
            format!("too many endpoints: expected at most {MAX_ENDPOINTS}"),
            "split the configuration into several files",
        ));
    }
    let serve = table(&mut section, findings, "serve")
        .map(|table| serve(source, findings, table))
        .unwrap_or_default();
    let simulated = table(&mut section, findings, "simulated")
        .map(|table| simulated(source, findings, table))
        .unwrap_or_default();
    section.finish(findings);
    Document { settings, entries, serve, simulated, release_after }
}

/// What the parsers of tables share.
pub(super) struct Context<'a> {
    pub(super) source: &'a Source,
    /// The settings that hold where an endpoint sets none.
    pub(super) base: &'a Settings,
    pub(super) time_zones: &'a TimeZoneDatabase,
}

/// The settings of one level; relative paths start from `folder`.
pub(super) fn layer(
    section: &mut Section<'_>,
    findings: &mut Findings,
    folder: &Path,
    base: &Settings,
) -> Layer {
    let timeout = |value: &Value<'_>| duration(value, &TIMEOUT_RANGE);
    let layer = Layer {
        ca_files: section.take(findings, "ca_file", |value| ca_files(value, folder)),
        resolver: section.take(findings, "resolver", |value| value::resolver(string(value)?)),
        compare_resolvers: section.take(findings, "compare_resolvers", compare_resolvers),
        resolvers_may_differ: section.take(findings, "resolvers_may_differ", boolean),
        family: section.take(findings, "family", |value| value::family(string(value)?)),
        deadline: section.take(findings, "deadline", timeout),
        resolve: section.take(findings, "resolve_timeout", timeout),
        connect: section.take(findings, "connect_timeout", timeout),
        tls: section.take(findings, "tls_timeout", timeout),
        wsus: section.take(findings, "wsus_timeout", timeout),
    };
    let deadline = layer.deadline.as_ref().unwrap_or(&base.deadline);
    for (key, timeout) in [
        ("resolve_timeout", &layer.resolve),
        ("connect_timeout", &layer.connect),
        ("tls_timeout", &layer.tls),
        ("wsus_timeout", &layer.wsus),
    ] {
        let fault = timeout.as_ref().and_then(|timeout| conflict(timeout.value, deadline));
        if let (Some(fault), Some(value)) = (fault, section.raw(key)) {
            section.reject(findings, key, value.span(), fault);
        }
    }
    layer
}

/// A duration; a bare number gets the hint that it lacks quotes and a unit.
pub(super) fn duration(
    value: &Value<'_>,
    range: &RangeInclusive<Duration>,
) -> Result<Duration, Fault> {
    match value.get_ref() {
        DeValue::Integer(number) => value::duration(number.as_str(), range),
        DeValue::Float(number) => value::duration(number.as_str(), range),
        DeValue::String(text) => value::duration(text, range),
        DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            Err(wrong_type(value, "a duration in quotes, such as \"2s\""))
        }
    }
}

/// A number of days; a bare number gets the hint that it lacks a unit.
fn release_after(value: &Value<'_>) -> Result<Duration, Fault> {
    match value.get_ref() {
        DeValue::Integer(number) => value::release_after(number.as_str()),
        DeValue::String(text) => value::release_after(text),
        DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            Err(wrong_type(value, "a number of days in quotes, such as \"21d\""))
        }
    }
}

/// A list of resolvers. The empty one is allowed: it undoes the list of an outer level.
fn compare_resolvers(value: &Value<'_>) -> Result<Vec<ResolverChoice>, Fault> {
    if value.get_ref().as_array().is_some_and(|items| items.is_empty()) {
        return Ok(Vec::new());
    }
    let one = |item: &Value<'_>| value::resolver(string(item)?);
    value::resolvers(list(value, "a list of resolvers", one)?)
}

/// One path or a list of paths. The empty list is allowed: it undoes the list of an outer level.
fn ca_files(value: &Value<'_>, folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let path = |value: &Value<'_>| {
        let text = string(value)?;
        if text.is_empty() || text.contains('\0') {
            return Err(Fault::expected(text, "a path", "leave the key out to name no file"));
        }
        Ok(absolute(&folder.join(text)))
    };
    match value.get_ref() {
        DeValue::Array(items) if items.is_empty() => Ok(Vec::new()),
        DeValue::Array(_) => list(value, "a list of paths", path),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Table(_) => Ok(vec![path(value)?]),
    }
}

/// The path from the root, so that it means the same wherever it is printed; unchanged if this
/// machine cannot say where it is.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The tables of `[[endpoint]]`.
fn endpoint_tables<'a>(
    section: &mut Section<'a>,
    findings: &mut Findings,
) -> Vec<(&'a Value<'a>, &'a DeTable<'a>)> {
    let Some(value) = section.raw("endpoint") else { return Vec::new() };
    let items = match value.get_ref().as_array() {
        Some(items) if !items.is_empty() => items,
        Some(_) => {
            let hint = "add an [[endpoint]] table, or leave the key out";
            let fault = Fault::new("is an empty list: expected endpoints", hint);
            section.reject(findings, "endpoint", value.span(), fault);
            return Vec::new();
        }
        None => {
            let fault = Fault::new(
                "is not a list of tables: expected [[endpoint]]",
                "write [[endpoint]] in double brackets before the keys of each endpoint",
            );
            section.reject(findings, "endpoint", value.span(), fault);
            return Vec::new();
        }
    };
    let mut tables = Vec::with_capacity(items.len());
    for item in items {
        match item.get_ref().as_table() {
            Some(table) => tables.push((item, table)),
            None => section.reject(
                findings,
                "endpoint",
                item.span(),
                Fault::new(
                    "has an item that is not a table: expected [[endpoint]]",
                    "use --endpoint URL, or write [[endpoint]] and url = \"…\" under it",
                ),
            ),
        }
    }
    tables
}

/// A table of the file by its name.
fn table<'a>(
    section: &mut Section<'a>,
    findings: &mut Findings,
    key: &'static str,
) -> Option<&'a DeTable<'a>> {
    let value = section.raw(key)?;
    let table = value.get_ref().as_table();
    if table.is_none() {
        let hint = format!("write [{key}] in single brackets before its keys");
        let fault = Fault::new(format!("is not a table: expected [{key}]"), hint);
        section.reject(findings, key, value.span(), fault);
    }
    table
}

fn simulated(
    source: &Source,
    findings: &mut Findings,
    table: &DeTable<'_>,
) -> BTreeMap<IpAddr, Sourced<SimulatedLink>> {
    let mut links = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (key, item) in table {
        if findings.is_full() {
            break;
        }
        let name = key.get_ref();
        let subject = format!("`simulated.{}`", shown(name));
        let address = value::address(name);
        let link = string(item).and_then(|text| value::simulated(text, &SIMULATED_RANGE));
        match (address, link) {
            (Ok(address), Ok(link)) if seen.insert(address) => {
                let origin = source.origin(item.span().start);
                links.insert(address, Sourced::new(link, origin));
            }
            (Ok(_), Ok(_)) => {
                let hint = Some("keep one of them".to_owned());
                let text = format!("{subject} is the same address as another key");
                findings.at(source, key.span().start, text, hint);
            }
            (Err(fault), _) => {
                let text = format!("a key of `simulated` {}", fault.text);
                findings.at(source, key.span().start, text, fault.hint);
            }
            (_, Err(fault)) => {
                let text = format!("{subject} {}", fault.text);
                findings.at(source, item.span().start, text, fault.hint);
            }
        }
    }
    links
}

/// A whole number in a range that starts at 0.
pub(super) fn number(value: &Value<'_>, max: u32) -> Result<u32, Fault> {
    let expected = format!("a whole number from 0 to {max}");
    let integer = value.get_ref().as_integer().ok_or_else(|| wrong_type(value, &expected))?;
    u32::from_str_radix(integer.as_str(), integer.radix())
        .ok()
        .filter(|number| *number <= max)
        .ok_or_else(|| {
            let given = shown(integer.as_str()).replace('"', "");
            Fault::new(format!("is {given}: expected {expected}"), "the lower number wins")
        })
}
