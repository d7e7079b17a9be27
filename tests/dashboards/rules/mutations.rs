//! Rules that are wrong on purpose: a test of the rules has to notice each of them.

use super::promtool::{at_once, promtool};
use super::read;

/// A text of the rules, what stands there instead, and the case that has to fail.
struct Mutation(&'static str, &'static str, &'static str);

const MANY: &str =
    "a vantage point in trouble, one that is unknown and one that is stuck have no say";
const CUT_OFF: &str = "cut off from one vantage point only, that is the path";
const WINDOW: &str =
    "in a closed window a ticket, at once a page when it opens, a ticket again when it closes";
const HALF: &str = "half of the probes fail for an hour, without ever being down";
const SLOW: &str = "two of a hundred probes fail, for a day";
const RARE: &str = "one lost probe, and two, of one each five minutes";
const REFUSED: &str = "it is refused only where a root is missing, or where the clock is wrong";
const NOT_FORGOTTEN: &str = "an invalid certificate is not forgotten while its member is down";
const SERVICES: &str = "the content channel and other services";
const MEMBER: &str =
    "a member is down while the endpoint works, and is no longer worth a word when all of it is";
const GONE: &str = "a target no longer answers; a container with its target is gone; one restarts under another name";
const FAR: &str =
    "the rounds of the vantage point that sees no failures are far apart, or it misses scrapes";
const OVER: &str = "an outage is over, which had its own page; it fails again afterwards";
const SELDOM: &str = "a member is up one minute in ten; another one was down once";
const NEVER: &str =
    "a target never answers, beside one that does; a target of /probe is never scraped";
const LOOP: &str = "an exporter starts again and again, another one once; scrapes of a third one fail now and then";
const TROUBLE: &str = "a vantage point loses its network again and again, another one lost it once";
const BLIND: &str = "nobody is left who could tell; one is; servers do not patch now; it is unknown without any trouble";
const DAYS: &str = "a member with an ended certificate is down for a day; an exporter is gone when the window of yesterday opens";

const MUTATIONS: &[Mutation] = &[
    // Who has a say.
    Mutation(
        "unless on (job, instance, site) wsus_probe_local_trouble == 1\n          unless on (job, instance, site, endpoint) site",
        "unless on (job, instance, site, endpoint) site",
        MANY,
    ),
    Mutation(
        "unless on (job, instance, site, endpoint) wsus_probe_endpoint_state{state=\"unknown\"} == 1\n",
        "\n",
        MANY,
    ),
    Mutation(
        "unless on (job, instance, site, endpoint) site:wsus_probe_stale:bool == 1\n",
        "\n",
        MANY,
    ),
    Mutation(
        "3 * wsus_probe_round_interval_seconds + 60",
        "300 * wsus_probe_round_interval_seconds",
        "stuck since minute ten; never began; slow but steady",
    ),
    Mutation(
        "3 * wsus_probe_round_interval_seconds + 60",
        "60",
        "stuck since minute ten; never began; slow but steady",
    ),
    // Down.
    Mutation(
        "max by (job, endpoint, dc) (site:wsus_probe_vote:bool)",
        "min by (job, endpoint, dc) (site:wsus_probe_vote:bool)",
        CUT_OFF,
    ),
    Mutation(
        "max by (job, endpoint, dc) (site:wsus_probe_vote:bool)",
        "max by (endpoint, dc) (site:wsus_probe_vote:bool)",
        "short outages, and two jobs that do not speak for each other",
    ),
    Mutation(
        "max_over_time(endpoint:wsus_probe_vote:max[5m])\n",
        "endpoint:wsus_probe_vote:max\n",
        "short outages, and two jobs that do not speak for each other",
    ),
    Mutation(
        "max_over_time(endpoint:wsus_probe_vote:max[5m])\n",
        "endpoint:wsus_probe_vote:max\n",
        "the exporter restarts while the endpoint is down, the alert stays",
    ),
    Mutation(
        "last_over_time(endpoint:wsus_probe_vote:max[5m] offset 5m)",
        "endpoint:wsus_probe_vote:max offset 5m",
        "the exporter restarts while the endpoint is down, the alert stays",
    ),
    Mutation(
        "last_over_time(endpoint:wsus_probe_vote:max[5m] offset 5m)",
        "endpoint:wsus_probe_vote:max",
        "nothing works, at noon",
    ),
    Mutation(
        "endpoint:wsus_probe_patch_window_active:max == 0",
        "endpoint:wsus_probe_patch_window_active:max == 1",
        WINDOW,
    ),
    Mutation(
        "unless on (job, endpoint, dc) endpoint:wsus_probe_patch_window_active:max == 0",
        "and on (job, endpoint, dc) endpoint:wsus_probe_patch_window_active:max == 1",
        "down for everybody, no window known, pages after five minutes and tells the phase",
    ),
    Mutation(
        "and on (job, endpoint, dc) endpoint:wsus_probe_vote:max == 1\n        for: 15m\n        labels: {severity: ticket}",
        "for: 15m\n        labels: {severity: ticket}",
        WINDOW,
    ),
    Mutation(
        "max by (job) (endpoint:wsus_probe_vote:max5m) == 0",
        "min by (job) (endpoint:wsus_probe_vote:max5m) == 0",
        "one of two works, that is not the end",
    ),
    Mutation(
        "> 0.5 * count",
        "> 0 * count",
        "of most endpoints nothing is known, so it is not said that none works",
    ),
    Mutation(
        "last_over_time(endpoint:wsus_probe_watched:count[5m])",
        "endpoint:wsus_probe_watched:count",
        "nothing works, and a scrape fails",
    ),
    Mutation(
        "last_over_time(wsus_probe_patch_window_active[10m])",
        "wsus_probe_patch_window_active",
        "the exporter restarts, or is gone, during an outage at noon",
    ),
    Mutation("max[1h]) < 0.7", "max[1h]) < 0.07", SELDOM),
    Mutation("max[1h]) > 3", "max[1h]) > 0", SELDOM),
    Mutation(
        "max by (job, endpoint, dc, member) (\n            max without",
        "min by (job, endpoint, dc, member) (\n            max without",
        "a member that cannot be reached from one vantage point only is not down",
    ),
    Mutation(
        "unless on (job, instance, site, endpoint, member) wsus_probe_member_state{state=\"unknown\"} == 1\n",
        "\n",
        MEMBER,
    ),
    Mutation(
        "and on (job, endpoint, dc) endpoint:wsus_probe_vote:max == 1\n        for: 15m\n        labels: {severity: urgent}",
        "for: 15m\n        labels: {severity: urgent}",
        MEMBER,
    ),
    Mutation(
        "wsus_probe_endpoint_state and on (job, instance, site) wsus_probe_local_trouble == 1",
        "wsus_probe_endpoint_state and on (job, instance, site) wsus_probe_local_trouble == 2",
        "all in trouble or unknown, nobody says down",
    ),
    // Budget.
    Mutation("vector(0.005)", "vector(0.05)", HALF),
    Mutation("> 14.4\n", "> 144\n", HALF),
    Mutation("> 14.4\n", "> 1.4\n", SLOW),
    Mutation("> 6\n          and", "> 0.6\n          and", SLOW),
    Mutation("> 3\n", "> 30\n", SLOW),
    Mutation(
        "and endpoint:wsus_probe_errors:ratio_rate5m / scalar(wsus_probe:error_budget:ratio) > 14.4\n",
        "\n",
        HALF,
    ),
    Mutation(
        "and endpoint:wsus_probe_errors:ratio_rate2h / scalar(wsus_probe:error_budget:ratio) > 3\n",
        "\n",
        SLOW,
    ),
    Mutation("increase1h > 2.5", "increase1h > 0.5", RARE),
    Mutation("increase6h > 2.5", "increase6h > 0.5", RARE),
    Mutation("[1h:1m]) / 5", "[1h:1m])", RARE),
    Mutation(
        "and endpoint:wsus_probe_watched:count\n",
        "\n",
        "an endpoint that is removed while it burns",
    ),
    Mutation(
        "unless on (job, endpoint, dc) endpoint:wsus_probe_patch_window_active:max == 0\n        for: 2m",
        "for: 2m",
        "the same outside the patch window is no page",
    ),
    Mutation(
        "min by (job, endpoint, dc) (\n            (\n              last_over_time",
        "max by (job, endpoint, dc) (\n            (\n              last_over_time",
        "one vantage point sees nothing but failures, the other none",
    ),
    Mutation(
        "last_over_time(site:wsus_probe_errors:ratio_rate5m[15m])\n              and on (job, instance, site, endpoint) last_over_time(site:wsus_probe_vote:bool[5m])",
        "last_over_time(site:wsus_probe_errors:ratio_rate5m[15m])",
        "one vantage point is in trouble and does not hide what the other sees",
    ),
    Mutation(
        "last_over_time(site:wsus_probe_errors:ratio_rate5m[15m])",
        "site:wsus_probe_errors:ratio_rate5m",
        FAR,
    ),
    Mutation(
        "(1 - last_over_time(site:wsus_probe_vote:bool[5m]))",
        "(2 - last_over_time(site:wsus_probe_vote:bool[5m]))",
        FAR,
    ),
    Mutation("last_over_time(site:wsus_probe_vote:bool[5m])", "site:wsus_probe_vote:bool", FAR),
    Mutation(
        "unless on (job, endpoint, dc) min_over_time(endpoint:wsus_probe_vote:max5m[5m]) == 0\n",
        "\n",
        OVER,
    ),
    Mutation(
        "unless on (job, endpoint, dc) min_over_time(endpoint:wsus_probe_vote:max5m[15m]) == 0\n",
        "\n",
        OVER,
    ),
    Mutation("and max_over_time(endpoint:wsus_probe_errors:ratio_rate5m[10m]) > 0\n", "\n", OVER),
    Mutation(
        "increase(wsus_probe_failures_total[5m])",
        "max_over_time(wsus_probe_failures_total[5m])",
        "the exporter restarts",
    ),
    Mutation(
        "wsus_probe_endpoint_state{state!=\"unknown\"}[5m]",
        "wsus_probe_endpoint_state[5m]",
        "a vantage point that is scraped by /probe has no counters",
    ),
    // Certificates.
    Mutation("7 * 86400", "70 * 86400", "twenty days left, six days left, two months left"),
    Mutation(
        "or on (job, instance, site, endpoint, member)\n",
        "or\n",
        "it is renewed; the member is taken away; it ended and nobody uses it",
    ),
    Mutation(
        "and on (job, instance, site, endpoint, member) wsus_probe_member_state\n",
        "\n",
        "it is renewed; the member is taken away; it ended and nobody uses it",
    ),
    Mutation(
        "and on (job, instance, site, endpoint, member) wsus_probe_certificate_valid == 1",
        "and on (job, instance, site, endpoint, member) wsus_probe_certificate_valid == 2",
        "it is renewed; the member is taken away; it ended and nobody uses it",
    ),
    Mutation(
        "last_over_time(site:wsus_probe_certificate_valid:last[5m])",
        "wsus_probe_certificate_valid",
        NOT_FORGOTTEN,
    ),
    Mutation(
        ":last[5m]",
        ":last[1m]",
        "the exporter restarts while a member with an ended certificate is down",
    ),
    Mutation(
        "max by (job, endpoint, dc, member) (\n            site:wsus_probe_certificate_valid",
        "min by (job, endpoint, dc, member) (\n            site:wsus_probe_certificate_valid",
        REFUSED,
    ),
    Mutation(
        "site:wsus_probe_certificate_valid:last\n            unless on (job, instance, site) wsus_probe_local_trouble == 1",
        "site:wsus_probe_certificate_valid:last",
        REFUSED,
    ),
    Mutation(
        "unless on (job, instance, site, endpoint) site:wsus_probe_stale:bool == 1\n          ) == 0",
        ") == 0",
        "refused now, and accepted long ago by a vantage point that is stuck",
    ),
    // Findings.
    Mutation(
        "unless on (job, endpoint)\n            last_over_time(wsus_probe_finding_active{code=\"tls10_needed\"}[15m])",
        "",
        "outdated TLS, through a restart of the exporter",
    ),
    Mutation(
        "last_over_time(wsus_probe_finding_active{code=\"old_tls_accepted\"}[15m])",
        "wsus_probe_finding_active{code=\"old_tls_accepted\"}",
        "outdated TLS, through a restart of the exporter",
    ),
    Mutation(
        ",severity=\"warning\"",
        "",
        "a required version is missing, and no Windows release can connect",
    ),
    Mutation(",severity=\"warning\"", "", "members differ, and are others than configured"),
    Mutation(
        "site:wsus_probe_vote:bool == 1\n          ) == 0",
        "site:wsus_probe_vote:bool\n          ) == 0",
        SERVICES,
    ),
    Mutation(
        "max by (job, endpoint, dc, member, check)",
        "min by (job, endpoint, dc, member, check)",
        SERVICES,
    ),
    // Vantage points.
    Mutation("or on (job, site)\n", "unless on (job, site)\n", GONE),
    Mutation("unless on (job, site) job_site", "unless on (job) job_site", GONE),
    Mutation("and on (job) count by (job) (last_over_time(wsus_probe_build_info[7d]))", "", GONE),
    Mutation(
        "and on (job) count by (job) (last_over_time(wsus_probe_build_info[7d]))",
        "and on (job, instance, site) last_over_time(wsus_probe_build_info[7d])",
        NEVER,
    ),
    Mutation(
        "and on (job) count by (job) (last_over_time(job_site:wsus_probe_watched:count[1d]))",
        "",
        NEVER,
    ),
    Mutation(
        "unless on (job) count by (job) (last_over_time(wsus_probe_build_info[7d]))",
        "",
        NEVER,
    ),
    Mutation("changes(up[1h]) > 5", "changes(up[1h]) > 50", LOOP),
    Mutation("_seconds[1h]) > 4", "_seconds[1h]) > 40", LOOP),
    Mutation("last_over_time(wsus_probe_build_info[1h])", "wsus_probe_build_info", LOOP),
    Mutation(
        "avg_over_time(wsus_probe_local_trouble[15m]) > 0.3",
        "wsus_probe_local_trouble == 1",
        TROUBLE,
    ),
    Mutation("and max_over_time(wsus_probe_local_trouble[5m]) == 1\n", "\n", TROUBLE),
    Mutation(
        "unless on (job, instance, site) wsus_probe_local_trouble == 1\n              unless",
        "unless",
        BLIND,
    ),
    Mutation(
        "unless on (job, instance, site, endpoint) site:wsus_probe_stale:bool == 1\n            )",
        ")",
        BLIND,
    ),
    Mutation(
        "last_over_time(job:wsus_probe_patchable:count[1h])\n          ) > 0",
        "vector(0)) > 0",
        BLIND,
    ),
    Mutation("\n          ) > 0\n", "\n          )\n", BLIND),
    Mutation(
        "(job:wsus_probe_patchable:count offset 1d and on (job) up)",
        "job:wsus_probe_patchable:count offset 1d",
        DAYS,
    ),
    Mutation("offset 1d", "", DAYS),
    Mutation("== 1) > 1", "== 1) > 0", "all of them in trouble"),
    Mutation(
        "and on (job) min by (job) (wsus_probe_local_trouble) == 1",
        "",
        "two of three vantage points in trouble, and the third for a moment",
    ),
    Mutation(
        "{reason!=\"first\"}",
        "",
        "the nearest endpoint changes often; once; with each restart",
    ),
    Mutation(
        "config_last_reload_successful == 0\n          or\n",
        "config_last_reload_successful == 0\n          and\n",
        "a reload fails, of either file; another one succeeds",
    ),
    Mutation(
        "> 0.05",
        "> 0.005",
        "rounds are dropped, tainted, or end with a defect; a few of them are, elsewhere",
    ),
    Mutation(
        "increase(wsus_probe_panics_total[1h])",
        "wsus_probe_panics_total",
        "rounds are dropped, tainted, or end with a defect; a few of them are, elsewhere",
    ),
];

#[test]
fn every_mistake_in_the_rules_is_noticed() {
    let cases = read::cases();
    let rules = read::FILES
        .map(|name| (name, std::fs::read_to_string(super::folder().join(name)).unwrap()));
    let survived = at_once(MUTATIONS.len(), |number| {
        let Mutation(from, to, name) = &MUTATIONS[number];
        let case = cases.iter().find(|case| case.name() == *name);
        let case = case.unwrap_or_else(|| panic!("no case is called {name:?}"));
        if !rules.iter().any(|(_, text)| text.contains(from)) {
            return Some(format!("not in the rules: {from}"));
        }
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in &rules {
            std::fs::write(folder.path().join(file), text.replace(from, to)).unwrap();
        }
        let test = folder.path().join("case.yml");
        std::fs::write(&test, case.against(folder.path())).unwrap();
        let (ok, said) = promtool(["test", "rules", test.to_str().unwrap()]);
        // A rule that cannot be read is noticed by anybody.
        assert!(ok || said.contains("exp"), "{from} -> {to}: {said}");
        ok.then(|| format!("{from} -> {to}: {name}"))
    });
    let survived: Vec<_> = survived.into_iter().flatten().collect();
    assert!(survived.is_empty(), "not noticed:\n{}", survived.join("\n"));
}
