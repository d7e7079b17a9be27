//! What README and documentation show works as shown.

use std::path::{Path, PathBuf};
use std::process::Command;

const README: &str = include_str!("../../README.md");

/// Every page for users, with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let markdown = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"))
    };
    let paths = [".", "docs", "dashboards"].into_iter().flat_map(markdown);
    paths.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn wsus_probe(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_wsus-probe")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// The contents of the fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let inside = |(_, text): (PathBuf, String)| {
        let parts = text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let found: Vec<_> = pages().into_iter().flat_map(inside).collect();
    assert!(!found.is_empty(), "no block of {language}");
    found
}

#[test]
fn the_sample_configurations_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    for sample in blocks("toml") {
        let file = folder.path().join("sample.toml");
        std::fs::write(&file, &sample).unwrap();
        let (code, text) = wsus_probe(&["config", "show", "--config", file.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{sample}: {text}");
    }
}

#[test]
fn the_commands_parse() {
    let lines = blocks("sh").join("\n");
    let commands: Vec<&str> =
        lines.lines().filter(|line| line.starts_with("wsus-probe ")).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let words = command.split('#').next().unwrap().split_whitespace();
        let parsed = wsus_probe::cli::parse(words);
        let help = |error: &clap::Error| error.exit_code() == 0;
        assert!(parsed.as_ref().err().is_none_or(help), "{command}: {parsed:?}");
    }
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn the_links_lead_somewhere() {
    let mut faults = Vec::new();
    for (path, text) in pages() {
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            if target.contains("://") {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let file =
                if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let headings = || std::fs::read_to_string(&file).unwrap_or_default();
            let found = |line: &str| {
                line.strip_prefix('#')
                    .is_some_and(|line| anchor(line.trim_start_matches('#')) == fragment)
            };
            if !file.exists() || (!fragment.is_empty() && !headings().lines().any(found)) {
                faults.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let (_, help) = wsus_probe(&["--help"]);
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 |"] {
        assert!(README.contains(code), "{code}");
        assert!(help.contains(&format!("\n  {} ", code.trim_matches(['|', ' ']))), "{help}");
    }
}
