//! Which format is written, and what to do with it.

use std::io;
use std::path::Path;

use crate::cli::args::client::{Render, RenderFormat};
use crate::model::registry::Root;
use crate::output::client_render::{Rendered, Settings, ansible, json, lgpo, pol, powershell, reg};
use crate::policy::desired::Desired;

/// A chosen format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format(RenderFormat);

impl Format {
    /// The format that `--format` or the name of the file says; a registry file where neither does.
    ///
    /// # Errors
    /// They contradict each other.
    pub(super) fn of(options: &Render) -> Result<Self, String> {
        let named = options.to.as_deref().and_then(of_name);
        match (options.format, named) {
            (Some(asked), Some(named)) if asked != named => Err(format!(
                "--format {} and the name of the file contradict each other\n  hint: call it \
                 *.{}, or leave --format out",
                name(asked),
                extension(asked)
            )),
            (Some(format), _) | (None, Some(format)) => Ok(Self(format)),
            (None, None) => Ok(Self(RenderFormat::Reg)),
        }
    }

    /// Renders for a file or for standard output.
    ///
    /// # Errors
    /// When serialisation fails, which the types give no cause for.
    pub(super) fn render(
        self,
        settings: &Settings<'_>,
        is_file: bool,
        changed: &[String],
        left: &[String],
    ) -> io::Result<Rendered> {
        Ok(match self.0 {
            RenderFormat::Reg if is_file => reg::file(settings),
            RenderFormat::Reg => reg::text(settings),
            RenderFormat::Powershell => powershell::script(settings),
            RenderFormat::Lgpo => lgpo::text(settings),
            RenderFormat::Pol => pol::file(settings),
            RenderFormat::Ansible => ansible::play(settings),
            RenderFormat::Json => json::document(settings, changed, left)?,
        })
    }

    /// What to do with the result. One line; none where a program reads it.
    pub(super) fn next_step(self, to: Option<&Path>, desired: &Desired) -> Option<String> {
        let file = to.map_or_else(|| "FILE".to_owned(), quoted);
        Some(match self.0 {
            RenderFormat::Reg => format!(
                "as an administrator: reg import {file}, then gpupdate /force and Restart-Service \
                 wuauserv. A Group Policy that sets these values writes its own again then, and \
                 whenever it changes{}",
                if has_user(desired) { OF_USER } else { "" }
            ),
            RenderFormat::Powershell => format!(
                "as an administrator: powershell -ExecutionPolicy Bypass -File {file} -WhatIf \
                 shows what would change; without -WhatIf it is done"
            ),
            RenderFormat::Lgpo => format!(
                "as an administrator: LGPO.exe /t {file}, then gpupdate and Restart-Service wuauserv"
            ),
            RenderFormat::Pol => format!(
                "as an administrator: LGPO.exe /m {file}, then gpupdate and Restart-Service \
                 wuauserv. Copied over the machine's Registry.pol it would replace every other \
                 policy there"
            ),
            RenderFormat::Ansible => format!(
                "ansible-playbook -i INVENTORY --limit SITE --check --diff {file} shows what would \
                 change on the hosts of SITE; without --check it is done, without --limit on every \
                 host of the group windows"
            ),
            RenderFormat::Json => return None,
        })
    }
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let name = path.display().to_string();
    if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name }
}

fn has_user(desired: &Desired) -> bool {
    desired.values.iter().any(|(setting, _)| setting.key().root == Root::CurrentUser)
}

const OF_USER: &str = ". What is below HKEY_CURRENT_USER is set for the user who imports it";

fn of_name(path: &Path) -> Option<RenderFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "reg" => RenderFormat::Reg,
        "ps1" => RenderFormat::Powershell,
        "txt" => RenderFormat::Lgpo,
        "pol" => RenderFormat::Pol,
        "yml" | "yaml" => RenderFormat::Ansible,
        "json" => RenderFormat::Json,
        _ => return None,
    })
}

const fn name(format: RenderFormat) -> &'static str {
    match format {
        RenderFormat::Reg => "reg",
        RenderFormat::Powershell => "powershell",
        RenderFormat::Lgpo => "lgpo",
        RenderFormat::Pol => "pol",
        RenderFormat::Ansible => "ansible",
        RenderFormat::Json => "json",
    }
}

const fn extension(format: RenderFormat) -> &'static str {
    match format {
        RenderFormat::Reg => "reg",
        RenderFormat::Powershell => "ps1",
        RenderFormat::Lgpo => "txt",
        RenderFormat::Pol => "pol",
        RenderFormat::Ansible => "yml",
        RenderFormat::Json => "json",
    }
}
