//! Single values: their type and their range.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::model::registry::Data;
use crate::policy::audit::facts::{Facts, SERVER, dword, told};
use crate::policy::effective::Held;
use crate::policy::setting::{Allowed, Setting, Unit};

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let is_text = |held: &Held| {
        facts.documents.get(held.location.source).is_some_and(|source| source.format.is_text())
    };
    let all = facts.effective.all();
    all.filter_map(|(setting, held)| of_value(setting, held, is_text(held))).collect()
}

fn of_value(setting: Setting, held: &Held, is_text: bool) -> Option<ClientFinding> {
    match (setting.row().allowed, &held.data) {
        (Allowed::Url | Allowed::Text, Data::String(_)) => None,
        (Allowed::Switch | Allowed::Range(..), Data::Dword(number)) => {
            (!setting.allows(*number)).then(|| out_of_range(setting, *number, held, is_text))
        }
        _ => Some(wrong_type(setting, held)),
    }
}

fn wrong_type(setting: Setting, held: &Held) -> ClientFinding {
    let name = setting.value_name();
    let is_text = matches!(setting.row().allowed, Allowed::Url | Allowed::Text);
    let expected = if is_text { "REG_SZ" } else { "REG_DWORD" };
    // A string with variables is a string, and the agent may well read it; all else it cannot.
    let may_be_read = is_text && matches!(held.data, Data::ExpandString(_));
    let weight =
        if SERVER.contains(&setting) && !may_be_read { Weight::Error } else { Weight::Warning };
    let is = match &held.data {
        Data::String(_) => format!("REG_SZ {}", told(&held.data)),
        Data::Dword(number) => format!("REG_DWORD {number}"),
        Data::ExpandString(_)
        | Data::MultiString(_)
        | Data::Qword(_)
        | Data::Binary(_)
        | Data::Other { .. } => told(&held.data),
    };
    let action = match (setting.row().allowed, number_meant(&held.data)) {
        (Allowed::Switch | Allowed::Range(..), Some(number)) if setting.allows(number) => {
            format!("set {name} as a REG_DWORD: dword:{number:08x} for {number}")
        }
        _ => format!("set {name} as a {expected}{}", range(setting)),
    };
    ClientFinding {
        code: Code::WrongType,
        weight,
        places: vec![held.location.clone()],
        observed: format!("{name} is {is}, where a {expected} is read"),
        meaning: if may_be_read {
            "whether the update agent reads a string with variables is not documented".to_owned()
        } else {
            format!("what the update agent makes of {name} with another type is not documented")
        },
        action,
    }
}

/// The number that a value of another type was meant to be.
fn number_meant(data: &Data) -> Option<u32> {
    match data {
        Data::String(text) | Data::ExpandString(text) => text.trim().parse().ok(),
        Data::Qword(number) => u32::try_from(*number).ok(),
        Data::Dword(number) => Some(*number),
        Data::MultiString(_) | Data::Binary(_) | Data::Other { .. } => None,
    }
}

fn out_of_range(setting: Setting, number: u32, held: &Held, is_text: bool) -> ClientFinding {
    if setting == Setting::AuOptions && number == LEFT_TO_ADMINISTRATORS {
        return left_to_administrators(held);
    }
    let name = setting.value_name();
    let range = range(setting);
    let meant = digits_as_decimal(number)
        .filter(|meant| is_text && setting.allows(*meant) && !is_a_day(setting, number));
    let weight = if SERVER.contains(&setting) { Weight::Error } else { Weight::Warning };
    let outside = if setting == Setting::RescheduleWaitTime {
        "with a number outside it, what was missed waits for the next scheduled day and time"
    } else {
        "what Windows does with a number outside it is not documented"
    };
    match meant {
        Some(meant) => ClientFinding {
            code: Code::DecimalOrHex,
            weight,
            places: vec![held.location.clone()],
            observed: format!("{name} is {}, and the range is{range}", dword(number)),
            meaning: format!("dword is hexadecimal; perhaps {meant} was meant, and {outside}"),
            action: format!(
                "was {meant} meant? Then write {name} as dword:{meant:08x}, which is {meant}; else \
                 set it to{range}"
            ),
        },
        None => ClientFinding {
            code: Code::OutOfRange,
            weight,
            places: vec![held.location.clone()],
            observed: format!("{name} is {}, and the range is{range}", dword(number)),
            meaning: if setting == Setting::AuOptions && number == SWITCHED_OFF {
                "a page of Microsoft's about Windows 10 says that 1 switches automatic updating off; \
                 the one about WSUS does not have it"
                    .to_owned()
            } else {
                outside.to_owned()
            },
            action: format!("set {name} to{range}"),
        },
    }
}

/// The choice in which administrators install and restart by hand.
const LEFT_TO_ADMINISTRATORS: u32 = 7;

/// The choice by which automatic updating is off, where it is known at all.
const SWITCHED_OFF: u32 = 1;

fn left_to_administrators(held: &Held) -> ClientFinding {
    ClientFinding {
        code: Code::OutOfRange,
        weight: Weight::Note,
        places: vec![held.location.clone()],
        observed: format!("AUOptions is {LEFT_TO_ADMINISTRATORS}"),
        meaning: "Windows Server 2016 and later download, and an administrator installs and \
                  restarts; other releases do not know this choice"
            .to_owned(),
        action: "leave it on such servers; elsewhere choose 3, or 4 with a day and a time"
            .to_owned(),
    }
}

/// Whether it is the number of hours of a day, which is meant although it is out of range.
fn is_a_day(setting: Setting, number: u32) -> bool {
    let is_hours =
        matches!(setting.row().allowed, Allowed::Range(_, _, Unit::Hours | Unit::HourOfDay));
    is_hours && number == HOURS_OF_A_DAY
}

const HOURS_OF_A_DAY: u32 = 24;

/// The number whose decimal digits are the hexadecimal ones of another.
fn digits_as_decimal(number: u32) -> Option<u32> {
    format!("{number:x}").parse().ok()
}

/// With a blank before it; empty for texts.
fn range(setting: Setting) -> String {
    match setting.row().allowed {
        Allowed::Switch => " 0 or 1".to_owned(),
        Allowed::Range(least, most, unit) => {
            let of = match unit {
                Unit::Choice => "",
                Unit::Hours => " hours",
                Unit::Minutes => " minutes",
                Unit::HourOfDay => " (the hour of the day)",
                Unit::DayOfWeek => " (0 is every day, 1 is Sunday)",
            };
            format!(" {least} to {most}{of}")
        }
        Allowed::Url | Allowed::Text => String::new(),
    }
}
