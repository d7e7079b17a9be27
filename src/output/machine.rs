//! What a run of `nearest` found and did on the machine itself.

use crate::model::endpoint::EndpointUrl;
use crate::model::registry::Data;
use crate::policy::desired::Desired;

/// What is known of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Machine {
    /// The server in use, where one is known.
    pub current: Option<Current>,
    /// What came of `--apply`; absent where it was not asked for.
    pub applied: Option<Applied>,
}

/// The server in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Which.
    pub url: EndpointUrl,
    /// Who says so.
    pub source: CurrentSource,
}

closed_list! {
    /// Who says which server is in use.
    CurrentSource {
        /// The option or its environment variable.
        Option => "option",
        /// The registry of this machine.
        Registry => "registry",
    }
}

closed_list! {
    /// What came of `--apply`.
    AppliedState {
        /// The choice was written and read back.
        Applied => "applied",
        /// The machine uses the choice already, and nothing was written.
        Already => "already",
        /// The server in use stays, and nothing was written.
        Kept => "kept",
        /// Nothing was chosen, and nothing was written.
        NothingChosen => "nothing_chosen",
        /// The choice has warnings or is not certain enough, and nothing was written.
        NotSure => "not_sure",
        /// Somebody was asked and did not agree, and nothing was written.
        Declined => "declined",
        /// It could not be begun, and nothing was written.
        Untouched => "untouched",
        /// It failed, and the previous values were put back and read back.
        Restored => "restored",
        /// It failed because something else wrote the values at the same time; nothing is put back.
        Overtaken => "overtaken",
        /// It failed, and so did putting the previous values back: what is there is not known.
        NotRestored => "not_restored",
    }
}

/// What came of `--apply`, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// In a word.
    pub state: AppliedState,
    /// In a sentence or several, each a line.
    pub text: String,
    /// The values before; absent where they were not read.
    pub before: Option<Desired>,
    /// The values that were wanted; absent where none were.
    pub after: Option<Desired>,
    /// Where the previous values were saved; absent where they were not.
    pub backup: Option<String>,
}

impl Applied {
    /// Nothing was written.
    pub fn nothing(state: AppliedState, text: String) -> Self {
        Self { state, text, before: None, after: None, backup: None }
    }
}

/// A value in words; a type that the update agent does not read there is named.
pub(super) fn shown(data: Option<&Data>) -> String {
    match data {
        None => "(not set)".to_owned(),
        Some(Data::String(text)) => text.clone(),
        Some(Data::Dword(number)) => number.to_string(),
        Some(Data::ExpandString(text)) => format!("{text} (REG_EXPAND_SZ)"),
        Some(Data::MultiString(texts)) => format!("{} (REG_MULTI_SZ)", texts.join(", ")),
        Some(Data::Qword(number)) => format!("{number} (REG_QWORD)"),
        Some(Data::Binary(bytes)) => format!("{} bytes (REG_BINARY)", bytes.len()),
        Some(Data::Other { kind, bytes }) => format!("{} bytes (type {kind})", bytes.len()),
    }
}
