//! Reading the JSON of `check` and `nearest`.

#![cfg(test)]

use serde_json::Value;

/// `phase cause` of a failure, or the empty text where there is none.
pub(crate) fn failure(of: &Value) -> String {
    let failure = &of["failure"];
    if failure.is_null() {
        return String::new();
    }
    let text = |key: &str| failure[key].as_str().unwrap_or_else(|| panic!("{key} in {of}"));
    assert!(!text("hint").is_empty() && !text("text").is_empty(), "{failure}");
    format!("{} {}", text("phase"), text("cause"))
}

/// The codes of the findings of an endpoint and of its members.
pub(crate) fn findings(of: &Value) -> Vec<String> {
    let members = of["members"].as_array().into_iter().flatten();
    let all = std::iter::once(of).chain(members).flat_map(|of| of["findings"].as_array().unwrap());
    all.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// The endpoint of this name.
pub(crate) fn endpoint<'a>(report: &'a Value, name: &str) -> &'a Value {
    let list = report.get("endpoints").or_else(|| report.get("candidates")).unwrap();
    let found = list.as_array().unwrap().iter().find(|endpoint| endpoint["name"] == name);
    found.unwrap_or_else(|| panic!("no endpoint {name} in {report}"))
}
