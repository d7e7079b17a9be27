//! What explains several answers of one member together.

use super::Text;
use crate::model::finding::FindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::WsusPoolStopped,
        seen: "503 from the web services, while a static file of the same server answers.",
        means: "IIS runs, but the application pool of WSUS (WsusPool) is stopped. No client can \
                scan, and no downstream server can synchronize.",
        reasons: &[
            "WsusPool reached its private memory limit; the default of 1,843,200 KB is small",
            "it crashed several times in a short time, and IIS stopped it",
            "somebody, or the installation of an update, stopped it",
        ],
        actions: &[
            "start WsusPool in IIS; its first answers are slow, because a cache is built anew",
            "set its private memory limit to 0 or to several GB, its queue length to 2000, idle \
             time-out and regular recycling to 0, and switch its ping off",
            "decline superseded updates and maintain the database, so that it needs less memory",
        ],
        doubts: &[],
    },
    Text {
        code: Code::SiteDown,
        seen: "Every part of the site is refused alike, static files too.",
        means: "The web site or its server is stopped or out of resources, not only WSUS.",
        reasons: &["the WSUS site is stopped in IIS", "a load balancer has no server to pass to"],
        actions: &["start the site in IIS", "read the HTTPERR log and the System log"],
        doubts: &[],
    },
    Text {
        code: Code::WrongVirtualDirectory,
        seen: "A web server answers, and says 404 to the WSUS directories.",
        means: "Clients reach a web server, but not its WSUS site.",
        reasons: &[
            "the port is that of another site: WSUS on Server 2012 and later uses 8530 and 8531",
            "the WSUS directories were removed, or never created",
        ],
        actions: &[
            "compare the port in the URL with the bindings of the WSUS site",
            "run `wsusutil postinstall`",
        ],
        doubts: &[],
    },
    Text {
        code: Code::ContentRequiresSsl,
        seen: "403 to content in clear text, while the services answer over TLS.",
        means: "Clients scan and find updates, but every download fails: content is fetched over \
                clear-text HTTP even where the services use TLS.",
        reasons: &["Require SSL was set for the whole site instead of five directories"],
        actions: &[
            "require SSL only for SimpleAuthWebService, DSSAuthWebService, ServerSyncWebService, \
             ApiRemoting30 and ClientWebService",
            "switch it off for Content, Inventory, ReportingWebService and SelfUpdate",
        ],
        doubts: &["a 403 may have other reasons; its sub-status shows only in the log of IIS"],
    },
    Text {
        code: Code::ClientCertificateDemanded,
        seen: "The handshake asks for a client certificate, or requests fail for want of one.",
        means: "Update clients have no such certificate to show.",
        reasons: &["SSL Settings, Client certificates, is on Accept or Require in IIS"],
        actions: &["set it to Ignore for the site and for every WSUS directory"],
        doubts: &["with Accept some clients still work"],
    },
    Text {
        code: Code::Intercepted,
        seen: "A page for people, or another product's answer, in place of WSUS.",
        means: "A proxy, a captive portal or a load balancer answers. What the WSUS server would \
                say is not known.",
        reasons: &[
            "a transparent proxy or a portal that wants a login",
            "the maintenance page of a load balancer without a working server behind it",
        ],
        actions: &[
            "see in the title of the page which device it is",
            "exempt the traffic to the WSUS server",
            "probe from another network to compare",
        ],
        doubts: &["clients in other networks may see another answer"],
    },
    Text {
        code: Code::NotWsus,
        seen: "A web service that answers GetConfig, but not as a WSUS server does: its \
               authorization plug-in is not SimpleTargeting, or it has no properties.",
        means: "Clients that are sent there cannot update.",
        reasons: &["the URL is that of another service", "an imitation or a test server answers"],
        actions: &["check the URL; on a WSUS server run `wsusutil postinstall`"],
        doubts: &[],
    },
    Text {
        code: Code::SoapFault,
        seen: "A SOAP fault with one of the protocol's error codes.",
        means: "The WSUS code runs and refuses. Most scans will fail alike.",
        reasons: &[
            "InternalServerError: the service or its database is in trouble",
            "ServerBusy: too many clients at once",
            "ServerChanged or InvalidCookie: the database was replaced",
        ],
        actions: &[
            "read SoftwareDistribution.log on the server for the moment of the fault",
            "run `wsusutil checkhealth`, then read the Application log",
        ],
        doubts: &[],
    },
    Text {
        code: Code::WrongPort,
        seen: "TLS is spoken on the port of an http URL, or clear text on that of an https URL.",
        means: "No client with this URL can connect, whatever the state of WSUS.",
        reasons: &["8530 and 8531 are mixed up", "TLS was configured, and the URL kept its scheme"],
        actions: &["correct scheme or port in WUServer and WUStatusServer, both alike"],
        doubts: &[],
    },
    Text {
        code: Code::HostHeaderMismatch,
        seen: "The header Server names Microsoft-HTTPAPI, the kernel's HTTP driver, not IIS.",
        means: "Requests for this host name reach no site.",
        reasons: &["the bindings of the site name another host", "the site is stopped"],
        actions: &["add the host name to the site's bindings, or leave it empty there"],
        doubts: &["when exactly the driver answers by itself is not confirmed for WSUS"],
    },
    Text {
        code: Code::Overloaded,
        seen: "Answers that are slow beyond the distance, ServerBusy, or 503 with Retry-After.",
        means: "Some clients time out and come back later, which makes it worse.",
        reasons: &[
            "many clients scan at once, as after moving to a server with another database",
            "WsusPool was recycled and builds its cache anew",
            "the database is overgrown or its indexes are not maintained",
        ],
        actions: &[
            "wait for a quarter of an hour if WsusPool was just started",
            "raise queue length and memory limit of WsusPool",
            "decline superseded updates, then maintain the indexes",
        ],
        doubts: &["a fast GetConfig does not prove that scans are fast"],
    },
];
