//! Windows client settings that use the chosen endpoint: .reg and PowerShell.
//!
//! Both set `WUServer` and `WUStatusServer`, which are only valid when equal, and `UseWUServer`,
//! without which they are ignored. No other setting is touched. Both are pure ASCII with CRLF line
//! ends. `.reg` as text (UTF-8 without a mark) is imported as it is, so that is what goes to
//! standard output; [`utf16`] gives the bytes that the registry editor itself writes.

use std::time::SystemTime;

use super::text::{printable_ascii, rfc3339};
use crate::model::endpoint::EndpointUrl;
use crate::model::selection::NearestReport;

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

    /// Comment text, in printable ASCII only.
    fn origin(&self) -> [String; 2] {
        let at = rfc3339(self.at).map_or_else(String::new, |at| format!(" at {at}"));
        let chosen = format!("Chosen by wsus-probe nearest{at}: {}", self.name);
        [printable_ascii(&chosen), printable_ascii(&format!("Reason: {}", self.reason))]
    }
}

/// The text of a registry file that makes a client use the choice.
pub fn reg(choice: &Choice<'_>) -> String {
    let [chosen, reason] = choice.origin();
    let url = registry_string(&choice.url.to_string());
    lines(&[
        "Windows Registry Editor Version 5.00",
        "",
        &format!("; {chosen}"),
        &format!("; {reason}"),
        "",
        &format!("[HKEY_LOCAL_MACHINE\\{POLICY_KEY}]"),
        &format!("\"WUServer\"={url}"),
        &format!("\"WUStatusServer\"={url}"),
        "",
        &format!("[HKEY_LOCAL_MACHINE\\{POLICY_KEY}\\AU]"),
        "\"UseWUServer\"=dword:00000001",
        "",
    ])
}

/// A registry file's text as the registry editor writes it: UTF-16 little-endian with a byte order
/// mark.
pub fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(BYTE_ORDER_MARK).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A PowerShell script that makes the machine it runs on use the choice: sets the values, sets the
/// update service to automatic, restarts it and refreshes the policy.
///
/// It can be run again with the same result, needs administrator rights and stops at the first
/// error.
pub fn powershell(choice: &Choice<'_>) -> String {
    let [chosen, reason] = choice.origin();
    let url = powershell_string(&choice.url.to_string());
    lines(&[
        "#Requires -RunAsAdministrator",
        &format!("# {chosen}"),
        &format!("# {reason}"),
        "# A domain's Group Policy that sets the same values overrides them.",
        "",
        "$ErrorActionPreference = 'Stop'",
        "",
        &format!("$server = {url}"),
        &format!("$policy = 'HKLM:\\{POLICY_KEY}'"),
        "",
        "foreach ($key in $policy, \"$policy\\AU\") {",
        "    # New-Item -Force would empty a key that exists.",
        "    if (-not (Test-Path -LiteralPath $key)) { New-Item -Path $key -Force | Out-Null }",
        "}",
        "New-ItemProperty -LiteralPath $policy -Name WUServer -PropertyType String \
         -Value $server -Force | Out-Null",
        "New-ItemProperty -LiteralPath $policy -Name WUStatusServer -PropertyType String \
         -Value $server -Force | Out-Null",
        "New-ItemProperty -LiteralPath \"$policy\\AU\" -Name UseWUServer -PropertyType DWord \
         -Value 1 -Force | Out-Null",
        "",
        "Set-Service -Name wuauserv -StartupType Automatic",
        "Restart-Service -Name wuauserv",
        "gpupdate.exe /force",
        "if ($LASTEXITCODE -ne 0) { throw \"gpupdate.exe failed with exit code $LASTEXITCODE\" }",
        "",
    ])
}

/// The key below the machine's hive that holds the update agent's policy.
const POLICY_KEY: &str = "SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate";

const BYTE_ORDER_MARK: u16 = 0xFEFF;

/// Both formats are line-oriented files of Windows.
fn lines(lines: &[&str]) -> String {
    lines.join("\r\n")
}

/// Backslash and quote are escaped in a registry file's strings.
fn registry_string(value: &str) -> String {
    let value = printable_ascii(value).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{value}\"")
}

/// In single quotes nothing but the quote itself has a meaning; PowerShell also takes the
/// typographic quotes for one, which an ASCII text cannot hold.
fn powershell_string(value: &str) -> String {
    format!("'{}'", printable_ascii(value).replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::{Host, Scheme};
    use crate::output::fixture;

    #[test]
    fn registry_file() {
        let report = fixture::nearest();
        let text = reg(&Choice::of(&report, fixture::now()).unwrap());
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
    }

    #[test]
    fn powershell_script() {
        let report = fixture::nearest();
        let text = powershell(&Choice::of(&report, fixture::now()).unwrap());
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
            host: Host::Name("a'b\u{2019};\"\\\r\nc".into()),
            port: 443,
        };
        let choice = Choice {
            url: &url,
            name: "x\r\n[HKEY_CLASSES_ROOT]",
            reason: "y\nRemove-Item C:\\ -Recurse",
            at: fixture::now(),
        };
        for line in reg(&choice).lines().chain(powershell(&choice).lines()) {
            assert!(line.is_ascii());
            assert!(!line.starts_with("[HKEY_CLASSES_ROOT]") && !line.starts_with("Remove"));
        }
        assert!(reg(&choice).contains(r#""WUServer"="https://a'b\\u{2019};\"\\\\r\\nc""#));
        assert!(powershell(&choice).contains(r#"$server = 'https://a''b\u{2019};"\\r\nc'"#));
    }

    #[test]
    fn utf16_starts_with_the_byte_order_mark() {
        assert_eq!(utf16("W\r\n"), [0xFF, 0xFE, b'W', 0, b'\r', 0, b'\n', 0]);
    }
}
