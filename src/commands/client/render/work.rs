//! Settings that are ready to be written.

use std::io::{self, IsTerminal as _};

use super::file::{self, Target};
use super::format::Format;
use super::tell::Told;
use crate::cli::args::client::Render;
use crate::commands::{Exit, Surroundings};
use crate::output::client_render::{Rendered, Settings};
use crate::policy::desired::Desired;
use crate::policy::setting::Setting;

/// What is to be written, and what is to be told of it.
pub(super) struct Work {
    pub(super) desired: Desired,
    pub(super) origin: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) lost: Vec<String>,
    pub(super) left: Vec<String>,
    /// Whether nothing is wrong with a server that was chosen.
    pub(super) is_sure: bool,
}

impl Work {
    /// Writes and tells it.
    ///
    /// # Errors
    /// Writing failed.
    pub(super) fn write(
        &self,
        format: Format,
        options: &Render,
        surroundings: &mut Surroundings<'_>,
    ) -> io::Result<Exit> {
        let operations = self.desired.operations();
        let settings = Settings { origin: &self.origin, operations: &operations };
        let rendered = format.render(&settings, options.to.is_some(), &self.changed, &self.left)?;
        if let Some(error) = refusal(&self.desired, &rendered) {
            return surroundings.fail(&error);
        }
        let target = match &options.to {
            Some(path) => Target::File(path),
            None if io::stdout().is_terminal() => Target::Terminal(surroundings.out),
            None => Target::Stream(surroundings.out),
        };
        if let Err(error) = file::write(&rendered.bytes, target)? {
            return surroundings.fail(&error);
        }
        let left_out: Vec<_> = rendered.left_out.into_iter().map(|one| one.text).collect();
        let is_whole = self.left.is_empty() && self.lost.is_empty() && left_out.is_empty();
        let told = Told {
            desired: &self.desired,
            changed: &self.changed,
            lost: &self.lost,
            left: &self.left,
            left_out: &left_out,
            next: format.next_step(options.to.as_deref(), &self.desired),
        };
        told.write(surroundings.messages)?;
        Ok(if self.is_sure && is_whole { Exit::Healthy } else { Exit::Degraded })
    }
}

/// Why nothing is written: a part of the machine's settings may not count without the others.
fn refusal(desired: &Desired, rendered: &Rendered) -> Option<String> {
    let mut lost = rendered.lost_settings();
    let is_left_out = |setting: Setting| {
        rendered.left_out.iter().any(|left_out| left_out.setting == Some(setting))
    };
    let values = &desired.values;
    if !values.is_empty() && values.iter().all(|(setting, _)| is_left_out(*setting)) {
        lost = rendered.left_out.iter().map(|left_out| left_out.text.as_str()).collect();
    }
    (!lost.is_empty()).then(|| {
        format!(
            "this format cannot hold all of the settings, and nothing was written: {}\n  hint: \
             choose another --format, or change what it cannot hold",
            lost.join("; ")
        )
    })
}
