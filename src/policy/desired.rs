//! Settings as they should be.

use crate::model::registry::Data;
use crate::policy::setting::Setting;

/// What is to stand in a machine's policy, in the order in which it is written. What is not in the
/// list stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desired {
    /// Each setting with its data, or absent if there must be none.
    pub values: Vec<(Setting, Option<Data>)>,
}

impl Desired {
    /// The settings that make a client use a server and nothing else: both URLs, which count only
    /// when equal, and that they are to be used.
    pub fn server(url: &str) -> Self {
        let text = || Some(Data::String(url.to_owned()));
        Self {
            values: vec![
                (Setting::WuServer, text()),
                (Setting::WuStatusServer, text()),
                (Setting::UseWuServer, Some(Data::Dword(1))),
            ],
        }
    }
}
