//! Two vantage points, two shards, agents and a central database, as `docs/growing.md` says: what
//! is cut, what fires and what does not.

mod api;
mod files;
mod panels;
mod process;
mod snippets;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use self::api::{Api, Series, list};
use self::world::{SITES, World, distance, until};
use super::suite::Test;
use crate::regions::{REGIONS, Trouble};
use crate::wan::path::State;

pub(super) const TESTS: &[Test] = &[
    Test::new("vantage_durations_are_divided", snippets::durations_are_divided),
    Test::new("vantage_points_vote_across_shards", run),
];

/// How the same exporters are scraped: by two shards, by an agent beside each, and on request only.
const JOBS: [&str; 3] = ["wsus", "wsus-agents", "wsus-probe"];

/// Those whose exporters tell about themselves.
const WATCHED: &[&str] = &["wsus", "wsus-agents"];

/// Vantage points, by their places in [`SITES`].
const DALLAS: usize = 0;
const LONDON: usize = 1;

/// The region that has trouble, by its place in [`REGIONS`].
const IAD: usize = 2;

/// Longer than anything that is waited for takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long a fault goes on, at least: twice as long as it takes until an endpoint that is down
/// pages, at the lab's pace.
const LASTS: Duration = Duration::from_secs(20);

fn run() {
    let start = Instant::now();
    let world = World::start();
    let told = |what: &str| println!("{:6.1} s  {what}", start.elapsed().as_secs_f64());
    told(
        "started: 2 exporters, 2 agents, 2 shards, 1 Prometheus beside them, the database, its rules",
    );
    settle(&world);
    told("every vantage point votes for every endpoint, by shards, by agents and by /probe alone");
    distances(&world);
    sharding(&world);
    told("distances and nearest differ; each target has one shard");

    let phase = Phase::begin(&world);
    world.set_path(DALLAS, IAD, State::BlackHole);
    phase.fires("WsusEndpointDownFromSite", &JOBS, &[("site", "dallas"), ("endpoint", "iad")]);
    told(&phase.end("the path from Dallas to IAD is cut"));
    world.set_path(DALLAS, IAD, State::Up);
    settle(&world);

    let phase = Phase::begin(&world);
    world.set_wan(LONDON, State::BlackHole);
    phase.fires("WsusLocalTrouble", WATCHED, &[("site", "london")]);
    told(&phase.end("all paths from London are cut, except to the monitoring"));

    let phase = Phase::begin(&world);
    world.set_management(LONDON, State::BlackHole);
    phase.fires("WsusProbeAbsent", WATCHED, &[("site", "london")]);
    told(&phase.end("London is cut off altogether, its agent too"));

    let phase = Phase::begin(&world);
    world.kill_exporter(LONDON);
    world.set_wan(LONDON, State::Up);
    world.set_management(LONDON, State::Up);
    phase.sees("up{site=\"london\"} == 0", &JOBS);
    phase.fires("WsusProbeAbsent", WATCHED, &[("site", "london")]);
    told(&phase.end("London is back, but its exporter is killed"));
    world.start_exporter(LONDON);
    settle(&world);

    told(&format!("healthy: {}", panels(&world)));

    let phase = Phase::begin(&world);
    world.regions.set(IAD, Trouble::Stopped);
    phase.fires("WsusEndpointDown", &JOBS, &[("severity", "page"), ("endpoint", "iad")]);
    until("a page at the Alertmanager", PATIENCE, || {
        let pages = world.alertmanager().notified("page");
        let wanted = JOBS.map(|job| format!("WsusEndpointDown {job} iad"));
        (!wanted.iter().all(|page| pages.contains(page))).then(|| format!("{pages:?}"))
    });
    let others = phase.fired(|one| is_page(one) && one.label("endpoint") != "iad");
    assert!(others.is_empty(), "{}", list(&others));
    told(&format!("IAD is down for both: paged {}", phase.names(is_page)));
    told(&format!("one endpoint down: {}", panels(&world)));
}

/// Waits until all vantage points say of all endpoints that they work, by every way, and what was
/// before is no longer within the shortest window: two that fail one after the other in less time
/// look as if both did.
fn settle(world: &World) {
    let everywhere = |api: Api<'_>, jobs: &[&str]| {
        let votes = |name: &str| api.query(&format!("endpoint:wsus_probe_vote:{name}"));
        let (most, count) = (votes("max"), votes("count"));
        let of = |series: &[Series], job: &str, value: f64| {
            let is =
                |one: &&Series| one.label("job") == job && one.value.to_bits() == value.to_bits();
            series.iter().filter(is).count()
        };
        let is_there = |job: &&str| of(&most, job, 1.0) + of(&count, job, 2.0) == 2 * REGIONS.len();
        let errors = api.query("site:wsus_probe_errors:ratio_rate5m > 0");
        let is_settled = jobs.iter().all(is_there) && errors.is_empty();
        (!is_settled).then(|| list(&[most, count, errors].concat()))
    };
    until("votes in the central database", PATIENCE, || everywhere(world.victoria(), &JOBS));
    until("votes in one Prometheus", PATIENCE, || everywhere(world.one(), &JOBS[..1]));
}

/// Each vantage point reports its own distances, and has its own nearest endpoint.
fn distances(world: &World) {
    for (site, (name, ..)) in SITES.iter().enumerate() {
        for job in JOBS {
            let selected = format!("{{job=\"{job}\",site=\"{name}\"}}");
            let times =
                world.victoria().query(&format!("wsus_probe_endpoint_rtt_seconds{selected}"));
            for (region, (code, _)) in REGIONS.iter().enumerate() {
                let of = times.iter().find(|one| one.label("endpoint") == *code);
                let least = distance(site, region).as_secs_f64();
                let is = of.expect(code).value;
                assert!((least..least + 0.03).contains(&is), "{code} from {name} by {job}: {is}");
            }
        }
        let nearest =
            world.victoria().query(&format!("wsus_probe_nearest{{site=\"{name}\"}} == 1"));
        let by_distance = (0..REGIONS.len()).min_by_key(|region| distance(site, *region));
        let expected = by_distance.map_or("", |region| REGIONS[region].0);
        assert_eq!(nearest.len(), WATCHED.len(), "{}", list(&nearest));
        assert!(nearest.iter().all(|one| one.label("endpoint") == expected), "{}", list(&nearest));
    }
}

/// Each target belongs to exactly one shard, and all together are all.
fn sharding(world: &World) {
    let [first, second] = ["10.77.90.3:9090", "10.77.90.4:9090"].map(|at| world.api(at).targets());
    let all: BTreeSet<&String> = first.iter().chain(&second).map(|(target, _)| target).collect();
    assert_eq!(all.len(), first.len() + second.len(), "a target has two shards");
    assert_eq!(all.len(), SITES.len() + SITES.len() * REGIONS.len(), "{all:#?}");
    assert!(first.len().min(second.len()) > 0, "a shard has nothing to do");
    let down: Vec<_> = first.iter().chain(&second).filter(|(_, is_up)| !is_up).collect();
    assert!(down.is_empty(), "{down:#?}");
}

/// Every query of the fleet dashboard finds in the central database what it finds in one
/// Prometheus that has scraped everything itself. Returns how many found something.
fn panels(world: &World) -> String {
    let queries = panels::queries();
    let mut empty = BTreeSet::new();
    for query in &queries {
        let what = format!("{}: {}", query.panel, query.expression);
        // Of several that are equal, the engines choose different ones.
        let is_choice = ["topk(", "bottomk("].iter().any(|word| query.expression.contains(word));
        until(&what, PATIENCE, || {
            let answers = [world.one(), world.victoria()].map(|api| api.query(&query.expression));
            let [ours, theirs] = answers.each_ref().map(|answer| labels(answer));
            let is_same = if is_choice { ours.len() == theirs.len() } else { ours == theirs };
            (!is_same).then(|| answers.map(|answer| list(&answer)).join("\n and"))
        });
        if world.victoria().query(&query.expression).is_empty() {
            empty.insert(query.panel.clone());
        }
    }
    format!(
        "{} queries of the fleet dashboard bring the same series from both, {:?} bring none",
        queries.len(),
        empty
    )
}

/// The label sets of an answer. Names are left out: where functions keep them, the engines differ.
fn labels(series: &[Series]) -> BTreeSet<Vec<(String, String)>> {
    let without_name = |one: &Series| {
        let labels = one.labels.clone().into_iter();
        labels.filter(|(name, _)| name != "__name__").collect()
    };
    series.iter().map(without_name).collect()
}

/// Something is cut, and goes on being cut.
struct Phase<'a> {
    world: &'a World,
    began: Instant,
}

impl<'a> Phase<'a> {
    fn begin(world: &'a World) -> Self {
        Self { world, began: Instant::now() }
    }

    /// Waits until an alert is on by each of these jobs, with these labels, by the central rules
    /// and where they have the job by those of the other Prometheus too.
    fn fires(&self, alert: &str, jobs: &[&str], labels: &[(&str, &str)]) {
        let missing = |api: Api<'_>, jobs: &[&str]| {
            let firing = api.firing();
            let is = |one: &Series, job: &str| {
                one.label("alertname") == alert
                    && one.label("job") == job
                    && labels.iter().all(|(name, value)| one.label(name) == *value)
            };
            let is_on = |job: &&str| firing.iter().any(|one| is(one, job));
            (!jobs.iter().all(is_on)).then(|| list(&firing))
        };
        until(alert, PATIENCE, || missing(self.world.vmalert(), jobs));
        until(alert, PATIENCE, || missing(self.world.one(), &jobs[..1]));
    }

    /// Waits until an expression brings something of each of these jobs, in the central database,
    /// and where it has the job in the other one too.
    fn sees(&self, expression: &str, jobs: &[&str]) {
        let missing = |api: Api<'_>, jobs: &[&str]| {
            let series = api.query(expression);
            let has = |job: &&str| series.iter().any(|one| one.label("job") == *job);
            (!jobs.iter().all(has)).then(|| list(&series))
        };
        until(expression, PATIENCE, || missing(self.world.victoria(), jobs));
        until(expression, PATIENCE, || missing(self.world.one(), &jobs[..1]));
    }

    /// What was on at any time since the beginning, by the central rules and by the others.
    fn fired(&self, is_wanted: impl Fn(&Series) -> bool) -> Vec<Series> {
        let seconds = self.began.elapsed().as_secs() + 1;
        let expression = format!("max_over_time(ALERTS{{alertstate=\"firing\"}}[{seconds}s])");
        let apis = [self.world.victoria(), self.world.one()];
        let mut fired = apis.map(|api| api.query(&expression)).concat();
        // The database shows new series late.
        fired.extend(self.world.vmalert().firing());
        fired.retain(is_wanted);
        fired
    }

    /// What the first of these pages rests on.
    fn evidence(&self, pages: &[Series]) -> String {
        let Some(page) = pages.first() else { return String::new() };
        let of = ["job", "endpoint"].map(|name| format!("{name}=\"{}\"", page.label(name)));
        let series = "up|.*:wsus_probe_(vote:bool|vote:max|errors:ratio_rate(5m|30m))";
        let selector = format!("{{__name__=~\"{series}\",{}}}", of.join(","));
        self.world.victoria().history(&selector, self.began.elapsed().as_secs() + 30)
    }

    /// Names of what was on, with the jobs.
    fn names(&self, is_wanted: impl Fn(&Series) -> bool) -> String {
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in self.fired(is_wanted) {
            let jobs = names.entry(one.label("alertname").to_owned()).or_default();
            jobs.insert(one.label("job").to_owned());
        }
        let text = |(name, jobs): (&String, &BTreeSet<String>)| {
            format!("{name} ({})", jobs.iter().cloned().collect::<Vec<_>>().join(", "))
        };
        names.iter().map(text).collect::<Vec<_>>().join("; ")
    }

    /// Goes on until the fault would have paged by far if it were to, and says what fired: no page.
    fn end(&self, what: &str) -> String {
        thread::sleep(LASTS.saturating_sub(self.began.elapsed()));
        let pages = self.fired(is_page);
        assert!(pages.is_empty(), "{what}: {}{}", list(&pages), self.evidence(&pages));
        let notified = self.world.alertmanager().notified("page");
        assert!(notified.is_empty(), "{what}: {notified:?}");
        format!("{what}: no page; fired: {}", self.names(|one| !is_page(one)))
    }
}

fn is_page(alert: &Series) -> bool {
    alert.label("severity") == "page"
}
