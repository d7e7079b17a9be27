//! Options of `service`.

use clap::{Args, Subcommand};

const INSTALL_EXAMPLES: &str = "\
Examples:
  wsus-probe service install -- --config C:\\ProgramData\\wsus-probe\\wsus.toml
  wsus-probe service start";

/// The commands under `service`; on Windows.
#[derive(Debug, Clone, Subcommand)]
pub enum ServiceCommand {
    /// Install the exporter as a service that starts with the machine
    ///
    /// It runs `serve` with the arguments after `--`, and writes its log to the event log
    /// (Application, under the service's name) unless --log.file is among them. It runs as `NT
    /// AUTHORITY\LocalService`, which has to be allowed to read this program and the files, and to
    /// write to the folder of the log's. Paths must be absolute: a service runs in another folder. Nothing is
    /// installed that could not start with these arguments. After a failure Windows starts it
    /// again. `sc.exe control NAME paramchange` has it read its configuration again.
    #[command(after_long_help = INSTALL_EXAMPLES)]
    Install(ServiceInstall),
    /// Start the service, and wait until it listens and probes
    Start(ServiceName),
    /// Stop the service, and wait until it has ended
    Stop(ServiceName),
    /// Say whether the service is installed and runs: exit code 0 if it does, 1 if not
    Status(ServiceName),
    /// Stop the service and remove it
    Remove(ServiceName),
    /// What the service manager starts
    #[command(hide = true)]
    Run(ServiceInstall),
}

/// Which service.
#[derive(Debug, Clone, Args)]
pub struct ServiceName {
    /// The name of the service
    #[arg(long, value_name = "NAME", default_value = "wsus-probe")]
    #[arg(env = "WSUS_PROBE_SERVICE_NAME", hide_env_values = true)]
    pub name: String,
}

/// Options of `service install`.
#[derive(Debug, Clone, Args)]
pub struct ServiceInstall {
    /// Which service.
    #[command(flatten)]
    pub service: ServiceName,

    /// Arguments of `serve`
    #[arg(value_name = "ARGUMENT", last = true)]
    pub arguments: Vec<String>,
}
