//! Runs each scenario of `data/select`: what is known at each step, and what is made of it.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use wsus_probe::decide::select::outcome::conclude;
use wsus_probe::decide::select::standing::{Candidate, Health, Member, Resolution};
use wsus_probe::decide::select::{Rules, Step, step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What the scenario shows.
    why: String,
    /// The server in use.
    current: Option<String>,
    #[serde(default)]
    priority: BTreeMap<String, u32>,
    step: Vec<Moment>,
}

/// What is known at one moment, and what is expected of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    /// Milliseconds since the start.
    at: u64,
    /// The members of each endpoint, in the order of their names; `resolving` and `unresolved`
    /// in place of members say how the name stands.
    known: BTreeMap<String, Vec<String>>,
    /// The endpoint to choose, `give_up`, `wait`, or `wait MS` with the time to look again.
    step: String,
    /// Expected with a choice.
    reason: Option<String>,
    /// Expected for every endpoint that was not chosen.
    #[serde(default)]
    rejected: BTreeMap<String, String>,
}

fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

/// `12 14 healthy`: two samples and the health; `sent 5` instead of samples: out since then.
fn member(text: &str) -> Member {
    let mut member =
        Member { samples: Vec::new(), pending_since: None, unsent: false, health: Health::Pending };
    let mut words = text.split(' ');
    while let Some(word) = words.next() {
        match word {
            "healthy" => member.health = Health::Healthy,
            "degraded" => member.health = Health::Degraded,
            "down" => member.health = Health::Down,
            "ignored" => member.health = Health::Ignored,
            "pending" => member.health = Health::Pending,
            "sent" => member.pending_since = Some(ms(words.next().unwrap().parse().unwrap())),
            number => member.samples.push(ms(number.parse().unwrap())),
        }
    }
    member
}

fn candidate(name: &str, known: &[String], scenario: &Scenario) -> Candidate {
    let resolution = match known {
        [only] if only == "resolving" => Resolution::Pending,
        [only] if only == "unresolved" => Resolution::Failed,
        _ => Resolution::Done(ms(2)),
    };
    let resolved = matches!(resolution, Resolution::Done(_));
    let members: Vec<Member> = known.iter().filter(|_| resolved).map(|text| member(text)).collect();
    Candidate {
        priority: scenario.priority.get(name).copied(),
        current: scenario.current.as_deref() == Some(name),
        resolution,
        first_sample: resolved.then_some(ms(2)),
        members,
    }
}

fn play(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let file = file.display();
    let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
    assert!(!scenario.why.is_empty() && !scenario.step.is_empty(), "{file}");
    let rules = Rules::default();
    for at in &scenario.step {
        let names: Vec<&str> = at.known.keys().map(String::as_str).collect();
        let candidates: Vec<Candidate> =
            at.known.iter().map(|(name, known)| candidate(name, known, &scenario)).collect();
        let now = ms(at.at);
        let made = step(&candidates, &rules, now);
        let said = match made {
            Step::Choose(index) => names[index].to_owned(),
            Step::GiveUp => "give_up".to_owned(),
            Step::Wait(None) => "wait".to_owned(),
            Step::Wait(Some(until)) => format!("wait {}", until.as_millis()),
        };
        assert_eq!(said, at.step, "{file} at {now:?}");
        let selection = conclude(&candidates, &names, &rules, made, now);
        assert_eq!(selection.rejected.len(), names.len(), "{file}");
        if let Some(reason) = &at.reason {
            assert_eq!(selection.reason.code.as_str(), reason, "{file} at {now:?}");
            let rejected: BTreeMap<String, String> = names
                .iter()
                .enumerate()
                .filter_map(|(index, name)| {
                    let code = selection.rejected[index].as_ref()?.code;
                    Some(((*name).to_owned(), code.as_str().to_owned()))
                })
                .collect();
            assert_eq!(rejected, at.rejected, "{file} at {now:?}");
        } else {
            assert!(at.rejected.is_empty(), "{file}: rejections need a reason");
        }
    }
}

#[test]
fn scenarios() {
    let folder = Path::new("tests/data/select");
    let files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        assert!(file.extension().is_some_and(|extension| extension == "toml"), "{file:?}");
        play(&file);
    }
}
