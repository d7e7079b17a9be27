//! The exporter as a service, in Wine's service manager.

use tempfile::TempDir;

use crate::exporter::{LISTEN, page, wait_for};
use crate::fleet::Site;
use crate::suite::Test;
use crate::support::program::{Run, run};
use crate::windows::{exe, windows_path};

pub(super) const TESTS: &[Test] = &[
    ("a_service_is_installed_and_lives_and_goes", a_service_is_installed_and_lives_and_goes),
    ("a_service_of_another_program_stays", a_service_of_another_program_stays),
];

/// Wine's service manager knows neither the delayed start nor actions after a failure without a
/// crash: two settings of `install` are refused there, which then says so and ends with this code.
const NOT_ALL_SET: i32 = 3;

/// `service` with these words, which must end with this code.
fn service(words: &[&str], code: i32) -> Run {
    let ended = run(exe(["service"]).args(words));
    assert_eq!(ended.code(), code, "service {words:?}: {ended:?}");
    ended
}

/// Wine has this one, as Windows does.
fn a_service_of_another_program_stays() {
    // Were it removed the first time, the second would say that it is not there.
    for word in ["remove", "stop", "start", "remove"] {
        let refused = service(&[word, "--name", "wuauserv"], 2);
        assert!(refused.stderr.contains("is a service of another program ("), "{refused:?}");
    }
}

fn a_service_is_installed_and_lives_and_goes() {
    let site = Site::start();
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("service.log");
    let (config, log_file) = (site.windows_config(), windows_path(&log));
    let serve = ["--config", &config, "--web.listen-address", LISTEN, "--log.file", &log_file];
    let installed = service(&[&["install", "--"][..], &serve].concat(), NOT_ALL_SET);
    assert_eq!(installed.stderr.matches("Invalid level").count(), 2, "{installed:?}");
    service(&["start"], 0);
    wait_for("/metrics", "wsus_probe_endpoint_state{endpoint=\"dfw\"");
    let running = service(&["status"], 0);
    assert!(running.stdout.contains("run"), "{running:?}");
    service(&["stop"], 0);
    assert_eq!(page("/metrics"), None, "it has ended");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("message=listening") && text.contains("message=ended"), "{text}");
    service(&["start"], 0);
    wait_for("/metrics", "wsus_probe_endpoint_state");
    // Without being stopped before.
    service(&["remove"], 0);
    assert_eq!(page("/metrics"), None, "it has ended");
    assert_ne!(run(exe(["service"]).args(["start"])).code(), 0, "it is gone");
}
