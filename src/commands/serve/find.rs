//! What `/probe` may probe: configured endpoints, and URLs that the configuration allows.

use std::sync::Arc;

use crate::config::endpoint::name_of_url;
use crate::config::pattern::UrlPattern;
use crate::engine::ports::{Ports, Target};
use crate::model::endpoint::Endpoint;
use crate::model::request::Profile;
use crate::model::text::shown;
use crate::model::url;
use crate::server::site::{Find, Refused};

/// What a URL must be to be allowed, for messages.
const REMEDY: &str = "add the endpoint, or a pattern of its URL to `allow_targets` of [serve]";

/// Finds targets by name and by URL.
pub(super) struct Finder {
    /// Looked through from the first to the last: thousands take microseconds, and an index of
    /// them would take megabytes.
    configured: Vec<Target>,
    allowed: Vec<UrlPattern>,
    /// An endpoint with nothing of its own: what others look like that are allowed.
    other: Target,
    ports: OnRequest,
}

/// With what each profile is probed.
pub(super) struct OnRequest {
    pub(super) quick: Ports,
    pub(super) standard: Ports,
    pub(super) deep: Ports,
}

impl Finder {
    /// Finds `configured` ones, and what is `allowed`.
    pub(super) fn new(
        configured: Vec<Target>,
        allowed: Vec<UrlPattern>,
        other: Target,
        ports: OnRequest,
    ) -> Self {
        Self { configured, allowed, other, ports }
    }

    fn first(&self, is_meant: impl Fn(&Endpoint) -> bool) -> Option<Target> {
        self.configured.iter().find(|target| is_meant(&target.endpoint)).cloned()
    }

    fn target(&self, asked: &str) -> Result<Target, Refused> {
        // What was copied may have blanks around it; no name has.
        let asked = asked.trim();
        if !asked.contains("://") {
            let found = self.first(|endpoint| endpoint.name.0.eq_ignore_ascii_case(asked));
            return found.ok_or_else(|| unknown(asked));
        }
        let parsed = url::parse(asked).map_err(|fault| {
            Refused::Malformed(format!("the target {}; {}", fault.text, fault.remedy))
        })?;
        // Of several with one URL the first is meant.
        if let Some(target) = self.first(|endpoint| endpoint.url == parsed.url) {
            return Ok(target);
        }
        if !self.allowed.iter().any(|pattern| pattern.matches(&parsed.url)) {
            let text = format!("{} is neither configured nor allowed: {REMEDY}", parsed.url);
            return Err(Refused::Forbidden(text));
        }
        let bare = Endpoint::bare(name_of_url(&parsed.url), parsed.url);
        let endpoint = Endpoint { family: self.other.endpoint.family, ..bare };
        Ok(Target { endpoint: Arc::new(endpoint), ..self.other.clone() })
    }
}

impl Find for Finder {
    fn find(&self, asked: &str, profile: Profile) -> Result<(Target, Ports), Refused> {
        let target = self.target(asked)?;
        let ports = match profile {
            Profile::Quick => &self.ports.quick,
            Profile::Standard => &self.ports.standard,
            Profile::Deep => &self.ports.deep,
        };
        Ok((target, ports.clone()))
    }
}

fn unknown(asked: &str) -> Refused {
    if asked.is_empty() {
        let text = "no target is named: append ?target=NAME or ?target=URL".to_owned();
        return Refused::Malformed(text);
    }
    let asked = shown(asked);
    Refused::Forbidden(format!(
        "no endpoint is called {asked}: write a configured name, or a URL with https:// or \
         http://; {REMEDY}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::serve::prepare;
    use crate::config::RawOptions;
    use crate::config::origin::{Origin, Sourced};
    use crate::model::endpoint::Family;

    fn finder(text: &str) -> Arc<dyn Find> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, text).unwrap();
        let raw = RawOptions {
            config: Some(Sourced::new(path, Origin::Flag("--config"))),
            ..RawOptions::default()
        };
        prepare::prepare(&raw, None, &mut super::super::files::Files::default()).unwrap().find
    }

    #[tokio::test]
    async fn the_configured_and_the_allowed_are_found_and_nothing_else() {
        let find = finder(
            "family = \"ipv4\"\n[[endpoint]]\nname = \"One\"\ndc = \"dfw\"\n\
             url = \"https://wsus.one.test:8531\"\n\
             [serve]\nallow_targets = [\"https://msupdate.*.example.com\"]\n",
        );
        let name = |asked: &str| {
            find.find(asked, Profile::Standard).map(|(target, _)| target.endpoint.name.0.clone())
        };
        assert_eq!(name("one").unwrap(), "One");
        assert_eq!(name(" one ").unwrap(), "One");
        assert_eq!(name("https://WSUS.one.test.:8531/").unwrap(), "One");
        assert_eq!(name("https://msupdate.ord.example.com").unwrap(), "msupdate.ord.example.com");
        for forbidden in [
            "two",
            "https://wsus.one.test",
            "http://wsus.one.test:8531",
            "https://msupdate.ord.example.com:8531",
            "https://msupdate.a.b.example.com",
            "https://127.0.0.1",
            "127.0.0.1:22",
        ] {
            let refused = name(forbidden).unwrap_err();
            let Refused::Forbidden(text) = refused else { panic!("{forbidden}: {refused:?}") };
            assert!(text.contains("allow_targets"), "{text}");
        }
        for malformed in
            ["", " ", "ftp://wsus.one.test", "https://me:secret@wsus.one.test", "https://a/b"]
        {
            let refused = name(malformed).unwrap_err();
            let Refused::Malformed(text) = refused else { panic!("{malformed}: {refused:?}") };
            assert!(!text.contains("secret"), "{text}");
        }
        // Whatever is asked for, the answer stays short.
        assert!(
            matches!(name(&"x".repeat(1 << 20)), Err(Refused::Forbidden(text)) if text.len() < 400)
        );
    }

    #[tokio::test]
    async fn profiles_have_their_ports_and_the_common_settings_hold_for_the_allowed() {
        let find = finder(
            "family = \"ipv4\"\ndeadline = \"3s\"\n[[endpoint]]\nname = \"one\"\n\
             url = \"https://one.test\"\ndeadline = \"2s\"\n\
             [serve]\nallow_targets = [\"https://*.two.test\"]\n",
        );
        let (one, quick) = find.find("one", Profile::Quick).unwrap();
        let (two, deep) = find.find("https://a.two.test", Profile::Deep).unwrap();
        assert_eq!(one.limits.deadline.as_secs(), 2);
        assert_eq!(two.limits.deadline.as_secs(), 3);
        assert_eq!(two.endpoint.family, Family::Ipv4);
        assert!(quick.is_lean && quick.scan.is_none());
        assert!(!deep.is_lean && deep.scan.is_some_and(|scan| scan.clients));
        assert!(Arc::ptr_eq(&quick.sockets, &deep.sockets), "one budget for all");
    }
}
