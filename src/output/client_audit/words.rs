//! Data of settings in words.

use crate::model::registry::Data;
use crate::model::text::{hex, one_line};
use crate::policy::setting::{Allowed, Setting, Unit};

/// Characters of a text that are shown.
const SHOWN: usize = 60;

/// What a setting is set to, with what that means where it is a number.
pub(super) fn value(setting: Setting, data: &Data) -> String {
    match data {
        Data::Dword(number) if !setting.allows(*number) => {
            format!("{} (out of range)", both(*number))
        }
        Data::Dword(number) => number_in_words(setting, *number),
        Data::String(text) => match setting.row().allowed {
            Allowed::Url | Allowed::Text if text.is_empty() => "an empty text".to_owned(),
            Allowed::Url | Allowed::Text => one_line(text, SHOWN),
            Allowed::Switch | Allowed::Range(..) => wrong(&one_line(text, SHOWN), data),
        },
        Data::ExpandString(text) => wrong(&one_line(text, SHOWN), data),
        Data::MultiString(list) => wrong(&one_line(&list.join(", "), SHOWN), data),
        Data::Qword(number) => wrong(&number.to_string(), data),
        Data::Binary(bytes) | Data::Other { bytes, .. } => wrong(&octets(bytes), data),
    }
}

/// The name of a type as the registry editor shows it; of those that it has none for, the number.
pub(super) fn kind(data: &Data) -> String {
    const NAMES: [&str; 12] = [
        "REG_NONE",
        "REG_SZ",
        "REG_EXPAND_SZ",
        "REG_BINARY",
        "REG_DWORD",
        "REG_DWORD_BIG_ENDIAN",
        "REG_LINK",
        "REG_MULTI_SZ",
        "REG_RESOURCE_LIST",
        "REG_FULL_RESOURCE_DESCRIPTOR",
        "REG_RESOURCE_REQUIREMENTS_LIST",
        "REG_QWORD",
    ];
    let index = usize::try_from(data.kind()).unwrap_or(usize::MAX);
    NAMES.get(index).map_or_else(|| format!("type {}", data.kind()), |name| (*name).to_owned())
}

fn wrong(shown: &str, data: &Data) -> String {
    format!("{shown} (wrong type, {})", kind(data))
}

/// A number as people write it; where registry files write it otherwise, that too.
fn both(number: u32) -> String {
    if number < 10 { number.to_string() } else { format!("{number} = 0x{number:x}") }
}

fn number_in_words(setting: Setting, number: u32) -> String {
    let words = match setting.row().allowed {
        Allowed::Switch => if number == 1 { "yes" } else { "no" }.to_owned(),
        Allowed::Range(_, _, Unit::Hours) => counted(number, "hour"),
        Allowed::Range(_, _, Unit::Minutes) => counted(number, "minute"),
        Allowed::Range(_, _, Unit::HourOfDay) => format!("at {number:02}:00"),
        Allowed::Range(_, _, Unit::DayOfWeek) => day(number).to_owned(),
        Allowed::Range(_, _, Unit::Choice) if setting == Setting::AuOptions => {
            automatic_updates(number).to_owned()
        }
        Allowed::Range(_, _, Unit::Choice) => return both(number),
        Allowed::Url | Allowed::Text => {
            return wrong(&both(number), &Data::Dword(number));
        }
    };
    format!("{} ({words})", both(number))
}

fn counted(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

fn day(number: u32) -> &'static str {
    const DAYS: [&str; 8] =
        ["every day", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    usize::try_from(number).ok().and_then(|index| DAYS.get(index)).copied().unwrap_or("?")
}

fn automatic_updates(number: u32) -> &'static str {
    match number {
        2 => "ask before downloading and before installing",
        3 => "download, ask before installing",
        4 => "download, install by schedule",
        5 => "on, local administrators choose how",
        _ => "not documented",
    }
}

/// The first bytes, as registry files write them.
fn octets(bytes: &[u8]) -> String {
    const FIRST: usize = 8;
    if bytes.is_empty() {
        return "no bytes".to_owned();
    }
    let shown = bytes.get(..FIRST).unwrap_or(bytes);
    let more = if bytes.len() > FIRST { ",…" } else { "" };
    format!("{}{more}", hex(shown, ","))
}
