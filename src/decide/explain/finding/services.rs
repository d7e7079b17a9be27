//! Single services.

use super::Text;
use crate::model::finding::FindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::ServiceUnknown,
        seen: "Services whose answers prove neither that they work nor that they do not.",
        means: "The verdict rests on the other services. What a service that works answers to a \
                GET is not documented for each.",
        reasons: &[
            "the deadline passed before everything was asked",
            "a proxy in front removes the headers by which IIS and ASP.NET are known",
            "access is allowed to certain addresses or accounts only",
        ],
        actions: &[
            "probe again, with a longer --deadline if time was short",
            "probe from the server's own network, around the proxy",
        ],
        doubts: &[],
    },
    Text {
        code: Code::ServerVersionMissing,
        seen: "/ClientWebService/wusserverversion.xml is not there.",
        means: "Microsoft's own scan troubleshooting asks for this file. Old agents may take the \
                server for the predecessor of WSUS.",
        reasons: &["files of ClientWebService are missing", "a filter refuses .xml files"],
        actions: &["compare the folder of ClientWebService with that of a healthy server"],
        doubts: &["what agents do without it is an inference"],
    },
    Text {
        code: Code::SimpleAuthFailed,
        seen: "The page of SimpleAuthWebService does not answer as the others do.",
        means: "Clients that have no valid cookie cannot get one; others fail when theirs ends, \
                in about an hour.",
        reasons: &["the directory is missing", "its authentication or SSL settings were changed"],
        actions: &["restore the directory in IIS; enable Anonymous Authentication for it"],
        doubts: &["only its page is asked: asking for a cookie would register a computer"],
    },
    Text {
        code: Code::ReportingFailed,
        seen: "The page of ReportingWebService does not answer as the others do.",
        means: "Clients still scan and install, but their state does not reach the server.",
        reasons: &["SSL is required for it", "somebody blocked it on purpose"],
        actions: &["restore the directory in IIS; SSL must not be required for it"],
        doubts: &["no report is ever sent, so whether one would be taken is not known"],
    },
    Text {
        code: Code::ServerSyncFailed,
        seen: "GetAuthConfig of ServerSyncWebService does not answer as it should.",
        means: "Downstream servers cannot synchronize. Clients do not notice.",
        reasons: &["the directory is missing", "authentication was switched on for it"],
        actions: &["restore the directory, or see that every downstream server is on the list"],
        doubts: &["an administrator may demand authentication on purpose"],
    },
    Text {
        code: Code::DssAuthFailed,
        seen: "The page of DssAuthWebService does not answer as the others do.",
        means: "Downstream servers cannot be authorized, so they cannot synchronize.",
        reasons: &["the directory is missing", "authentication was switched on for it"],
        actions: &["as for server_sync_failed"],
        doubts: &[],
    },
    Text {
        code: Code::ApiRemotingFailed,
        seen: "ApiRemoting30 is neither there nor asks for credentials.",
        means: "Consoles and scripts on other machines cannot administer the server. Clients do \
                not notice.",
        reasons: &["the directory is missing", "it was blocked on purpose"],
        actions: &["restore it if remote consoles are in use; else leave it"],
        doubts: &["that a healthy one answers 401 is commonly seen, not documented"],
    },
    Text {
        code: Code::ApiRemotingOpen,
        seen: "ApiRemoting30 answers without asking for credentials.",
        means: "Whoever reaches it may be able to look into, or change, what clients install.",
        reasons: &["Anonymous Authentication was enabled for it"],
        actions: &["allow only Windows Authentication for ApiRemoting30 in IIS"],
        doubts: &["only its page was asked, not what it allows"],
    },
    Text {
        code: Code::SelfUpdateFailed,
        seen: "/SelfUpdate/wuident.cab is not there, or is not a cabinet.",
        means: "Clients up to Windows 8.1 and Server 2012 R2 stop scanning without it. Later ones \
                never ask.",
        reasons: &[
            "the directory SelfUpdate is missing or requires SSL",
            "a device answers with a page of its own",
        ],
        actions: &[
            "restore the virtual directory SelfUpdate",
            "ignore it if no such clients exist",
        ],
        doubts: &["which code those clients show is likely, not documented"],
    },
    Text {
        code: Code::SelfUpdateUnsigned,
        seen: "wuident.cab carries no signature that could be read.",
        means: "Clients up to Windows 8.1 insist on Microsoft's signature.",
        reasons: &["the file was replaced or damaged", "a device changes downloads"],
        actions: &["install the server's latest WSUS update, which brings the file anew"],
        doubts: &["the signature is read here, not verified"],
    },
    Text {
        code: Code::ContentFailed,
        seen: "/Content/anonymousCheckFile.txt cannot be fetched on the content port.",
        means: "Clients find updates and cannot download them. The content port speaks clear \
                text: 80 beside 443, N-1 beside any other TLS port N.",
        reasons: &[
            "a firewall lets only the TLS port through",
            "the virtual directory Content leads nowhere, or may not be read",
            "the site has no clear-text binding any more",
        ],
        actions: &[
            "open the content port beside the TLS port",
            "compare the virtual directory Content with the content folder and its permissions",
        ],
        doubts: &[
            "servers that let clients fetch content from Microsoft Update need none",
            "the check file proves nothing about a single update's files",
        ],
    },
    Text {
        code: Code::ContentWrongLength,
        seen: "The check file, which WSUS keeps empty, came with another length.",
        means: "Something answers in place of the file; downloads would be damaged alike.",
        reasons: &["a portal, proxy or scanner answers every request with a page"],
        actions: &["exempt this traffic; compare with a fetch on the server itself"],
        doubts: &["that the file is empty is reported by administrators, not by Microsoft"],
    },
    Text {
        code: Code::ContentRangeIgnored,
        seen: "A request for some bytes was answered with the whole file.",
        means: "BITS fetches updates in ranges; without them downloads fail or start anew.",
        reasons: &["a proxy, firewall or scanner on the way removes the Range header"],
        actions: &["let it pass range requests, or let this traffic bypass it"],
        doubts: &[],
    },
    Text {
        code: Code::ContentLengthMissing,
        seen: "HEAD was answered without a Content-Length.",
        means: "BITS asks for the length first and stops without it.",
        reasons: &["a proxy or a compression filter on the way removes it"],
        actions: &["switch compression off for Content; let this traffic bypass the proxy"],
        doubts: &[],
    },
];
