//! What a client will do, for people and for programs.
//!
//! The JSON document has, beside `schema_version`, `sources` (their names), `at`, `time_zone`
//! (`null` where this machine's has no name) and `notes`:
//!
//! | key | what |
//! |---|---|
//! | `updates_from` | `wsus`, `depends_on_release` (a newer policy decides, or not, in place of the server), `microsoft_update`, `nowhere`, `not_known` |
//! | `server_url` | of WSUS, or `null` |
//! | `automatic` | whether the machine updates itself; `null` is not known, as everywhere here |
//! | `option` | `AUOptions`; `null` where it is not set or not valid |
//! | `search_least_minutes`, `search_most_minutes` | between two searches |
//! | `search_retry_hours` | after a search that failed |
//! | `schedule_day` | `ScheduledInstallDay`: 0 is every day, 1 to 7 are Sunday to Saturday |
//! | `schedule_hour` | by the clocks of the machine |
//! | `reschedule_minutes` | from the start of the service; `null` also where nothing is rescheduled |
//! | `restart_countdown_minutes`, `restart_ask_again_minutes` | where there is a countdown, and where a user may put it off |
//! | `topics` | `subject`, and `sentences` with `text` and `settings` |
//! | `events` | `at`, `until` (or `null`), `kind`, `certainty` (`certain`, `at_the_earliest`, `depends_on_user`), `text`, `settings` |
//! | `restart` | `users_decide`; `situations` (`who`, `users_decide` and `automatic`, each `at_once`, `may_start`, `may_postpone`, `then`: `countdown`, `user`, `authorized_user`, `null` where it is at once; `contradictory`); `dialog` (`part`, `administrators`, `others`: what changes where users decide) |
//!
//! The rules of [`super::json`] hold for it; moments have the offset of `time_zone`. Texts may
//! change at any time.

mod json;
mod restart;

use super::human::table::{Cell, Column, Table, heading, paragraph};
use super::human::{Style, Tone};
use super::moment::{full, offset};
use super::schedule::Reader;
use crate::policy::forecast::{Certainty, Event, Forecast, Question, Subject};

/// Blanks before what stands under a heading.
const INDENT: usize = 2;

/// A forecast with everything around it.
#[derive(Debug, Clone, Copy)]
pub struct Explained<'a> {
    /// The names of the sources.
    pub sources: &'a [String],
    /// What was asked.
    pub question: &'a Question,
    /// The answer.
    pub forecast: &'a Forecast,
    /// Whose clocks are used, and notes.
    pub reader: &'a Reader,
}

/// The text: paragraphs, then the timeline, then who is asked what before a restart.
pub fn text(explained: &Explained<'_>, style: Style) -> String {
    let Explained { sources, question, forecast, reader } = *explained;
    let at = format!("{} {}", full(question.at, &reader.zone), offset(question.at, &reader.zone));
    let mut text = paragraph(0, "Settings of ", &sources.join(", "), style);
    text.push_str(&paragraph(0, "As of ", &format!("{at}, {}", reader.name.words()), style));
    for note in &reader.notes {
        text.push_str(&paragraph(0, "note: ", note, style));
    }
    let (basis, topics): (Vec<_>, Vec<_>) =
        forecast.topics.iter().partition(|topic| topic.subject == Subject::Basis);
    for topic in topics {
        text.push_str(&headed(title(topic.subject), style));
        for sentence in &topic.sentences {
            text.push_str(&paragraph(INDENT, "", &sentence.text, style));
        }
    }
    text.push_str(&headed("What happens when", style));
    text.push_str(&timeline(&forecast.events, reader, style));
    if forecast.facts.automatic == Some(true) {
        text.push_str(&restart::text(&forecast.facts, style));
    }
    for topic in basis {
        text.push_str(&headed(title(topic.subject), style));
        for sentence in &topic.sentences {
            text.push_str(&paragraph(INDENT, "", &sentence.text, style));
        }
    }
    text
}

/// The document, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn json(explained: &Explained<'_>) -> serde_json::Result<String> {
    json::document(explained)
}

fn headed(title: &str, style: Style) -> String {
    format!("\n{}", heading(0, title, Tone::Strong, style))
}

const fn title(subject: Subject) -> &'static str {
    match subject {
        Subject::NotValid => "Not valid",
        Subject::Source => "Where updates come from",
        Subject::Search => "Looking for updates",
        Subject::Updates => "What is done with updates",
        Subject::Installation => "Installation by schedule",
        Subject::Missed => "If an installation is missed",
        Subject::Restart => "Restart",
        Subject::Users => "Users",
        Subject::Basis => "What this rests on",
    }
}

fn timeline(events: &[Event], reader: &Reader, style: Style) -> String {
    const COLUMNS: &[Column] = &[
        Column { title: "local time", right: false, gap: 0 },
        Column { title: "UTC", right: false, gap: 1 },
        Column { title: "", right: false, gap: 2 },
        Column { title: "what", right: false, gap: 2 },
    ];
    if events.is_empty() {
        return paragraph(INDENT, "", "Nothing that has a time is known.", style);
    }
    let mut table = Table::new(INDENT, COLUMNS);
    for event in events {
        let (mut words, tone) = certainty(event.certainty);
        let mut what = event.text.clone();
        if let Some(until) = event.until {
            words = "from";
            let latest = format!("{} {}", full(until, &reader.zone), offset(until, &reader.zone));
            what = format!("{what} At the latest {latest}.");
        }
        table.push(vec![
            Cell::plain(&full(event.at, &reader.zone)),
            Cell::new(&offset(event.at, &reader.zone), Tone::Faint),
            Cell::new(words, tone),
            Cell::plain(&what),
        ]);
    }
    table.lines(style).join("\n") + "\n"
}

const fn certainty(certainty: Certainty) -> (&'static str, Tone) {
    match certainty {
        Certainty::Certain => ("then", Tone::Plain),
        Certainty::AtTheEarliest => ("earliest", Tone::Warning),
        Certainty::DependsOnUser => ("by user", Tone::Warning),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::output::moment::ZoneName;
    use crate::policy::effective::Effective;
    use crate::policy::forecast::fixture::{documented, settings};
    use crate::policy::forecast::forecast;
    use crate::policy::setting::Setting;

    const STYLE: Style = Style { color: false, width: 80 };

    fn explain<T>(settings: &Effective, write: impl Fn(&Explained<'_>) -> T) -> T {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at = "2026-11-01T05:30:00Z".parse().unwrap();
        let question = Question { zone: zone.clone(), at, missed: None, service_start: None };
        let name = ZoneName::Given("America/Chicago".to_owned());
        let reader = Reader { zone, name, notes: Vec::new() };
        let forecast = forecast(settings, &[], &question);
        let sources = ["documented.reg".to_owned()];
        let explained = Explained {
            sources: &sources,
            question: &question,
            forecast: &forecast,
            reader: &reader,
        };
        write(&explained)
    }

    #[test]
    fn client_explain_text() {
        let text = explain(&documented(), |explained| text(explained, STYLE));
        assert!(text.lines().all(|line| line.chars().count() <= STYLE.width), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn client_explain_document() {
        insta::assert_snapshot!(explain(&documented(), |explained| json(explained).unwrap()));
    }

    #[test]
    fn client_explain_text_where_users_decide() {
        let settings = settings(&[
            (Setting::NoAutoRebootWithLoggedOnUsers, 1),
            (Setting::AuOptions, 3),
            (Setting::DetectionFrequency, 23),
            (Setting::DetectionFrequencyEnabled, 1),
        ]);
        insta::assert_snapshot!(explain(&settings, |explained| text(explained, STYLE)));
    }
}
