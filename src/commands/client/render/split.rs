//! What one `--set` holds.

use crate::policy::desired::assignment::parse;
use crate::policy::setting::Allowed;

/// The assignments of each `--set`. Commas separate them; what follows one and is no assignment
/// belongs to the text before it, as in `TargetGroup=Servers, Berlin`.
pub(super) fn assignments(given: &[String]) -> Vec<String> {
    given.iter().flat_map(|text| of_one(text)).collect()
}

fn of_one(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in text.split(',') {
        match found.last_mut() {
            Some(last) if !part.contains('=') && is_text(last) => {
                last.push(',');
                last.push_str(part);
            }
            Some(_) | None => found.push(part.to_owned()),
        }
    }
    found
}

fn is_text(assignment: &str) -> bool {
    matches!(parse(assignment), Ok((setting, Some(_))) if setting.row().allowed == Allowed::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_assignments_and_stay_within_texts() {
        for (given, expected) in [
            ("AUOptions=3", &["AUOptions=3"][..]),
            ("AUOptions=3,DetectionFrequency=4", &["AUOptions=3", "DetectionFrequency=4"]),
            ("TargetGroup=a, b,AUOptions=3", &["TargetGroup=a, b", "AUOptions=3"]),
            ("targetgroup=a,b,c", &["targetgroup=a,b,c"]),
            ("TargetGroup=,b", &["TargetGroup=", "b"]),
            ("AUOptions=3,4", &["AUOptions=3", "4"]),
            ("WUServer=http://a,b", &["WUServer=http://a", "b"]),
        ] {
            assert_eq!(assignments(&[given.to_owned()]), expected, "{given}");
        }
        let several = ["TargetGroup=a".to_owned(), "b".to_owned()];
        assert_eq!(assignments(&several), several);
    }
}
