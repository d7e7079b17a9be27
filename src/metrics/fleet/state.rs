//! What is known of an endpoint and its members now.

use crate::metrics::exposition::{ONE, Series, Value};
use crate::metrics::fleet::Writer;
use crate::metrics::fleet::labelled::Labelled;
use crate::metrics::table::Family;
use crate::metrics::table::endpoint as table;
use crate::model::endpoint::Hierarchy;
use crate::model::finding::FindingCode;
use crate::model::monitor::member::MemberView;
use crate::model::monitor::{Noted, State};
use crate::model::report::Verdict;
use crate::model::resolvers::{Agreement, ResolverView};
use crate::model::tls_scan::Support;

/// A writer for each family.
pub(super) const WRITERS: &[(&Family, Writer)] = &[
    (&table::ENDPOINT_INFO, info),
    (&table::ENDPOINT_STATE, |series, of| state(series, &of.labels, &of.view.state)),
    (&table::MEMBER_STATE, |series, of| {
        for (labels, member) in of.members() {
            state(series, labels, &member.state);
        }
    }),
    (&table::FAILURE_INFO, |series, of| failure(series, &of.labels, &of.view.state)),
    (&table::MEMBER_FAILURE_INFO, |series, of| {
        for (labels, member) in of.members() {
            failure(series, labels, &member.state);
        }
    }),
    (&table::ENDPOINT_RTT, |series, of| {
        series.add_if(&of.labels, of.view.rtt.map(|rtt| Value::Seconds(rtt.duration)));
    }),
    (&table::RTT, |series, of| {
        for (labels, member) in of.members() {
            series.add_if(labels, member.rtt.map(|rtt| Value::Seconds(rtt.duration)));
        }
    }),
    (&table::RTT_CLOCK, |series, of| {
        for (labels, member) in of.members() {
            if let Some(rtt) = member.rtt {
                series.add(labels, &[rtt.clock.as_str()], ONE);
            }
        }
    }),
    (&table::DNS_TTL, |series, of| {
        let ttl = of.view.dns.as_ref().and_then(|dns| dns.ttl);
        series.add_if(&of.labels, ttl.map(Value::Seconds));
    }),
    (&table::RESOLVER_UP, |series, of| resolvers(series, of, |one| one.is_up.map(Value::Flag))),
    (&table::RESOLVER_DURATION, |series, of| {
        resolvers(series, of, |one| one.time.map(|time| Value::Seconds(time.duration)));
    }),
    (&table::RESOLVER_ADDRESSES, |series, of| {
        resolvers(series, of, |one| one.addresses.map(Value::Count));
    }),
    (&table::RESOLVER_TTL, |series, of| resolvers(series, of, |one| one.ttl.map(Value::Seconds))),
    (&table::RESOLVER_AGREES, |series, of| {
        let known = |one: &ResolverView| one.agreement.filter(|how| *how != Agreement::Split);
        let same = |agreement| Value::Flag(agreement == Agreement::Same);
        resolvers(series, of, |one| known(one).map(same));
    }),
    (&table::TLS_INFO, tls_info),
    (&table::TLS_PROTOCOL, tls_protocols),
    (&table::WINDOWS_CLIENT, windows_clients),
    (&table::CERTIFICATE_NOT_AFTER, not_after),
    (&table::CERTIFICATE_VALID, |series, of| {
        for (labels, member) in of.members() {
            let chain = member.certificate.as_ref();
            let valid = chain.and_then(|chain| chain.verdict_at(of.at).is_accepted());
            series.add_if(labels, valid.map(Value::Flag));
        }
    }),
    (&table::FINDING, |series, of| {
        if !of.view.findings.is_empty() {
            findings(series, &of.without_member(), &of.view.findings);
        }
        for (labels, member) in of.members() {
            findings(series, labels, &member.findings);
        }
    }),
    (&table::WSUS_CHECK, services),
    (&table::MEMBERS, |series, of| number(series, of, of.view.members.len())),
    (&table::MEMBERS_EXPECTED, |series, of| {
        number(series, of, of.view.endpoint.expected_members.len());
    }),
    (&table::MEMBERS_DIFFER, members_differ),
    (&table::PATCH_WINDOW, |series, of| {
        series.add_if(&of.labels, of.in_patch_window.map(Value::Flag));
    }),
];

fn info(series: &mut Series<'_>, of: &Labelled) {
    let endpoint = &of.view.endpoint;
    let region = endpoint.region.as_deref().unwrap_or_default();
    series.add(&of.labels, &[&endpoint.url.to_string(), region, role(&endpoint.hierarchy)], ONE);
}

/// The place among servers that synchronize; empty where the configuration gives none.
const fn role(hierarchy: &Hierarchy) -> &'static str {
    match (hierarchy.is_upstream, &hierarchy.upstream) {
        (true, Some(_)) => "both",
        (true, None) => "upstream",
        (false, Some(_)) => "downstream",
        (false, None) => "",
    }
}

fn state(series: &mut Series<'_>, labels: &str, state: &State) {
    for verdict in [Verdict::Healthy, Verdict::Degraded, Verdict::Down, Verdict::Unknown] {
        series.add(labels, &[verdict.as_str()], Value::Flag(state.verdict == verdict));
    }
}

fn failure(series: &mut Series<'_>, labels: &str, state: &State) {
    if let (Verdict::Down, Some(failure)) = (state.verdict, &state.failure) {
        series.add(labels, &[failure.phase.as_str(), failure.cause.as_str()], ONE);
    }
}

fn resolvers(
    series: &mut Series<'_>,
    of: &Labelled,
    value: impl Fn(&ResolverView) -> Option<Value>,
) {
    for resolver in &of.view.resolvers {
        if let Some(value) = value(resolver) {
            series.add(&of.labels, &[&resolver.name], value);
        }
    }
}

fn tls_info(series: &mut Series<'_>, of: &Labelled) {
    for (labels, member) in of.members() {
        if let Some(session) = &member.session {
            let [group, alpn] = [&session.group, &session.alpn];
            let [group, alpn] = [group, alpn].map(|text| text.as_deref().unwrap_or_default());
            series.add(labels, &[session.version.as_str(), &session.suite, group, alpn], ONE);
        }
    }
}

fn tls_protocols(series: &mut Series<'_>, of: &Labelled) {
    for (labels, member) in of.members() {
        for (version, support) in member.tls.iter().flat_map(|tls| &tls.versions) {
            let supported = match support {
                Support::Supported => true,
                Support::NotSupported => false,
                Support::Unknown => continue,
            };
            series.add(labels, &[version.as_str()], Value::Flag(supported));
        }
    }
}

fn windows_clients(series: &mut Series<'_>, of: &Labelled) {
    for (labels, member) in of.members() {
        for (client, works, _) in member.tls.iter().flat_map(|tls| &tls.clients) {
            if let Some(works) = works {
                series.add(labels, &[client.as_str()], Value::Flag(*works));
            }
        }
    }
}

fn not_after(series: &mut Series<'_>, of: &Labelled) {
    for (labels, member) in of.members() {
        let chain = member.certificate.iter().flat_map(|certificate| &certificate.not_after);
        for (position, ends) in chain.enumerate() {
            if let Some(ends) = ends {
                series.add(labels, &[&position.to_string()], Value::At(*ends));
            }
        }
    }
}

/// One series for each code: several services, or several jobs, may have the same finding.
fn findings(series: &mut Series<'_>, labels: &str, all: &[Noted]) {
    for (at, noted) in all.iter().enumerate() {
        let same = |other: &&Noted| other.finding.code == noted.finding.code;
        if all.iter().take(at).any(|earlier| same(&earlier)) {
            continue;
        }
        let worst = all.iter().filter(same).map(|noted| noted.finding.severity).max();
        let severity = worst.unwrap_or(noted.finding.severity);
        series.add(labels, &[noted.finding.code.as_str(), severity.as_str()], ONE);
    }
}

fn services(series: &mut Series<'_>, of: &Labelled) {
    for (labels, member) in of.members() {
        for service in &member.services {
            if let Some(works) = service.works {
                series.add(labels, &[service.service.as_str()], Value::Flag(works));
            }
        }
    }
}

/// Writes how many there are, where there are any: none means that it is not known.
fn number(series: &mut Series<'_>, of: &Labelled, number: usize) {
    series.add_if(&of.labels, (number > 0).then_some(Value::Count(number as u64)));
}

fn members_differ(series: &mut Series<'_>, of: &Labelled) {
    let is_difference = |noted: &Noted| {
        matches!(noted.finding.code, FindingCode::MembersDiffer | FindingCode::DatabasesDiffer)
    };
    let differ = of.view.findings.iter().any(is_difference);
    let works = |(_, member): &(&str, &MemberView)| {
        matches!(member.state.verdict, Verdict::Healthy | Verdict::Degraded)
    };
    let compared = of.view.last_check.is_some() && of.members().filter(works).count() > 1;
    series.add_if(&of.labels, (differ || compared).then_some(Value::Flag(differ)));
}
