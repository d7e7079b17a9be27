//! `explain`: what a code means, what leads to it and what to do, and what a value of Windows
//! Update's policy is; without any network.

use std::io;

use crate::cli::args::{Explain, TextOrJson};
use crate::commands::{Exit, Surroundings};
use crate::decide::explain::{article, lookup};
use crate::output::explain;
use crate::policy::setting::Setting;

/// Writes the articles about the codes given, each article once, and the settings of the names given;
/// without any the list of all. Where one is unknown nothing is written but the error.
///
/// # Errors
/// Writing failed.
pub fn run(options: &Explain, surroundings: &mut Surroundings<'_>) -> io::Result<Exit> {
    let (mut articles, mut settings) = (Vec::new(), Vec::new());
    for code in &options.codes {
        let (found, named) = (lookup::articles(code), Setting::named(code.trim()));
        if found.is_empty() && named.is_empty() {
            return surroundings.fail(&unknown(code));
        }
        for setting in named {
            if !settings.contains(setting) {
                settings.push(*setting);
            }
        }
        for article in found {
            if !articles.contains(&article) {
                articles.push(article);
            }
        }
    }
    let text = match options.output {
        TextOrJson::Text if options.codes.is_empty() => {
            explain::list(&article::all(), surroundings.style)
        }
        TextOrJson::Text => explain::text(&articles, &settings, surroundings.style),
        TextOrJson::Json if options.codes.is_empty() => {
            explain::json(&article::all(), Setting::ALL)?
        }
        TextOrJson::Json => explain::json(&articles, &settings)?,
    };
    surroundings.out.write_all(text.as_bytes())?;
    Ok(Exit::Healthy)
}

fn unknown(code: &str) -> String {
    let similar = || Setting::near(code).first().map(|(_, near)| *near);
    let setting = || similar().or_else(|| beginning(code)).map(|near| near.value_name().to_owned());
    let hint = lookup::similar(code).or_else(setting).map_or_else(
        || "`wsus-probe explain` lists every code and every setting".to_owned(),
        |similar| format!("did you mean {similar}?"),
    );
    format!("no code and no setting is called '{}'\n  hint: {hint}", code.escape_debug())
}

/// The first setting whose name begins like that.
fn beginning(text: &str) -> Option<Setting> {
    let begins = |setting: &&Setting| {
        let beginning = setting.value_name().get(..text.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(text))
    };
    Setting::ALL.iter().find(begins).copied().filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::progress::Show;
    use crate::output::human::Style;

    fn explain(codes: &[&str], output: TextOrJson) -> (Exit, String, String) {
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let options = Explain { codes: codes.iter().map(|c| (*c).to_owned()).collect(), output };
        let style = Style { color: false, width: 80 };
        let exit = run(
            &options,
            &mut Surroundings {
                out: &mut out,
                messages: &mut messages,
                style,
                show: Show::Nothing,
            },
        );
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (exit.unwrap(), text(out), text(messages))
    }

    #[test]
    fn an_unknown_code_is_an_error_with_a_guess_and_no_output() {
        let (exit, out, messages) = explain(&["http_503", "wsus_pool_stoped"], TextOrJson::Text);
        assert_eq!((exit, out.as_str()), (Exit::Error, ""));
        assert_eq!(
            messages,
            "error: no code and no setting is called 'wsus_pool_stoped'\n  hint: did you mean wsus_pool_stopped?\n"
        );
        let (_, _, messages) = explain(&["detectionfreq"], TextOrJson::Text);
        assert!(messages.contains("did you mean DetectionFrequency?"), "{messages}");
        let (_, _, messages) = explain(&["\u{1b}[2J"], TextOrJson::Json);
        assert!(messages.contains("lists every code") && !messages.contains('\u{1b}'));
    }

    #[test]
    fn an_article_is_written_once_however_often_it_is_asked_for() {
        let codes = ["0x80244022", "-2145107934", "80244022"];
        let (exit, out, _) = explain(&codes, TextOrJson::Text);
        assert_eq!(exit, Exit::Healthy);
        assert_eq!(out.matches("0x80244022  WU_E_PT_HTTP").count(), 1, "{out}");
    }

    #[test]
    fn a_value_is_told_under_each_key_that_has_it_and_once() {
        let names = ["disablewindowsupdateaccess", "DisableWindowsUpdateAccess", "http_503"];
        let (exit, out, _) = explain(&names, TextOrJson::Text);
        assert_eq!(exit, Exit::Healthy);
        assert!(out.starts_with("http_503  (cause of a failure)"), "{out}");
        for key in ["HKEY_LOCAL_MACHINE\\", "HKEY_CURRENT_USER\\"] {
            assert_eq!(out.matches(key).count(), 1, "{out}");
        }
        let (_, out, _) = explain(&["auoptions"], TextOrJson::Json);
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(document["articles"].as_array().unwrap().len(), 0);
        let setting = &document["settings"][0];
        assert_eq!((&setting["name"], &setting["least"]), (&"AUOptions".into(), &2.into()));
        assert_eq!(setting["group_policy"]["name"], "Configure Automatic Updates");
        let (exit, _, messages) = explain(&["DetectionFrequenzy"], TextOrJson::Text);
        assert_eq!(exit, Exit::Error);
        assert!(messages.contains("did you mean DetectionFrequency?"), "{messages}");
    }

    #[test]
    fn without_a_code_all_are_listed() {
        let (_, out, _) = explain(&[], TextOrJson::Text);
        for code in ["wsus_pool_stopped", "http_503", "0x8024402C", "WsusEndpointDown"] {
            assert!(out.contains(&format!("\n  {code} ")), "{code} in {out}");
        }
        assert!(out.contains(" DetectionFrequency,"), "{out}");
        let (_, out, _) = explain(&[], TextOrJson::Json);
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(document["articles"].as_array().unwrap().len(), article::all().len());
        assert_eq!(document["settings"].as_array().unwrap().len(), Setting::ALL.len());
    }
}
