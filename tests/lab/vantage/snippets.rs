//! What `docs/growing.md` tells people to write and to start, at the lab's addresses, in the lab's
//! folder and in a time that runs faster.

use std::path::Path;

/// The document.
const DOCUMENT: &str = include_str!("../../../docs/growing.md");

/// How much faster time runs: rules look at minutes to hours, and a test has seconds. Every
/// duration is divided by it, in the rules, in the configurations and on the command lines, and
/// so are the defaults that matter. Bare numbers of seconds in expressions are not.
pub(super) const LAPSE: u64 = 30;

/// The block of the document with this name in the comment of its first line.
pub(super) fn block(name: &str) -> &'static str {
    let mut blocks = DOCUMENT.split("```").skip(1).step_by(2);
    let content = |block: &'static str| block.split_once('\n').map(|(_, content)| content);
    let is_named = |content: &&str| content.lines().next() == Some(&format!("# {name}"));
    blocks.find_map(|block| content(block).filter(is_named)).expect(name)
}

/// The commands of a block, each with its arguments.
pub(super) fn commands(name: &str) -> Vec<Vec<String>> {
    let text = block(name).replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_whitespace().map(ToOwned::to_owned).collect()).collect()
}

/// A text with every duration divided by [`LAPSE`].
///
/// A duration is a number with a unit that stands alone: `5m`, but not the end of `ratio_rate5m`,
/// and not what is quoted inside an expression.
pub(super) fn faster(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (between, word) = rest.split_at(start);
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (word, after) = word.split_at(end.unwrap_or(word.len()));
        result.push_str(between);
        let is_part = result.ends_with(['_', '.']);
        match milliseconds(word).filter(|_| !is_part) {
            Some(duration) => result = result + &(duration / LAPSE).to_string() + "ms",
            None => result.push_str(word),
        }
        rest = after;
    }
    result + rest
}

/// A duration such as `90s` in milliseconds.
fn milliseconds(word: &str) -> Option<u64> {
    let unit = word.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = word.split_at(unit);
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    };
    Some(number.parse::<u64>().ok()? * unit)
}

/// A text with the lab's addresses in place of names, and the lab's folder in place of the root.
pub(super) fn placed(text: &str, names: &[(&str, &str)], folder: &Path) -> String {
    let folder = folder.display();
    let text = text
        .replace("/etc/", &format!("{folder}/etc/"))
        .replace("/var/lib/", &format!("{folder}/var/lib/"));
    names.iter().fold(text, |text, (name, address)| text.replace(name, address))
}

/// Durations are found where they are, and only there.
pub(super) fn durations_are_divided() {
    assert_eq!(faster("for: 5m"), "for: 10000ms");
    assert_eq!(
        faster("site:x:ratio_rate5m[1d:1h] > 5"),
        "site:x:ratio_rate5m[2880000ms:120000ms] > 5"
    );
    assert_eq!(
        faster("-a=5s http://10.77.0.1:18530/5 m=30s"),
        "-a=166ms http://10.77.0.1:18530/5 m=1000ms"
    );
    assert_eq!(
        faster("rate(x{v=\"1.2\"}[6h]) offset 1w"),
        "rate(x{v=\"1.2\"}[720000ms]) offset 20160000ms"
    );
}
