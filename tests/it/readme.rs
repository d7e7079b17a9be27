//! What the README shows works as shown.

use std::process::Command;

const README: &str = include_str!("../../README.md");

fn wsus_probe(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_wsus-probe")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// The contents of the fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let found: Vec<_> =
        README.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!found.is_empty(), "no block of {language}");
    found
}

#[test]
fn the_sample_configuration_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    for sample in blocks("toml") {
        let file = folder.path().join("sample.toml");
        std::fs::write(&file, sample).unwrap();
        let (code, text) = wsus_probe(&["config", "show", "--config", file.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("msupdate.iad.example.com:8531"), "{text}");
    }
}

#[test]
fn the_commands_parse() {
    let lines = blocks("sh").join("\n");
    let commands: Vec<&str> =
        lines.lines().filter(|line| line.starts_with("wsus-probe ")).collect();
    assert!(commands.len() > 3, "{commands:?}");
    for command in commands {
        let words = command.split('#').next().unwrap().split_whitespace();
        let parsed = wsus_probe::cli::parse(words);
        let help = |error: &clap::Error| error.exit_code() == 0;
        assert!(parsed.as_ref().err().is_none_or(help), "{command}: {parsed:?}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let (_, help) = wsus_probe(&["--help"]);
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 |"] {
        assert!(README.contains(code), "{code}");
        assert!(help.contains(&format!("\n  {} ", code.trim_matches(['|', ' ']))), "{help}");
    }
}

/// With `UPDATE_README` in the environment the table is written instead.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for whoever works on the tests")]
fn the_metrics_table_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("<!-- metrics:begin").unwrap();
    let (comment, rest) = rest.split_once("-->\n").unwrap();
    let (table, after) = rest.split_once("<!-- metrics:end -->").unwrap();
    let fresh = format!("{}\n", wsus_probe::metrics::reference::markdown());
    if std::env::var_os("UPDATE_README").is_some() {
        let text =
            format!("{before}<!-- metrics:begin{comment}-->\n{fresh}<!-- metrics:end -->{after}");
        std::fs::write(path, text).unwrap();
    } else {
        assert!(table == fresh, "README.md: the table of metrics is stale; see the comment there");
    }
}
