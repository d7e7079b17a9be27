//! The checks that ask Grafana's own code, in Node: its types, its registries, and its
//! transformations of tables.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::boards;
use crate::check::closed::all_values;
use crate::check::lines;
use crate::generated::folder;
use crate::mutations::{grafana, sample};

/// What Grafana's code says against a dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Finding {
    /// The name of the dashboard's file.
    file: String,
    /// `schema`, `ids` or `tables`.
    rule: String,
    place: String,
    text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, text, .. } = self;
        write!(f, "{rule} {place}: {text}")
    }
}

/// What the packages and what is made of them depend on.
const INSTALLS: [&str; 4] = ["package.json", "package-lock.json", ".npmrc", "bundle.cjs"];

/// Everything else that runs.
const SCRIPTS: [&str; 7] = [
    "main.cjs",
    "dashboards.cjs",
    "grafana.cjs",
    "ids.cjs",
    "schema.cjs",
    "tables.cjs",
    "strict.ts",
];

/// The compiler's options, beside the scripts.
const OPTIONS: &str = "tsconfig.json";

/// The values of labels that have closed lists.
const VALUES: &str = "values.json";

/// Written when everything is installed, with what it was installed from.
const STAMP: &str = "installed";

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dashboards/node")
}

/// Runs a program in the folder of the packages.
fn attempt(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments);
    command.output().unwrap_or_else(|error| {
        panic!("{program}: {error}; install the Debian packages nodejs (18 or later) and npm")
    })
}

/// The same where a failure is the end.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let output = attempt(folder, program, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    output
}

/// The folder with the packages and the scripts beside them; installed when they are missing or
/// their list has changed.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("dashboards-node");
        std::fs::create_dir_all(&folder).unwrap();
        let source = source();
        let copy = |name: &str| {
            std::fs::copy(source.join(name), folder.join(name))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        };
        SCRIPTS.into_iter().chain([OPTIONS]).for_each(copy);
        std::fs::write(folder.join(VALUES), json!(all_values()).to_string()).unwrap();
        let read = |name| std::fs::read_to_string(source.join(name)).unwrap();
        let wanted: String = INSTALLS.into_iter().map(read).collect();
        if std::fs::read_to_string(folder.join(STAMP)).ok().as_ref() != Some(&wanted) {
            INSTALLS.into_iter().for_each(copy);
            // The registry may fail a download.
            if !attempt(&folder, "npm", &["ci"]).status.success() {
                run(&folder, "npm", &["ci"]);
            }
            run(&folder, "node", &["bundle.cjs"]);
            std::fs::write(folder.join(STAMP), wanted).unwrap();
        }
        folder
    })
}

/// What these checks say of the dashboards in these files.
fn ask(checks: &str, files: &[PathBuf]) -> Vec<Finding> {
    let files = files.iter().map(|file| file.to_str().unwrap());
    let arguments: Vec<&str> = ["main.cjs", checks].into_iter().chain(files).collect();
    let output = run(installed(), "node", &arguments);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The committed dashboards.
fn committed() -> Vec<PathBuf> {
    let file = |uid: &str| folder().join(format!("{uid}.json"));
    boards::all().iter().map(|board| file(board.uid)).collect()
}

/// Answers for the table of the sample.
fn answers(board: &Value) -> Value {
    let panels = board["panels"].as_array().unwrap().iter();
    let mut all = panels.flat_map(|panel| panel["panels"].as_array().into_iter().flatten());
    let table = all.find(|panel| panel["type"] == "table").unwrap();
    let metric = json!({"endpoint": "dfw", "dc": "DFW", "state": "healthy"});
    let result = json!([{"metric": metric, "value": [1_790_000_000, "1"]}]);
    let response = json!({"status": "success",
        "data": {"resultType": "vector", "result": result}});
    json!([{"dashboard": board["uid"], "panel": table["id"], "refId": "A", "format": "table",
            "response": response}])
}

#[test]
fn grafanas_code_has_nothing_against_the_dashboards() {
    let found = ask("schema,ids", &committed());
    assert!(found.is_empty(), "{}", lines(&found));
}

/// The answers are a list of `{"dashboard": uid, "panel": id, "refId": "A", "format": "table",
/// "response": body}`.
#[test]
fn grafana_makes_full_tables_of_what_prometheus_answered() {
    let answers = crate::live::answers();
    let found = ask(&format!("tables={}", answers.display()), &committed());
    assert!(found.is_empty(), "{}", lines(&found));
}

#[test]
fn every_mutation_is_found_by_grafanas_code() {
    let world = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        let path = world.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    let sample = sample::board();
    let answers = write("answers", &answers(&sample));
    let mut files = vec![write("whole.json", &sample)];
    for (number, mutation) in grafana::ALL.iter().enumerate() {
        let mut broken = sample.clone();
        (mutation.apply)(&mut broken).expect(mutation.name);
        files.push(write(&format!("{number}.json"), &broken));
    }
    let found = ask(&format!("schema,ids,tables={}", answers.display()), &files);
    let of = |file: &str| -> Vec<&Finding> {
        found.iter().filter(|finding| finding.file == file).collect()
    };
    assert!(of("whole.json").is_empty(), "{:#?}", of("whole.json"));
    for (number, mutation) in grafana::ALL.iter().enumerate() {
        let found = of(&format!("{number}.json"));
        let caught = found.iter().any(|finding| finding.rule == mutation.rule);
        assert!(caught, "{} was not found: {found:#?}", mutation.name);
    }
}

#[test]
fn the_lock_file_names_no_host() {
    let lock = std::fs::read_to_string(source().join("package-lock.json")).unwrap();
    assert!(lock.contains("\"node_modules/@grafana/data\""));
    assert!(!lock.contains("\"resolved\""), "see .npmrc: npm install --package-lock-only");
}
