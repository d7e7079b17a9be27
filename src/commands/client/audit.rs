//! `client audit`: what is wrong with a client's settings.

use std::io;

use crate::cli::Global;
use crate::cli::args::TextOrJson;
use crate::cli::args::client::Audit;
use crate::cli::args::nearest::DEFAULT_SAMPLES;
use crate::commands::client::sources::Sources;
use crate::commands::{Exit, Surroundings, again, configure, nearest, probing, setup};
use crate::config::origin::{Origin, Sourced};
use crate::config::{Config, endpoint_url};
use crate::decide::select::Rules;
use crate::engine::race::Race;
use crate::model::client::{ClientFinding, Weight};
use crate::model::endpoint::{Endpoint, EndpointUrl};
use crate::model::request::Profile;
use crate::output::client_audit;
use crate::policy::audit;
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;
use crate::windows::apply::recovery;
use crate::windows::registry;

/// Reads, judges and, where that was asked for, probes.
///
/// # Errors
/// Writing failed.
pub(super) fn run(
    options: &Audit,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let sources = match Sources::read(&options.files) {
        Ok(sources) => sources,
        Err(error) => return surroundings.fail(&error),
    };
    let mut config = match configure::configure(global, &[]) {
        Ok(config) => config,
        Err(error) => return surroundings.fail(&error),
    };
    let known: Vec<Endpoint> =
        config.targets.iter().map(|target| Endpoint::clone(&target.endpoint)).collect();
    let mut findings = audit::findings_beside(&sources.documents, &known);
    if options.files.is_empty() {
        findings.splice(..0, unfinished_change());
    }
    let server = options.probe.then(|| server(&sources)).flatten();
    if options.probe && server.is_none() {
        let note = "note: no server is set that could be asked";
        writeln!(surroundings.messages, "{note}")?;
    }
    let Some(server) = server else {
        return write(&sources, &findings, false, options.output, global, surroundings);
    };
    probing(surroundings, async |surroundings| {
        match race(&server, &sources, &mut config, surroundings).await {
            Ok(more) => {
                findings.extend(more);
                write(&sources, &findings, true, options.output, global, surroundings)
            }
            Err(error) => surroundings.fail(&error),
        }
    })
}

/// A change of this machine's server that was begun and did not end.
fn unfinished_change() -> Option<ClientFinding> {
    let registry = registry::of_this_machine()?;
    let unfinished = recovery::unfinished(&*registry).ok()??;
    Some(recovery::finding(&unfinished))
}

/// The server that is set, if it is one that can be asked.
fn server(sources: &Sources) -> Option<EndpointUrl> {
    let effective = Effective::of(&sources.documents);
    let url = effective.text(Setting::WuServer)?.to_owned();
    let parsed = endpoint_url(&Sourced::new(url, Origin::Argument("WUServer")));
    parsed.ok().map(|parsed| parsed.url)
}

/// Probes the server that is set together with those of the configuration.
async fn race(
    server: &EndpointUrl,
    sources: &Sources,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> Result<Vec<ClientFinding>, String> {
    if let Some(note) = config.catalogue_note() {
        // That nobody reads it is no reason to end.
        let _ = writeln!(surroundings.messages, "note: {note}");
    }
    let current = nearest::position_of(server, config);
    let setup =
        setup::prepare(config, Profile::Quick, None).map_err(|error| setup::unusable(&error))?;
    let (show, messages) = (surroundings.show, &mut *surroundings.messages);
    let race = Race::new(Rules::default(), Some(current)).waiting_for_current();
    let report = nearest::watched(race, &setup, DEFAULT_SAMPLES, show, messages).await;
    Ok(audit::against_race(&sources.documents, &report))
}

fn write(
    sources: &Sources,
    findings: &[ClientFinding],
    probed: bool,
    output: TextOrJson,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let Sources { names, documents } = sources;
    let audit = client_audit::Audit { names, documents, findings, probed };
    let text = match output {
        TextOrJson::Text => {
            let text = client_audit::text(&audit, surroundings.style);
            let line = again::line(&text, global).unwrap_or_default();
            text + &line
        }
        TextOrJson::Json => client_audit::json(&audit)?,
    };
    surroundings.out.write_all(text.as_bytes())?;
    Ok(match findings.iter().map(|finding| finding.weight).max() {
        None | Some(Weight::Note) => Exit::Healthy,
        Some(Weight::Warning) => Exit::Degraded,
        Some(Weight::Error) => Exit::Down,
    })
}
