//! Members against each other, servers against servers, and what is visible.

use super::Text;
use crate::model::finding::FindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::MemberDown,
        seen: "Of several addresses of a name some work and some do not.",
        means: "Clients that are sent to a dead member first wait for the next one, or fail.",
        reasons: &["a server behind the name is down", "it was retired and is still in DNS"],
        actions: &["repair it, or take its address out of DNS or the load balancer"],
        doubts: &[],
    },
    Text {
        code: Code::MemberMissing,
        seen: "An address of `members` in the configuration is not among those of the name.",
        means: "No client is sent to that server.",
        reasons: &["it was taken out of DNS for maintenance and forgotten"],
        actions: &["put it back into DNS, or take it out of `members`"],
        doubts: &[],
    },
    Text {
        code: Code::MemberUnexpected,
        seen: "The name has an address that is not among `members` in the configuration.",
        means: "Clients are sent to a server that nobody listed.",
        reasons: &["a server was added", "the record was changed by mistake or on purpose"],
        actions: &["find out whose it is; add it to `members` if it belongs there"],
        doubts: &[],
    },
    Text {
        code: Code::MembersDiffer,
        seen: "Members of one name gave unlike answers: headers, properties or TLS.",
        means: "What a client gets depends on the member it meets.",
        reasons: &["one member was updated or configured and the others were not"],
        actions: &["bring all members to the same release and configuration"],
        doubts: &["a difference of headers alone need not disturb clients"],
    },
    Text {
        code: Code::DatabasesDiffer,
        seen: "Members of one name told different times of their last change of configuration.",
        means: "Most likely they do not share a database. A client that moves between them does a full scan \
                each time, which may transfer more than a gigabyte.",
        reasons: &["independent servers were put behind one name"],
        actions: &["give them one database, or names of their own"],
        doubts: &["a change in the very moment of the probe looks alike"],
    },
    Text {
        code: Code::SeveralMachines,
        seen: "Answers from one address named different machines.",
        means: "A load balancer stands in front; what is seen is the health of those machines \
                that happened to answer.",
        reasons: &["a load balancer or a cluster with one address"],
        actions: &["probe the machines behind it by themselves too"],
        doubts: &[],
    },
    Text {
        code: Code::HierarchySkew,
        seen: "A downstream server seems to be newer than its upstream server.",
        means: "Servers of a hierarchy are to be updated from the top down; otherwise \
                synchronization may fail.",
        reasons: &["the upstream server was left behind"],
        actions: &["update the upstream server first, then synchronize, then go on downwards"],
        doubts: &["the releases are estimates from outside"],
    },
    Text {
        code: Code::UpstreamBroken,
        seen: "The endpoint that this one synchronizes from does not work for downstream servers.",
        means: "New updates do not arrive here; clients go on with those that are there.",
        reasons: &["as the findings of the upstream endpoint say"],
        actions: &["repair the upstream endpoint first"],
        doubts: &["when it last synchronized cannot be seen from outside"],
    },
    Text {
        code: Code::Tls10Needed,
        seen: "The configuration says that a downstream server of WSUS 3.2 uses this endpoint over \
               HTTPS, and TLS 1.0 is not accepted, or it is not known whether it is.",
        means: "That release needs TLS 1.0 on both ends (KB2938066). Where it is off, downstream \
                synchronization fails.",
        reasons: &["TLS 1.0 was switched off on the upstream server, as is good practice"],
        actions: &[
            "see with `wsus-probe tls` whether TLS 1.0 is accepted",
            "replace the old downstream server; until then see that TLS 1.0 is accepted",
        ],
        doubts: &["the other end, the downstream server, cannot be tested from here"],
    },
    Text {
        code: Code::CleartextMetadata,
        seen: "The endpoint's URL begins with http://.",
        means: "Whoever can change traffic on the way can give clients forged metadata.",
        reasons: &["it is the default of WSUS"],
        actions: &["bind a certificate in IIS, run `wsusutil configuressl`, use https on 8531"],
        doubts: &[],
    },
    Text {
        code: Code::CleartextService,
        seen: "The client service of an https:// endpoint answers at its clear-text port too.",
        means: "Clients with an old or a forged URL can be made to do without TLS.",
        reasons: &["Require SSL was not set for the five directories that need it"],
        actions: &[
            "require SSL for SimpleAuthWebService, DSSAuthWebService, ServerSyncWebService, \
                    ApiRemoting30 and ClientWebService, and for no other",
        ],
        doubts: &[],
    },
    Text {
        code: Code::ExposedFromHere,
        seen: "A WSUS answered from here without credentials.",
        means: "Whoever can reach it can try CVE-2025-59287, a flaw that was exploited in \
                October 2025 and needs no login. Whether this server is open to it cannot be seen \
                from outside.",
        reasons: &["WSUS always answers anonymously; only the network keeps others away"],
        actions: &[
            "see on the server that an update of 23 October 2025 or later is installed, and that \
             it was restarted since",
            "let only the networks of its clients reach its ports",
        ],
        doubts: &["it is no statement about the server's patch level"],
    },
    Text {
        code: Code::HardeningNotVisible,
        seen: "A release for which hardening updates exist, such as KB2938066.",
        means: "Whether they are installed does not show from outside.",
        reasons: &["no answer of WSUS carries its patch level"],
        actions: &["look at the installed updates, or at the server version in the console"],
        doubts: &[],
    },
];
