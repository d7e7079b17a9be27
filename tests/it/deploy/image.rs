//! The container image: what its build is given, and what it runs.

use super::{parses, read, strings};

/// The lists in the exec form of an instruction, such as `CMD`.
fn exec_forms(dockerfile: &str, instruction: &str) -> Vec<Vec<String>> {
    let lines = dockerfile.lines().filter(|line| line.starts_with(instruction));
    let list = |line: &str| {
        let list = line.split_once('[').unwrap_or_else(|| panic!("needs a shell: {line}")).1;
        strings(&serde_json::from_str(&format!("[{list}")).unwrap())
    };
    lines.map(list).collect()
}

#[test]
fn the_image_runs_without_a_shell_as_nobody() {
    let dockerfile = read("Dockerfile");
    let (_, last) = dockerfile.rsplit_once("\nFROM ").unwrap();
    assert!(last.starts_with("scratch\n") && last.contains("\nUSER 65534:65534\n"), "{last}");
    assert_eq!(exec_forms(last, "ENTRYPOINT"), [["/wsus-probe"]]);
    parses(&exec_forms(last, "CMD")[0]);
    let health = &exec_forms(last, "HEALTHCHECK")[0];
    assert_eq!(health[0], "/wsus-probe");
    parses(&health[1..]);
}

#[test]
fn the_build_is_given_all_that_it_reads() {
    let ignore = read(".dockerignore");
    let kept: Vec<&str> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let is_kept = |path: &str| {
        kept.iter().any(|kept| match kept.split_once("*.rs") {
            Some((folder, _)) => {
                path.rsplit_once('/').is_some_and(|(of, _)| folder == format!("{of}/"))
            }
            None => path == *kept || path.starts_with(&format!("{kept}/")),
        })
    };
    let manifest: toml::Value = toml::from_str(&read("Cargo.toml")).unwrap();
    let targets = ["test", "bench"].iter().flat_map(|kind| manifest[*kind].as_array().unwrap());
    let mut needed: Vec<String> =
        targets.map(|target| target["path"].as_str().unwrap().to_owned()).collect();
    needed
        .extend(["Cargo.toml", "Cargo.lock", "src/main.rs", "docs/runbook.md"].map(str::to_owned));
    for path in needed {
        assert!(is_kept(&path), "{path} is not in the build's context");
    }
    for path in ["target/debug/wsus-probe", ".git/config", "tests/data/soap/config_wcf.xml"] {
        assert!(!is_kept(path), "{path} makes the context large");
    }
}
