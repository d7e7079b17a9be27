//! Single values: the type, the number, the form of a URL.

use super::draft::Draft;
use crate::model::registry::Data;
use crate::policy::desired::assignment::number_of;
use crate::policy::setting::{Allowed, Setting};

/// Corrects each value by itself.
pub(super) fn correct(draft: &mut Draft) {
    for setting in Setting::ALL {
        let Some(data) = draft.data(*setting).cloned() else { continue };
        let better = match setting.row().allowed {
            Allowed::Switch | Allowed::Range(..) => number(*setting, &data),
            Allowed::Text => text(&data).map(|text| (Data::String(text), AS_STRING.to_owned())),
            Allowed::Url => url(&data),
        };
        if let Some((better, why)) = better {
            draft.change(*setting, better, &why);
        }
    }
}

/// The number that is certainly meant, as a `REG_DWORD`.
fn number(setting: Setting, data: &Data) -> Option<(Data, String)> {
    let (number, has_type) = match data {
        Data::Dword(number) => (*number, true),
        Data::Qword(number) => (u32::try_from(*number).ok()?, false),
        Data::String(text) | Data::ExpandString(text) => (number_of(text)?, false),
        Data::Binary(bytes) => (u32::from_le_bytes(bytes.as_slice().try_into().ok()?), false),
        Data::Other { kind: BIG_ENDIAN, bytes } => {
            (u32::from_be_bytes(bytes.as_slice().try_into().ok()?), false)
        }
        Data::MultiString(_) | Data::Other { .. } => return None,
    };
    // A number out of range stays: which one was meant is not for this program to say.
    let why = format!("is a REG_DWORD now: {number}");
    (!has_type && setting.allows(number)).then_some((Data::Dword(number), why))
}

/// The text, where it stands in another type that holds exactly one.
fn text(data: &Data) -> Option<String> {
    match data {
        Data::ExpandString(text) if !text.contains('%') => Some(text.clone()),
        Data::MultiString(texts) => match texts.as_slice() {
            [only] => Some(only.clone()),
            [] | [_, ..] => None,
        },
        Data::String(_)
        | Data::ExpandString(_)
        | Data::Dword(_)
        | Data::Qword(_)
        | Data::Binary(_)
        | Data::Other { .. } => None,
    }
}

fn url(data: &Data) -> Option<(Data, String)> {
    let other_type = text(data);
    let ((Some(given), _) | (None, Data::String(given))) = (&other_type, data) else {
        return None;
    };
    let clean = given.trim().trim_end_matches('/');
    if clean == given.as_str() {
        return other_type.map(|text| (Data::String(text), AS_STRING.to_owned()));
    }
    let why = "the slash or blank at its end is gone: clients append their own paths to it";
    Some((Data::String(clean.to_owned()), why.to_owned()))
}

const AS_STRING: &str = "is a REG_SZ now";

/// The number of `REG_DWORD_BIG_ENDIAN`.
const BIG_ENDIAN: u32 = 5;
