//! How many endpoints are not as they should be. Sums of flags: 0 only where it is known for at
//! least one, and absent where nothing is.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::windows_client::WindowsClient;

use super::of;
use crate::grafana::panel::{Panel, color};
use crate::grafana::query::Query;

/// What is spoken of with concern since RFC 8996.
const DEPRECATED: &str = "ssl3|1.0|1.1";

/// Certificates that end sooner are to be renewed now.
const SOON_DAYS: u32 = 21;

pub(super) fn panels() -> Vec<Panel> {
    vec![
        deprecated(),
        without_modern(),
        refused(),
        ends_soon(),
        old_clients(),
        current_clients(),
        hierarchy(),
        not_known(),
    ]
}

/// A number of endpoints that should be 0.
fn count(title: &str, description: &str, expr: &str, bad: &str) -> Panel {
    Panel::stat(title, description)
        .query(Query::instant(expr).legend(title))
        .unit("none")
        .thresholds(color::GOOD, [(1.0, bad)])
        .option("textMode", json!("value"))
        .size(6, 4)
}

fn deprecated() -> Panel {
    let flags = of(&table::TLS_PROTOCOL, &format!("version=~\"{DEPRECATED}\""));
    count(
        "Accept old TLS",
        "Endpoints of which at least one member accepts SSL 3.0, TLS 1.0 or TLS 1.1, by the last \
         scan from any vantage point. Forbid them in SChannel, but first see the findings: a \
         downstream server of generation 3.2 (WSUS 3.0 SP2) synchronizes over TLS 1.0 only \
         (KB2938066), so forbidding it cuts off the whole hierarchy below. SSL 3.0 is known only \
         where a configuration asks for it.",
        &format!("sum(max by (endpoint) ({flags}))"),
        color::BAD,
    )
}

/// A member whose TLS 1.2 is known to be refused and of whose TLS 1.3 nothing is known is left out.
fn without_modern() -> Panel {
    let version = |version: Protocol| {
        let flags = of(&table::TLS_PROTOCOL, &format!("version=\"{}\"", version.as_str()));
        format!("max by (endpoint, member) ({flags})")
    };
    let [old, new] = [version(Protocol::Tls12), version(Protocol::Tls13)];
    count(
        "Without modern TLS",
        "Endpoints of which at least one member accepts neither TLS 1.2 nor TLS 1.3. Current \
         clients refuse them or will: enable TLS 1.2 in SChannel on the server.",
        &format!(
            "sum(max by (endpoint) ((1 - {old}) * (1 - {new}) \
             or ({old} == 1) * 0 or ({new} == 1) * 0))"
        ),
        color::BAD,
    )
}

fn refused() -> Panel {
    count(
        "Refused certificates",
        "Endpoints of which at least one member presents a chain that clients refuse: expired, for \
         another name, incomplete, or of an issuer that the machine of the vantage point does not \
         trust. If the last, see that exporters trust what clients trust (ca_file).",
        &format!("sum(max by (endpoint) (1 - {}))", of(&table::CERTIFICATE_VALID, "")),
        color::BAD,
    )
}

fn ends_soon() -> Panel {
    let first = format!("min by (endpoint) ({})", of(&table::CERTIFICATE_NOT_AFTER, ""));
    count(
        "End within 21 days",
        "Endpoints with a certificate in a presented chain that ends within 21 days or has ended. \
         Renew it and bind it on every member.",
        &format!("sum({first} - time() < bool {SOON_DAYS} * 86400)"),
        color::WARN,
    )
}

fn clients(is_wanted: impl Fn(WindowsClient) -> bool) -> String {
    let all = WindowsClient::ALL.iter().copied().filter(|client| is_wanted(*client));
    let all: Vec<&str> = all.map(WindowsClient::as_str).collect();
    let flags = of(&table::WINDOWS_CLIENT, &format!("release=~\"{}\"", all.join("|")));
    format!("sum(max by (endpoint) (1 - {flags}))")
}

fn old_clients() -> Panel {
    count(
        "Shut out old clients",
        "Endpoints to which some Windows release up to 8.1 and Server 2012 R2 cannot connect by \
         its defaults, at one member at least. Windows 7 and Server 2008 R2 as installed, and \
         Vista, have TLS 1.0 only: that they are shut out is the price of forbidding it. The \
         matrix below says which.",
        &clients(|client| client <= WindowsClient::EightOne),
        color::WARN,
    )
}

fn current_clients() -> Panel {
    count(
        "Shut out new clients",
        "Endpoints to which some Windows release from 10 and Server 2016 on cannot connect by its \
         defaults, at one member at least: no version, no suite in common, or a certificate that \
         all refuse. The matrix below says which, the findings say what to do.",
        &clients(|client| client > WindowsClient::EightOne),
        color::BAD,
    )
}

/// A finding that is not there says something only of endpoints that were scanned.
fn hierarchy() -> Panel {
    let found = of(&table::FINDING, "code=\"tls10_needed\"");
    let scanned = of(&table::LAST_SCAN, "");
    count(
        "Cut off downstream 3.2",
        "Endpoints from which a downstream server of generation 3.2 synchronizes, as configured, \
         and that are not known to accept the TLS 1.0 that it needs (KB2938066): updates stop at \
         that server and at everything below it. Replace that server before TLS 1.0 is forbidden. \
         0 where no such server is configured.",
        &format!("sum(max by (endpoint) ({found} or {scanned} * 0))"),
        color::BAD,
    )
}

fn not_known() -> Panel {
    let secured = of(&table::ENDPOINT_INFO, "url=~\"https://.*\"");
    let known = of(&table::TLS_PROTOCOL, "");
    count(
        "Versions not known",
        "Endpoints with https:// of which no vantage point knows whether they accept any version: \
         not scanned yet, or silent to scans. They are in none of the other numbers, which are not \
         green for them.",
        &format!(
            "sum(group by (endpoint) ({secured}) unless group by (endpoint) ({known})) or group(group by (endpoint) ({secured})) * 0"
        ),
        color::UNKNOWN,
    )
}
