//! Basic authentication (RFC 7617) against bcrypt hashes, without letting strangers burn the CPU.

mod turns;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::rand::SystemRandom;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::net::clock;
use crate::server::auth::turns::{Turn, Turns};
use crate::server::peer::Peer;

/// Hashes computed at once. One core is what guessers get; known passwords do not need it.
const AT_ONCE: usize = 1;

/// Requests that wait for a hash to be computed; with a tenth of a second for each, the last one
/// still has its answer within a scrape's default timeout.
const WAITING: usize = 32;

/// Results kept, right and wrong ones apart, so that guesses never push out a right one.
const KEPT: usize = 64;

/// What an `Authorization` header is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A user with the right password.
    Known,
    /// Anything else.
    Unknown,
    /// Too many others are being checked, or this peer has just sent a wrong one.
    Busy,
}

/// The users, and what stands in for the hash of a user that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Users {
    hashes: BTreeMap<String, String>,
    stand_in: String,
}

impl Users {
    /// Users with well-formed hashes. A name that does not exist costs as much time as the most
    /// expensive of them.
    pub(super) fn new(hashes: BTreeMap<String, String>, highest_cost: u32) -> Self {
        // No password is known that has this hash.
        let stand_in = format!("$2b${highest_cost:02}${}", ".".repeat(SALT_AND_HASH));
        Self { hashes, stand_in }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

/// Characters of a bcrypt hash after the cost.
const SALT_AND_HASH: usize = 53;

type Tag = [u8; 32];

/// Checks passwords and remembers the results under keyed digests: the passwords are not kept.
pub(super) struct Checker {
    key: Option<hmac::Key>,
    running: Arc<Semaphore>,
    line: Semaphore,
    turns: Turns,
    kept: Mutex<Kept>,
    #[cfg(test)]
    computed: Arc<std::sync::atomic::AtomicUsize>,
}

#[derive(Default)]
struct Kept {
    right: Results,
    wrong: Results,
}

#[derive(Default)]
struct Results {
    tags: HashSet<Tag>,
    order: VecDeque<Tag>,
}

impl Results {
    fn keep(&mut self, tag: Tag) {
        if !self.tags.insert(tag) {
            return;
        }
        self.order.push_back(tag);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.tags.remove(&oldest);
        }
    }
}

impl Checker {
    pub(super) fn new() -> Self {
        Self {
            // Without randomness nothing is remembered.
            key: hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok(),
            running: Arc::new(Semaphore::new(AT_ONCE)),
            line: Semaphore::new(WAITING),
            turns: Turns::default(),
            kept: Mutex::default(),
            #[cfg(test)]
            computed: Arc::default(),
        }
    }

    /// Checks the value of an `Authorization` header from this peer. Dropping the future does not
    /// stop a hash that is being computed, nor does it free its place for another.
    pub(super) async fn check(&self, users: &Users, peer: Peer, header: Option<&[u8]>) -> Outcome {
        let Some((user, password)) = header.and_then(credentials) else { return Outcome::Unknown };
        let found = users.hashes.get(&user);
        let hash = found.unwrap_or(&users.stand_in);
        let tag = self.tag(&user, &password, hash);
        if let Some(outcome) = tag.and_then(|tag| self.remembered(&tag)) {
            return outcome;
        }
        let Some(turn) = self.turns.take(peer) else { return Outcome::Busy };
        let Ok(_place) = self.line.try_acquire() else { return Outcome::Busy };
        let Ok(permit) = Arc::clone(&self.running).acquire_owned().await else {
            return Outcome::Busy;
        };
        // What this peer sent before has been computed meanwhile: perhaps this very password.
        if let Some(outcome) = tag.and_then(|tag| self.remembered(&tag)) {
            return outcome;
        }
        if turn.is_barred() {
            return Outcome::Busy;
        }
        #[cfg(test)]
        self.computed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (hash, exists) = (hash.clone(), found.is_some());
        let work = move || {
            let _permit = permit;
            verify(&password, &hash, exists, &turn)
        };
        let is_right = spawn_blocking(work).await.unwrap_or(false);
        if let Some(tag) = tag {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if is_right { kept.right.keep(tag) } else { kept.wrong.keep(tag) }
        }
        if is_right { Outcome::Known } else { Outcome::Unknown }
    }

    fn remembered(&self, tag: &Tag) -> Option<Outcome> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // The tags cannot be foreseen without the key: how long comparing them takes tells
        // nothing.
        if kept.right.tags.contains(tag) {
            Some(Outcome::Known)
        } else {
            kept.wrong.tags.contains(tag).then_some(Outcome::Unknown)
        }
    }

    /// A digest of all three, each with its length in front so that they cannot run together.
    fn tag(&self, user: &str, password: &[u8], hash: &str) -> Option<Tag> {
        let mut context = hmac::Context::with_key(self.key.as_ref()?);
        for part in [user.as_bytes(), password, hash.as_bytes()] {
            context.update(&part.len().to_le_bytes());
            context.update(part);
        }
        context.sign().as_ref().try_into().ok()
    }
}

/// Whether an existing user's password is right. A wrong one bars its peer also where the
/// connection is gone by now: else guessers would only have to hang up.
fn verify(password: &[u8], hash: &str, exists: bool, turn: &Turn) -> bool {
    let start = clock::now();
    let is_right = bcrypt::verify(password, hash).unwrap_or(false) && exists;
    if !is_right {
        turn.was_wrong(clock::now() - start);
    }
    is_right
}

/// User and password of a `Basic` header (RFC 7617 section 2).
fn credentials(header: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, token) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(token.trim()).ok()?;
    let mut parts = decoded.splitn(2, |byte| *byte == b':');
    let (user, password) = (parts.next()?, parts.next()?);
    Some((String::from_utf8(user.to_vec()).ok()?, password.to_vec()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::sync::mpsc;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use futures_util::future::{join, join_all};
    use futures_util::poll;

    use super::{Checker, KEPT, Outcome, Users, WAITING};
    use crate::server::peer::Peer;

    const COST: u32 = 4;

    fn users() -> Users {
        let hash = bcrypt::hash("right", COST).unwrap();
        Users::new([("alice".to_owned(), hash)].into(), COST)
    }

    fn basic(pair: &str) -> Vec<u8> {
        format!("Basic {}", STANDARD.encode(pair)).into_bytes()
    }

    fn peer(number: usize) -> Peer {
        let low = u32::try_from(number).unwrap();
        Peer::at(std::net::Ipv4Addr::from_bits(0x0A00_0000 + low).into())
    }

    #[tokio::test]
    async fn results_are_right_and_computed_once() {
        let (checker, users) = (Checker::new(), users());
        for (number, (pair, expected)) in [
            ("alice:right", Outcome::Known),
            ("alice:wrong", Outcome::Unknown),
            ("alice:", Outcome::Unknown),
            ("bob:right", Outcome::Unknown),
        ]
        .into_iter()
        .enumerate()
        {
            for _ in 0..3 {
                let found = checker.check(&users, peer(number), Some(&basic(pair))).await;
                assert_eq!(found, expected, "{pair}");
            }
        }
        assert_eq!(checker.computed.load(Ordering::Relaxed), 4);
    }

    #[tokio::test]
    async fn what_is_not_basic_costs_nothing() {
        let (checker, users) = (Checker::new(), users());
        let headers: [Option<&[u8]>; 6] = [
            None,
            Some(b""),
            Some(b"Basic"),
            Some(b"Basic !!!"),
            Some(b"Bearer YTpi"),
            Some(b"Basic YWxpY2U="),
        ];
        for header in headers {
            assert_eq!(checker.check(&users, peer(0), header).await, Outcome::Unknown);
        }
        assert_eq!(checker.computed.load(Ordering::Relaxed), 0);
    }

    /// Runs a test with a runtime in which no hash is done while the guard lives: a hash of a test
    /// is so cheap that it may be done before the next question is asked.
    fn with_held_hashes<T: Future>(test: impl FnOnce(mpsc::Sender<()>) -> T) -> T::Output {
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build();
        runtime.unwrap().block_on(async {
            let (guard, held) = mpsc::channel::<()>();
            drop(tokio::task::spawn_blocking(move || held.recv()));
            test(guard).await
        })
    }

    #[test]
    fn guesses_are_bounded_and_do_not_push_out_the_right_one() {
        with_held_hashes(async |guard| {
            let (checker, users) = (Checker::new(), users());
            let guesses: Vec<_> = (0..KEPT + 50).map(|n| basic(&format!("alice:{n}"))).collect();
            let guess = |(number, guess)| checker.check(&users, peer(number), Some(guess));
            let mut all =
                Box::pin(join_all(guesses.iter().map(Vec::as_slice).enumerate().map(guess)));
            assert!(poll!(&mut all).is_pending());
            drop(guard);
            let busy = all.await.into_iter().filter(|outcome| *outcome == Outcome::Busy).count();
            assert_eq!(busy, guesses.len() - WAITING);
            let (right, owner) = (basic("alice:right"), peer(guesses.len()));
            assert_eq!(checker.check(&users, owner, Some(&right)).await, Outcome::Known);
            for (number, guess) in guesses.iter().enumerate() {
                checker.check(&users, peer(number), Some(guess)).await;
            }
            let before = checker.computed.load(Ordering::Relaxed);
            assert_eq!(checker.check(&users, owner, Some(&right)).await, Outcome::Known);
            assert_eq!(checker.computed.load(Ordering::Relaxed), before);
            assert_eq!(checker.kept.lock().unwrap().wrong.tags.len(), KEPT);
        });
    }

    #[test]
    fn a_guesser_gets_one_hash_and_others_their_turn() {
        with_held_hashes(async |guard| {
            let (checker, users) = (Checker::new(), users());
            let guesses: Vec<_> = (0..WAITING + 50).map(|n| basic(&format!("alice:{n}"))).collect();
            let all = join_all(guesses.iter().map(|it| checker.check(&users, peer(1), Some(it))));
            let right = basic("alice:right");
            let mut both = Box::pin(join(all, checker.check(&users, peer(2), Some(&right))));
            assert!(poll!(&mut both).is_pending());
            drop(guard);
            let (all, found) = both.await;
            assert_eq!(found, Outcome::Known);
            let busy = all.iter().filter(|outcome| **outcome == Outcome::Busy).count();
            assert_eq!(busy, guesses.len() - 1);
            assert_eq!(checker.computed.load(Ordering::Relaxed), 2);
            // What is known needs no hash: it is right from anywhere.
            assert_eq!(checker.check(&users, peer(1), Some(&right)).await, Outcome::Known);
        });
    }

    #[test]
    fn who_hangs_up_is_barred_too() {
        with_held_hashes(async |guard| {
            let (checker, users) = (Checker::new(), users());
            let [first, second] = ["alice:1", "alice:2"].map(basic);
            let mut asked = Box::pin(checker.check(&users, peer(1), Some(&first)));
            assert!(poll!(&mut asked).is_pending());
            drop(asked);
            drop(guard);
            // Its turn comes after the first one's.
            let found = checker.check(&users, peer(1), Some(&second)).await;
            assert_eq!(found, Outcome::Busy);
            assert_eq!(checker.computed.load(Ordering::Relaxed), 1);
        });
    }

    #[tokio::test]
    async fn another_hash_is_another_question() {
        let (checker, users) = (Checker::new(), users());
        let right = basic("alice:right");
        assert_eq!(checker.check(&users, peer(0), Some(&right)).await, Outcome::Known);
        let other = bcrypt::hash("other", COST).unwrap();
        let changed = Users::new([("alice".to_owned(), other)].into(), COST);
        assert_eq!(checker.check(&changed, peer(0), Some(&right)).await, Outcome::Unknown);
    }

    #[test]
    fn the_stand_in_is_a_hash() {
        assert_eq!(bcrypt::verify("any", &users().stand_in).ok(), Some(false));
    }
}
