//! `client render`: settings for clients.

mod choose;
mod file;
mod format;
mod split;
mod tell;
mod work;

use std::io;
use std::slice;

use self::choose::Chosen;
use self::work::Work;
use crate::cli::Global;
use crate::cli::args::client::Render;
use crate::commands::client::sources::Sources;
use crate::commands::{Exit, Surroundings, configure};
use crate::config::endpoint_url;
use crate::config::origin::{Origin, Sourced};
use crate::model::registry::{Data, Format};
use crate::policy::correct::{Corrected, Removal, corrected, remaining};
use crate::policy::desired::Desired;
use crate::policy::desired::assignment::parse;
use crate::policy::setting::{Allowed, Setting};

pub(super) fn run(
    options: &Render,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let format = match format::Format::of(options) {
        Ok(format) => format,
        Err(error) => return surroundings.fail(&error),
    };
    if options.server.is_none()
        && !options.nearest
        && options.fix.is_none()
        && options.set.is_empty()
    {
        return surroundings.fail(&NOTHING);
    }
    match work(options, global, surroundings)? {
        Ok(work) => work.write(format, options, surroundings),
        Err(ended) => Ok(ended),
    }
}

/// The work, or how the command ends without any.
fn work(
    options: &Render,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Result<Work, Exit>> {
    // What is wrong with the command line is told before anything is read or sent.
    let mut given = match assignments(options) {
        Ok(given) => given,
        Err(error) => return surroundings.fail(&error).map(Err),
    };
    let config = match configure::configure(global, &[]) {
        Ok(config) => config,
        Err(error) => return surroundings.fail(&error).map(Err),
    };
    let base = match base(options) {
        Ok(base) => base,
        Err(error) => return surroundings.fail(&error).map(Err),
    };
    let chosen = if options.nearest {
        match choose::nearest(&config, surroundings)? {
            Chosen::Server(server) => Some(server),
            Chosen::None(exit) => return Ok(Err(exit)),
        }
    } else {
        None
    };
    if let Some(chosen) = &chosen {
        given.insert(0, (Setting::WuServer, Some(Data::String(chosen.url.clone()))));
    }
    let desired = match combined(base.desired, &given) {
        Ok(desired) => desired,
        Err(error) => return surroundings.fail(&error).map(Err),
    };
    let known: Vec<_> = config.targets.iter().map(|t| t.endpoint.as_ref().clone()).collect();
    let mut left = if options.fix.is_none() && desired.get(Setting::WuServer).is_none() {
        remaining(&beside_a_server(&desired), base.written_in, &[])
    } else {
        remaining(&desired, base.written_in, &known)
    };
    let is_decided = |removal: &Removal| {
        let is_given = given.iter().any(|(setting, _)| *setting == removal.setting);
        is_given || desired.get(removal.setting).is_some()
    };
    left.extend(base.removed.into_iter().filter(|one| !is_decided(one)).map(|one| one.text));
    Ok(Ok(Work {
        origin: origin(options, chosen.as_ref()),
        is_sure: chosen.is_none_or(|chosen| chosen.healthy),
        changed: base.changed,
        lost: base.lost,
        desired,
        left,
    }))
}

/// The settings to begin with.
struct Base {
    desired: Desired,
    written_in: Format,
    changed: Vec<String>,
    lost: Vec<String>,
    removed: Vec<Removal>,
}

impl Base {
    const fn nothing() -> Self {
        Self {
            desired: Desired { values: Vec::new(), others: Vec::new() },
            written_in: Format::Reg5,
            changed: Vec::new(),
            lost: Vec::new(),
            removed: Vec::new(),
        }
    }
}

fn base(options: &Render) -> Result<Base, String> {
    let Some(file) = &options.fix else { return Ok(Base::nothing()) };
    let sources = Sources::read(slice::from_ref(file))?;
    let Corrected { desired, written_in, changed, lost, removed } = corrected(&sources.documents);
    Ok(Base { desired, written_in, changed, lost, removed })
}

/// Settings without a server are to stand beside one that is set elsewhere.
fn beside_a_server(desired: &Desired) -> Desired {
    let mut whole = Desired::server("https://wsus.example");
    for (setting, data) in &desired.values {
        whole.set(*setting, data.clone());
    }
    whole
}

type Assignment = (Setting, Option<Data>);

/// What the command line sets, with URLs as clients are to have them.
fn assignments(options: &Render) -> Result<Vec<Assignment>, String> {
    let mut given: Vec<Assignment> = Vec::new();
    if let Some(server) = &options.server {
        given.push((Setting::WuServer, Some(url(server, Origin::Flag("--server"))?)));
    }
    for text in split::assignments(&options.set) {
        let (setting, data) = parse(&text).map_err(|refusal| refusal.to_string())?;
        let data = match (setting.row().allowed, data) {
            (Allowed::Url, Some(Data::String(text))) => Some(url(&text, Origin::Flag("--set"))?),
            (_, data) => data,
        };
        let earlier = given.iter().find(|(known, _)| *known == setting);
        if earlier.is_some_and(|(_, known)| *known != data) {
            let name = setting.as_str();
            return Err(format!("{name} is given twice, and differently\n  hint: leave one out"));
        }
        given.push((setting, data));
    }
    if options.nearest && given.iter().any(|(setting, _)| *setting == Setting::WuServer) {
        return Err(
            "--nearest chooses WUServer, and --set gives another\n  hint: leave one out".to_owned()
        );
    }
    Ok(given)
}

fn url(text: &str, origin: Origin) -> Result<Data, String> {
    let url = endpoint_url(&Sourced::new(text.to_owned(), origin));
    url.map(|parsed| Data::String(parsed.for_clients())).map_err(|error| error.to_string())
}

fn combined(mut desired: Desired, given: &[Assignment]) -> Result<Desired, String> {
    for (setting, data) in given {
        desired.set(*setting, data.clone());
    }
    let settings: Vec<_> = given.iter().map(|(setting, _)| *setting).collect();
    desired.complete(&settings).map_err(|refusal| refusal.to_string())?;
    Ok(desired)
}

fn origin(options: &Render, chosen: Option<&choose::Server>) -> Vec<String> {
    let mut origin = vec!["Written by wsus-probe client render".to_owned()];
    if let Some(file) = &options.fix {
        origin.push(format!("Corrected from {}", file.display()));
    }
    origin.extend(chosen.into_iter().flat_map(|chosen| chosen.origin.clone()));
    origin
}

const NOTHING: &str = "there is nothing to write\n  hint: name the server with --server URL, take the \
                       nearest with --nearest, correct a file with --fix FILE, or set values with \
                       --set NAME=VALUE";
