//! `[[endpoint]]`: one endpoint of a file.

use std::collections::BTreeMap;

use toml::de::DeTable;

use crate::config::defaults::MAX_PRIORITY;
use crate::config::error::{Fault, Location};
use crate::config::file::{Context, layer, number};
use crate::config::hierarchy::hierarchy;
use crate::config::origin::{Origin, Sourced};
use crate::config::pace::{self, PaceLayer};
use crate::config::section::{Findings, Section, Value, list, string};
use crate::config::settings::Layer;
use crate::config::value;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Family};
use crate::model::protocol::{Protocol, TlsExpectations};
use crate::model::url::{self, dns_name};

/// The origin of each key that was set.
pub type Origins = BTreeMap<&'static str, Origin>;

/// One endpoint of a file, before the settings of the outer levels are added.
pub(super) struct Entry {
    /// Complete but for the family and the resolvers' difference, which are settings.
    pub(super) endpoint: Endpoint,
    pub(super) layer: Layer,
    pub(super) pace: PaceLayer,
    pub(super) origins: Origins,
    /// Where it begins in its file.
    pub(super) location: Option<Location>,
    /// Where it names its upstream endpoint.
    pub(super) upstream_at: Option<Location>,
}

/// The name of an endpoint that was given none: its URL without the scheme.
pub fn name_of_url(url: &EndpointUrl) -> EndpointName {
    let text = url.to_string();
    EndpointName(text.split_once("://").map_or_else(|| text.clone(), |(_, rest)| rest.to_owned()))
}

/// Parses one `[[endpoint]]`; `None` if it has no usable URL, which is then reported.
pub(super) fn endpoint(
    context: &Context<'_>,
    findings: &mut Findings,
    (value, table): (&Value<'_>, &DeTable<'_>),
) -> Option<Entry> {
    let mut section = Section::new(context.source, "endpoint.", table);
    let mut origins = Origins::new();
    let name = keep(&mut origins, "name", section.take(findings, "name", text(value::name)));
    let dc = keep(&mut origins, "dc", section.take(findings, "dc", text(value::dc)));
    let region =
        keep(&mut origins, "region", section.take(findings, "region", text(value::region)));
    let url = section.take(findings, "url", text(url::parse));
    let priority = section.take(findings, "priority", |value| number(value, MAX_PRIORITY));
    let members = section.take(findings, "members", |value| {
        list(value, "a list of addresses", |item| value::address(string(item)?))
    });
    let time_zone = section
        .take(findings, "time_zone", |value| value::time_zone(string(value)?, context.time_zones));
    let patch_window = section.take(findings, "patch_window", text(value::patch_window));
    let server_name = section.take(findings, "server_name", text(dns_name));
    let tls = tls_expectations(&mut section, findings, &mut origins);
    let scheme = url.as_ref().map(|url| url.value.url.scheme);
    let hierarchy = hierarchy(&mut section, findings, &mut origins, (scheme, &tls));
    let upstream_at = section.raw("upstream").map(|value| value.span().start);
    let layer = layer(&mut section, findings, context.source.folder(), context.base);
    let pace = pace::layer(&mut section, findings);
    let has_url_key = section.raw("url").is_some();
    section.finish(findings);

    let start = value.span().start;
    if !has_url_key {
        let hint = "add url = \"https://…\" as clients have it in WUServer";
        let text = "an [[endpoint]] has no `url`".to_owned();
        findings.at(context.source, start, text, Some(hint.to_owned()));
    }
    let url = keep(&mut origins, "url", url)?;
    if url.trailing_slash {
        findings.notes.push(slash_note(origins.get("url").unwrap_or(&Origin::Default)));
    }
    let derived = || match &dc {
        Some(dc) => EndpointName(dc.to_ascii_lowercase()),
        None => name_of_url(&url.url),
    };
    let endpoint = Endpoint {
        name: name.map_or_else(derived, EndpointName),
        dc: dc.clone(),
        region,
        url: url.url.clone(),
        server_name: keep(&mut origins, "server_name", server_name),
        priority: keep(&mut origins, "priority", priority),
        expected_members: keep(&mut origins, "members", members).unwrap_or_default(),
        family: Family::default(),
        resolvers_may_differ: false,
        time_zone: keep(&mut origins, "time_zone", time_zone),
        patch_window: keep(&mut origins, "patch_window", patch_window),
        hierarchy,
        tls,
    };
    let location = Some(context.source.location(start));
    let upstream_at = upstream_at.map(|at| context.source.location(at));
    Some(Entry { endpoint, layer, pace, origins, location, upstream_at })
}

/// The note on a URL that ended in a slash.
pub(super) fn slash_note(origin: &Origin) -> String {
    format!(
        "{origin}: the trailing slash of the URL was dropped; a client whose WUServer ends in a \
         slash asks for paths that begin with two"
    )
}

/// Remembers the origin of a value and passes the value on.
pub(super) fn keep<T>(
    origins: &mut Origins,
    key: &'static str,
    value: Option<Sourced<T>>,
) -> Option<T> {
    let value = value?;
    origins.insert(key, value.origin);
    Some(value.value)
}

/// A parser of text as a parser of values.
pub(super) fn text<T, E: Into<Fault>>(
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&Value<'_>) -> Result<T, Fault> {
    |value| parse(string(value)?).map_err(Into::into)
}

fn tls_expectations(
    section: &mut Section<'_>,
    findings: &mut Findings,
    origins: &mut Origins,
) -> TlsExpectations {
    let protocol = |item: &Value<'_>| {
        let text = string(item)?;
        Protocol::ALL.iter().copied().find(|version| version.as_str() == text).ok_or_else(|| {
            let hint = "write versions in quotes, as in [\"1.2\", \"1.3\"]";
            Fault::expected(text, "ssl3, 1.0, 1.1, 1.2 or 1.3", hint)
        })
    };
    let versions = |value: &Value<'_>| list(value, "a list of TLS versions", protocol);
    let require = keep(origins, "require", section.take(findings, "require", versions));
    let forbid = keep(origins, "forbid", section.take(findings, "forbid", versions));
    let tls = TlsExpectations {
        require: require.unwrap_or_default(),
        forbid: forbid.unwrap_or_default(),
    };
    if let Some(both) = tls.require.iter().find(|version| tls.forbid.contains(version))
        && let Some(value) = section.raw("forbid")
    {
        let fault = Fault::new(
            format!("has {:?}, which `endpoint.require` has too", both.as_str()),
            "remove it from one of the two lists",
        );
        section.reject(findings, "forbid", value.span(), fault);
    }
    tls
}
