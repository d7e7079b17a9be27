//! Large answers, rendered at most once per second however many ask for them.
//!
//! Only the packed form is kept: the text of a fleet of 10,000 endpoints has tens of megabytes,
//! and a twentieth of that when it is packed.

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
use crate::server::body::Body;

/// Age up to which a rendering is handed out again: the fleet's choice is reviewed as often.
const FRESH: Duration = Duration::from_secs(1);

/// Renderings of one kind in memory at once. Slow readers keep old ones alive.
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

/// Takes a text piece by piece.
pub(super) type Sink<'a> = dyn FnMut(&str) + 'a;

/// The latest rendering of one kind, shared by all who ask.
pub(super) struct Shared {
    latest: Arc<Mutex<Option<Rendering>>>,
    alive: Arc<Semaphore>,
}

struct Rendering {
    at: Instant,
    packed: Arc<Packed>,
    permit: Arc<OwnedSemaphorePermit>,
}

/// A text in packed form. It counts as alive until the last reader is done with it.
struct Packed {
    gzip: Vec<u8>,
    text_length: u64,
    _permit: Arc<OwnedSemaphorePermit>,
}

/// What a reader holds.
pub(super) struct Held(Arc<Packed>);

impl Held {
    /// Bytes of the text.
    pub(super) fn text_length(&self) -> u64 {
        self.0.text_length
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0.gzip
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
        render: impl FnOnce(&mut Sink<'_>) + Send + 'static,
    ) -> Result<Body, NotRendered> {
        let latest = Arc::clone(&self.latest).lock_owned().await;
        let age = latest.as_ref().map(|rendering| clock::now().duration_since(rendering.at));
        let is_fresh = age.is_some_and(|age| age < FRESH);
        if let Some(found) = latest.as_ref().filter(|_| is_fresh) {
            return Ok(found.form(gzip));
        }
        match (self.permit(latest.as_ref()), latest.as_ref()) {
            (Some(permit), _) => {
                let working = spawn_blocking(move || renew(latest, permit, gzip, render));
                working.await.ok().flatten().ok_or(NotRendered::Defect)
            }
            (None, Some(found)) if age.is_some_and(|age| age < USABLE) => Ok(found.form(gzip)),
            (None, _) => Err(NotRendered::Held),
        }
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
    fn form(&self, gzip: bool) -> Body {
        let held = Held(Arc::clone(&self.packed));
        if gzip { Body::whole(Bytes::from_owner(held)) } else { Body::unpacked(held) }
    }

    fn is_unread(&self) -> bool {
        Arc::strong_count(&self.packed) == 1
    }
}

/// Renders anew. Runs on a blocking thread and holds the lock meanwhile.
fn renew(
    mut latest: OwnedMutexGuard<Option<Rendering>>,
    permit: Arc<OwnedSemaphorePermit>,
    gzip: bool,
    render: impl FnOnce(&mut Sink<'_>),
) -> Option<Body> {
    // The next one will be about as long; the margin spares a reallocation of everything.
    let length = latest.as_ref().map_or(0, |before| before.packed.gzip.len());
    // A rendering that is not read any more must not cost memory beside the new one.
    *latest = None;
    let at = clock::now();
    let packed = Arc::new(pack(length + length / 16, &permit, render)?);
    let form = latest.insert(Rendering { at, packed, permit }).form(gzip);
    Some(form)
}

/// Fast rather than small: the text repeats itself so much that the rest is worth little.
fn pack(
    expected: usize,
    permit: &Arc<OwnedSemaphorePermit>,
    render: impl FnOnce(&mut Sink<'_>),
) -> Option<Packed> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(expected), Compression::fast());
    let mut text_length = 0;
    let mut written = Ok(());
    render(&mut |text| {
        text_length += text.len() as u64;
        if written.is_ok() {
            written = encoder.write_all(text.as_bytes());
        }
    });
    written.ok()?;
    Some(Packed { gzip: encoder.finish().ok()?, text_length, _permit: Arc::clone(permit) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::join_all;
    use http_body_util::BodyExt as _;
    use hyper::body::Body as _;

    use super::{ALIVE, Body, FRESH, NotRendered, Shared, USABLE};

    /// The text of an answer; what is packed begins with its magic number instead.
    async fn read(found: Result<Body, NotRendered>) -> Result<Vec<u8>, NotRendered> {
        Ok(found?.collect().await.unwrap().to_bytes().to_vec())
    }

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
                out("text");
            })
        };
        for found in join_all((0..100).map(|_| ask(false))).await {
            assert_eq!(read(found).await.unwrap(), b"text");
        }
        assert!(read(ask(true).await).await.unwrap().starts_with(&[0x1f, 0x8b]));
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
            held.push(shared.get(number % 2 == 0, move |out| out(&text)).await.unwrap());
            after(FRESH).await;
        }
        // The youngest is shared on, and refused once it is too old.
        let again = shared.get(false, |out| out("new")).await;
        assert_eq!(read(again).await.unwrap(), (ALIVE - 1).to_string().as_bytes());
        after(USABLE).await;
        let refused = shared.get(false, |out| out("new")).await;
        assert_eq!(read(refused).await, Err(NotRendered::Held));
        held.remove(0);
        let renewed = shared.get(false, |out| out("new")).await;
        assert_eq!(read(renewed).await.unwrap(), b"new");
    }

    #[tokio::test]
    async fn a_defect_does_not_block_the_next() {
        let shared = Shared::new();
        let refused = shared.get(false, |_| panic!("on purpose")).await;
        assert_eq!(read(refused).await, Err(NotRendered::Defect));
        let next = shared.get(false, |out| out("a")).await;
        assert_eq!(read(next).await.unwrap(), b"a");
    }

    #[tokio::test]
    async fn a_long_text_is_unpacked_piece_by_piece() {
        let text = "a line of text\n".repeat(50_000);
        let (shared, whole) = (Shared::new(), text.clone());
        let found = shared.get(false, move |out| out(&whole)).await.unwrap();
        assert_eq!(found.size_hint().exact(), Some(text.len() as u64));
        assert_eq!(read(Ok(found)).await.unwrap(), text.as_bytes());
    }
}
