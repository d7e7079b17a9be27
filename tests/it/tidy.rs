//! The project's rules about itself: layers, module documentation, leftovers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may name, besides itself. The crate documentation draws the picture.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("decide", &["model"]),
    ("wire", &["model"]),
    ("policy", &["model"]),
    ("windows", &["model", "policy", "wire"]),
    ("net", &["model", "decide", "wire"]),
    ("engine", &["model", "decide", "wire", "net"]),
    ("metrics", &["model", "decide", "wire", "net", "engine"]),
    ("output", &["model", "decide", "policy", "wire", "net", "engine"]),
    ("server", &["model", "decide", "wire", "net", "engine", "metrics", "output"]),
    ("demo", &["model", "wire"]),
    ("config", &["model"]),
    ("cli", &[]),
    (
        "commands",
        &[
            "model", "decide", "policy", "wire", "windows", "net", "engine", "metrics", "output",
            "server", "demo", "config", "cli",
        ],
    ),
];

/// Crates that the inner layers may not name: they have no runtime, clock or network.
const PURE: &[&str] = &["model", "decide", "wire", "policy"];
const IMPURE: &[&str] =
    &["tokio", "reqwest", "hyper", "std::env", "std::fs", "std::process", "Instant::now"];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found.sort();
    found
}

/// The top-level module a file of src belongs to.
fn layer_of(path: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let relative = path.strip_prefix(src).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Without comments, so that documentation may link anywhere.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The top-level modules that a piece of code names: `crate::a::…` and `crate::{a::…, b}`.
fn named_modules(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = code.get(at + "crate::".len()..).unwrap_or_default();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if depth == 0 && start && (c.is_alphanumeric() || c == '_') => word.push(c),
                    _ if !word.is_empty() => {
                        named.insert(std::mem::take(&mut word));
                        start = false;
                    }
                    _ => {}
                }
            }
            if !word.is_empty() {
                named.insert(word);
            }
        } else {
            named.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    named
}

#[test]
fn import_lists_are_read_in_every_form() {
    let code =
        "use crate::{net::{tcp, dns}, model};\nlet x = crate::wire::soap();\nuse crate::engine;";
    let expected = ["engine", "model", "net", "wire"].map(str::to_owned);
    assert_eq!(named_modules(code), expected.into());
}

#[test]
fn modules_name_only_lower_layers() {
    let mut faults = Vec::new();
    for (path, text) in sources("src") {
        let layer = layer_of(&path);
        if layer == "main" || layer == "lib" {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            faults.push(format!("{}: no layer is defined for `{layer}`", path.display()));
            continue;
        };
        // The simulated servers are there for tests as well.
        let tests_only = path.file_name().is_some_and(|name| name == "tests.rs");
        for named in named_modules(&code(&text)) {
            let for_tests = tests_only && named == "demo";
            if named != layer && !allowed.contains(&named.as_str()) && !for_tests {
                faults.push(format!("{}: `{layer}` names `{named}`", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A re-export would let a layer be reached under another's name, unseen by the test above.
#[test]
fn nothing_is_re_exported() {
    for (path, text) in sources("src") {
        for line in code(&text).lines() {
            let line = line.trim_start();
            let exports = line.starts_with("pub use ") || line.starts_with("pub(crate) use ");
            assert!(!exports, "{}: {line}", path.display());
        }
    }
}

#[test]
fn inner_layers_have_no_outside() {
    for (path, text) in sources("src") {
        let tests_only = path.file_name().is_some_and(|name| name == "tests.rs");
        if tests_only || !PURE.contains(&layer_of(&path).as_str()) {
            continue;
        }
        let code = code(&text);
        let product = code.split("#[cfg(test)]").next().unwrap_or_default();
        for word in IMPURE {
            let named = product.contains(word);
            assert!(!named, "{}: names {word}", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder) {
            assert!(text.starts_with("//! "), "{}: no module documentation", path.display());
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder) {
            for word in words {
                assert!(!text.contains(word), "{}: contains {word}", path.display());
            }
        }
    }
}

/// Licences that a statically linked program may carry along without further ado.
const LICENCES: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
    "BSL-1.0",
];

/// Crates that must not come in: a second TLS stack, C libraries, a second HTTP client.
const BANNED: &[&str] = &["aws-lc-rs", "aws-lc-sys", "openssl-sys", "native-tls", "openssl"];

fn dependencies() -> Vec<(String, String)> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let resolved: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["id"].as_str().unwrap())
        .collect();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .filter(|package| resolved.contains(package["id"].as_str().unwrap()))
        .map(|package| {
            let licence = package["license"].as_str().unwrap_or("none").to_owned();
            (package["name"].as_str().unwrap().to_owned(), licence)
        })
        .collect()
}

#[test]
fn dependencies_have_known_licences_and_none_is_banned() {
    let dependencies = dependencies();
    assert!(dependencies.len() > 50, "only {} dependencies were seen", dependencies.len());
    for (name, licence) in dependencies {
        assert!(!BANNED.contains(&name.as_str()), "{name} is banned");
        // One of several alternatives suffices; all of several conditions are needed.
        let acceptable = licence.replace('/', " OR ").split(" OR ").any(|alternative| {
            let all = alternative.trim_matches(['(', ')', ' ']);
            all.split(" AND ").all(|one| LICENCES.contains(&one.trim_matches(['(', ')', ' '])))
        });
        assert!(acceptable, "{name} has the licence {licence}");
    }
}
