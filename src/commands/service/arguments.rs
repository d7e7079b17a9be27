//! The arguments of `serve` that a service is installed with.

use std::path::{Path, PathBuf};

use crate::cli::args::Command;
use crate::cli::args::serve::Serve;
use crate::cli::{self, Global};
use crate::commands::{Exit, config, configure};
use crate::config::resolve;
use crate::server::web_config;

/// What a service does.
pub(super) struct Job {
    /// Options of `serve`.
    pub(super) serve: Box<Serve>,
    /// Options of every command.
    pub(super) global: Global,
}

/// Reads the arguments.
///
/// # Errors
/// What `serve` says of them.
pub(super) fn parse(arguments: &[String]) -> Result<Job, String> {
    let line = ["wsus-probe", "serve"].into_iter().chain(arguments.iter().map(String::as_str));
    let cli = cli::parse(line).map_err(|error| {
        let text = error.to_string();
        let text = text.trim_end();
        if error.exit_code() == 0 {
            return "among the arguments of the service is one that asks for help".to_owned();
        }
        text.strip_prefix("error: ").unwrap_or(text).to_owned()
    })?;
    let Command::Serve(serve) = cli.command else {
        return Err("the arguments of the service are not those of `serve`".to_owned());
    };
    Ok(Job { serve: Box::new(serve), global: cli.global })
}

/// Whether options of the exporter stand where only those of `service` are read.
pub(super) fn misplaced(global: &Global) -> Option<&'static str> {
    let given = [
        ("config", "--config", global.config.is_some()),
        ("endpoint", "--endpoint", !global.endpoint.is_empty()),
        ("dc", "--dc", !global.dc.is_empty()),
        ("resolver", "--resolver", global.resolver.is_some()),
        ("ca_file", "--ca-file", !global.ca_file.is_empty()),
        ("family", "--family", global.family.is_some()),
        ("deadline", "--deadline", global.deadline.is_some()),
    ];
    let mut given = given.into_iter().filter(|(_, _, given)| *given);
    given.find(|(id, _, _)| !global.from_environment.contains(id)).map(|(_, option, _)| option)
}

impl Job {
    /// Whether a service can do this: it has another environment, another folder and no console.
    ///
    /// # Errors
    /// Why not, with the remedy.
    pub(super) fn check(&self) -> Result<(), String> {
        self.is_self_contained()?;
        if let Some(file) = &self.serve.log_file {
            has_folder(file)?;
        }
        let raw = configure::for_exporter(&self.global, &self.serve);
        let found = resolve(&raw).map_err(|error| error.to_string())?;
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let exit = config::check(&found, &mut out, &mut messages);
        if !matches!(exit, Ok(Exit::Healthy)) {
            let messages = String::from_utf8_lossy(&messages);
            return Err(messages.trim_end().trim_start_matches("error: ").to_owned());
        }
        if let Some(file) = &self.serve.web_config_file {
            web_config::check(file).map_err(|error| {
                format!("{error}\n  hint: it has the format of Prometheus' exporter-toolkit")
            })?;
        }
        Ok(())
    }

    fn is_self_contained(&self) -> Result<(), String> {
        let environment = self.global.from_environment.iter().chain(&self.serve.from_environment);
        if let Some(id) = environment.into_iter().next() {
            return Err(format!(
                "`{id}` comes from an environment variable, which the service may not have\n  \
                 hint: give it as an option after `--`, or unset the variable"
            ));
        }
        if self.serve.systemd_socket {
            return Err("there is no systemd on Windows\n  hint: leave out --web.systemd-socket, \
                        and give --web.listen-address"
                .to_owned());
        }
        for (option, path) in self.paths() {
            if !path.is_absolute() {
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
                return Err(format!(
                    "{option} {} is relative to this folder, and a service runs in another\n  \
                     hint: {option} {}",
                    path.display(),
                    absolute.display()
                ));
            }
        }
        Ok(())
    }

    fn paths(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let each = |option, path: &'_ Option<PathBuf>| path.as_ref().map(|_| option);
        let one = [
            (each("--config", &self.global.config), &self.global.config),
            (each("--web.config.file", &self.serve.web_config_file), &self.serve.web_config_file),
            (each("--log.file", &self.serve.log_file), &self.serve.log_file),
        ];
        let one = one.into_iter().filter_map(|(option, path)| Some((option?, path.as_ref()?)));
        one.chain(self.global.ca_file.iter().map(|path| ("--ca-file", path)))
    }
}

/// The file itself is not opened: made by an administrator, the service could not write it.
fn has_folder(file: &Path) -> Result<(), String> {
    match file.parent() {
        Some(folder) if folder.is_dir() => Ok(()),
        Some(_) | None => Err(format!(
            "there is no folder for --log.file {}\n  hint: make the folder, and let the service \
             write to it: icacls FOLDER /grant \"*S-1-5-19:(OI)(CI)M\"",
            file.display()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(arguments: &[&str]) -> Result<Job, String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        parse(&arguments)
    }

    #[test]
    fn only_what_serve_takes_is_taken() {
        assert!(job(&[]).is_ok());
        assert!(job(&["--log.level", "warn", "--dc", "dfw", "-v"]).is_ok());
        for (arguments, part) in [
            (&["--log.levle", "warn"][..], "--log.level"),
            (&["check"], "check"),
            (&["--log.file", "/a", "--log.events"], "--log.events"),
            (&["--help"], "asks for help"),
        ] {
            let Err(error) = job(arguments) else { panic!("{arguments:?}") };
            assert!(error.contains(part) && !error.starts_with("error"), "{error}");
        }
    }

    #[test]
    fn what_a_service_cannot_do_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let good = at("good.toml", "[[endpoint]]\nurl = \"https://127.0.0.1:1\"\n");
        let bad = at("bad.toml", "[[endpoint]]\nurl = \"ftp://127.0.0.1\"\n");
        let web = at("web.yml", "nonsense: 1\n");
        let log = folder.path().join("log").to_str().unwrap().to_owned();
        let no_folder = folder.path().join("no").join("log").to_str().unwrap().to_owned();
        assert_eq!(job(&["--config", &good, "--log.file", &log]).unwrap().check(), Ok(()));
        assert!(!Path::new(&log).exists(), "it belongs to the service");
        for (arguments, part) in [
            (["--config", "good.toml"], "is relative"),
            (["--log.file", "x.log"], "is relative"),
            (["--web.config.file", "x.yml"], "is relative"),
            (["--ca-file", "x.pem"], "--ca-file x.pem is relative"),
            (["--config", &bad], "bad.toml:2:"),
            (["--ca-file", &good], "holds no certificate"),
            (["--web.config.file", &web], "nonsense"),
            (["--log.file", &no_folder], "no folder"),
            (["--config", &good], "--web.systemd-socket"),
        ] {
            let mut arguments = arguments.to_vec();
            if part.contains("systemd") {
                arguments.push("--web.systemd-socket");
            }
            let error = job(&arguments).unwrap().check().unwrap_err();
            assert!(error.contains(part) && error.contains("hint: "), "{arguments:?}: {error}");
        }
        let mut job = job(&["--config", &good]).unwrap();
        job.global.from_environment.push("config");
        assert!(job.check().unwrap_err().contains("environment"));
    }

    #[test]
    fn options_before_the_dashes_are_found() {
        let mut global = Global { dc: vec!["dfw".to_owned()], ..Global::default() };
        assert_eq!(misplaced(&global), Some("--dc"));
        global.from_environment.push("dc");
        assert_eq!(misplaced(&global), None);
    }
}
