//! Every file of `data/config/good` loads, every one of `data/config/bad` fails with exactly the
//! message beside it.

// Lets clippy see that the helpers below are test code too.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wsus_probe::cli::args::ConfigOutput;
use wsus_probe::cli::parse;
use wsus_probe::commands::config::show;
use wsus_probe::config::endpoint::Origins;
use wsus_probe::config::error::ConfigError;
use wsus_probe::config::origin::{Origin, Sourced};
use wsus_probe::config::{Config, RawOptions, defaults, resolve};
use wsus_probe::model::endpoint::{Family, PatchWindow, ResolverChoice};

fn load(path: &Path) -> Result<Config, ConfigError> {
    let config = Some(Sourced::new(path.to_owned(), Origin::Flag("--config")));
    resolve(&RawOptions { config, ..RawOptions::default() })
}

fn flags(values: &[&str], name: &'static str) -> Vec<Sourced<String>> {
    values.iter().map(|value| Sourced::new((*value).to_owned(), Origin::Flag(name))).collect()
}

fn fixtures(folder: &str) -> Vec<PathBuf> {
    // Relative, so that the expected messages hold on every machine: cargo runs tests in the
    // package's folder.
    let folder = Path::new("tests/data/config").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

#[test]
fn every_bad_file_fails_with_its_message() {
    let mut wrong = Vec::new();
    for file in fixtures("bad") {
        let beside = file.with_extension("expected");
        let found = match load(&file) {
            Ok(_) => "loads\n".to_owned(),
            Err(error) => format!("{error}\n"),
        };
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        // The separator of the platform is not what these files are about.
        if found.replace('\\', "/") != expected.replace('\\', "/") {
            wrong.push(format!("{}:\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "other messages than expected:\n\n{}", wrong.join("\n"));
}

#[test]
fn every_message_ends_without_a_full_stop_and_with_a_hint() {
    for file in fixtures("bad") {
        for problem in load(&file).unwrap_err().problems {
            assert!(!problem.text.ends_with('.'), "{problem}");
            assert!(problem.hint.is_some_and(|hint| !hint.ends_with('.')), "{}", file.display());
        }
    }
}

/// The configuration without its origins and notes: what it means.
fn meaning(mut config: Config) -> Config {
    for target in &mut config.targets {
        target.origins = Origins::new();
    }
    for link in config.simulated.values_mut() {
        link.origin = Origin::Default;
    }
    config.release_after.origin = Origin::Default;
    let settings = &mut config.settings;
    settings.ca_files.origin = Origin::Default;
    settings.resolver.origin = Origin::Default;
    settings.compare_resolvers.origin = Origin::Default;
    settings.resolvers_may_differ.origin = Origin::Default;
    settings.family.origin = Origin::Default;
    for time in [
        &mut settings.deadline,
        &mut settings.resolve,
        &mut settings.connect,
        &mut settings.tls,
        &mut settings.wsus,
    ] {
        time.origin = Origin::Default;
    }
    let serve = &mut config.serve;
    for pause in [&mut serve.paces.round, &mut serve.paces.check, &mut serve.paces.scan] {
        pause.origin = Origin::Default;
    }
    serve.listen.origin = Origin::Default;
    serve.allow_targets.origin = Origin::Default;
    serve.phase_histograms.origin = Origin::Default;
    serve.auto_reload.origin = Origin::Default;
    config.notes.clear();
    config
}

fn shown(config: &Config, format: ConfigOutput) -> String {
    let mut out = Vec::new();
    show(config, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn assert_round_trip(config: Config, what: &str) {
    let text = shown(&config, ConfigOutput::Toml);
    for line in text.lines().filter(|line| line.contains(" = ")) {
        assert!(line.contains("  # "), "{what}: no origin: {line}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shown.toml");
    std::fs::write(&path, &text).unwrap();
    let again = load(&path).unwrap_or_else(|error| panic!("{what}: {error}\n{text}"));
    assert_eq!(meaning(again), meaning(config), "{what}\n{text}");
}

#[test]
fn every_good_file_loads_and_what_is_shown_of_it_means_the_same() {
    for file in fixtures("good") {
        let config = load(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let json = shown(&config, ConfigOutput::Json);
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
        assert_round_trip(config, &file.display().to_string());
    }
}

#[test]
fn the_embedded_catalogue_holds_what_its_source_says() {
    let config = resolve(&RawOptions::default()).unwrap();
    // What is told of it counts right.
    let note = config.catalogue_note().unwrap();
    assert!(note.contains("six public") && config.targets.len() == 6, "{note}");
    assert_eq!(config.notes, [note]);
    let names: Vec<&str> =
        config.targets.iter().map(|target| target.endpoint.name.0.as_str()).collect();
    assert_eq!(names, ["dfw", "ord", "iad", "hkg", "syd", "lon"]);
    for target in &config.targets {
        let endpoint = &target.endpoint;
        let expected = format!("https://msupdate.{}.rackspace.com", endpoint.name);
        assert_eq!(endpoint.url.to_string(), expected);
        assert!(endpoint.region.is_some() && endpoint.time_zone.is_some());
        let documented = endpoint.patch_window != Some(PatchWindow::NotDocumented);
        assert_eq!(documented, endpoint.name.0 != "lon");
    }
    assert_round_trip(config, "catalogue");
}

#[test]
fn options_win_over_the_file_and_select_from_it() {
    let file = Path::new("tests/data/config/good/full.toml");
    let options = RawOptions {
        config: Some(Sourced::new(file.to_owned(), Origin::Flag("--config"))),
        endpoints: flags(&["here=http://127.0.0.1:8530"], "--endpoint"),
        dcs: flags(&["DFW", "ord"], "--dc"),
        deadline: flags(&["900ms"], "--deadline").pop(),
        resolver: flags(&["system"], "--resolver").pop(),
        ..RawOptions::default()
    };
    let config = resolve(&options).unwrap();
    let names: BTreeSet<String> =
        config.targets.iter().map(|target| target.endpoint.name.to_string()).collect();
    assert_eq!(names, ["dfw", "here", "ord"].map(str::to_owned).into());
    for target in &config.targets {
        assert_eq!(target.limits.deadline.as_millis(), 900);
        assert!(target.limits.tls <= target.limits.deadline);
        assert_eq!(target.origins["deadline"].to_string(), "--deadline");
        assert_eq!(target.resolver, ResolverChoice::System);
    }
    assert_round_trip(config, "with options");
}

#[test]
fn the_pace_of_an_endpoint_is_its_own_or_that_of_all() {
    let config = load(Path::new("tests/data/config/good/full.toml")).unwrap();
    let pace = |index: usize| {
        let pace = config.targets[index].pace;
        [pace.round, pace.check, pace.scan].map(|pause| pause.as_secs())
    };
    assert_eq!(pace(0), [15, 4 * 60, 12 * 3600]);
    assert_eq!(pace(2), [60, 10 * 60, 24 * 3600]);
    let origin = |index: usize| config.targets[index].origins["interval"].to_string();
    assert!(origin(0).ends_with("full.toml:44") && origin(2).ends_with("full.toml:38"));
    let options =
        RawOptions { deadline: flags(&["31s"], "--deadline").pop(), ..RawOptions::default() };
    let notes = resolve(&options).unwrap().notes.join("\n");
    assert!(notes.contains("dfw and 5 more: `deadline` (31s)"), "{notes}");
    let config = resolve(&RawOptions::default()).unwrap();
    assert_eq!(config.targets[0].pace.round, defaults::INTERVAL);
    assert_eq!(config.targets[0].origins["check_interval"], Origin::Default);
}

#[test]
fn options_of_the_exporter_win_over_the_file() {
    let file = Path::new("tests/data/config/good/full.toml");
    let mut options = RawOptions {
        config: Some(Sourced::new(file.to_owned(), Origin::Flag("--config"))),
        ..RawOptions::default()
    };
    assert_eq!(resolve(&options).unwrap().serve.listen.value.len(), 3);
    let flag = Origin::Flag("--web.listen-address");
    let given = [":9100", "[::1]:0"].map(str::to_owned).to_vec();
    options.listen = Some(Sourced::new(given, flag.clone()));
    options.auto_reload = Some(Sourced::new(false, Origin::Environment("X")));
    let serve = resolve(&options).unwrap().serve;
    assert_eq!(format!("{:?}", serve.listen.value), "[[::]:9100, [::1]:0]");
    assert!(!serve.auto_reload.value);
    options.listen = Some(Sourced::new(vec!["here".to_owned(), "::1".to_owned()], flag));
    let text = resolve(&options).unwrap_err().to_string();
    assert_eq!(text.matches("--web.listen-address is").count(), 2, "{text}");
}

#[test]
fn an_upstream_that_takes_no_part_is_forgotten() {
    let file = Path::new("tests/data/config/good/hierarchy.toml");
    let upstreams = |dcs: &[&str]| {
        let options = RawOptions {
            config: Some(Sourced::new(file.to_owned(), Origin::Flag("--config"))),
            dcs: flags(dcs, "--dc"),
            ..RawOptions::default()
        };
        let config = resolve(&options).unwrap();
        assert_round_trip(config.clone(), "with a part of a hierarchy");
        let targets = config.targets.iter();
        let names = targets.map(|target| target.endpoint.hierarchy.upstream.clone());
        names.map(|name| name.map(|name| name.0)).collect::<Vec<_>>()
    };
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(upstreams(&[]), [None, name("head-office"), name("branch"), name("ord"), None]);
    assert_eq!(upstreams(&["br"]), [None]);
}

#[test]
fn that_resolvers_may_differ_is_said_for_all_or_for_one() {
    let config = load(Path::new("tests/data/config/good/compare_resolvers.toml")).unwrap();
    let may: Vec<bool> =
        config.targets.iter().map(|target| target.endpoint.resolvers_may_differ).collect();
    assert_eq!(may, [true, false, true]);
}

#[test]
fn a_hierarchy_is_shown() {
    let config = load(Path::new("tests/data/config/good/hierarchy.toml")).unwrap();
    let shown = shown(&config, ConfigOutput::Toml);
    let lines: Vec<&str> = shown
        .lines()
        .filter(|line| ["upstream", "role", "downstream"].iter().any(|key| line.starts_with(key)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_endpoint_option_alone_replaces_the_configured_ones() {
    let options = RawOptions {
        endpoints: flags(&["https://wsus.corp.test:8531/"], "--endpoint"),
        ..RawOptions::default()
    };
    let config = resolve(&options).unwrap();
    let names: Vec<&str> =
        config.targets.iter().map(|target| target.endpoint.name.0.as_str()).collect();
    assert_eq!(names, ["wsus.corp.test:8531"]);
    assert!(config.notes.iter().any(|note| note.contains("trailing slash")), "{:?}", config.notes);
}

#[test]
fn relative_certificate_files_start_from_the_file_that_names_them() {
    let config = load(Path::new("tests/data/config/good/full.toml")).unwrap();
    let folder = std::env::current_dir().unwrap().join("tests/data/config/good");
    let files: Vec<&[PathBuf]> =
        config.targets.iter().map(|target| target.ca_files.as_slice()).collect();
    let inherited = [folder.join("corp-ca.pem")];
    let own = [folder.join("a.pem"), PathBuf::from("/etc/ssl/b.pem")];
    assert_eq!(files, [inherited.as_slice(), &[], &own]);
}

#[test]
fn wrong_options_are_named_together_with_the_remedy() {
    let options = RawOptions {
        endpoints: flags(&["wsus:8530", "a b=http://x"], "--endpoint"),
        dcs: flags(&["dwf"], "--dc"),
        deadline: Some(Sourced::new("5".to_owned(), Origin::Environment("WSUS_PROBE_DEADLINE"))),
        ..RawOptions::default()
    };
    let text = resolve(&options).unwrap_err().to_string();
    for part in [
        "WSUS_PROBE_DEADLINE is \"5\", which has no unit",
        "--endpoint is \"wsus:8530\", which has no scheme",
        "--endpoint is \"a b\"",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let options = RawOptions { dcs: flags(&["dwf"], "--dc"), ..RawOptions::default() };
    assert_eq!(
        resolve(&options).unwrap_err().to_string(),
        "--dc is \"dwf\": no endpoint has this dc\n  \
         hint: did you mean DFW? known: DFW, HKG, IAD, LON, ORD, SYD"
    );
}

#[test]
fn the_help_names_the_defaults() {
    let deadline = humantime::format_duration(defaults::DEADLINE);
    let help = parse(["wsus-probe", "check", "--help"]).unwrap_err().to_string();
    assert!(help.contains(&format!("The default is {deadline}.")), "{help}");
    assert!(help.contains(&format!("{} is the default", Family::default().as_str())), "{help}");
}

#[test]
fn names_select_and_an_unknown_one_lists_the_known() {
    let mut config = resolve(&RawOptions::default()).unwrap();
    config.keep(&["LON".to_owned(), "dfw".to_owned()]).unwrap();
    let names: Vec<&str> =
        config.targets.iter().map(|target| target.endpoint.name.0.as_str()).collect();
    assert_eq!(names, ["dfw", "lon"]);
    assert_eq!(
        config.keep(&["lno".to_owned()]).unwrap_err().to_string(),
        "no endpoint is called \"lno\"\n  hint: did you mean lon? known: dfw, lon"
    );
}

#[test]
fn unusual_but_right_encodings_load() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("windows.toml");
    std::fs::write(&path, "\u{feff}deadline = \"2s\"\r\n[[endpoint]]\r\nurl = \"http://a\"\r\n")
        .unwrap();
    assert_eq!(load(&path).unwrap().targets.len(), 1);
    std::fs::write(&path, "\u{feff}deadlin = \"2s\"\r\n").unwrap();
    assert!(load(&path).unwrap_err().to_string().contains("windows.toml:1:1: unknown key"));
}

#[test]
fn not_utf_8_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.toml");
    std::fs::write(&path, b"deadline = \"2s\"\n# Z\xfcrich\n").unwrap();
    let text = load(&path).unwrap_err().to_string();
    assert!(text.contains("latin1.toml:2: the file is not UTF-8"), "{text}");
}

#[test]
fn the_number_of_listed_problems_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.toml");
    std::fs::write(&path, "[[endpoint]]\n".repeat(5_000)).unwrap();
    let error = load(&path).unwrap_err();
    assert_eq!(error.problems.len(), 10);
    assert!(error.unlisted >= 10, "{}", error.unlisted);
    assert!(error.to_string().ends_with(" more"), "{error}");
}

#[test]
fn hostile_nesting_is_refused_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.toml");
    std::fs::write(&path, format!("x = {}", "[".repeat(1_000_000))).unwrap();
    assert!(load(&path).is_err());
}

#[test]
fn a_file_that_was_cut_short_anywhere_is_judged_without_a_panic() {
    let whole = std::fs::read("tests/data/config/good/full.toml").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.toml");
    for end in 0..whole.len() {
        std::fs::write(&path, &whole[..end]).unwrap();
        if let Err(error) = load(&path) {
            assert!(!error.problems.is_empty());
        }
    }
}

#[test]
fn hostile_sizes_are_told_in_a_bounded_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.toml");
    let large = "a/".repeat(1_000_000);
    let keys: Vec<String> = (0..100_000).map(|n| format!("key{n} = 1\n")).collect();
    let zone = "[[endpoint]]\nurl = \"http://a\"\ntime_zone = \"Amerika/Chicago\"\n";
    let below = |upstream: &dyn Fn(usize) -> String| {
        let one =
            |n| format!("[[endpoint]]\nurl = \"http://a{n}\"\nupstream = \"{}\"\n", upstream(n));
        (0..5_000).map(one).collect::<String>()
    };
    for text in [
        format!("{} = 1", large.replace('/', "b")),
        format!("[[endpoint]]\nurl = \"{large}\"\ntime_zone = \"{large}\"\nname = \"{large}\""),
        format!("resolver = \"{large}\"\ndeadline = \"{large}\"\n[[endpoint]]\nurl = \"http://a\""),
        keys.concat(),
        zone.repeat(50_000),
        "[[endpoint]]\nurl = \"http://a\"\n".repeat(100_000),
        below(&|_| "b".to_owned()),
        below(&|n| format!("a{}", (n + 1) % 5_000)),
        format!("[fleet]\ntemplate = \"http://{{dc}}\"\ndcs = [{}]", "\"a\",".repeat(500_000)),
    ] {
        std::fs::write(&path, text).unwrap();
        let message = load(&path).unwrap_err().to_string();
        assert!(message.len() < 8_000, "{}", message.len());
    }
}

#[test]
fn five_thousand_endpoints_load() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.toml");
    let text: Vec<String> = (0..5_000)
        .map(|n| {
            format!(
                "[[endpoint]]\nname = \"e{n}\"\nurl = \"https://e{n}.example.test:8531\"\n\
                 time_zone = \"America/Chicago\"\npatch_window = \"01:00-05:00\"\n\
                 members = [\"10.0.0.1\", \"10.0.0.2\"]\n"
            )
        })
        .collect();
    std::fs::write(&path, text.concat()).unwrap();
    assert_eq!(load(&path).unwrap().targets.len(), 5_000);
}
