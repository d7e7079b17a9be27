//! Finds out by elimination which suites and groups a server accepts, and whose order rules.
//!
//! All suites that are neither accepted nor refused so far are offered at once; what the server
//! chooses is accepted and left out from then on, until it refuses the rest. The accepted suites
//! in reverse order then tell whose order of preference rules. Groups are found in the same way.

use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Cipher, Group, Suite};
use crate::model::tls_scan::{Answer, HelloShape, ServerChoice, SuiteOrder, SuiteReport};

use elimination::Elimination;
use reply::Reply;

mod elimination;
mod reply;

/// Suites in one hello to a server that answers only short hellos: with the signalling suite of
/// RFC 5746 they stay within what [`HelloShape::Short`] promises.
const SHORT_HELLO: usize = 15;

/// Questions of one search that may be answered only when they are asked again. Beyond, what the
/// server says is luck, and asking on is a nuisance.
const HICCUPS: u8 = 5;

/// The groups that are looked for: those of browsers and of Windows.
const CURVES: [Group; 4] = [Group::X25519, Group::SECP256R1, Group::SECP384R1, Group::SECP521R1];

/// What the next hello offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The suites, in the order of preference.
    pub suites: Vec<Suite>,
    /// The groups, in the order of preference; `None` for those that the hello has anyway.
    pub groups: Option<Vec<Group>>,
    /// The same hello got no clear answer a moment ago: let the server rest first.
    pub again: bool,
}

/// What is being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Which suites are accepted.
    Suites,
    /// In which order, where finding them has not shown it.
    Rank,
    /// The accepted suites in reverse order: whose order rules, and is the server still well?
    Reverse,
    /// Which groups are accepted.
    Groups,
    /// The accepted groups once more: is the server still well?
    GroupsAgain,
    /// Nothing any more.
    Done,
}

/// The search at one member for what it accepts with one version.
///
/// A hello is repeated at most once, and each answer leaves fewer questions. For *n* accepted
/// suites and *g* groups it takes at most *n* + *g* + 2 hellos; some more at a server that refuses
/// without words, and about *n* more at one that answers only short hellos.
#[derive(Debug)]
pub struct Search {
    protocol: Protocol,
    shape: HelloShape,
    /// Suites that may be in one hello.
    most: usize,
    suites: Elimination<Suite>,
    rank: Elimination<Suite>,
    groups: Elimination<Group>,
    /// The curve of the server's certificate, as far as a refusal tells.
    kept: Option<Group>,
    stage: Stage,
    again: bool,
    hiccups: u8,
    /// The last refusal, where it was not in clear words and nothing was accepted since.
    doubt: Option<String>,
    order: SuiteOrder,
    incomplete: Option<String>,
}

impl Search {
    /// A search for all suites of the version, of which the server chose one already in answer to
    /// a hello of that shape with the shape's own suites.
    pub fn new(protocol: Protocol, shape: HelloShape, first: &ServerChoice) -> Self {
        let candidates: Vec<_> = Suite::of(protocol).map(|info| info.suite).collect();
        let most = if shape == HelloShape::Short { SHORT_HELLO } else { candidates.len() };
        let mut search = Self {
            protocol,
            shape,
            most,
            suites: Elimination::new(candidates, most),
            rank: Elimination::new(Vec::new(), most),
            groups: Elimination::new(groups_of(protocol), usize::MAX),
            kept: None,
            stage: Stage::Suites,
            again: false,
            hiccups: 0,
            doubt: None,
            order: SuiteOrder::Unknown,
            incomplete: None,
        };
        search.suites.accept(first.suite);
        search.note_group(first);
        search.advance();
        search
    }

    /// What to offer next; `None` when there is nothing more to ask.
    pub fn next(&self) -> Option<Offer> {
        let (suites, groups) = match self.stage {
            Stage::Suites => (self.suites.offer(), None),
            Stage::Rank => (self.rank.offer(), None),
            Stage::Reverse => (self.reversed(), None),
            Stage::Groups => {
                let groups = self.groups.offer().into_iter().chain(self.kept).collect();
                (self.with_groups(), Some(groups))
            }
            Stage::GroupsAgain => (self.with_groups(), Some(self.groups.accepted().to_vec())),
            Stage::Done => return None,
        };
        Some(Offer { suites, groups, again: self.again })
    }

    /// Takes note of the answer to what [`next`](Self::next) offered.
    pub fn take(&mut self, answer: &Answer) {
        match reply::read(answer) {
            Reply::Chosen(choice) => {
                self.hiccups += u8::from(self.again);
                self.again = false;
                self.doubt = None;
                self.chosen(choice);
                if self.hiccups > HICCUPS {
                    self.stop("time and again the server answered only when it was asked twice");
                }
            }
            Reply::Refused => {
                self.again = false;
                self.refused();
            }
            Reply::Unclear(_) | Reply::Trouble(_) if !self.again => self.again = true,
            Reply::Unclear(what) => {
                self.again = false;
                self.doubt = Some(what);
                self.refused();
            }
            Reply::Trouble(what) => self.stop(&format!("twice {what}")),
        }
        self.advance();
    }

    /// Ends the search early with what is known; does nothing once it is complete.
    pub fn stop(&mut self, reason: &str) {
        let untried = match self.stage {
            Stage::Done => return,
            Stage::Suites => "suites and groups",
            Stage::Rank | Stage::Reverse => "the order of the suites, and groups",
            Stage::Groups | Stage::GroupsAgain => "groups",
        };
        self.incomplete = Some(format!("not all is known about {untried}: {reason}"));
        self.stage = Stage::Done;
    }

    /// What was found.
    pub fn report(self) -> SuiteReport {
        SuiteReport {
            protocol: self.protocol,
            accepted: self.suites.into_accepted(),
            order: self.order,
            groups: self.groups.into_accepted(),
            incomplete: self.incomplete,
        }
    }

    fn chosen(&mut self, choice: &ServerChoice) {
        let offered = self.next().is_some_and(|offer| offer.suites.contains(&choice.suite));
        if !offered {
            self.stop("the server chose a suite that was not offered");
            return;
        }
        match self.stage {
            Stage::Suites => {
                self.suites.accept(choice.suite);
                self.note_group(choice);
            }
            Stage::Rank => self.rank.accept(choice.suite),
            Stage::Reverse => {
                self.order = self.judge_order(choice.suite);
                self.begin_groups();
            }
            Stage::Groups => self.chosen_group(choice),
            Stage::GroupsAgain | Stage::Done => self.stage = Stage::Done,
        }
    }

    fn chosen_group(&mut self, choice: &ServerChoice) {
        let offered = self.groups.offer();
        match choice.group {
            Some(group) if offered.contains(&group) => self.groups.accept(group),
            // It prefers the certificate's curve to the others, or does not have them. Whoever
            // can read the certificate offers that curve too: nothing hangs on the others.
            Some(group) if Some(group) == self.kept => self.groups.give_up(),
            Some(_) => self.stop("the server chose a group that was not offered"),
            None => self.stop("the server's choice of a group could not be read"),
        }
    }

    fn refused(&mut self) {
        match self.stage {
            Stage::Suites => self.suites.refuse(),
            Stage::Groups if self.kept.is_none() && self.certificate_has_a_curve() => {
                // Before TLS 1.3 the curves limit the certificate as well (RFC 8422 section
                // 5.1): the curve that was left out last may be missing only for its sake.
                self.kept = self.groups.accepted().last().copied();
                if self.kept.is_none() {
                    self.groups.refuse();
                }
            }
            Stage::Groups => self.groups.refuse(),
            Stage::Rank | Stage::Reverse | Stage::GroupsAgain => match self.doubt.take() {
                Some(what) => self.stop(&format!("{what}, even where it had accepted the offer")),
                None => self.stop("the server refused what it had accepted before"),
            },
            Stage::Done => {}
        }
    }

    /// Goes on to the next stage that has something to ask.
    fn advance(&mut self) {
        if self.stage == Stage::Suites && self.suites.is_over() {
            self.stage = Stage::Rank;
            if self.must_rank() {
                self.rank = Elimination::new(self.suites.accepted().to_vec(), self.most);
            }
        }
        if self.stage == Stage::Rank && self.rank.is_over() {
            let ranked = self.rank.accepted();
            if !ranked.is_empty() {
                self.suites = Elimination::settled(ranked.to_vec());
            }
            self.stage = Stage::Reverse;
            if self.suites.accepted().len() < 2 && self.doubt.is_none() {
                self.begin_groups();
            }
        }
        if self.stage == Stage::Groups && self.groups.is_over() {
            match &self.doubt {
                None => self.stage = Stage::Done,
                Some(_) if !self.groups.accepted().is_empty() => self.stage = Stage::GroupsAgain,
                Some(what) => self.stop(&what.clone()),
            }
        }
    }

    /// The order in which suites were found is the server's only where each was chosen from all.
    fn must_rank(&self) -> bool {
        let of_all = match self.shape {
            // No hello of any shape's own offers suites that do not encrypt.
            HelloShape::Full | HelloShape::NoServerName => !self.accepts_plain(),
            HelloShape::Short | HelloShape::NoExtensions => false,
        };
        let accepted = self.suites.accepted().len();
        !of_all && accepted > 1 && accepted <= self.most
    }

    fn accepts_plain(&self) -> bool {
        let mut known = self.suites.accepted().iter().filter_map(|suite| suite.info());
        known.any(|info| info.cipher == Cipher::Null)
    }

    /// The accepted suites, the last one first.
    fn reversed(&self) -> Vec<Suite> {
        self.suites.accepted().iter().rev().take(self.most).copied().collect()
    }

    /// Whose order rules, from the choice among the suites in reverse order. Neither the first nor
    /// the last is chosen by servers that prefer some suites and leave the rest to the client.
    fn judge_order(&self, chosen: Suite) -> SuiteOrder {
        match self.suites.accepted() {
            all if all.len() > self.most => SuiteOrder::Unknown,
            [first, _, ..] if *first == chosen => SuiteOrder::Server,
            [_, .., last] if *last == chosen => SuiteOrder::Client,
            _ => SuiteOrder::Unknown,
        }
    }

    fn note_group(&mut self, choice: &ServerChoice) {
        if let Some(group) = choice.group {
            self.groups.accept(group);
        }
    }

    fn begin_groups(&mut self) {
        let named = match self.protocol {
            Protocol::Ssl3 => false,
            Protocol::Tls10 | Protocol::Tls11 | Protocol::Tls12 => {
                self.shape != HelloShape::NoExtensions
            }
            Protocol::Tls13 => true,
        };
        let asked = named && !self.with_groups().is_empty();
        self.stage = if asked { Stage::Groups } else { Stage::Done };
    }

    /// The accepted suites that need a group.
    fn with_groups(&self) -> Vec<Suite> {
        let known = self.suites.accepted().iter().filter_map(|suite| suite.info());
        let grouped = known.filter(|info| info.needs_group());
        grouped.take(self.most).map(|info| info.suite).collect()
    }

    /// Whether the certificate needs one of the groups that are offered.
    fn certificate_has_a_curve(&self) -> bool {
        let ecdsa = |suite: &Suite| {
            suite.info().is_some_and(|info| info.authentication == Authentication::Ecdsa)
        };
        self.with_groups().iter().all(ecdsa)
    }
}

fn groups_of(protocol: Protocol) -> Vec<Group> {
    // Before TLS 1.3 few servers know the groups of RFC 7919, and none is refused for them.
    let field = (protocol == Protocol::Tls13).then_some(Group::FFDHE2048);
    CURVES.into_iter().chain(field).collect()
}

#[cfg(test)]
mod tests;
