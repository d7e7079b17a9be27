//! Resolvers, compared with each other.

use super::Text;
use crate::model::finding::FindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::ResolversDisagree,
        seen: "Resolvers that were asked at the same moment gave different addresses for the name. \
               The order of the addresses does not count.",
        means: "Clients that ask one of them are sent elsewhere than those of another, or nowhere.",
        reasons: &[
            "the records were changed, and the change has not reached every server or cache",
            "an internal and a public view of the name (split horizon), perhaps on purpose",
            "a resolver that forwards to the wrong place, or a zone of its own that nobody keeps",
            "load balancing by DNS: then each answer is a part of the addresses, and it is a note",
        ],
        actions: &[
            "compare with the server that is in charge of the zone: name it with --resolvers too",
            "correct the zone or the forwarding of the resolver that is wrong",
            "if it is on purpose, compare only resolvers that the same clients ask, or set \
             `resolvers_may_differ` in the configuration: it is a note then",
        ],
        doubts: &[
            "a balancer that gives one address of several at a time looks like a contradiction, \
             unless `members` lists all of them",
            "it is a warning where those who ask the resolver of the endpoint itself may be worse \
             off: it has no address where another one has, or other addresses and neither more \
             than half of all nor the configured `members` on its side; or where that resolver is \
             not among the compared ones",
            "who is right is not known where no answer has more than half on its side and none is \
             among `members`: the answers are split then, and nobody is called wrong",
        ],
    },
    Text {
        code: Code::ResolverStale,
        seen: "A resolver gave the same addresses twice, more than a second apart, with a TTL that \
               fell by just that time, while another one gives other addresses with more time to \
               live.",
        means: "It answers from its cache, and its answer left the source before the other one \
                did. If the records were changed in between, its clients go by the old ones until \
                the TTL has run out.",
        reasons: &["records that were changed while their TTL was long"],
        actions: &[
            "wait for the TTL to run out, then compare again: a stale answer is gone by then",
            "if that is too long, clear the cache of that resolver",
            "next time lower the TTL before the change",
        ],
        doubts: &[
            "two views of one name with different TTLs look alike",
            "how old the answer is holds only if both began with the same TTL; resolvers may \
             shorten or stretch it",
            "no such finding does not mean that no answer is stale: a cache that does not count \
             down cannot be told from the source",
        ],
    },
    Text {
        code: Code::ResolverFailed,
        seen: "A resolver that was to be compared gave no usable answer: silence, REFUSED, \
               SERVFAIL, nothing at its address, or a certificate for another name.",
        means: "Its clients do not find the server, or only after they have asked another one.",
        reasons: &[
            "the resolver is down, or a firewall is in between",
            "it answers only some networks, and this machine is in none of them (REFUSED)",
            "it cannot reach the servers in charge of the zone, or their signatures are wrong \
             (SERVFAIL)",
            "DNS over TLS with a name that its certificate does not carry",
        ],
        actions: &[
            "ask it from this machine for any name that it must know",
            "ask from a network whose clients use it",
        ],
        doubts: &["from here it may be out of reach while its own clients reach it"],
    },
    Text {
        code: Code::ResolverSlow,
        seen: "A resolver took several times as long as the fastest one.",
        means: "Its clients wait so long before they connect, unless they remember the answer.",
        reasons: &[
            "it had to fetch the answer first, and the others had it in their caches",
            "slow or dead forwarders",
            "a long way to it",
        ],
        actions: &["compare again; if it stays slow, look at its forwarders and at the way to it"],
        doubts: &["resolvers over TLS are left out: their time includes opening a connection"],
    },
];
