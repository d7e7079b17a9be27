//! Policy, self-update and downloads.

use super::{NOT_VISIBLE, Text};

pub(super) const CODES: &[Text] = &[
    Text {
        hex: 0x8024_D013,
        name: "WU_E_SETUP_WRONG_SERVER_VERSION",
        means: "The agent could not update itself: the server holds no self-update for its version.",
        seen: "self_update_failed or self_update_unsigned at best: which version clients expect \
               cannot be seen.",
        reasons: &["the server lacks an update that brings a newer agent, such as KB2938066"],
        actions: &["update the server and synchronize, from the top of the hierarchy down"],
        doubts: &["only clients up to Windows 8.1 use self-update"],
    },
    Text {
        hex: 0x8024_4011,
        name: "WU_E_PT_SUS_SERVER_NOT_SET",
        means: "Policy says to use WSUS, but WUServer is empty.",
        seen: NOT_VISIBLE,
        reasons: &["UseWUServer is 1 and WUServer is missing: a half applied policy"],
        actions: &["set WUServer and WUStatusServer alike, or remove UseWUServer"],
        doubts: &[],
    },
    Text {
        hex: 0x8024_002E,
        name: "WU_E_WU_DISABLED",
        means: "Policy forbids access to servers that are not managed.",
        seen: NOT_VISIBLE,
        reasons: &[
            "DisableWindowsUpdateAccess, or the policy against Windows Update on the internet",
        ],
        actions: &["look at the policies under Windows Update on the client"],
        doubts: &[],
    },
    Text {
        hex: 0x8024_002F,
        name: "WU_E_CALL_CANCELLED_BY_POLICY",
        means: "The call was cancelled because policy forbids it.",
        seen: NOT_VISIBLE,
        reasons: &["DisableWindowsUpdateAccess is set"],
        actions: &["look at the policies under Windows Update on the client"],
        doubts: &[],
    },
    Text {
        hex: 0x8019_0193,
        name: "BG_E_HTTP_ERROR_403",
        means: "A download was refused with HTTP 403.",
        seen: "content_requires_ssl or content_failed with http_403.",
        reasons: &[
            "TLS is required for the whole site, but content is fetched in clear text",
            "permissions of the content directory, or a proxy's rules",
        ],
        actions: &[
            "switch Require SSL off for Content, Inventory, ReportingWebService and SelfUpdate",
            "let the application pool and anonymous users read the content directory",
        ],
        doubts: &[],
    },
    Text {
        hex: 0x8019_0194,
        name: "BG_E_HTTP_ERROR_404",
        means: "A download was refused with HTTP 404.",
        seen: "content_failed with http_404; hsts.",
        reasons: &[
            "the server hands out a URL of a file that it does not hold (yet)",
            "the virtual directory Content is missing or leads elsewhere",
            "the request went to another port, as after Strict-Transport-Security",
        ],
        actions: &[
            "look for failed downloads in the console; run `wsusutil reset` to check all files",
            "compare the virtual directory Content with the content folder",
        ],
        doubts: &["a single missing file does not show from outside; only the check file is asked"],
    },
    Text {
        hex: 0x8020_0011,
        name: "BG_E_MISSING_FILE_SIZE",
        means: "The server did not tell the length of a file.",
        seen: "content_length_missing.",
        reasons: &["a proxy or filter removes Content-Length or compresses content"],
        actions: &["exempt this traffic from the proxy; switch compression off for Content"],
        doubts: &[],
    },
    Text {
        hex: 0x8020_0013,
        name: "BG_E_INSUFFICIENT_RANGE_SUPPORT",
        means: "The server does not honour ranges, which BITS needs.",
        seen: "content_range_ignored.",
        reasons: &["a proxy, firewall or scanner on the way answers ranges with the whole file"],
        actions: &["let it pass range requests, or let this traffic bypass it"],
        doubts: &[],
    },
    Text {
        hex: 0x8024_6002,
        name: "WU_E_DM_INCORRECTFILEHASH",
        means: "A downloaded file has the wrong hash.",
        seen: "Nothing: this program downloads no updates. content_wrong_length points to it.",
        reasons: &[
            "a proxy or scanner changes or truncates downloads",
            "the file on the server is damaged",
        ],
        actions: &["exempt this traffic from scanning", "run `wsusutil reset` on the server"],
        doubts: &[],
    },
    Text {
        hex: 0x8024_6008,
        name: "WU_E_DM_FAILTOCONNECTTOBITS",
        means: "The agent could not use the transfer service of the client.",
        seen: "Nothing: it is trouble of the client.",
        reasons: &["BITS or Delivery Optimization is disabled; then 0x80070422 is beside it"],
        actions: &["set BITS and Delivery Optimization (DoSvc) to their default start types"],
        doubts: &[],
    },
    Text {
        hex: 0x8024_6009,
        name: "WU_E_DM_BITSTRANSFERERROR",
        means: "A transfer failed for a reason that the log names beside it.",
        seen: "Any of the findings that begin with content_.",
        reasons: &["the content port is blocked, refuses, or a proxy damages what it passes"],
        actions: &["look for the code beside it in the client's log, and explain that one"],
        doubts: &[],
    },
];
