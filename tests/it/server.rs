//! The exporter's HTTP surface over real sockets: every path, and who shall not get in.

#[path = "server/client.rs"]
mod client;
#[path = "server/crowds.rs"]
mod crowds;
#[path = "server/protection.rs"]
mod protection;
#[path = "server/routes.rs"]
mod routes;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use wsus_probe::engine::monitor::{Monitor, Plan, Planned};
use wsus_probe::engine::ports::{Ports, Target};
use wsus_probe::metrics::fleet::Detail;
use wsus_probe::metrics::own::Own;
use wsus_probe::model::monitor::{Pace, Reload};
use wsus_probe::model::request::Profile;
use wsus_probe::server::limits::Limits;
use wsus_probe::server::site::{Find, Refused, ReloadWish, Settings, Site};
use wsus_probe::server::{Web, listen, run};

use crate::support::links::{Links, Manner, Server, target};

/// Longer than any answer takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// The one endpoint: it is known, but its run is not started.
const NAME: &str = "dfw";

/// A surface that serves until it is dropped or told to end.
struct Running {
    address: SocketAddr,
    site: Arc<Site>,
    reloads: Option<mpsc::Receiver<ReloadWish>>,
    end: Option<oneshot::Sender<()>>,
    tasks: JoinSet<std::io::Result<()>>,
}

impl Running {
    fn start(limits: Limits, config_file: Option<PathBuf>) -> Self {
        let listeners = listen::bind(&[(Ipv4Addr::LOCALHOST, 0).into()]).unwrap();
        let address = listeners[0].local_addr().unwrap();
        let (site, reloads) = site();
        let (end, ended) = oneshot::channel::<()>();
        let mut tasks = JoinSet::new();
        let (web, of_task) = (Web { config_file }, Arc::clone(&site));
        tasks.spawn(run(limits, listeners, web, of_task, async { drop(ended.await) }));
        Self { address, site, reloads: Some(reloads), end: Some(end), tasks }
    }

    fn plain() -> Self {
        Self::start(Limits::default(), None)
    }

    /// Tells it to end, and waits until it has.
    async fn finish(mut self) {
        drop(self.end.take());
        timeout(PATIENCE, self.tasks.join_next()).await.unwrap().unwrap().unwrap().unwrap();
    }
}

fn site() -> (Arc<Site>, mpsc::Receiver<ReloadWish>) {
    let ip = IpAddr::V4(Ipv4Addr::new(10, 77, 1, 1));
    let server = Server { rtt: Duration::from_millis(5), manner: Manner::Tls13 };
    let links = Links::new(
        BTreeMap::from([(NAME.to_owned(), vec![ip])]),
        BTreeMap::from([(ip, server)]),
        Duration::from_millis(1),
    );
    let ports = links.ports();
    let pace = Pace {
        round: Duration::from_secs(30),
        check: Duration::from_mins(5),
        scan: Duration::from_hours(6),
    };
    let (_, monitor) = Monitor::new(Plan {
        endpoints: vec![Planned { target: target(NAME, &links), pace }],
        round: ports.clone().lean(),
        check: ports.clone(),
        scan: ports,
    });
    #[expect(clippy::disallowed_methods, reason = "the start of a test is real time")]
    let started = SystemTime::now();
    let (sender, reloads) = mpsc::channel(1);
    let settings = Settings {
        detail: Detail { buckets: true },
        reload: Reload { in_force_since: started, refused: None },
        find: Arc::new(Known(links)),
    };
    let own = Own::new(Arc::clone(monitor.vitals()), started).unwrap();
    let settings = RwLock::new(Arc::new(settings));
    (Arc::new(Site { monitor, own, started, settings, reloads: sender }), reloads)
}

/// Allows the one endpoint.
struct Known(Links);

impl Find for Known {
    fn find(&self, asked: &str, _: Profile) -> Result<(Target, Ports), Refused> {
        match asked {
            NAME => Ok((target(NAME, &self.0), self.0.ports())),
            "://" => Err(Refused::Malformed("not a URL: use http://HOST[:PORT]".to_owned())),
            other => Err(Refused::Forbidden(format!("{other} is not in allow_targets"))),
        }
    }
}
