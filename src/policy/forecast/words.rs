//! The sentences of a forecast.

mod installation;
mod restarts;
mod source;
mod updates;
mod users;

use super::{Facts, Question, Sentence, Subject, Topic, reading};
use crate::model::client::ClientFinding;
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;

/// Every part that has something to say.
pub(super) fn topics(
    settings: &Effective,
    newer: &[&ClientFinding],
    facts: &Facts,
    question: &Question,
) -> Vec<Topic> {
    let all = [
        (Subject::NotValid, not_valid(settings)),
        (Subject::Source, source::sentences(settings, newer, facts)),
        (Subject::Search, updates::search(settings, facts, question)),
        (Subject::Updates, updates::option(settings, facts)),
        (Subject::Installation, installation::schedule(settings, facts)),
        (Subject::Missed, installation::missed(settings, facts, question)),
        (Subject::Restart, restarts::sentences(settings, facts)),
        (Subject::Users, users::sentences(settings)),
        (Subject::Basis, basis()),
    ];
    let topics = all.into_iter().map(|(subject, sentences)| Topic { subject, sentences });
    topics.filter(|topic| !topic.sentences.is_empty()).collect()
}

fn say(text: impl Into<String>, settings: &[Setting]) -> Sentence {
    Sentence { text: text.into(), settings: settings.to_vec() }
}

fn not_valid(settings: &Effective) -> Vec<Sentence> {
    let invalid = Setting::ALL.iter().filter(|setting| reading::is_invalid(settings, **setting));
    invalid
        .filter(|setting| !updates::is_left_to_administrators(settings, **setting))
        .map(|setting| {
            let is_off = *setting == Setting::RescheduleWaitTime
                && reading::is_out_of_range(settings, *setting);
            let made_of_it =
                if is_off { "counts as not set" } else { "what Windows makes of it is not known" };
            let text = format!(
                "{} is not valid, and {made_of_it}: see `wsus-probe client audit`.",
                setting.as_str()
            );
            say(text, &[*setting])
        })
        .collect()
}

fn basis() -> Vec<Sentence> {
    vec![
        say(
            "All this is by Microsoft's page about WSUS clients without Active Directory, which \
             describes WSUS 3.0 and Windows XP to Server 2008. Windows 10, Server 2016 and later \
             show other dialogs before a restart; whether these settings do the same there was not \
             verified.",
            &[],
        ),
        say("Settings of users are known only for the user whose registry was read.", &[]),
    ]
}
