//! The options of `serve`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  wsus-probe serve                          then open http://127.0.0.1:18530
  wsus-probe serve --config wsus.toml --config.auto-reload
  wsus-probe serve --web.listen-address 0.0.0.0:18530 --web.config.file web.yml
  curl http://127.0.0.1:18530/metrics
  curl 'http://127.0.0.1:18530/probe?target=dfw&debug=true'

Exit codes:
  0  ended as asked, by SIGTERM or Ctrl-C
  2  cannot start, or had to end: the reason is on standard error";

/// Options of `serve`, named as those of Prometheus' own exporters.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    /// Listen here
    ///
    /// Repeatable, or several separated by commas. IP:PORT, or :PORT for every address. The
    /// default is `listen` of `[serve]` in the configuration file, else 127.0.0.1:18530, which
    /// only this machine can reach.
    #[arg(long = "web.listen-address", value_name = "ADDRESS", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_SERVE_WEB_LISTEN_ADDRESS", hide_env_values = true)]
    pub listen_address: Vec<String>,

    /// File with the TLS, the users and the headers of the web server
    ///
    /// In YAML, in the format of Prometheus' exporter-toolkit.
    #[arg(long = "web.config.file", value_name = "FILE")]
    #[arg(env = "WSUS_PROBE_SERVE_WEB_CONFIG_FILE", hide_env_values = true)]
    pub web_config_file: Option<PathBuf>,

    /// Take the sockets of systemd (socket activation) in place of --web.listen-address
    #[arg(long = "web.systemd-socket", env = "WSUS_PROBE_SERVE_WEB_SYSTEMD_SOCKET")]
    #[arg(hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub systemd_socket: bool,

    /// Read the configuration again when its file or a certificate file in it changes
    #[arg(long = "config.auto-reload", env = "WSUS_PROBE_SERVE_CONFIG_AUTO_RELOAD")]
    #[arg(hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub auto_reload: bool,

    /// How to write the log, which goes to standard error
    #[arg(long = "log.format", value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_SERVE_LOG_FORMAT", hide_env_values = true)]
    pub log_format: LogFormat,

    /// The least that is worth a line of the log; -v stands for debug
    #[arg(long = "log.level", value_enum, default_value_t, value_name = "LEVEL")]
    #[arg(env = "WSUS_PROBE_SERVE_LOG_LEVEL", hide_env_values = true)]
    pub log_level: LogLevel,

    /// Write the log to this file, in place of standard error
    ///
    /// Lines are added at its end. A file that was moved away is made anew.
    #[arg(long = "log.file", value_name = "FILE", env = "WSUS_PROBE_SERVE_LOG_FILE")]
    #[arg(hide_env_values = true, conflicts_with = "log_events")]
    pub log_file: Option<PathBuf>,

    /// Write the log to the event log of Windows, in place of standard error
    #[arg(long = "log.events", env = "WSUS_PROBE_SERVE_LOG_EVENTS", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub log_events: bool,

    /// Identifiers of the options above that were set by the environment.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,
}

/// Formats of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// key=value
    #[default]
    Logfmt,
    /// One JSON object
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogLevel {
    /// What keeps the exporter from working
    Error,
    /// And what somebody should look at
    Warn,
    /// And each change of state
    #[default]
    Info,
    /// And what helps to find mistakes in the program
    Debug,
}
