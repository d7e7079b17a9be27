//! The server beside the others.

use super::{THEN_RESTART, Text};
use crate::model::client::ClientFindingCode as Code;

/// Changing servers is not free.
const SCAN: &str = "a client that changes to a server with another database makes a full scan, which \
                    can be more than 1 GB of traffic";

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::ServerMisspelled,
        means: "The host of the URL is none of the known servers and very like one of them. If there is \
                no such host, the machine gets no updates.",
        reasons: &["the URL was typed", "the documentation it was copied from is wrong"],
        actions: &["set both URLs to the server that the finding names", THEN_RESTART],
        doubts: &["it may be a server that the configuration does not list"],
    },
    Text {
        code: Code::ServerNotInCatalogue,
        means: "Nothing is known of this server here. As a warning: its host is known, with another \
                scheme or port.",
        reasons: &["it is a server of your own", "a server was moved to another port"],
        actions: &["add it to the configuration", "`client audit --probe` asks it"],
        doubts: &[],
    },
    Text {
        code: Code::ServerSick,
        means: "The server that is set was asked and does not work, or works with a warning. While it \
                does not work, the machine finds no updates.",
        reasons: &["what the finding says of the failure"],
        actions: &[
            "`check --endpoint URL` and `explain CODE` tell what is wrong and what to do",
            "`nearest --apply` changes to one that works",
        ],
        doubts: &["it was asked from this machine, now", SCAN],
    },
    Text {
        code: Code::NearerServer,
        means: "Another server is nearer by so much that a change is worth it: every request is answered \
                sooner, and downloads are shorter.",
        reasons: &["the machine was moved or copied", "a nearer server was set up later"],
        actions: &["`nearest --apply` changes to it", "change a fleet in parts, not all at once"],
        doubts: &[SCAN],
    },
    Text {
        code: Code::NearerServerNotWorthIt,
        means: "Another server is nearer, by less than a change costs.",
        reasons: &["two servers are about as far"],
        actions: &["leave it as it is"],
        doubts: &[SCAN],
    },
    Text {
        code: Code::ServerUnknown,
        means: "Whether the server works could not be told. That is neither good nor bad.",
        reasons: &["the time was too short", "this machine's own network is in trouble"],
        actions: &["ask it alone: `check --endpoint URL`, with more time"],
        doubts: &[],
    },
];
