//! The document for programs.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::Explained;
use crate::output::json::SCHEMA_VERSION;
use crate::output::moment::rfc3339;
use crate::output::text::json_document;
use crate::policy::forecast::reading::{Paired, Reading};
use crate::policy::forecast::restart::{BUTTONS, Button, Outcome, SITUATIONS, Situation, Then};
use crate::policy::forecast::{Event, Facts, RETRY_HOURS, Sentence, Topic, UpdatesFrom};
use crate::policy::setting::Setting;

pub(super) fn document(explained: &Explained<'_>) -> serde_json::Result<String> {
    let Explained { sources, question, forecast, reader } = *explained;
    let document = DocumentJson {
        schema_version: SCHEMA_VERSION,
        sources,
        at: rfc3339(question.at, &reader.zone),
        time_zone: reader.name.iana(),
        notes: &reader.notes,
        facts: FactsJson::from(&forecast.facts),
        topics: forecast.topics.iter().map(TopicJson::from).collect(),
        events: forecast.events.iter().map(|event| EventJson::new(event, &reader.zone)).collect(),
        restart: RestartJson {
            users_decide: forecast.facts.users_decide,
            situations: SITUATIONS.map(SituationJson::from).into(),
            dialog: BUTTONS.map(ButtonJson::from).into(),
        },
    };
    json_document(&document)
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    schema_version: u32,
    sources: &'a [String],
    at: String,
    time_zone: Option<&'a str>,
    notes: &'a [String],
    #[serde(flatten)]
    facts: FactsJson<'a>,
    topics: Vec<TopicJson<'a>>,
    events: Vec<EventJson<'a>>,
    restart: RestartJson,
}

#[derive(Serialize)]
struct FactsJson<'a> {
    updates_from: &'static str,
    server_url: Option<&'a str>,
    automatic: Option<bool>,
    option: Option<u32>,
    search_least_minutes: Option<u32>,
    search_most_minutes: Option<u32>,
    search_retry_hours: Option<u32>,
    schedule_day: Option<i8>,
    schedule_hour: Option<i8>,
    reschedule_minutes: Option<u32>,
    restart_countdown_minutes: Option<u32>,
    restart_ask_again_minutes: Option<u32>,
}

impl<'a> From<&'a Facts> for FactsJson<'a> {
    fn from(facts: &'a Facts) -> Self {
        let (updates_from, server_url) = match &facts.updates_from {
            UpdatesFrom::Wsus(url) => ("wsus", Some(url.as_str())),
            UpdatesFrom::DependsOnRelease(url) => ("depends_on_release", Some(url.as_str())),
            UpdatesFrom::MicrosoftUpdate => ("microsoft_update", None),
            UpdatesFrom::Nowhere => ("nowhere", None),
            UpdatesFrom::NotKnown => ("not_known", None),
        };
        let day = |schedule: crate::policy::forecast::schedule::Schedule| {
            schedule.day.map_or(0, jiff::civil::Weekday::to_sunday_one_offset)
        };
        let on = facts.automatic == Some(true);
        Self {
            updates_from,
            server_url,
            automatic: facts.automatic,
            option: match facts.option {
                Reading::Valid(option) => Some(option),
                Reading::Absent | Reading::Invalid => None,
            },
            search_least_minutes: facts.search_minutes.map(|(least, _)| least),
            search_most_minutes: facts.search_minutes.map(|(_, most)| most),
            search_retry_hours: on.then_some(RETRY_HOURS),
            schedule_day: facts.schedule.map(day),
            schedule_hour: facts.schedule.map(|schedule| schedule.hour),
            reschedule_minutes: match facts.reschedule {
                Paired::On(minutes) => Some(minutes),
                Paired::Off(_) | Paired::NotKnown => None,
            },
            restart_countdown_minutes: facts
                .countdown_minutes
                .filter(|_| facts.users_decide == Some(false)),
            restart_ask_again_minutes: facts.ask_again_minutes,
        }
    }
}

#[derive(Serialize)]
struct TopicJson<'a> {
    subject: &'static str,
    sentences: Vec<SentenceJson<'a>>,
}

impl<'a> From<&'a Topic> for TopicJson<'a> {
    fn from(topic: &'a Topic) -> Self {
        let sentences = topic.sentences.iter().map(SentenceJson::from).collect();
        Self { subject: topic.subject.as_str(), sentences }
    }
}

#[derive(Serialize)]
struct SentenceJson<'a> {
    text: &'a str,
    settings: Vec<&'static str>,
}

impl<'a> From<&'a Sentence> for SentenceJson<'a> {
    fn from(sentence: &'a Sentence) -> Self {
        Self { text: &sentence.text, settings: names(&sentence.settings) }
    }
}

fn names(settings: &[Setting]) -> Vec<&'static str> {
    settings.iter().map(|setting| setting.as_str()).collect()
}

#[derive(Serialize)]
struct EventJson<'a> {
    at: String,
    until: Option<String>,
    kind: &'static str,
    certainty: &'static str,
    text: &'a str,
    settings: Vec<&'static str>,
}

impl<'a> EventJson<'a> {
    fn new(event: &'a Event, zone: &TimeZone) -> Self {
        Self {
            at: rfc3339(event.at, zone),
            until: event.until.map(|until| rfc3339(until, zone)),
            kind: event.kind.as_str(),
            certainty: event.certainty.as_str(),
            text: &event.text,
            settings: names(&event.settings),
        }
    }
}

#[derive(Serialize)]
struct RestartJson {
    users_decide: Option<bool>,
    situations: Vec<SituationJson>,
    dialog: Vec<ButtonJson>,
}

#[derive(Serialize)]
struct SituationJson {
    who: &'static str,
    users_decide: OutcomeJson,
    automatic: OutcomeJson,
    contradictory: bool,
}

impl From<Situation> for SituationJson {
    fn from(situation: Situation) -> Self {
        Self {
            who: situation.who,
            users_decide: situation.users_decide.into(),
            automatic: situation.automatic.into(),
            contradictory: situation.is_contradictory(),
        }
    }
}

#[derive(Serialize)]
struct OutcomeJson {
    at_once: bool,
    may_start: Option<bool>,
    may_postpone: Option<bool>,
    then: Option<&'static str>,
}

impl From<Outcome> for OutcomeJson {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::AtOnce => {
                Self { at_once: true, may_start: None, may_postpone: None, then: None }
            }
            Outcome::Dialog { may_start, may_postpone, then } => Self {
                at_once: false,
                may_start: Some(may_start),
                may_postpone: Some(may_postpone),
                then: Some(match then {
                    Then::Countdown => "countdown",
                    Then::User => "user",
                    Then::AuthorizedUser => "authorized_user",
                }),
            },
        }
    }
}

#[derive(Serialize)]
struct ButtonJson {
    part: &'static str,
    administrators: &'static str,
    others: &'static str,
}

impl From<Button> for ButtonJson {
    fn from(button: Button) -> Self {
        let Button { name, administrators, others } = button;
        Self { part: name, administrators, others }
    }
}
