//! The side of the service: what the service manager starts and asks.

use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use windows_service::service::{
    ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{
    ServiceControlHandlerResult, ServiceStatusHandle, register,
};
use windows_service::{define_windows_service, service_dispatcher};

use super::{COULD_NOT_START, ENDED_BY_FAULT, ServiceError, live};

/// How long reading the configuration and opening sockets may take before the service counts as
/// hung: files may lie on a slow disk.
const START: Duration = Duration::from_secs(30);

/// The same for the end: longer than the grace for what is under way.
const END: Duration = Duration::from_secs(15);

/// What the service manager asks for while the service runs.
pub struct Wishes {
    /// To end.
    pub ends: UnboundedReceiver<()>,
    /// To read the configuration again.
    pub reloads: UnboundedReceiver<()>,
}

/// What a service does from its start to its end. It has to call [`ready`] once it runs.
pub type Work = Box<dyn FnOnce(Wishes) -> Result<(), ()> + Send>;

/// What the entry point and the handler need, which get nothing from who starts them: there is one
/// service in a process. The handler captures nothing, because `windows-service` drops what it
/// captured at the first wish to end, after which the manager may still ask how the service does.
static SERVICE: Mutex<Option<Shared>> = Mutex::new(None);

struct Shared {
    name: String,
    work: Option<Work>,
    status: Option<ServiceStatusHandle>,
    ends: UnboundedSender<()>,
    reloads: UnboundedSender<()>,
    wishes: Option<Wishes>,
    is_ready: bool,
}

define_windows_service!(entry, main);

/// Does the work of a service under this name, and returns when it has ended.
///
/// # Errors
/// The service manager has not started this process.
pub fn dispatch(name: &str, work: Work) -> Result<(), ServiceError> {
    let (ends, wished_ends) = unbounded_channel();
    let (reloads, wished_reloads) = unbounded_channel();
    let wishes = Some(Wishes { ends: wished_ends, reloads: wished_reloads });
    let (name_of, work) = (name.to_owned(), Some(work));
    let shared =
        Shared { name: name_of, work, status: None, ends, reloads, wishes, is_ready: false };
    *SERVICE.lock().unwrap_or_else(PoisonError::into_inner) = Some(shared);
    service_dispatcher::start(name, entry).map_err(|error| live::failed("run as a service", &error))
}

/// Tells the service manager that the service runs.
pub fn ready() {
    with(|shared| {
        shared.is_ready = true;
        shared.tell(ServiceState::Running, ServiceExitCode::NO_ERROR);
    });
}

fn main(_arguments: Vec<OsString>) {
    let Some((name, work, wishes)) =
        with(|shared| Some((shared.name.clone(), shared.work.take()?, shared.wishes.take()?)))
            .flatten()
    else {
        return;
    };
    // Without a handle nothing can be told: the manager sees the process end.
    let Ok(status) = register(name, asked) else { return };
    with(|shared| {
        shared.status = Some(status);
        shared.tell(ServiceState::StartPending, ServiceExitCode::NO_ERROR);
    });
    let ended = work(wishes);
    with(|shared| {
        let code = match ended {
            Ok(()) => ServiceExitCode::NO_ERROR,
            Err(()) if shared.is_ready => ServiceExitCode::ServiceSpecific(ENDED_BY_FAULT),
            Err(()) => ServiceExitCode::ServiceSpecific(COULD_NOT_START),
        };
        shared.tell(ServiceState::Stopped, code);
    });
}

fn asked(control: ServiceControl) -> ServiceControlHandlerResult {
    if matches!(control, ServiceControl::Stop | ServiceControl::Shutdown) {
        with(|shared| {
            shared.tell(ServiceState::StopPending, ServiceExitCode::NO_ERROR);
            // Nobody receives it where the end has come already.
            let _ = shared.ends.send(());
        });
    } else if matches!(control, ServiceControl::ParamChange) {
        with(|shared| {
            let _ = shared.reloads.send(());
        });
    } else if !matches!(control, ServiceControl::Interrogate) {
        return ServiceControlHandlerResult::NotImplemented;
    }
    ServiceControlHandlerResult::NoError
}

fn with<T>(act: impl FnOnce(&mut Shared) -> T) -> Option<T> {
    SERVICE.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(act)
}

impl Shared {
    fn tell(&self, state: ServiceState, exit_code: ServiceExitCode) {
        let wait_hint = if state == ServiceState::StartPending {
            START
        } else if state == ServiceState::StopPending {
            END
        } else {
            Duration::ZERO
        };
        // Once asked to end it takes no further wish.
        let controls_accepted = if state == ServiceState::Running {
            ServiceControlAccept::STOP
                | ServiceControlAccept::SHUTDOWN
                | ServiceControlAccept::PARAM_CHANGE
        } else {
            ServiceControlAccept::empty()
        };
        let status = ServiceStatus {
            service_type: ServiceType::OWN_PROCESS,
            current_state: state,
            controls_accepted,
            exit_code,
            checkpoint: u32::from(!wait_hint.is_zero()),
            wait_hint,
            process_id: None,
        };
        // The manager is who would be told that it cannot be told.
        if let Some(handle) = self.status {
            let _ = handle.set_service_status(status);
        }
    }
}
