//! From the command line to the configuration: the one place that knows both.

use std::path::PathBuf;

use crate::cli::Global;
use crate::cli::args::check::Check;
use crate::cli::args::serve::Serve;
use crate::config::error::ConfigError;
use crate::config::origin::{Origin, Sourced};
use crate::config::{Config, RawOptions, resolve};

/// The configuration that the options, the environment and the file give together, with only the
/// endpoints of `places`: names of endpoints, and URLs of others. No places keep all.
///
/// # Errors
/// Everything that is wrong with them.
pub fn configure(global: &Global, places: &[String]) -> Result<Config, ConfigError> {
    resolve(&with_places(raw_options(global), places))
}

/// The same for `check`, whose option has a setting of the file.
///
/// # Errors
/// Everything that is wrong with them.
pub fn for_check(global: &Global, options: &Check) -> Result<Config, ConfigError> {
    let origin = if options.from_environment.contains(&"resolvers") {
        Origin::Environment("WSUS_PROBE_CHECK_RESOLVERS")
    } else {
        Origin::Flag("--resolvers")
    };
    let resolvers = options.resolvers.clone();
    let raw = RawOptions {
        compare_resolvers: (!resolvers.is_empty()).then(|| Sourced::new(resolvers, origin)),
        ..raw_options(global)
    };
    resolve(&raw)
}

fn with_places(raw: RawOptions, places: &[String]) -> RawOptions {
    let (urls, names): (Vec<_>, Vec<_>) =
        places.iter().cloned().partition(|place| place.contains("://"));
    let urls = urls.into_iter().map(|url| Sourced::new(url, Origin::Argument("URL"))).collect();
    RawOptions { urls, names, ..raw }
}

/// The certificate files of the command line or the environment.
pub fn trusted_files(global: &Global) -> Vec<PathBuf> {
    raw_options(global).ca_files.map(|files| files.value).unwrap_or_default()
}

/// What the exporter reads its configuration from, again and again.
pub fn for_exporter(global: &Global, options: &Serve) -> RawOptions {
    let origin = |id: &str, flag, variable| {
        if options.from_environment.contains(&id) {
            Origin::Environment(variable)
        } else {
            Origin::Flag(flag)
        }
    };
    let listen = ("listen_address", "--web.listen-address", "WSUS_PROBE_SERVE_WEB_LISTEN_ADDRESS");
    let auto = ("auto_reload", "--config.auto-reload", "WSUS_PROBE_SERVE_CONFIG_AUTO_RELOAD");
    let addresses = options.listen_address.clone();
    RawOptions {
        listen: (!addresses.is_empty())
            .then(|| Sourced::new(addresses, origin(listen.0, listen.1, listen.2))),
        auto_reload: options
            .auto_reload
            .then(|| Sourced::new(true, origin(auto.0, auto.1, auto.2))),
        ..raw_options(global)
    }
}

fn raw_options(global: &Global) -> RawOptions {
    let origin = |id: &str, flag: &'static str, variable: &'static str| {
        if global.from_environment.contains(&id) {
            Origin::Environment(variable)
        } else {
            Origin::Flag(flag)
        }
    };
    let each = |values: &[String], origin: Origin| -> Vec<Sourced<String>> {
        values.iter().map(|value| Sourced::new(value.clone(), origin.clone())).collect()
    };
    let one = |value: &Option<String>, origin: Origin| {
        value.clone().map(|value| Sourced::new(value, origin))
    };
    RawOptions {
        config: global
            .config
            .clone()
            .map(|path| Sourced::new(path, origin("config", "--config", "WSUS_PROBE_CONFIG"))),
        endpoints: each(&global.endpoint, origin("endpoint", "--endpoint", "WSUS_PROBE_ENDPOINT")),
        dcs: each(&global.dc, origin("dc", "--dc", "WSUS_PROBE_DC")),
        resolver: one(&global.resolver, origin("resolver", "--resolver", "WSUS_PROBE_RESOLVER")),
        ca_files: ca_files(global, origin("ca_file", "--ca-file", "WSUS_PROBE_CA_FILE")),
        family: one(&global.family, origin("family", "--family", "WSUS_PROBE_FAMILY")),
        deadline: one(&global.deadline, origin("deadline", "--deadline", "WSUS_PROBE_DEADLINE")),
        ..RawOptions::default()
    }
}

/// The environment has one variable for a list of paths, separated as in `PATH`.
fn ca_files(global: &Global, origin: Origin) -> Option<Sourced<Vec<PathBuf>>> {
    let paths: Vec<PathBuf> = match origin {
        Origin::Environment(_) => global
            .ca_file
            .iter()
            .flat_map(|list| std::env::split_paths(list).collect::<Vec<_>>())
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        Origin::Default
        | Origin::Catalogue
        | Origin::File { .. }
        | Origin::Flag(_)
        | Origin::Argument(_) => global.ca_file.clone(),
    };
    (!paths.is_empty()).then(|| Sourced::new(paths, origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_carry_their_origin() {
        let global = Global {
            dc: vec!["dfw".to_owned()],
            deadline: Some("2s".to_owned()),
            from_environment: vec!["deadline"],
            ..Global::default()
        };
        let config = configure(&global, &[]).unwrap();
        assert_eq!(config.targets.len(), 1);
        let origins = &config.targets[0].origins;
        assert_eq!(origins["deadline"], Origin::Environment("WSUS_PROBE_DEADLINE"));
        assert_eq!(origins["tls_timeout"], Origin::Environment("WSUS_PROBE_DEADLINE"));
        assert_eq!(origins["family"], Origin::Default);
        assert_eq!(origins["url"], Origin::Catalogue);
    }

    #[test]
    fn options_of_the_exporter_carry_their_origin() {
        let mut options = Serve { listen_address: vec![":1".to_owned()], ..Serve::default() };
        let origin = |options: &Serve| for_exporter(&Global::default(), options).listen.unwrap();
        assert_eq!(origin(&options).origin, Origin::Flag("--web.listen-address"));
        options.from_environment = vec!["listen_address"];
        let variable = "WSUS_PROBE_SERVE_WEB_LISTEN_ADDRESS";
        assert_eq!(origin(&options).origin, Origin::Environment(variable));
        let none = for_exporter(&Global::default(), &Serve::default());
        assert!(none.listen.is_none() && none.auto_reload.is_none());
    }

    #[test]
    fn urls_come_in_place_of_the_configured_and_beside_names() {
        let names = |places: &[&str]| -> Vec<String> {
            let places: Vec<String> = places.iter().map(ToString::to_string).collect();
            let config = configure(&Global::default(), &places).unwrap();
            config.targets.iter().map(|target| target.endpoint.name.to_string()).collect()
        };
        assert_eq!(names(&["https://a.test"]), ["a.test"]);
        assert_eq!(names(&["DFW"]), ["dfw"]);
        assert_eq!(names(&["dfw", "https://a.test"]), ["dfw", "a.test"]);
        assert_eq!(names(&[]).len(), 6);
        for (place, part) in [("ftp://a.test", "URL is"), ("mars", "no endpoint is called")] {
            let error = configure(&Global::default(), &[place.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn the_environment_lists_certificate_files_as_path_does() {
        let joined = std::env::join_paths(["/a.pem", "/b.pem"]).unwrap();
        let mut global = Global { ca_file: vec![joined.into()], ..Global::default() };
        global.from_environment = vec!["ca_file"];
        let files = trusted_files(&global);
        assert_eq!(files, [PathBuf::from("/a.pem"), PathBuf::from("/b.pem")]);
    }
}
