//! What was found about TLS and certificates, and how fresh that is.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::model::finding::FindingCode;

use super::{ROWS, endpoint_column, of};
use crate::boards::columns;
use crate::boards::endpoint::services::findings_table;
use crate::grafana::panel::{Panel, color, ground, steps};
use crate::grafana::query::Query;

/// What belongs here of all that can be found.
const CODES: [FindingCode; 18] = [
    FindingCode::CleartextMetadata,
    FindingCode::CleartextService,
    FindingCode::LegacySuite,
    FindingCode::CertificateCnOnly,
    FindingCode::CertificateWeakSignature,
    FindingCode::CertificateWeakKey,
    FindingCode::CertificateOrder,
    FindingCode::OneCertificateRefused,
    FindingCode::CertificateUnverified,
    FindingCode::CertificateExpiresSoon,
    FindingCode::ClientCertificateDemanded,
    FindingCode::Tls10Needed,
    FindingCode::TlsVersionMissing,
    FindingCode::TlsVersionForbidden,
    FindingCode::OldTlsAccepted,
    FindingCode::WeakSuites,
    FindingCode::WindowsClientsExcluded,
    FindingCode::TlsOutOfReach,
];

/// Rows of each severity: more nobody reads.
const FINDINGS: u32 = 200;

pub(super) fn panels() -> Vec<Panel> {
    vec![findings(), scans()]
}

fn findings() -> Panel {
    let codes: Vec<&str> = CODES.iter().map(|code| code.as_str()).collect();
    let codes = codes.join("|");
    let most = |severity: &str| {
        let matcher = format!("code=~\"{codes}\",severity=\"{severity}\"");
        format!(
            "topk({FINDINGS}, count by (endpoint, code, severity) \
             (group by (job, instance, site, endpoint, code, severity) ({})))",
            of(&table::FINDING, &matcher)
        )
    };
    let count = format!("({} or {})", most("warning"), most("note"));
    let keyed = format!(
        "label_join(label_join({count}, \"what\", \"\", \"code\"), \"todo\", \"\", \"code\")"
    );
    let panel = Panel::table(
        "TLS findings and what to do",
        &format!(
            "Warnings first, at most {FINDINGS} of them and as many notes. Mind the order where \
            tls10_needed and old_tls_accepted stand together: TLS 1.0 can be forbidden only after \
            the downstream servers of generation 3.2 are replaced (KB2938066). Seen from: how many \
            vantage points say so. Reasons, and what to do next: wsus-probe explain FINDING."
        ),
    )
    .size(24, 10)
    .query(Query::table(keyed))
    .unit("none")
    .when_empty("Nobody reports a finding about TLS");
    let panel = findings_table(panel, &CODES, &[("endpoint", "Endpoint")]);
    endpoint_column(panel)
}

/// Minus one stands for never, so that an endpoint without a scan is in the list.
fn scans() -> Panel {
    let by = "endpoint, dc";
    let age = format!("(time() - max by ({by}) ({}))", of(&table::LAST_SCAN, ""));
    let secured = of(&table::ENDPOINT_INFO, "url=~\"https://.*\"");
    let never = format!("topk({ROWS}, group by ({by}) ({secured}) unless {age})");
    let all = format!("(topk({ROWS}, {age}) or {never} * -1)");
    let known = format!(
        "(count by ({by}) (group by ({by}, version) ({})) or group by ({by}) ({secured}) * 0) \
         and on (endpoint) {all}",
        of(&table::TLS_PROTOCOL, "")
    );
    let panel = Panel::table(
        "Age of the last scan",
        &format!(
            "By the vantage point that scanned last; at most {ROWS} endpoints, the oldest scans, \
            and as many without one. Scans come every six hours unless configured otherwise; what \
            is above is as old as that. Never: nothing is known of that endpoint's versions and \
            clients, and no more where it told of no version: the endpoint was silent. Endpoints \
            with http:// are not scanned."
        ),
    )
    .size(24, 8)
    .query(Query::table(all))
    .query(Query::table(known))
    .transform("merge", json!({}))
    .unit("none")
    .column(
        "Last scan ago",
        [
            ("unit", json!("s")),
            (
                "mappings",
                json!([
                    crate::grafana::panel::mapping(&[("-1", "never", color::UNKNOWN)]),
                    columns::not_known()
                ]),
            ),
            ("thresholds", steps(color::GOOD, &[(86_400.0, color::WARN), (259_200.0, color::BAD)])),
            ("custom.cellOptions", ground()),
            ("custom.align", json!("center")),
            ("custom.width", json!(160)),
        ],
    );
    let none = [("0", "none", color::UNKNOWN)];
    let panel = columns::coloured(panel, "Versions known", 160, &none)
        .column("Versions known", [("thresholds", steps(color::GOOD, &[]))]);
    let shown = [
        ("endpoint", "Endpoint"),
        ("dc", "Data center"),
        ("Value #A", "Last scan ago"),
        ("Value #B", "Versions known"),
    ];
    columns::arrange(endpoint_column(panel), &shown, &["Time"])
        .option("sortBy", json!([{"displayName": "Last scan ago", "desc": true}]))
}
