//! `client render`: settings for clients.

mod choose;
mod file;
mod format;
mod tell;

use std::io;
use std::slice;

use self::choose::Chosen;
use self::tell::Told;
use crate::cli::Global;
use crate::cli::args::client::Render;
use crate::commands::client::sources::Sources;
use crate::commands::{Exit, Surroundings, configure};
use crate::config::endpoint_url;
use crate::config::origin::{Origin, Sourced};
use crate::model::endpoint::Endpoint;
use crate::model::registry::{Data, Format};
use crate::output::client_render::Settings;
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
    // What is wrong with the command line is told before anything is read or sent.
    let mut given = match assignments(options) {
        Ok(given) => given,
        Err(error) => return surroundings.fail(&error),
    };
    let base = match base(options, global) {
        Ok(base) => base,
        Err(error) => return surroundings.fail(&error),
    };
    let chosen = if options.nearest {
        match choose::nearest(global, surroundings)? {
            Chosen::Server(server) => Some(server),
            Chosen::None(exit) => return Ok(exit),
        }
    } else {
        None
    };
    if let Some(chosen) = &chosen {
        given.insert(0, (Setting::WuServer, Some(Data::String(chosen.url.clone()))));
    }
    let desired = match combined(base.desired.clone(), &given) {
        Ok(desired) => desired,
        Err(error) => return surroundings.fail(&error),
    };
    let mut left = left(&desired, &base, &given, options);
    let is_decided = |removal: &Removal| {
        let is_given = given.iter().any(|(setting, _)| *setting == removal.setting);
        is_given || desired.get(removal.setting).is_some()
    };
    left.extend(base.removed.into_iter().filter(|one| !is_decided(one)).map(|one| one.text));
    let origin = origin(options, chosen.as_ref());
    let operations = desired.operations();
    let settings = Settings { origin: &origin, operations: &operations };
    let rendered = format.render(&settings, options.to.is_some(), &base.changed, &left)?;
    let lost = rendered.lost_settings();
    if !lost.is_empty() {
        return surroundings.fail(&format!(
            "this format cannot hold all of the settings, and nothing was written: {}\n  hint: \
             choose another --format, or change what it cannot hold",
            lost.join("; ")
        ));
    }
    if let Err(error) = file::write(&rendered.bytes, options.to.as_deref(), surroundings.out)? {
        return surroundings.fail(&error);
    }
    let left_out: Vec<_> = rendered.left_out.into_iter().map(|one| one.text).collect();
    let is_whole = left.is_empty() && base.lost.is_empty() && left_out.is_empty();
    let told = Told {
        desired: &desired,
        changed: &base.changed,
        lost: &base.lost,
        left: &left,
        left_out: &left_out,
        next: format.next_step(options.to.as_deref()),
    };
    told.write(surroundings.messages)?;
    let is_sure = chosen.is_none_or(|chosen| chosen.healthy);
    Ok(if is_sure && is_whole { Exit::Healthy } else { Exit::Degraded })
}

/// The settings to begin with.
struct Base {
    desired: Desired,
    written_in: Format,
    changed: Vec<String>,
    lost: Vec<String>,
    removed: Vec<Removal>,
    /// The endpoints beside which the server is judged, unless another one takes its place.
    known: Vec<Endpoint>,
}

impl Base {
    const fn nothing() -> Self {
        Self {
            desired: Desired { values: Vec::new(), others: Vec::new() },
            written_in: Format::Reg5,
            changed: Vec::new(),
            lost: Vec::new(),
            removed: Vec::new(),
            known: Vec::new(),
        }
    }
}

fn base(options: &Render, global: &Global) -> Result<Base, String> {
    let Some(file) = &options.fix else { return Ok(Base::nothing()) };
    let sources = Sources::read(slice::from_ref(file))?;
    let Corrected { desired, written_in, changed, lost, removed } = corrected(&sources.documents);
    let config = configure::configure(global, &[]).map_err(|error| error.to_string())?;
    let known: Vec<_> = config.targets.iter().map(|t| t.endpoint.as_ref().clone()).collect();
    Ok(Base { desired, written_in, changed, lost, removed, known })
}

type Assignment = (Setting, Option<Data>);

/// What the command line sets, with URLs as clients are to have them.
fn assignments(options: &Render) -> Result<Vec<Assignment>, String> {
    let mut given: Vec<Assignment> = Vec::new();
    if let Some(server) = &options.server {
        given.push((Setting::WuServer, Some(url(server, Origin::Flag("--server"))?)));
    }
    for text in &options.set {
        let (setting, data) = parse(text).map_err(|refusal| refusal.to_string())?;
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
    url.map(|url| Data::String(url.for_clients())).map_err(|error| error.to_string())
}

fn combined(mut desired: Desired, given: &[Assignment]) -> Result<Desired, String> {
    for (setting, data) in given {
        desired.set(*setting, data.clone());
    }
    let settings: Vec<_> = given.iter().map(|(setting, _)| *setting).collect();
    desired.complete(&settings).map_err(|refusal| refusal.to_string())?;
    Ok(desired)
}

/// What is wrong with the settings. That some say nothing of a server is as it was asked for,
/// unless they are a client's own.
fn left(desired: &Desired, base: &Base, given: &[Assignment], options: &Render) -> Vec<String> {
    let is_partial = options.fix.is_none() && desired.get(Setting::WuServer).is_none();
    if is_partial {
        return Vec::new();
    }
    let replaced = given.iter().any(|(setting, _)| *setting == Setting::WuServer);
    let known = if replaced { &[] } else { base.known.as_slice() };
    remaining(desired, base.written_in, known)
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
