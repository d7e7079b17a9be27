//! The event log of Windows: one event for each line of the log.

#[cfg(windows)]
pub mod live;

use std::io::{self, Write};

/// The source that events are written under where there is no service; a service writes under its
/// own name.
pub const SOURCE: &str = "wsus-probe";

/// Where sources of the Application log are registered.
pub const SOURCES: &str = r"SYSTEM\CurrentControlSet\Services\EventLog\Application";

/// The file with the texts of events. Part of every Windows, also without a desktop; its text for
/// each number up to [`MAX_ID`] is what the event carries. With texts of our own the events could
/// be read only where this program lies, and it could not be replaced while somebody reads them.
pub const MESSAGE_FILE: &str = r"%SystemRoot%\System32\EventCreate.exe";

/// The largest number that [`MESSAGE_FILE`] has a text for.
pub const MAX_ID: u16 = 1000;

/// The longest text in UTF-16 units: `ReportEventW` takes 31,839 and the terminator.
const MAX_TEXT: usize = 31_000;

/// How serious an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something works no longer.
    Error,
    /// Something to look at.
    Warning,
    /// A change worth knowing.
    Information,
}

impl Level {
    /// All of them, by their [`Self::code`].
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Information];

    const fn code(self) -> u8 {
        match self {
            Self::Error => 0,
            Self::Warning => 1,
            Self::Information => 2,
        }
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// How serious it is.
    pub level: Level,
    /// What kind it is; see [`id`].
    pub id: u16,
    /// What somebody reads.
    pub text: String,
}

/// The number of an event of this kind; `None` for those that belong to no kind. Numbers are what
/// people filter by and attach tasks to: they stay.
pub fn id(kind: Option<&str>, level: Level) -> u16 {
    match (kind, level) {
        (Some("endpoint_state"), _) => 10,
        (Some("member_state"), _) => 11,
        (Some("nearest"), _) => 12,
        (Some("local_trouble"), _) => 20,
        (Some("stall"), _) => 21,
        (Some("panic"), _) => 22,
        (_, Level::Information) => 1,
        (_, Level::Warning) => 2,
        (_, Level::Error) => 3,
    }
}

impl Event {
    /// As one line of a log, for [`Self::from_line`].
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = vec![self.level.code()];
        line.extend(self.id.to_le_bytes());
        line.extend(self.text.as_bytes());
        line
    }

    /// What [`Self::to_line`] was made of; nothing where it was made of something else.
    pub fn from_line(line: &[u8]) -> Option<Self> {
        let (level, rest) = line.split_first()?;
        let (id, text) = rest.split_first_chunk()?;
        let level = *Level::ALL.get(usize::from(*level))?;
        let text = String::from_utf8(text.to_owned()).ok()?;
        Some(Self { level, id: u16::from_le_bytes(*id), text })
    }

    /// The text as the event log takes it. It ends a text at NUL; and takes `%` with a number, as
    /// in IPv6 addresses with a zone, for the place of another text.
    pub fn safe_text(&self) -> String {
        let mut safe = String::with_capacity(self.text.len());
        let mut units = 0;
        let mut chars = self.text.chars().filter(|c| *c != '\0').peekable();
        while let Some(c) = chars.next() {
            units += c.len_utf16() + 1;
            if units > MAX_TEXT {
                safe.push('…');
                break;
            }
            safe.push(c);
            let starts_place = |next: &char| next.is_ascii_digit() || *next == '%';
            if c == '%' && chars.peek().is_some_and(starts_place) {
                safe.push(' ');
            }
        }
        safe
    }
}

/// Opens the event log for a source. What is written to it is an event's line each time.
///
/// # Errors
/// There is no event log, or it refuses.
#[cfg(windows)]
pub fn open(source: &str) -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(live::Source::open(source)?))
}

/// This system has no event log.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn open(_source: &str) -> io::Result<Box<dyn Write + Send>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "only Windows has an event log"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Event {
        Event { level: Level::Warning, id: 12, text: text.to_owned() }
    }

    #[test]
    fn a_line_carries_an_event() {
        for level in Level::ALL {
            for text in ["", "ä\n%1"] {
                let event = Event { level, id: 0x0102, text: text.to_owned() };
                assert_eq!(Event::from_line(&event.to_line()), Some(event));
            }
        }
        let no_events: [&[u8]; 5] = [b"", b"\0", b"\0\0", b"\x03\0\0text", b"\0\0\0\xff"];
        for line in no_events {
            assert_eq!(Event::from_line(line), None, "{line:?}");
        }
    }

    #[test]
    fn texts_mean_nothing_to_the_event_log() {
        for (text, safe) in [
            ("down: 100 % lost", "down: 100 % lost"),
            ("[fe80::1%3]:8531", "[fe80::1% 3]:8531"),
            ("%%5%", "% % 5%"),
            ("a\0b", "ab"),
        ] {
            assert_eq!(event(text).safe_text(), safe);
        }
        for unit in ["x", "%", "\u{1f980}"] {
            let safe = event(&unit.repeat(40_000)).safe_text();
            let units = safe.encode_utf16().count();
            assert!((MAX_TEXT / 2..=MAX_TEXT + 1).contains(&units), "{unit}: {units}");
            assert!(safe.ends_with('…'));
        }
    }

    #[test]
    fn every_number_has_a_text_and_one_meaning() {
        let kinds =
            ["endpoint_state", "member_state", "nearest", "local_trouble", "stall", "panic"];
        let mut ids: Vec<u16> = kinds.iter().map(|kind| id(Some(kind), Level::Error)).collect();
        ids.extend(Level::ALL.map(|level| id(None, level)));
        assert!(ids.iter().all(|id| (1..=MAX_ID).contains(id)), "{ids:?}");
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
