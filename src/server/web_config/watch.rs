//! The web configuration in force, read again when a file of it changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::ending::Told;
use super::{WebConfig, WebConfigError, load};
use crate::net::clock;

/// Between two looks at the files: a storm of connections must not become one of system calls.
const INTERVAL: Duration = Duration::from_secs(1);

/// What is in force, and what its files looked like.
pub(in crate::server) struct Watched {
    path: Option<PathBuf>,
    current: RwLock<Arc<WebConfig>>,
    /// Why the last change was refused, if it was.
    refused: RwLock<Option<Arc<str>>>,
    seen: Mutex<Seen>,
}

struct Seen {
    at: Instant,
    told: Told,
    stamps: Vec<Stamp>,
}

/// A file as it was: to know whether it has changed without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    /// Modification time and size; `None` if there was no such file.
    state: Option<(Option<SystemTime>, u64)>,
}

impl Watched {
    /// Reads the file, if there is one. Blocks.
    ///
    /// # Errors
    /// It cannot be used.
    pub(in crate::server) fn new(path: Option<PathBuf>) -> Result<Self, WebConfigError> {
        let (config, stamps) = path.as_deref().map_or((Ok(WebConfig::default()), Vec::new()), read);
        let config = config?;
        let mut told = Told::default();
        tell_end(&mut told, &config);
        let seen = Mutex::new(Seen { at: clock::now(), told, stamps });
        let current = RwLock::new(Arc::new(config));
        Ok(Self { path, current, refused: RwLock::default(), seen })
    }

    /// What is in force now. Looks at the files first if nobody has for a while; whoever comes
    /// meanwhile gets what was in force.
    pub(in crate::server) async fn current(&self) -> Arc<WebConfig> {
        if let Some(path) = &self.path
            && let Ok(mut seen) = self.seen.try_lock()
            && clock::now().duration_since(seen.at) >= INTERVAL
        {
            seen.at = clock::now();
            if self.look(path, &mut seen.stamps).await {
                seen.told = Told::default();
            }
            tell_end(&mut seen.told, &self.now());
        }
        self.now()
    }

    /// Why the last change is not in force, as far as anybody has looked since; `None` where there
    /// is no file.
    pub(in crate::server) fn last_change(&self) -> Option<Result<(), Arc<str>>> {
        self.path.as_ref()?;
        let refused = self.refused.read().unwrap_or_else(PoisonError::into_inner).clone();
        Some(refused.map_or(Ok(()), Err))
    }

    fn now(&self) -> Arc<WebConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether another one is in force now.
    async fn look(&self, path: &Path, stamps: &mut Vec<Stamp>) -> bool {
        let (before, path) = (stamps.clone(), path.to_owned());
        let looking = spawn_blocking(move || {
            let now: Vec<Stamp> = before.iter().map(|stamp| stamp_of(&stamp.path)).collect();
            (now != before).then(|| read(&path))
        });
        let Ok(Some((config, now))) = looking.await else { return false };
        *stamps = now;
        let refused = match config.and_then(|config| self.refuse_less(config)) {
            Ok(config) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                info!("the web configuration has changed and is in force");
                None
            }
            Err(error) => {
                error!(%error, "the web configuration in force stays");
                Some(error.to_string().into())
            }
        };
        let is_taken = refused.is_none();
        *self.refused.write().unwrap_or_else(PoisonError::into_inner) = refused;
        is_taken
    }

    /// Protection is only taken away by a restart: this may be a file that is only half written.
    fn refuse_less(&self, config: WebConfig) -> Result<WebConfig, WebConfigError> {
        let now = self.now();
        let lost = if now.tls.is_some() && config.tls.is_none() {
            "TLS"
        } else if !now.users.is_empty() && config.users.is_empty() {
            "all users"
        } else {
            return Ok(config);
        };
        let problem = format!("has {lost} no more: that takes a restart");
        Err(WebConfigError { path: self.path.clone().unwrap_or_default(), problem })
    }
}

fn tell_end(told: &mut Told, config: &WebConfig) {
    if let Some(news) = told.news(config.ends, clock::wall()) {
        warn!("{news}");
    }
}

/// The file and stamps of all that it depends on, taken before it is read: what changes meanwhile
/// is read again the next time.
fn read(path: &Path) -> (Result<WebConfig, WebConfigError>, Vec<Stamp>) {
    // Which files it depends on is known only after reading.
    let mut files = Vec::new();
    let _ = load(path, &mut files);
    let stamps = files.iter().map(|path| stamp_of(path)).collect();
    (load(path, &mut Vec::new()), stamps)
}

fn stamp_of(path: &Path) -> Stamp {
    let state = fs::metadata(path).ok().map(|found| (found.modified().ok(), found.len()));
    Stamp { path: path.to_owned(), state }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{INTERVAL, Watched};

    async fn change(watched: &Watched, path: &Path, text: &str) -> usize {
        fs::write(path, text).unwrap();
        tokio::time::advance(INTERVAL).await;
        watched.current().await.headers.len()
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_taken_and_bad_ones_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("web.yml");
        fs::write(&path, "").unwrap();
        let watched = Watched::new(Some(path.clone())).unwrap();
        assert!(watched.current().await.headers.is_empty());

        let one = "http_server_config: {headers: {X-XSS-Protection: '0'}}\n";
        assert_eq!(change(&watched, &path, one).await, 1);
        assert_eq!(watched.last_change(), Some(Ok(())));
        assert_eq!(change(&watched, &path, "unknown: true\n").await, 1);
        let refused = watched.last_change().unwrap().unwrap_err();
        assert!(refused.contains("unknown"), "{refused}");
        assert_eq!(change(&watched, &path, "# none\n").await, 0);
        assert_eq!(watched.last_change(), Some(Ok(())));
        assert_eq!(Watched::new(None).unwrap().last_change(), None);

        let users = format!("basic_auth_users: {{a: {}}}\n", bcrypt::hash("b", 4).unwrap());
        change(&watched, &path, &users).await;
        assert!(!watched.current().await.users.is_empty());
        change(&watched, &path, "").await;
        assert!(!watched.current().await.users.is_empty(), "users are lost only by a restart");
    }
}
