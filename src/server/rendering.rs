//! Large answers, rendered at most once per second however many ask for them.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::net::clock;

/// Age up to which a rendering is handed out again: the fleet's choice is reviewed as often.
const FRESH: Duration = Duration::from_secs(1);

/// Renderings of one kind in memory at once. Slow readers keep old ones alive; a fleet of 10,000
/// endpoints makes tens of megabytes each.
const ALIVE: usize = 4;

/// Age up to which a rendering is handed out when slow readers hold all others: a scrape's
/// default timeout.
const USABLE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotRendered {
    /// Slow readers hold all renderings that may be in memory.
    Held,
    /// A defect of this program.
    Defect,
}

/// The latest rendering of one kind, shared by all who ask.
pub(super) struct Shared {
    latest: Arc<Mutex<Option<Rendering>>>,
    alive: Arc<Semaphore>,
}

struct Rendering {
    at: Instant,
    plain: Arc<Kept>,
    gzip: Option<Arc<Kept>>,
    permit: Arc<OwnedSemaphorePermit>,
}

/// Text that counts as alive until the last reader is done with it.
struct Kept {
    bytes: Vec<u8>,
    _permit: Arc<OwnedSemaphorePermit>,
}

/// What a reader holds.
struct Held(Arc<Kept>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { latest: Arc::default(), alive: Arc::new(Semaphore::new(ALIVE)) }
    }

    /// The latest rendering in the wanted form; renders on a blocking thread when that is too
    /// old. Everybody who asks meanwhile waits for the same one. Dropping the future does not
    /// stop a rendering, so that clients who leave cannot make many start.
    pub(super) async fn get(
        &self,
        gzip: bool,
        render: impl FnOnce(&mut String) + Send + 'static,
    ) -> Result<Bytes, NotRendered> {
        let latest = Arc::clone(&self.latest).lock_owned().await;
        let age = latest.as_ref().map(|rendering| clock::now().duration_since(rendering.at));
        let is_fresh = age.is_some_and(|age| age < FRESH);
        if let Some(found) = latest.as_ref().filter(|_| is_fresh).and_then(|it| it.form(gzip)) {
            return Ok(found);
        }
        let permit = if is_fresh { None } else { self.permit(latest.as_ref()) };
        if !is_fresh && permit.is_none() && age.is_none_or(|age| age >= USABLE) {
            return Err(NotRendered::Held);
        }
        let working = spawn_blocking(move || complete(latest, permit, gzip, render));
        working.await.ok().flatten().ok_or(NotRendered::Defect)
    }

    /// A permit for one more rendering. The latest one gives up its own if nobody reads it.
    fn permit(&self, latest: Option<&Rendering>) -> Option<Arc<OwnedSemaphorePermit>> {
        if let Ok(permit) = Arc::clone(&self.alive).try_acquire_owned() {
            return Some(Arc::new(permit));
        }
        latest.filter(|rendering| rendering.is_unread()).map(|it| Arc::clone(&it.permit))
    }
}

impl Rendering {
    fn form(&self, gzip: bool) -> Option<Bytes> {
        let form = if gzip { self.gzip.as_ref() } else { Some(&self.plain) };
        form.map(|kept| Bytes::from_owner(Held(Arc::clone(kept))))
    }

    fn is_unread(&self) -> bool {
        let forms = [Some(&self.plain), self.gzip.as_ref()];
        forms.into_iter().flatten().all(|kept| Arc::strong_count(kept) == 1)
    }
}

/// Renders if there is a permit, and makes the wanted form. Runs on a blocking thread and holds
/// the lock meanwhile.
fn complete(
    mut latest: OwnedMutexGuard<Option<Rendering>>,
    permit: Option<Arc<OwnedSemaphorePermit>>,
    gzip: bool,
    render: impl FnOnce(&mut String),
) -> Option<Bytes> {
    if let Some(permit) = permit {
        // The next one will be about as long; the margin spares a reallocation of everything.
        let length = latest.as_ref().map_or(0, |before| before.plain.bytes.len());
        let mut text = String::with_capacity(length + length / 16);
        // A rendering that is not read any more must not cost memory beside the new one.
        *latest = None;
        let at = clock::now();
        render(&mut text);
        let plain = keep(text.into_bytes(), &permit);
        *latest = Some(Rendering { at, plain, gzip: None, permit });
    }
    let rendering = latest.as_mut()?;
    if gzip && rendering.gzip.is_none() {
        rendering.gzip = Some(keep(compress(&rendering.plain.bytes)?, &rendering.permit));
    }
    rendering.form(gzip)
}

fn keep(bytes: Vec<u8>, permit: &Arc<OwnedSemaphorePermit>) -> Arc<Kept> {
    Arc::new(Kept { bytes, _permit: Arc::clone(permit) })
}

/// Fast rather than small: the text repeats itself so much that the rest is worth little.
fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::{ALIVE, FRESH, NotRendered, Shared, USABLE};

    async fn after(duration: Duration) {
        tokio::time::advance(duration).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_renders_once() {
        let (shared, count) = (Shared::new(), Arc::new(AtomicUsize::new(0)));
        let ask = |gzip| {
            let count = Arc::clone(&count);
            shared.get(gzip, move |out| {
                count.fetch_add(1, Ordering::Relaxed);
                out.push_str("text");
            })
        };
        for found in join_all((0..100).map(|_| ask(false))).await {
            assert_eq!(found.unwrap(), "text");
        }
        assert!(ask(true).await.unwrap().starts_with(&[0x1f, 0x8b]));
        assert_eq!(count.load(Ordering::Relaxed), 1);
        after(FRESH).await;
        ask(false).await.unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_readers_hold_a_bounded_number() {
        let shared = Shared::new();
        let mut held = Vec::new();
        for number in 0..ALIVE {
            let text = number.to_string();
            held.push(shared.get(number % 2 == 0, move |out| out.push_str(&text)).await.unwrap());
            after(FRESH).await;
        }
        // The youngest is shared on, and refused once it is too old.
        let again = shared.get(false, |out| out.push_str("new")).await.unwrap();
        assert_eq!(again, (ALIVE - 1).to_string());
        after(USABLE).await;
        let refused = shared.get(false, |out| out.push_str("new")).await;
        assert_eq!(refused, Err(NotRendered::Held));
        held.remove(0);
        assert_eq!(shared.get(false, |out| out.push_str("new")).await.unwrap(), "new");
    }

    #[tokio::test]
    async fn a_defect_does_not_block_the_next() {
        let shared = Shared::new();
        let refused = shared.get(false, |_| panic!("on purpose")).await;
        assert_eq!(refused, Err(NotRendered::Defect));
        assert_eq!(shared.get(false, |out| out.push('a')).await.unwrap(), "a");
    }
}
