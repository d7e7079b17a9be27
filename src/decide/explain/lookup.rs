//! From what a person types to articles.

use super::article::{self, Article, Kind};

/// The articles about a code: its name in any letter case; for Windows Update error codes also
/// the number in hexadecimal, with `0x` or without, or in decimal as logs show it, negative or
/// not. Empty where there is none; two where a finding and a cause share the name.
pub fn articles(code: &str) -> Vec<Article> {
    let wanted = code.trim();
    let number = number(wanted).map(|number| format!("0x{number:08X}"));
    let mut found = article::all();
    found.retain(|article| {
        let is_name = |name: &str| name.eq_ignore_ascii_case(wanted);
        is_name(&article.code)
            || article.name.is_some_and(is_name)
            || (article.kind == Kind::WindowsUpdate && number.as_ref() == Some(&article.code))
    });
    found
}

/// The name that a mistyped one was most likely meant to be, if one is near enough. Numbers are
/// not guessed: every other number is another error.
pub fn similar(code: &str) -> Option<String> {
    let wanted = code.trim().to_ascii_lowercase();
    let limit = (wanted.chars().count() / LETTERS_PER_MISTAKE).min(MOST_MISTAKES);
    let candidates = article::all().into_iter().map(|article| match article.name {
        Some(name) => name.to_owned(),
        None => article.code,
    });
    candidates
        .map(|name| (strsim::damerau_levenshtein(&wanted, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// An HRESULT in any of the ways in which it is written.
fn number(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok();
    }
    if text.starts_with('-') {
        return text.parse::<i32>().ok().map(i32::cast_unsigned);
    }
    if text.len() == HEX_DIGITS {
        return u32::from_str_radix(text, 16).ok();
    }
    text.parse().ok()
}

/// Hexadecimal digits of an HRESULT. A failure in decimal has more.
const HEX_DIGITS: usize = 8;

/// One mistake is forgiven for so many letters: less would match anything.
const LETTERS_PER_MISTAKE: usize = 3;

/// A code with more mistakes than this is another code.
const MOST_MISTAKES: usize = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::client::ClientFindingCode;
    use crate::model::failure::Cause;
    use crate::model::finding::FindingCode;

    #[test]
    fn a_code_is_found_however_it_is_written() {
        let spellings = [
            "0x80244022",
            "0X80244022",
            "80244022",
            "-2145107934",
            "2149859362",
            "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL",
            " wu_e_pt_http_status_service_unavail ",
        ];
        for spelling in spellings {
            let found = articles(spelling);
            assert_eq!(found.len(), 1, "{spelling}");
            assert_eq!(found[0].code, "0x80244022", "{spelling}");
        }
        assert_eq!(articles("HTTP_503")[0].kind, Kind::Cause);
        assert_eq!(articles("wsus_pool_stopped")[0].kind, Kind::Finding);
        let alert = &articles("wsusendpointdown")[0];
        assert_eq!((alert.kind, alert.code.as_str()), (Kind::Alert, "WsusEndpointDown"));
        assert!(!alert.runbook.is_empty());
        let kinds: Vec<Kind> = articles("soap_fault").iter().map(|a| a.kind).collect();
        assert_eq!(kinds, [Kind::Finding, Kind::Cause]);
        for unknown in ["", "-", "0x", "0x80070005", "-1", "4294967296", "nonsense", "Zürich"] {
            assert_eq!(articles(unknown), [], "{unknown}");
        }
    }

    #[test]
    fn every_code_has_exactly_one_article_of_its_kind() {
        let all = article::all();
        let of = |kind| all.iter().filter(move |a| a.kind == kind).map(|a| a.code.as_str());
        let findings: Vec<&str> = of(Kind::Finding).collect();
        assert_eq!(findings.len(), FindingCode::ALL.len());
        for code in FindingCode::ALL {
            assert!(findings.contains(&code.as_str()), "{code:?}");
        }
        let settings: Vec<&str> = of(Kind::Setting).collect();
        assert_eq!(settings.len(), ClientFindingCode::ALL.len());
        for code in ClientFindingCode::ALL {
            assert!(settings.contains(&code.as_str()), "{code:?}");
        }
        let causes: Vec<&str> = of(Kind::Cause).collect();
        assert_eq!(causes.len(), Cause::ALL.len());
        let codes: Vec<&str> = of(Kind::WindowsUpdate).collect();
        let distinct: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!(distinct.len(), codes.len());
    }

    #[test]
    fn every_windows_code_that_is_ever_shown_has_an_article_of_that_name() {
        for article in article::all() {
            for code in &article.windows_update_codes {
                let found = articles(&code.to_string());
                assert_eq!(found.len(), 1, "{code}");
                assert_eq!(found[0].name, Some(code.name), "{code}");
            }
        }
    }

    #[test]
    fn texts_are_complete_and_fit_one_paragraph() {
        for article in article::all() {
            let code = &article.code;
            assert!(!article.summary.is_empty(), "{code}");
            if article.kind == Kind::Alert {
                continue;
            }
            assert!(!article.actions.is_empty(), "{code}");
            let lists = [&article.reasons, &article.actions, &article.doubts];
            for item in lists.into_iter().flatten() {
                assert!(!item.ends_with('.') && !item.is_empty(), "{code}: {item}");
            }
            let paragraphs = article.means.iter().chain(&article.seen).chain(&article.reasons);
            for text in paragraphs.chain(&article.actions).chain(&article.doubts) {
                assert!(!text.contains(char::is_control), "{code}: {text}");
                assert!(!text.contains("  "), "{code}: {text}");
            }
            assert!(!article.summary.contains(['[', '\n']), "{code}: {}", article.summary);
        }
    }

    #[test]
    fn a_mistyped_code_is_guessed_and_nonsense_is_not() {
        assert_eq!(similar("wsus_pol_stopped").as_deref(), Some("wsus_pool_stopped"));
        let symbol = similar("WU_E_PT_SOAPCLIENT_SOAPFALT");
        assert_eq!(symbol.as_deref(), Some("WU_E_PT_SOAPCLIENT_SOAPFAULT"));
        assert_eq!(similar("0x80244029x"), None);
        assert_eq!(similar("HTTP503").as_deref(), Some("http_503"));
        assert_eq!(similar("xyzzy"), None);
        assert_eq!(similar(""), None);
    }
}
