//! `[fleet]`: many endpoints of one pattern.

use std::collections::BTreeSet;

use toml::de::DeTable;

use crate::config::defaults::MAX_ENDPOINTS;
use crate::config::endpoint::{Entry, slash_note, text};
use crate::config::error::Fault;
use crate::config::file::Context;
use crate::config::pace::PaceLayer;
use crate::config::section::{Findings, Section, Value, list, string};
use crate::config::settings::Layer;
use crate::config::value;
use crate::model::endpoint::{Endpoint, EndpointName};
use crate::model::text::shown;
use crate::model::url;

/// What stands for the data-center code in `fleet.template`.
const DC_MARK: &str = "{dc}";

/// Parses `[fleet]` into its endpoints.
pub(super) fn fleet(
    context: &Context<'_>,
    findings: &mut Findings,
    table: &DeTable<'_>,
) -> Vec<Entry> {
    let mut section = Section::new(context.source, "fleet.", table);
    let template = section.take(findings, "template", text(template));
    let dcs = section.take(findings, "dcs", dcs);
    for key in ["template", "dcs"] {
        if section.raw(key).is_none() {
            let offset = table.iter().next().map_or(0, |(key, _)| key.span().start);
            let hint = "a [fleet] needs template = \"https://….{dc}.…\" and dcs = [\"…\"]";
            let text = format!("[fleet] has no `{key}`");
            findings.at(context.source, offset, text, Some(hint.to_owned()));
        }
    }
    let mut entries = Vec::new();
    if let (Some(template), Some(dcs)) = (template, dcs) {
        if template.value.ends_with('/') {
            findings.notes.push(slash_note(&template.origin));
        }
        for (dc, offset) in dcs.value {
            let lower = dc.to_ascii_lowercase();
            match url::parse(&template.value.replace(DC_MARK, &lower)) {
                Ok(parsed) => entries.push(Entry {
                    endpoint: Endpoint {
                        dc: Some(dc),
                        ..Endpoint::bare(EndpointName(lower), parsed.url)
                    },
                    layer: Layer::default(),
                    pace: PaceLayer::default(),
                    origins: [
                        ("name", context.source.origin(offset)),
                        ("dc", context.source.origin(offset)),
                        ("url", template.origin.clone()),
                    ]
                    .into(),
                    location: Some(context.source.location(offset)),
                    upstream_at: None,
                }),
                Err(fault) => {
                    let subject = format!("`fleet.template` with the dc {}", shown(&dc));
                    let text = format!("{subject} {}", fault.text);
                    findings.at(context.source, offset, text, Some(fault.remedy));
                }
            }
        }
    }
    section.finish(findings);
    entries
}

/// A URL with exactly one mark for the data-center code.
fn template(text: &str) -> Result<String, Fault> {
    if text.matches(DC_MARK).count() != 1 {
        let hint = "write it as in https://msupdate.{dc}.example.com:8531";
        return Err(Fault::expected(text, "a URL with {dc} in it exactly once", hint));
    }
    // Tried once with a harmless code, so that a mistake of the template is reported once.
    url::parse(&text.replace(DC_MARK, "dc"))?;
    Ok(text.to_owned())
}

/// The codes with their places.
fn dcs(value: &Value<'_>) -> Result<Vec<(String, usize)>, Fault> {
    let codes = list(value, "a list of data-center codes", |item| {
        Ok((value::dc(string(item)?)?, item.span()))
    })?;
    if codes.len() > MAX_ENDPOINTS {
        let text = format!("has {} items: expected at most {MAX_ENDPOINTS}", codes.len());
        return Err(Fault::new(text, "split the configuration into several files"));
    }
    let mut seen = BTreeSet::new();
    for (code, span) in &codes {
        if !seen.insert(code.to_ascii_lowercase()) {
            return Err(Fault {
                text: format!("has {} twice", shown(code)),
                hint: Some("remove one of them; upper and lower case are the same".to_owned()),
                span: Some(span.clone()),
            });
        }
    }
    Ok(codes.into_iter().map(|(code, span)| (code, span.start)).collect())
}
