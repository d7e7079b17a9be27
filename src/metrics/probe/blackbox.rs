//! What one run saw, under the names of `blackbox_exporter`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::engine::once::Once;
use crate::metrics::exposition::{ONE, Series, Value};
use crate::metrics::table::{Family, blackbox as table};
use crate::model::certificate::CertificateReport;
use crate::model::endpoint::Scheme;
use crate::model::exchange::{Answer, HttpVersion};
use crate::model::report::{EndpointReport, MemberReport, Phases, Verdict};
use crate::model::request::Request;

/// Writes them. Where a name has several members, the durations are those of the typical one.
pub(super) fn write(out: &mut String, once: &Once, timeout: Duration) {
    let report = &once.report;
    success(out, report);
    one(out, &table::DURATION, Some(Value::Seconds(once.elapsed)));
    one(out, &table::TIMEOUT, Some(Value::Seconds(timeout)));
    one(out, &table::FAILED_REGEX, Some(Value::Flag(false)));
    one(out, &table::DNS_LOOKUP_TIME, lookup_time(report).map(Value::Seconds));
    let Some(member) = typical(report) else { return };
    address(out, member.address);
    http(out, report.endpoint.url.scheme, member);
    if let Some(session) = &member.tls {
        let version = format!("TLS {}", session.version.as_str());
        of(out, &table::TLS_VERSION).add("", &[&version], ONE);
        // What Go calls the suites of TLS 1.3, and the registry of IANA too.
        let suite = session.suite.replacen("TLS13_", "TLS_", 1);
        of(out, &table::TLS_CIPHER).add("", &[&suite], ONE);
    }
    let chains = report.members.iter().filter_map(|member| member.certificate.as_ref());
    let ends = chains.flat_map(|report| &report.chain).map(|certificate| certificate.not_after);
    one(out, &table::EARLIEST_EXPIRY, ends.min().map(Value::At));
    if let Some(certificate) = &member.certificate {
        chain(out, certificate);
    }
}

/// `probe_success` has two values. What is unknown is a 0, because whoever alerts on it wants to
/// hear of that too; a comment tells the difference, and so does the state beside it.
fn success(out: &mut String, report: &EndpointReport) {
    let success = match report.verdict {
        Verdict::Healthy | Verdict::Degraded => true,
        Verdict::Down => false,
        Verdict::Unknown => {
            out.push_str("# Whether Windows clients can use the endpoint is not known\n");
            false
        }
    };
    one(out, &table::SUCCESS, Some(Value::Flag(success)));
}

/// Both families are asked at once: the one that took longer was waited for.
fn lookup_time(report: &EndpointReport) -> Option<Duration> {
    report.lookups.iter().filter_map(|lookup| lookup.time).map(|time| time.duration).max()
}

/// The member whose round-trip time is that of the endpoint; where none was measured, the one
/// that came farthest.
fn typical(report: &EndpointReport) -> Option<&MemberReport> {
    let of_rtt = |member: &&MemberReport| report.rtt.is_some() && member.rtt == report.rtt;
    let completed = |phases: &Phases| {
        let Phases { resolve, connect, tls, wsus } = phases;
        [resolve, connect, tls, wsus].into_iter().flatten().count()
    };
    // The first of equals.
    let farthest = report.members.iter().rev().max_by_key(|member| completed(&member.phases));
    report.members.iter().find(of_rtt).or(farthest)
}

fn address(out: &mut String, address: SocketAddr) {
    let version = if address.is_ipv4() { 4 } else { 6 };
    one(out, &table::IP_PROTOCOL, Some(Value::Count(version)));
    one(out, &table::IP_ADDR_HASH, Some(Value::Count(hash(address.ip()).into())));
}

/// FNV-1a of 32 bits over the address' bytes.
fn hash(address: IpAddr) -> u32 {
    const OFFSET_BASIS: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let over = |bytes: &[u8]| {
        bytes.iter().fold(OFFSET_BASIS, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME))
    };
    match address {
        IpAddr::V4(address) => over(&address.octets()),
        IpAddr::V6(address) => over(&address.octets()),
    }
}

fn http(out: &mut String, scheme: Scheme, member: &MemberReport) {
    let mut exchanges = member.exchanges.iter();
    let config = exchanges.find(|exchange| exchange.request == Request::GetConfig);
    let answer = config.and_then(|exchange| exchange.outcome.as_ref().ok());
    let Phases { resolve, connect, tls, wsus } = member.phases;
    let processing = wsus.or_else(|| answer?.first_byte);
    let transfer = answer.and_then(|answer| answer.transfer);
    let mut durations = of(out, &table::HTTP_DURATION);
    for (phase, timed) in [
        ("resolve", resolve),
        ("connect", connect),
        ("tls", tls),
        ("processing", processing),
        ("transfer", transfer),
    ] {
        if let Some(timed) = timed {
            durations.add("", &[phase], Value::Seconds(timed.duration));
        }
    }
    if let Some(Answer { reply, body_bytes, .. }) = answer {
        let version = reply.version.map(|version| match version {
            HttpVersion::Http10 => 1.0,
            HttpVersion::Http11 => 1.1,
        });
        one(out, &table::HTTP_VERSION, version.map(Value::Number));
        // None is followed.
        one(out, &table::HTTP_REDIRECTS, Some(Value::Count(0)));
        // What is compressed unasked is not unpacked, and only a body that was read to its end
        // has a length.
        let plain = transfer.is_some() && reply.header("content-encoding").is_none();
        let length = u64::try_from(*body_bytes).ok().filter(|_| plain);
        one(out, &table::HTTP_BODY_LENGTH, length.map(Value::Count));
        one(out, &table::HTTP_STATUS, Some(Value::Count(reply.status.into())));
        one(out, &table::HTTP_SSL, Some(Value::Flag(scheme == Scheme::Https)));
        let length = reply.header("content-length").and_then(|length| length.trim().parse().ok());
        one(out, &table::HTTP_CONTENT_LENGTH, length.map(Value::Count));
    }
}

fn chain(out: &mut String, report: &CertificateReport) {
    one(out, &table::CHAIN_EXPIRY, report.verified_not_after().map(Value::At));
    let Some(leaf) = report.leaf() else { return };
    let names = leaf.alternative_names.join(",");
    let values = [&*leaf.sha256, &leaf.subject, &leaf.issuer, &names, &leaf.serial];
    of(out, &table::CHAIN_INFO).add("", &values, ONE);
}

fn of<'a>(out: &'a mut String, family: &'static Family) -> Series<'a> {
    Series::new(out, family, false)
}

fn one(out: &mut String, family: &'static Family, value: Option<Value>) {
    of(out, family).add_if("", value);
}
