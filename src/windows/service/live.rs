//! The service manager of this machine.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use windows_service::service::{
    Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceErrorControl, ServiceExitCode,
    ServiceFailureActions, ServiceFailureResetPeriod, ServiceInfo, ServiceStartType, ServiceState,
    ServiceType,
};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

use super::{
    Code, DESCRIPTION, Definition, Obstacle, RESTARTS, RESTARTS_FORGOTTEN, ServiceError, Services,
    State, Status, command_line,
};
use crate::windows::event_log;

/// Numbers of Windows (`winerror.h`).
const ACCESS_DENIED: i32 = 5;
const SERVICE_REQUEST_TIMEOUT: i32 = 1053;
const SERVICE_ALREADY_RUNNING: i32 = 1056;
const SERVICE_DISABLED: i32 = 1058;
const SERVICE_DOES_NOT_EXIST: i32 = 1060;
const SERVICE_NOT_ACTIVE: i32 = 1062;
const NO_SERVICE_CONTROLLER: i32 = 1063;
const SERVICE_MARKED_FOR_DELETE: i32 = 1072;

/// This machine's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Local;

impl Local {
    fn open(
        self,
        what: &'static str,
        name: &str,
        access: ServiceAccess,
    ) -> Result<Option<Service>, ServiceError> {
        let manager = self.manager(what, ServiceManagerAccess::CONNECT)?;
        match manager.open_service(name, access) {
            Ok(service) => Ok(Some(service)),
            Err(error) if number(&error) == Some(SERVICE_DOES_NOT_EXIST) => Ok(None),
            Err(error) => Err(failed(what, &error)),
        }
    }

    #[expect(clippy::unused_self, reason = "the manager is the machine's")]
    fn manager(
        self,
        what: &'static str,
        access: ServiceManagerAccess,
    ) -> Result<ServiceManager, ServiceError> {
        ServiceManager::local_computer(None::<&OsStr>, access).map_err(|error| failed(what, &error))
    }

    /// The same for a service that must be there.
    fn known(
        self,
        what: &'static str,
        name: &str,
        access: ServiceAccess,
    ) -> Result<Service, ServiceError> {
        self.open(what, name, access)?.ok_or_else(|| ServiceError {
            what,
            obstacle: Obstacle::Other,
            reason: "it is not installed any more".to_owned(),
        })
    }
}

impl Services for Local {
    fn installed(&self, name: &str) -> Result<Option<Definition>, ServiceError> {
        const WHAT: &str = "read how the service is installed";
        let Some(service) = self.open(WHAT, name, ServiceAccess::QUERY_CONFIG)? else {
            return Ok(None);
        };
        let found = service.query_config().map_err(|error| failed(WHAT, &error))?;
        Ok(Some(Definition {
            command: command_line::split(&found.executable_path.to_string_lossy()),
            account: found.account_name.unwrap_or_default().to_string_lossy().into_owned(),
            automatic: found.start_type == ServiceStartType::AutoStart,
        }))
    }

    fn status(&self, name: &str) -> Result<Option<Status>, ServiceError> {
        const WHAT: &str = "ask how the service does";
        let Some(service) = self.open(WHAT, name, ServiceAccess::QUERY_STATUS)? else {
            return Ok(None);
        };
        let found = service.query_status().map_err(|error| failed(WHAT, &error))?;
        Ok(Some(Status {
            state: match found.current_state {
                ServiceState::Stopped => State::Stopped,
                ServiceState::StartPending => State::Starting,
                ServiceState::Running => State::Running,
                ServiceState::StopPending => State::Stopping,
                ServiceState::ContinuePending
                | ServiceState::PausePending
                | ServiceState::Paused => State::Paused,
            },
            code: match found.exit_code {
                ServiceExitCode::Win32(code) => Code::System(code),
                ServiceExitCode::ServiceSpecific(code) => Code::Own(code),
            },
            process: found.process_id,
        }))
    }

    fn install(
        &mut self,
        name: &str,
        definition: &Definition,
    ) -> Result<Vec<ServiceError>, ServiceError> {
        const WHAT: &str = "install the service";
        let access = ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE;
        let manager = self.manager(WHAT, access)?;
        // To have it restarted needs the right to start it.
        let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START;
        let created = manager.create_service(&info(name, definition), access);
        let service = created.map_err(|error| failed(WHAT, &error))?;
        let source = event_log::live::register(name).map_err(windows_service::Error::Winapi);
        let mut lacking = refine(&service);
        lacking.extend(source.err().map(|error| failed("give its events clean texts", &error)));
        Ok(lacking)
    }

    fn start(&mut self, name: &str) -> Result<(), ServiceError> {
        const WHAT: &str = "start the service";
        let service = self.known(WHAT, name, ServiceAccess::START)?;
        unless(service.start::<&OsStr>(&[]), SERVICE_ALREADY_RUNNING, WHAT)
    }

    fn stop(&mut self, name: &str) -> Result<(), ServiceError> {
        const WHAT: &str = "stop the service";
        let service = self.known(WHAT, name, ServiceAccess::STOP)?;
        unless(service.stop().map(drop), SERVICE_NOT_ACTIVE, WHAT)
    }

    fn remove(&mut self, name: &str) -> Result<(), ServiceError> {
        const WHAT: &str = "remove the service";
        let service = self.known(WHAT, name, ServiceAccess::DELETE)?;
        unless(service.delete(), SERVICE_MARKED_FOR_DELETE, WHAT)?;
        event_log::live::unregister(name).map_err(|error| {
            failed("remove the service's source of events", &windows_service::Error::Winapi(error))
        })
    }

    #[expect(clippy::disallowed_methods, reason = "nothing else runs on this thread")]
    fn pause(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

fn info(name: &str, definition: &Definition) -> ServiceInfo {
    let mut command = definition.command.iter();
    ServiceInfo {
        name: name.into(),
        display_name: if name == event_log::SOURCE {
            "WSUS probe".into()
        } else {
            format!("WSUS probe ({name})").into()
        },
        service_type: ServiceType::OWN_PROCESS,
        start_type: if definition.automatic {
            ServiceStartType::AutoStart
        } else {
            ServiceStartType::OnDemand
        },
        error_control: ServiceErrorControl::Normal,
        executable_path: command.next().map(PathBuf::from).unwrap_or_default(),
        launch_arguments: command.map(OsString::from).collect(),
        dependencies: Vec::new(),
        account_name: Some((&definition.account).into()),
        account_password: None,
    }
}

/// What cannot be said when a service is created, and what of it was refused.
fn refine(service: &Service) -> Vec<ServiceError> {
    let restart = |delay| ServiceAction { action_type: ServiceActionType::Restart, delay };
    let restarts = ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(RESTARTS_FORGOTTEN),
        reboot_msg: None,
        command: None,
        actions: Some(RESTARTS.map(restart).into()),
    };
    let done = [
        ("describe the service", service.set_description(DESCRIPTION)),
        // Names can be resolved and servers be reached by then.
        ("start it after other services", service.set_delayed_auto_start(true)),
        ("restart it when it fails", service.update_failure_actions(restarts)),
        (
            "restart it when it says that it failed",
            service.set_failure_actions_on_non_crash_failures(true),
        ),
    ];
    let refused = done.into_iter().filter_map(|(what, done)| Some(failed(what, &done.err()?)));
    refused.collect()
}

/// That something is as it should be already is no failure.
fn unless(
    done: windows_service::Result<()>,
    harmless: i32,
    what: &'static str,
) -> Result<(), ServiceError> {
    match done {
        Err(error) if number(&error) != Some(harmless) => Err(failed(what, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The system's number.
fn number(error: &windows_service::Error) -> Option<i32> {
    if let windows_service::Error::Winapi(error) = error { error.raw_os_error() } else { None }
}

/// An error in this program's words.
pub(super) fn failed(what: &'static str, error: &windows_service::Error) -> ServiceError {
    let obstacle = match number(error) {
        Some(ACCESS_DENIED) => Obstacle::Denied,
        Some(SERVICE_MARKED_FOR_DELETE) => Obstacle::Leaving,
        Some(SERVICE_DISABLED) => Obstacle::Disabled,
        Some(SERVICE_REQUEST_TIMEOUT) => Obstacle::Silent,
        Some(NO_SERVICE_CONTROLLER) => Obstacle::NotAService,
        _ => Obstacle::Other,
    };
    // Where the system is at fault, its own words say more.
    let source = std::error::Error::source(error);
    let reason = source.map_or_else(|| error.to_string(), ToString::to_string);
    ServiceError { what, obstacle, reason }
}
