//! `NAME=VALUE` of the command line as a setting with its data.

use super::Refusal;
use crate::model::registry::Data;
use crate::model::text::shown;
use crate::policy::setting::{Allowed, Setting, Unit};

/// Reads `NAME=VALUE`: the name in any letter case, a number in decimal or with `0x` in
/// hexadecimal. No value means that there must be none. URLs are not judged here.
///
/// # Errors
/// There is no such setting, or it cannot have that value.
pub fn parse(text: &str) -> Result<(Setting, Option<Data>), Refusal> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(Refusal {
            text: format!("{} is no setting: expected NAME=VALUE", shown(text)),
            hint: "write, for instance, DetectionFrequency=4; NAME= removes the value".to_owned(),
        });
    };
    let (setting, value) = (named(name.trim())?, value.trim());
    if value.is_empty() {
        return Ok((setting, None));
    }
    let data = match setting.row().allowed {
        Allowed::Url | Allowed::Text => Data::String(value.to_owned()),
        Allowed::Switch | Allowed::Range(..) => Data::Dword(number(setting, value)?),
    };
    Ok((setting, Some(data)))
}

/// The setting whose name this most likely was meant to be, if exactly one is near enough.
pub fn similar(name: &str) -> Option<Setting> {
    match Setting::near(name).as_slice() {
        [(_, only)] => Some(*only),
        [(first, nearest), (second, _), ..] if first < second => Some(*nearest),
        [] | [_, ..] => None,
    }
}

/// What a setting may be, in words: `1 to 22 (hours)`.
pub fn range(setting: Setting) -> String {
    match setting.row().allowed {
        Allowed::Switch => "0 or 1".to_owned(),
        Allowed::Range(least, most, _) if setting == Setting::AuOptions => {
            format!("{least} to {most}, or {LEFT_TO_ADMINISTRATORS} for Server 2016 and later")
        }
        Allowed::Range(least, most, unit) => format!("{least} to {most}{}", unit_words(unit)),
        Allowed::Url => "http://HOST[:PORT] or https://HOST[:PORT]".to_owned(),
        Allowed::Text => "a text".to_owned(),
    }
}

/// The number that a text stands for in the two ways in which people write numbers.
pub(in crate::policy) fn number_of(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match digits {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u32::from_str_radix(digits, HEXADECIMAL).ok()
        }
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        Some(_) | None => None,
    }
}

fn named(name: &str) -> Result<Setting, Refusal> {
    let mut all = Setting::ALL.iter();
    if let Some(setting) = all.find(|setting| setting.as_str().eq_ignore_ascii_case(name)) {
        return Ok(*setting);
    }
    Err(Refusal {
        text: format!("{} is no setting of Windows Update", shown(name)),
        hint: similar(name).map_or_else(
            || "`wsus-probe explain unknown_name` tells where the names are from".to_owned(),
            |near| format!("did you mean {}?", near.as_str()),
        ),
    })
}

fn number(setting: Setting, text: &str) -> Result<u32, Refusal> {
    let (name, range) = (setting.as_str(), range(setting));
    let Some(number) = number_of(text) else {
        return Err(Refusal {
            text: format!("{name} cannot be {}: it is a number, {range}", shown(text)),
            hint: "write it in decimal, or with 0x in hexadecimal".to_owned(),
        });
    };
    let is_newer = setting == Setting::AuOptions && number == LEFT_TO_ADMINISTRATORS;
    if setting.allows(number) || is_newer {
        return Ok(number);
    }
    Err(Refusal {
        text: format!("{name} cannot be {number}: it is {range}"),
        hint: "choose a number of that range; clients do not say what they do with others"
            .to_owned(),
    })
}

const fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Choice => "",
        Unit::Hours => " (hours)",
        Unit::Minutes => " (minutes)",
        Unit::HourOfDay => " (hour of the day)",
        Unit::DayOfWeek => " (0 is every day, 1 Sunday, 7 Saturday)",
    }
}

const HEXADECIMAL: u32 = 16;

/// The choice of `AUOptions` that only newer servers know: administrators install and restart.
const LEFT_TO_ADMINISTRATORS: u32 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_and_removals() {
        let dword = |number| Some(Data::Dword(number));
        for (text, setting, data) in [
            ("detectionfrequency=4", Setting::DetectionFrequency, dword(4)),
            ("DetectionFrequency = 0x16", Setting::DetectionFrequency, dword(22)),
            ("AUOptions=", Setting::AuOptions, None),
            ("AUOptions=7", Setting::AuOptions, dword(7)),
            ("DisableWindowsUpdateAccess=1", Setting::DisableWindowsUpdateAccess, dword(1)),
            (
                "DisableWindowsUpdateAccess (user)=1",
                Setting::UserDisableWindowsUpdateAccess,
                dword(1),
            ),
            ("TargetGroup=a;b=c", Setting::TargetGroup, Some(Data::String("a;b=c".to_owned()))),
        ] {
            assert_eq!(parse(text), Ok((setting, data)), "{text}");
        }
    }

    #[test]
    fn refusals_name_the_range_and_the_near_name() {
        for (text, part) in [
            ("DetectionFrequency", "NAME=VALUE"),
            ("DetectionFrequency=23", "1 to 22 (hours)"),
            ("DetectionFrequency=0", "1 to 22 (hours)"),
            ("DetectionFrequency=4h", "in decimal"),
            ("DetectionFrequency=+4", "in decimal"),
            ("DetectionFrequency=0x", "in decimal"),
            ("DetectionFrequency=4294967296", "in decimal"),
            ("UseWUServer=2", "0 or 1"),
            ("AUOptions=6", "2 to 5, or 7 for Server 2016"),
            ("DetectionFrequencey=4", "did you mean DetectionFrequency?"),
            ("WUSrver=x", "did you mean WUServer?"),
            ("Colour=4", "explain"),
        ] {
            let refusal = parse(text).unwrap_err().to_string();
            assert!(refusal.contains(part), "{text}: {refusal}");
        }
    }

    #[test]
    fn no_name_is_near_two_settings_and_every_name_is_near_itself() {
        for setting in Setting::ALL {
            let name = setting.value_name();
            let shared = Setting::ALL.iter().filter(|other| other.value_name() == name).count();
            assert_eq!(similar(name), (shared == 1).then_some(*setting), "{name}");
        }
        assert_eq!(similar(""), None);
        assert_eq!(similar("ScheduledInstallXay"), Some(Setting::ScheduledInstallDay));
    }
}
