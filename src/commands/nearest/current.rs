//! The server that this machine uses now.

use std::io;

use crate::cli::args::nearest::Nearest;
use crate::commands::Surroundings;
use crate::config::endpoint_url;
use crate::config::origin::{Origin, Sourced};
use crate::model::endpoint::EndpointUrl;
use crate::model::registry::Data;
use crate::model::url::is_same_server;
use crate::output::machine::{Current, CurrentSource};
use crate::policy::setting::Setting;
use crate::windows::apply::recovery;
use crate::windows::registry::{Registry, RegistryError};

/// The server of the option, else that of the registry. Where the registry is asked, what it says
/// is told.
///
/// # Errors
/// Writing failed; inside, the URL of the option cannot be used.
pub(super) fn of(
    options: &Nearest,
    registry: Option<&dyn Registry>,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Result<Option<Current>, String>> {
    if let Some(given) = &options.current {
        let given = Sourced::new(given.clone(), Origin::Flag("--current"));
        let source = CurrentSource::Option;
        let current = endpoint_url(&given).map(|parsed| Some(Current { url: parsed.url, source }));
        return Ok(current.map_err(|error| error.to_string()));
    }
    let Some(registry) = registry else { return Ok(Ok(None)) };
    let messages = &mut *surroundings.messages;
    if let Ok(Some(_)) = recovery::unfinished(registry) {
        writeln!(
            messages,
            "note: a change of this machine's server was begun and did not end; \
             `wsus-probe client audit` says what that means"
        )?;
    }
    match in_use(registry) {
        Ok(Ok(InUse { url, differs })) => {
            writeln!(messages, "note: this machine uses {url} (from its registry)")?;
            if differs {
                writeln!(
                    messages,
                    "note: WUServer and WUStatusServer name it, but differ in writing; whether \
                     the update agent minds is not documented"
                )?;
            }
            Ok(Ok(Some(Current { url, source: CurrentSource::Registry })))
        }
        Ok(Err(why)) => {
            writeln!(messages, "note: this machine uses no WSUS server: {why}")?;
            Ok(Ok(None))
        }
        Err(error) => {
            writeln!(messages, "note: which server this machine uses is not known: {error}")?;
            Ok(Ok(None))
        }
    }
}

/// A server in use.
#[derive(Debug)]
pub(super) struct InUse {
    /// Which.
    pub url: EndpointUrl,
    /// The value for reports names it in another writing.
    pub differs: bool,
}

/// The server in use, or why there is none.
///
/// # Errors
/// The registry cannot be read.
pub(super) fn in_use(registry: &dyn Registry) -> Result<Result<InUse, String>, RegistryError> {
    let value = |setting: Setting| registry.value(&setting.key(), setting.value_name());
    if value(Setting::UseWuServer)? != Some(Data::Dword(1)) {
        return Ok(Err("UseWUServer is not 1".to_owned()));
    }
    let (server, status) = (value(Setting::WuServer)?, value(Setting::WuStatusServer)?);
    let Some(Data::String(server)) = server else {
        return Ok(Err("WUServer is not a text, or not set".to_owned()));
    };
    let Some(Data::String(status)) = status else {
        return Ok(Err("WUServer and WUStatusServer differ".to_owned()));
    };
    if !is_same_server(&server, &status) {
        return Ok(Err("WUServer and WUStatusServer differ".to_owned()));
    }
    let differs = server != status;
    let given = Sourced::new(server, Origin::Argument("WUServer"));
    let url = endpoint_url(&given);
    let url = url.map(|parsed| InUse { url: parsed.url, differs });
    Ok(url.map_err(|_| format!("WUServer cannot be used: {}", given.value.escape_default())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::registry::memory::Memory;

    fn machine(server: &str, status: &str, used: Data) -> Memory {
        let mut memory = Memory::default();
        for (setting, data) in [
            (Setting::WuServer, Data::String(server.to_owned())),
            (Setting::WuStatusServer, Data::String(status.to_owned())),
            (Setting::UseWuServer, used),
        ] {
            memory.set(&setting.key(), setting.value_name(), &data).unwrap();
        }
        memory
    }

    #[test]
    fn a_server_is_in_use_only_where_a_client_would_use_it() {
        let one = Data::Dword(1);
        let (a, b) = ("http://a.test:8530", "http://b.test:8530");
        let used = in_use(&machine(a, a, one.clone())).unwrap().unwrap();
        assert_eq!((used.url.to_string().as_str(), used.differs), (a, false));
        for other in ["http://a.test:8530/", "HTTP://A.test:8530"] {
            let used = in_use(&machine(a, other, one.clone())).unwrap().unwrap();
            assert_eq!((used.url.to_string().as_str(), used.differs), (a, true), "{other}");
        }
        for (machine, part) in [
            (Memory::default(), "UseWUServer"),
            (machine(a, a, Data::Dword(0)), "UseWUServer"),
            (machine(a, a, Data::String("1".to_owned())), "UseWUServer"),
            (machine(a, b, one.clone()), "differ"),
            (machine("a.test\u{1b}/x", "a.test\u{1b}/x", one), "cannot be used: a.test\\u{1b}"),
        ] {
            let why = in_use(&machine).unwrap().unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }
}
