//! Endpoints with what is the same in all their series.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use crate::decide::monitor::patch_window;
use crate::metrics::exposition::labels;
use crate::model::endpoint::PatchWindow;
use crate::model::monitor::member::MemberView;
use crate::model::monitor::{EndpointView, Snapshot};

/// An endpoint, and what is worked out only once for all its series.
pub(super) struct Labelled {
    /// The snapshot's moment.
    pub(super) at: SystemTime,
    /// The endpoint.
    pub(super) view: Arc<EndpointView>,
    /// Its labels.
    pub(super) labels: String,
    /// The labels of its members, in their order.
    members: Vec<String>,
    /// Whether it is the choice; `None` before there was any.
    pub(super) is_nearest: Option<bool>,
    /// Whether its patch window is open; `None` where that is not known.
    pub(super) in_patch_window: Option<bool>,
}

impl Labelled {
    /// Those of a snapshot, in its order.
    pub(super) fn all(snapshot: &Snapshot) -> Vec<Self> {
        // Sites share time zones and windows, and looking into a time zone takes its time.
        let mut windows = HashMap::new();
        let choice = &snapshot.choice;
        let endpoints = snapshot.endpoints.iter().map(|view| {
            let endpoint = &view.endpoint;
            let window = endpoint.patch_window.as_ref().map(|window| match window {
                PatchWindow::Nightly { start, end } => Some((*start, *end)),
                PatchWindow::NotDocumented => None,
            });
            let in_patch_window = *windows
                .entry((&endpoint.time_zone, window))
                .or_insert_with(|| patch_window::is_open(endpoint, snapshot.at));
            let nearest = choice.selected.as_ref().map(|name| *name == endpoint.name);
            Self {
                at: snapshot.at,
                view: Arc::clone(view),
                labels: shared(view, None),
                members: view
                    .members
                    .iter()
                    .map(|member| shared(view, Some(&member.address.ip().to_string())))
                    .collect(),
                is_nearest: choice.changed_at.map(|_| nearest.unwrap_or(false)),
                in_patch_window,
            }
        });
        endpoints.collect()
    }

    /// Its members, each with its labels.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &MemberView)> {
        self.members.iter().map(String::as_str).zip(&self.view.members)
    }

    /// The labels in a family that has members, for what is about the name.
    pub(super) fn without_member(&self) -> String {
        shared(&self.view, Some(""))
    }
}

fn shared(view: &EndpointView, member: Option<&str>) -> String {
    let name = view.endpoint.name.0.as_str();
    let dc = view.endpoint.dc.as_deref().unwrap_or_default();
    match member {
        None => labels([("endpoint", name), ("dc", dc)]),
        Some(member) => labels([("endpoint", name), ("dc", dc), ("member", member)]),
    }
}
