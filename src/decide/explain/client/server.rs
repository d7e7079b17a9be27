//! The server and its URL.

use super::{THEN_RESTART, Text};
use crate::model::client::ClientFindingCode as Code;

/// What sets a server as a whole.
const RENDER: &str = "`client render --server URL` writes all three values of a server";

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::ServersDiffer,
        means: "WUServer and WUStatusServer count only when they are the same. Different ones are as \
                if none were set.",
        reasons: &["only one of them was changed", "a change ended in the middle"],
        actions: &["set both to the same URL, letter by letter", RENDER, THEN_RESTART],
        doubts: &[
            "whether a difference in letter case or in a slash at the end matters is not documented",
        ],
    },
    Text {
        code: Code::ServerMissing,
        means: "Without WUServer the machine gets its updates from Microsoft, approved or not. With \
                UseWUServer 1 and no WUServer it has nobody to ask.",
        reasons: &["the policy does not reach the machine", "the file is about something else"],
        actions: &[RENDER, "`gpresult /h FILE` shows which policies reach the machine"],
        doubts: &[
            "settings that came by device management (MDM) are in other keys, and are not looked at",
        ],
    },
    Text {
        code: Code::UseWuServerMissing,
        means: "WUServer counts only with UseWUServer 1, in the key AU below it. The machine gets its \
                updates from Microsoft, approved or not.",
        reasons: &[
            "UseWUServer was put into the key of WUServer",
            "it stood behind another value on a line",
        ],
        actions: &["set UseWUServer to 1 in the key AU", THEN_RESTART],
        doubts: &[],
    },
    Text {
        code: Code::ServerUrlInvalid,
        means: "The update agent appends its own paths to this text. With anything but scheme, host and \
                port the result is the address of nothing.",
        reasons: &[
            "the scheme is missing",
            "the URL of a console or a page was copied",
            "blanks around it",
        ],
        actions: &["write http://HOST:PORT or https://HOST:PORT and nothing more", RENDER],
        doubts: &["names with letters outside ASCII may work; their form in the DNS (xn--…) does"],
    },
    Text {
        code: Code::TrailingSlash,
        means: "The update agent appends /ClientWebService/… as plain text, and asks for a path with two \
                slashes.",
        reasons: &["the URL was copied from a browser"],
        actions: &["remove the slash in WUServer and WUStatusServer"],
        doubts: &["whether IIS takes such paths in every version was not tried"],
    },
    Text {
        code: Code::PortForOtherScheme,
        means: "By default WSUS is on 8530 or 80 in clear text and on 8531 or 443 with TLS. Where that is \
                so, no client with this URL can connect.",
        reasons: &["the scheme was changed, and the port was not", "8530 and 8531 were mixed up"],
        actions: &[
            "correct the port or the scheme, in both URLs",
            "`check --endpoint URL` tells which answers",
        ],
        doubts: &["a site can be bound to any port: only asking the server tells"],
    },
    Text {
        code: Code::PortMissing,
        means: "Without a port http means 80. WSUS of Windows Server 2012 and later is on 8530 unless it \
                was told otherwise.",
        reasons: &["the URL is from the time of WSUS 3.0, which used 80", "the port was forgotten"],
        actions: &["write the port out: http://HOST:8530, or http://HOST:80 if it is that one"],
        doubts: &["with a load balancer or a redirected port 80 may be right"],
    },
    Text {
        code: Code::ShortNameWithTls,
        means: "The certificate must carry the very name of the URL. Certificates of public authorities \
                carry full names only, and addresses seldom.",
        reasons: &["the URL was changed from http, where a short name works"],
        actions: &["use the server's full name, as it is in its certificate, in both URLs"],
        doubts: &["an authority of one's own can certify short names and addresses"],
    },
    Text {
        code: Code::CleartextServer,
        means: "Whoever is on the way can read which updates the machine lacks, and can answer in the \
                server's place. The files themselves are signed.",
        reasons: &["it is what WSUS does by default"],
        actions: &["set up TLS on the server, and https with port 8531 in both URLs"],
        doubts: &[],
    },
];
