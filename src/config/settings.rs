//! The settings that exist at every level: a layer sets some of them, layers on top of the
//! defaults give all of them.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::defaults;
use crate::config::error::Fault;
use crate::config::origin::{Origin, Sourced};
use crate::model::endpoint::Limits;
use crate::model::endpoint::{Family, ResolverChoice};

/// The settings that one level (command line, endpoint, file) mentions.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    pub(super) ca_files: Option<Sourced<Vec<PathBuf>>>,
    pub(super) resolver: Option<Sourced<ResolverChoice>>,
    pub(super) compare_resolvers: Option<Sourced<Vec<ResolverChoice>>>,
    pub(super) resolvers_may_differ: Option<Sourced<bool>>,
    pub(super) family: Option<Sourced<Family>>,
    pub(super) deadline: Option<Sourced<Duration>>,
    pub(super) resolve: Option<Sourced<Duration>>,
    pub(super) connect: Option<Sourced<Duration>>,
    pub(super) tls: Option<Sourced<Duration>>,
    pub(super) wsus: Option<Sourced<Duration>>,
}

/// All settings of one target, each with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Certificates to trust beside the platform's.
    pub ca_files: Sourced<Vec<PathBuf>>,
    /// Who resolves names.
    pub resolver: Sourced<ResolverChoice>,
    /// Whose answers are compared; none are where it is empty.
    pub compare_resolvers: Sourced<Vec<ResolverChoice>>,
    /// Whether the answers that are compared differ on purpose.
    pub resolvers_may_differ: Sourced<bool>,
    /// Which address families to probe.
    pub family: Sourced<Family>,
    /// One round of one member.
    pub deadline: Sourced<Duration>,
    /// Name resolution, at most the deadline.
    pub resolve: Sourced<Duration>,
    /// TCP connect, at most the deadline.
    pub connect: Sourced<Duration>,
    /// TLS handshake, at most the deadline.
    pub tls: Sourced<Duration>,
    /// WSUS check, at most the deadline.
    pub wsus: Sourced<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ca_files: Sourced::new(Vec::new(), Origin::Default),
            resolver: Sourced::new(ResolverChoice::System, Origin::Default),
            compare_resolvers: Sourced::new(Vec::new(), Origin::Default),
            resolvers_may_differ: Sourced::new(false, Origin::Default),
            family: Sourced::new(Family::Any, Origin::Default),
            deadline: Sourced::new(defaults::DEADLINE, Origin::Default),
            resolve: Sourced::new(defaults::RESOLVE_TIMEOUT, Origin::Default),
            connect: Sourced::new(defaults::CONNECT_TIMEOUT, Origin::Default),
            tls: Sourced::new(defaults::TLS_TIMEOUT, Origin::Default),
            wsus: Sourced::new(defaults::WSUS_TIMEOUT, Origin::Default),
        }
    }
}

impl Settings {
    /// These settings with a more specific layer on top.
    pub(super) fn under(&self, layer: &Layer) -> Self {
        fn pick<T: Clone>(base: &Sourced<T>, over: Option<&Sourced<T>>) -> Sourced<T> {
            over.unwrap_or(base).clone()
        }
        Self {
            ca_files: pick(&self.ca_files, layer.ca_files.as_ref()),
            resolver: pick(&self.resolver, layer.resolver.as_ref()),
            compare_resolvers: pick(&self.compare_resolvers, layer.compare_resolvers.as_ref()),
            resolvers_may_differ: pick(
                &self.resolvers_may_differ,
                layer.resolvers_may_differ.as_ref(),
            ),
            family: pick(&self.family, layer.family.as_ref()),
            deadline: pick(&self.deadline, layer.deadline.as_ref()),
            resolve: pick(&self.resolve, layer.resolve.as_ref()),
            connect: pick(&self.connect, layer.connect.as_ref()),
            tls: pick(&self.tls, layer.tls.as_ref()),
            wsus: pick(&self.wsus, layer.wsus.as_ref()),
        }
    }

    /// No phase lasts longer than the whole: a timeout above the deadline becomes the deadline,
    /// and then comes from where the deadline comes from.
    ///
    /// Only for timeouts that a less specific layer set; see [`conflict`] for the others.
    pub(super) fn cut(mut self) -> Self {
        for timeout in [&mut self.resolve, &mut self.connect, &mut self.tls, &mut self.wsus] {
            if timeout.value > self.deadline.value {
                timeout.clone_from(&self.deadline);
            }
        }
        self
    }

    /// The origin of each setting by its key in the file.
    pub(super) fn origins(&self) -> [(&'static str, Origin); 10] {
        [
            ("ca_file", self.ca_files.origin.clone()),
            ("resolver", self.resolver.origin.clone()),
            ("compare_resolvers", self.compare_resolvers.origin.clone()),
            ("resolvers_may_differ", self.resolvers_may_differ.origin.clone()),
            ("family", self.family.origin.clone()),
            ("deadline", self.deadline.origin.clone()),
            ("resolve_timeout", self.resolve.origin.clone()),
            ("connect_timeout", self.connect.origin.clone()),
            ("tls_timeout", self.tls.origin.clone()),
            ("wsus_timeout", self.wsus.origin.clone()),
        ]
    }

    /// The times alone.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            deadline: self.deadline.value,
            resolve: self.resolve.value,
            connect: self.connect.value,
            tls: self.tls.value,
            wsus: self.wsus.value,
        }
    }
}

/// Why a phase timeout cannot stand beside the deadline of its own or a less specific layer.
pub(super) fn conflict(timeout: Duration, deadline: &Sourced<Duration>) -> Option<Fault> {
    (timeout > deadline.value).then(|| {
        let limit = humantime::format_duration(deadline.value);
        let timeout = humantime::format_duration(timeout);
        Fault::new(
            format!(
                "is {timeout}, longer than the whole round: expected at most the deadline of \
                 {limit} ({})",
                deadline.origin
            ),
            format!("lower it, or set `deadline = \"{timeout}\"` at the same place"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_replaces_what_it_mentions() {
        let seconds = |n| Some(Sourced::new(Duration::from_secs(n), Origin::Flag("--deadline")));
        let layer = Layer { deadline: seconds(1), ..Layer::default() };
        let settings = Settings::default().under(&layer);
        assert_eq!(settings.tls.value, defaults::TLS_TIMEOUT);
        let cut = settings.cut();
        assert_eq!(cut.tls.value, Duration::from_secs(1));
        assert_eq!(cut.tls.origin, Origin::Flag("--deadline"));
        // Cutting is not remembered: a more specific, longer deadline gets the whole default back.
        let longer = Layer { deadline: seconds(10), ..Layer::default() };
        let settings = Settings::default().under(&layer).under(&longer).cut();
        assert_eq!(settings.tls.value, defaults::TLS_TIMEOUT);
    }

    #[test]
    fn a_timeout_may_equal_the_deadline_but_not_exceed_it() {
        let deadline = Sourced::new(Duration::from_secs(5), Origin::Default);
        assert!(conflict(Duration::from_secs(5), &deadline).is_none());
        assert!(conflict(Duration::from_secs(6), &deadline).unwrap().text.contains("5s (default)"));
    }
}
