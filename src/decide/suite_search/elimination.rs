//! Which of many things are accepted, when each answer names one of those offered.

/// What is known of the candidates.
#[derive(Debug)]
pub(super) struct Elimination<T> {
    /// Neither accepted nor refused so far, in the order in which they are offered.
    left: Vec<T>,
    accepted: Vec<T>,
    /// How many may be offered at once.
    most: usize,
}

impl<T: Copy + PartialEq> Elimination<T> {
    /// Nothing is known; at most `most`, at least one, may be offered at once.
    pub(super) fn new(candidates: Vec<T>, most: usize) -> Self {
        Self { left: candidates, accepted: Vec::new(), most: most.max(1) }
    }

    /// All is known.
    pub(super) const fn settled(accepted: Vec<T>) -> Self {
        Self { left: Vec::new(), accepted, most: 1 }
    }

    /// What to offer next.
    pub(super) fn offer(&self) -> Vec<T> {
        self.left.iter().take(self.most).copied().collect()
    }

    /// It was chosen.
    pub(super) fn accept(&mut self, item: T) {
        self.left.retain(|other| *other != item);
        if !self.accepted.contains(&item) {
            self.accepted.push(item);
        }
    }

    /// All that was offered was refused.
    pub(super) fn refuse(&mut self) {
        self.left = self.left.iter().skip(self.most).copied().collect();
    }

    /// Nothing can be found out about the rest.
    pub(super) fn give_up(&mut self) {
        self.left.clear();
    }

    /// Whether there is nothing more to offer.
    pub(super) const fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    /// What was chosen, in that order.
    pub(super) fn accepted(&self) -> &[T] {
        &self.accepted
    }

    /// The same, when it is over.
    pub(super) fn into_accepted(self) -> Vec<T> {
        self.accepted
    }
}
