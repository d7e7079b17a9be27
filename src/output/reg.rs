//! The choice of `nearest` as settings of a Windows client.

use std::time::SystemTime;

use super::client_render::{self, Rendered, Settings};
use super::text::rfc3339;
use crate::model::endpoint::EndpointUrl;
use crate::model::selection::NearestReport;
use crate::policy::desired::Desired;

/// A chosen endpoint with the origin of the choice, for the comment in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The value of `WUServer`.
    pub url: &'a EndpointUrl,
    /// The endpoint's name.
    pub name: &'a str,
    /// Why this one.
    pub reason: &'a str,
    /// When it was chosen.
    pub at: SystemTime,
}

impl<'a> Choice<'a> {
    /// The choice of a `nearest` run made at `at`; `None` when nothing was selected.
    pub fn of(report: &'a NearestReport, at: SystemTime) -> Option<Self> {
        let endpoint = &report.candidates.get(report.selection.selected?)?.endpoint;
        Some(Self {
            url: &endpoint.url,
            name: &endpoint.name.0,
            reason: &report.selection.reason.text,
            at,
        })
    }

    /// Where the choice is from, for the comments of a file.
    pub fn origin(&self) -> Vec<String> {
        let at = rfc3339(self.at).map_or_else(String::new, |at| format!(" at {at}"));
        vec![
            format!("Chosen by wsus-probe nearest{at}: {}", self.name),
            format!("Reason: {}", self.reason),
        ]
    }

    /// The settings that make a client use it, and no others.
    pub fn desired(&self) -> Desired {
        Desired::server(&self.url.for_clients())
    }
}

/// The registry file that makes a client use the choice, as text.
pub fn reg(choice: &Choice<'_>) -> Vec<u8> {
    render(choice, client_render::reg::text)
}

/// The script that makes the machine it runs on use the choice.
pub fn powershell(choice: &Choice<'_>) -> Vec<u8> {
    render(choice, client_render::powershell::script)
}

fn render(choice: &Choice<'_>, renderer: fn(&Settings<'_>) -> Rendered) -> Vec<u8> {
    let (origin, operations) = (choice.origin(), choice.desired().operations());
    renderer(&Settings { origin: &origin, operations: &operations }).bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::{Host, Scheme};
    use crate::output::fixture;

    #[test]
    fn registry_file() {
        let report = fixture::nearest();
        let text = String::from_utf8(reg(&Choice::of(&report, fixture::now()).unwrap())).unwrap();
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
    }

    #[test]
    fn powershell_script() {
        let report = fixture::nearest();
        let text = powershell(&Choice::of(&report, fixture::now()).unwrap());
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
    }

    #[test]
    fn without_a_choice_there_are_no_settings() {
        assert_eq!(Choice::of(&fixture::nearest_none(), fixture::now()), None);
    }

    #[test]
    fn nothing_breaks_out_of_strings_and_comments() {
        let url = EndpointUrl {
            scheme: Scheme::Https,
            host: Host::Name("a'b\u{2019};\"\\c".into()),
            port: 443,
        };
        let choice = Choice {
            url: &url,
            name: "x\r\n[HKEY_CLASSES_ROOT]",
            reason: "y\nRemove-Item C:\\ -Recurse",
            at: fixture::now(),
        };
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (reg, powershell) = (text(reg(&choice)), text(powershell(&choice)));
        assert!(powershell.is_ascii());
        for line in reg.lines().chain(powershell.lines()) {
            assert!(!line.starts_with("[HKEY_CLASSES_ROOT]") && !line.starts_with("Remove-Item"));
        }
        assert!(reg.contains("\"WUServer\"=\"https://a'b\u{2019};\\\"\\\\c\""), "{reg}");
        let expected = "'WUServer' 'String' ('https://a''b' + [char]8217 + ';\"\\c')\r\n";
        assert!(powershell.contains(expected), "{powershell}");
    }
}
