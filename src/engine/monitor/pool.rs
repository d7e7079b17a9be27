//! Values that many endpoints have alike, each kept once.
//!
//! The servers of a fleet resemble each other: the same advice goes for all of them, in the same
//! words. Kept for each endpoint, these words would be most of the memory.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::finding::Finding;
use crate::model::monitor::EndpointView;
use crate::model::monitor::member::{CertificateView, TlsView};
use crate::model::tls::TlsSession;

/// Different values of one kind that are looked through: a fleet that differs more shares less.
const KNOWN: usize = 64;

/// The latest different values of each kind.
#[derive(Default)]
pub(super) struct Pools {
    findings: Pool<Finding>,
    sessions: Pool<TlsSession>,
    certificates: Pool<CertificateView>,
    tls: Pool<TlsView>,
}

struct Pool<T>(VecDeque<Arc<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl Pools {
    /// Lets an endpoint share what others have, too.
    pub(super) fn share(&mut self, view: &mut EndpointView) {
        for noted in &mut view.findings {
            self.findings.share(&mut noted.finding);
        }
        for member in &mut view.members {
            for noted in &mut member.findings {
                self.findings.share(&mut noted.finding);
            }
            member.session.iter_mut().for_each(|value| self.sessions.share(value));
            member.certificate.iter_mut().for_each(|value| self.certificates.share(value));
            member.tls.iter_mut().for_each(|value| self.tls.share(value));
        }
    }
}

impl<T: PartialEq> Pool<T> {
    fn share(&mut self, value: &mut Arc<T>) {
        if self.0.iter().any(|known| Arc::ptr_eq(known, value)) {
            return;
        }
        if let Some(known) = self.0.iter().find(|known| *known == value) {
            *value = Arc::clone(known);
            return;
        }
        self.0.truncate(KNOWN - 1);
        self.0.push_front(Arc::clone(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::monitor::fixture;

    #[test]
    fn equal_values_become_one_and_others_stay() {
        let mut views = fixture::snapshot().endpoints.into_iter();
        let (mut healthy, mut degraded) =
            (views.next().unwrap().as_ref().clone(), views.next().unwrap().as_ref().clone());
        let before = (healthy.clone(), degraded.clone());
        let mut pools = Pools::default();
        pools.share(&mut healthy);
        pools.share(&mut degraded);
        assert_eq!((&healthy, &degraded), (&before.0, &before.1));
        let sessions: Vec<_> = healthy
            .members
            .iter()
            .chain(&degraded.members)
            .filter_map(|member| member.session.as_ref())
            .collect();
        assert_eq!(sessions.len(), 3);
        assert!(sessions.windows(2).all(|pair| Arc::ptr_eq(pair[0], pair[1])));
        for number in 0..2 * KNOWN {
            pools.findings.share(&mut Arc::new(Finding {
                observed: number.to_string(),
                ..degraded.members[0].findings[0].finding.as_ref().clone()
            }));
        }
        assert_eq!(pools.findings.0.len(), KNOWN);
    }
}
