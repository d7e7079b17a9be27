//! For programs: versioned JSON.
//!
//! | key | what |
//! |---|---|
//! | `schema_version` | number |
//! | `sources` | every source in the order in which it was read |
//! | `probed` | whether the server that is set was asked |
//! | `summary` | number of `errors`, `warnings` and `notes` |
//! | `findings` | the worst first |
//! | `settings` | those in effect |
//!
//! A source: `name`; `format` (`registry_file_5`, `registry_file_4`, `registry_file_without_header`,
//! `policy_file`, `live`); `steps`, how many; `remarks` about its form (`kind`, `text` and a place).
//!
//! A finding: `code`, `weight` (`error`, `warning`, `note`), `places`, `observed`, `meaning`,
//! `action`. A place: `source` (index), `line`, `byte`, `view`, `key`, `value`; all but the first can
//! be `null`.
//!
//! A setting: `name`, `key`, `type`, `number` and `text` (one of them, or none where the type is
//! neither), `in_range` (`null` where that is not known), `imported` (`false` where Windows does not
//! read it as it stands), `words`, `place`.

use serde::Serialize;

use super::{Audit, Row, words};
use crate::model::client::{ClientFinding, Location, Weight};
use crate::model::registry::{Data, Document, Format, Place};
use crate::output::json::SCHEMA_VERSION;
use crate::output::text::json_document;
use crate::policy::setting::{Allowed, Setting};

pub(super) fn document(audit: &Audit<'_>) -> serde_json::Result<String> {
    let sources = audit.names.iter().zip(audit.documents);
    let value = AuditJson {
        schema_version: SCHEMA_VERSION,
        sources: sources.map(SourceJson::from).collect(),
        probed: audit.probed,
        summary: SummaryJson {
            errors: audit.count(Weight::Error),
            warnings: audit.count(Weight::Warning),
            notes: audit.count(Weight::Note),
        },
        findings: audit.sorted().into_iter().map(FindingJson::from).collect(),
        settings: audit.rows().iter().map(SettingJson::from).collect(),
    };
    json_document(&value)
}

#[derive(Serialize)]
struct AuditJson<'a> {
    schema_version: u32,
    sources: Vec<SourceJson<'a>>,
    probed: bool,
    summary: SummaryJson,
    findings: Vec<FindingJson<'a>>,
    settings: Vec<SettingJson>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    name: &'a str,
    format: &'static str,
    steps: usize,
    remarks: Vec<RemarkJson<'a>>,
}

#[derive(Serialize)]
struct RemarkJson<'a> {
    kind: &'static str,
    text: &'a str,
    line: Option<usize>,
    byte: Option<usize>,
}

impl<'a> From<(&'a String, &'a Document)> for SourceJson<'a> {
    fn from((name, document): (&'a String, &'a Document)) -> Self {
        let remarks = document.remarks.iter().map(|remark| RemarkJson {
            kind: remark.kind.as_str(),
            text: &remark.text,
            line: line(remark.at),
            byte: byte(remark.at),
        });
        Self {
            name,
            format: match document.format {
                Format::Reg5 => "registry_file_5",
                Format::Reg4 => "registry_file_4",
                Format::RegWithoutHeader => "registry_file_without_header",
                Format::PolicyFile => "policy_file",
                Format::Live => "live",
            },
            steps: document.entries.len(),
            remarks: remarks.collect(),
        }
    }
}

#[derive(Serialize)]
struct SummaryJson {
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: &'static str,
    weight: &'static str,
    places: Vec<PlaceJson>,
    observed: &'a str,
    meaning: &'a str,
    action: &'a str,
}

impl<'a> From<&'a ClientFinding> for FindingJson<'a> {
    fn from(finding: &'a ClientFinding) -> Self {
        Self {
            code: finding.code.as_str(),
            weight: finding.weight.as_str(),
            places: finding.places.iter().map(PlaceJson::from).collect(),
            observed: &finding.observed,
            meaning: &finding.meaning,
            action: &finding.action,
        }
    }
}

#[derive(Serialize)]
struct PlaceJson {
    source: usize,
    line: Option<usize>,
    byte: Option<usize>,
    view: Option<&'static str>,
    key: Option<String>,
    value: Option<String>,
}

impl From<&Location> for PlaceJson {
    fn from(location: &Location) -> Self {
        Self {
            source: location.source,
            line: line(location.at),
            byte: byte(location.at),
            view: match location.at {
                Place::View(view) => Some(view.as_str()),
                Place::Whole | Place::Line(_) | Place::Byte(_) => None,
            },
            key: location.key.as_ref().map(ToString::to_string),
            value: location.value.clone(),
        }
    }
}

fn line(at: Place) -> Option<usize> {
    match at {
        Place::Line(line) => Some(line),
        Place::Whole | Place::Byte(_) | Place::View(_) => None,
    }
}

fn byte(at: Place) -> Option<usize> {
    match at {
        Place::Byte(byte) => Some(byte),
        Place::Whole | Place::Line(_) | Place::View(_) => None,
    }
}

#[derive(Serialize)]
struct SettingJson {
    name: &'static str,
    key: String,
    r#type: String,
    number: Option<u64>,
    text: Option<String>,
    in_range: Option<bool>,
    imported: bool,
    words: String,
    place: PlaceJson,
}

impl From<&Row> for SettingJson {
    fn from(row: &Row) -> Self {
        let data = &row.held.data;
        let (number, text) = match data {
            Data::Dword(number) => (Some(u64::from(*number)), None),
            Data::Qword(number) => (Some(*number), None),
            Data::String(text) | Data::ExpandString(text) => (None, Some(text.clone())),
            Data::MultiString(_) | Data::Binary(_) | Data::Other { .. } => (None, None),
        };
        Self {
            name: row.setting.value_name(),
            key: row.setting.key().to_string(),
            r#type: words::kind(data),
            number,
            text,
            in_range: in_range(row.setting, data),
            imported: row.certain,
            words: words::value(row.setting, data),
            place: PlaceJson::from(&row.held.location),
        }
    }
}

fn in_range(setting: Setting, data: &Data) -> Option<bool> {
    match (setting.row().allowed, data) {
        (Allowed::Switch | Allowed::Range(..), Data::Dword(number)) => {
            Some(setting.allows(*number))
        }
        _ => None,
    }
}
