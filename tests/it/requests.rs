//! What the program asks of a server: everything that arrives is written down and compared with
//! the list below, which is spelled out here so that a request cannot be added by accident.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "measures and waits in real time")]

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::ring;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use wsus_probe::demo::authority::{Authority, IssueOptions};
use wsus_probe::demo::{link, server};
use wsus_probe::engine::ports::Check;
use wsus_probe::engine::wsus_check::HttpCheck;
use wsus_probe::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, Limits, Scheme};
use wsus_probe::model::exchange::Exchange;
use wsus_probe::model::request::Profile;
use wsus_probe::net::tcp::Kernel;

/// Everything that may be sent to the port of an `https://` endpoint, and whatever may be sent to
/// that of an `http://` one: method, path, `SOAPAction` (or the action of SOAP 1.2), `Range`,
/// body.
const SERVICE: [&str; 12] = [
    "POST /ClientWebService/client.asmx \"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/GetConfig\" - GetConfig",
    "GET /ClientWebService/wusserverversion.xml - - -",
    "GET /SimpleAuthWebService/SimpleAuth.asmx - - -",
    "GET /SelfUpdate/wuident.cab - - -",
    "POST /ServerSyncWebService/ServerSyncWebService.asmx \"http://www.microsoft.com/SoftwareDistribution/GetAuthConfig\" - GetAuthConfig",
    "GET /DssAuthWebService/DssAuthWebService.asmx - - -",
    "GET /ReportingWebService/ReportingWebService.asmx - - -",
    "GET /ApiRemoting30/WebService.asmx - - -",
    "GET /Inventory/ - - -",
    "HEAD /Content/anonymousCheckFile.txt - - -",
    "HEAD /iuident.cab - - -",
    "POST /ServerSyncWebService/ServerSyncWebService.asmx 1.2:\"http://www.microsoft.com/SoftwareDistribution/GetAuthConfig\" - GetAuthConfig",
];

/// Everything that may be sent to the clear-text port beside an `https://` endpoint.
const CONTENT: [&str; 5] = [
    "HEAD /Content/anonymousCheckFile.txt - - -",
    "GET /Content/anonymousCheckFile.txt - - -",
    "GET /Content/anonymousCheckFile.txt - bytes=0-0 -",
    "GET /SelfUpdate/wuident.cab - bytes=0-3 -",
    "POST /ClientWebService/client.asmx \"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/GetConfig\" - GetConfig",
];

/// Calls that write, or that present made-up secrets.
const FORBIDDEN: [&str; 7] = [
    "GetAuthorizationCookie",
    "GetCookie",
    "RegisterComputer",
    "SyncUpdates",
    "ReportEventBatch",
    "Rollup",
    "Ping",
];

/// The most requests of the standard profile to one member.
const MOST_STANDARD: usize = 12;

const HOST: &str = "wsus.example.test";

const CONFIG: &str = include_str!("../data/soap/config_wcf.xml");

/// Far more than any of this takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// One port of the recording server.
#[derive(Default)]
struct Log {
    /// Whole requests, in the order in which they arrived.
    requests: Vec<String>,
    open: usize,
    most_open: usize,
}

type Recorder = Arc<Mutex<Log>>;

/// How the recording server behaves.
#[derive(Clone, Copy)]
struct Manner {
    round_trip: Duration,
    content_length: usize,
    keep_alive: bool,
}

const PLAIN: Manner = Manner { round_trip: Duration::ZERO, content_length: 0, keep_alive: true };

/// Serves one port until dropped.
async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, log: Recorder, manner: Manner) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        {
            let mut log = log.lock().unwrap();
            log.open += 1;
            log.most_open = log.most_open.max(log.open);
        }
        let (tls, log) = (tls.clone(), Arc::clone(&log));
        connections.spawn(async move {
            // How a connection ends is the client's business.
            let _ = connection(socket, tls, &log, manner).await;
            log.lock().unwrap().open -= 1;
        });
    }
}

async fn connection(
    socket: TcpStream,
    tls: Option<TlsAcceptor>,
    log: &Recorder,
    manner: Manner,
) -> io::Result<()> {
    socket.set_nodelay(true)?;
    if manner.round_trip.is_zero() {
        return secure(socket, tls, log, manner).await;
    }
    let (near, line) = link::delay(socket, manner.round_trip);
    tokio::join!(secure(near, tls, log, manner), line).0
}

async fn secure<S>(
    stream: S,
    tls: Option<TlsAcceptor>,
    log: &Recorder,
    manner: Manner,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match tls {
        Some(tls) => exchange(tls.accept(stream).await?, log, manner).await,
        None => exchange(stream, log, manner).await,
    }
}

/// Reads and answers requests until the client goes away.
async fn exchange<S>(mut stream: S, log: &Recorder, manner: Manner) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = read_request(&mut stream).await? {
        let answer = answer(&request, manner);
        log.lock().unwrap().requests.push(request);
        stream.write_all(answer.as_bytes()).await?;
        if !manner.keep_alive {
            // Without having announced it.
            return stream.shutdown().await;
        }
    }
    Ok(())
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |value| value.parse().unwrap());
            if body.len() >= length {
                return Ok(Some(text.into_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            assert!(bytes.is_empty(), "half a request: {}", bytes.escape_ascii());
            return Ok(None);
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn answer(request: &str, manner: Manner) -> String {
    let (status, body) = match request.split(' ').nth(1).unwrap() {
        "/ClientWebService/client.asmx" => (200, CONFIG.to_owned()),
        "/Content/anonymousCheckFile.txt" => (200, "x".repeat(manner.content_length)),
        "/ApiRemoting30/WebService.asmx" => (401, String::new()),
        _ => (404, "<html><title>Not here</title>".to_owned()),
    };
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
    if request.starts_with("HEAD ") { head } else { head + &body }
}

/// A request as one line of the lists above.
fn line(request: &str) -> String {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let target = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1");
    let action = header(head, "content-type").and_then(|value| value.split_once("; action="));
    let action = match (header(head, "soapaction"), action) {
        (Some(action), _) => action.to_owned(),
        (None, Some((_, action))) => format!("1.2:{action}"),
        (None, None) => "-".into(),
    };
    let range = header(head, "range").unwrap_or("-");
    let called = ["GetConfig", "GetAuthConfig"]
        .into_iter()
        .find(|name| [">", " "].iter().any(|end| body.contains(&format!(":Body><{name}{end}"))));
    let called = called.unwrap_or(if body.is_empty() { "-" } else { "?" });
    format!("{target} {action} {range} {called}")
}

/// What one check did to a server.
struct Seen {
    service: Recorder,
    content: Recorder,
    exchanges: Vec<Exchange>,
    elapsed: Duration,
}

impl Seen {
    fn lines(log: &Recorder) -> Vec<String> {
        log.lock().unwrap().requests.iter().map(|request| line(request)).collect()
    }

    fn all(&self) -> Vec<String> {
        let logs = [&self.service, &self.content];
        logs.iter().flat_map(|log| log.lock().unwrap().requests.clone()).collect()
    }

    fn most_open(&self) -> usize {
        self.service.lock().unwrap().most_open + self.content.lock().unwrap().most_open
    }
}

/// Two listeners on neighbouring ports, the content port first.
async fn neighbours() -> (TcpListener, TcpListener) {
    loop {
        let upper = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let below = upper.local_addr().unwrap().port() - 1;
        if let Ok(lower) = TcpListener::bind((Ipv4Addr::LOCALHOST, below)).await {
            return (lower, upper);
        }
    }
}

async fn seen(profile: Profile, scheme: Scheme, manner: Manner, connections: usize) -> Seen {
    let (lower, upper) = neighbours().await;
    let authority = Authority::new(SystemTime::now()).unwrap();
    let identity = authority.issue(&IssueOptions::new([HOST], SystemTime::now())).unwrap();
    let tls = server::tls_config(Arc::new(ring::default_provider()), identity).unwrap();
    let tls = (scheme == Scheme::Https).then(|| TlsAcceptor::from(tls));
    let member: SocketAddr = upper.local_addr().unwrap();
    let url = EndpointUrl { scheme, host: Host::Name(HOST.into()), port: member.port() };
    let endpoint = Endpoint::bare(EndpointName("it".into()), url);
    let limits = Limits {
        deadline: PATIENCE,
        resolve: PATIENCE,
        connect: PATIENCE,
        tls: PATIENCE,
        wsus: PATIENCE,
    };
    let (service, content) = (Recorder::default(), Recorder::default());
    let exchanges = Mutex::new(Vec::new());
    let told = |exchange| exchanges.lock().unwrap().push(exchange);
    let check = HttpCheck::new(Arc::new(Kernel::new()), profile);
    let start = Instant::now();
    tokio::select! {
        () = serve(upper, tls, Arc::clone(&service), manner) => {}
        () = serve(lower, None, Arc::clone(&content), manner) => {}
        _ = check.check(&endpoint, member, &limits, connections, &told) => {}
    }
    let exchanges = exchanges.into_inner().unwrap();
    Seen { service, content, exchanges, elapsed: start.elapsed() }
}

/// Everything that a check in depth sends, over servers whose check file is empty and not, and
/// one whose file is longer than anybody wants to read, which costs a connection.
async fn in_depth(scheme: Scheme) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut service, mut content) = (BTreeSet::new(), BTreeSet::new());
    for content_length in [0, 3, 1_000_000] {
        let manner = Manner { content_length, ..PLAIN };
        let seen = seen(Profile::Deep, scheme, manner, 6).await;
        service.extend(Seen::lines(&seen.service));
        content.extend(Seen::lines(&seen.content));
        for request in seen.all() {
            for name in FORBIDDEN {
                assert!(!request.contains(name), "{name}: {request}");
            }
            let (head, _) = request.split_once("\r\n\r\n").unwrap();
            let agent = concat!("wsus-probe/", env!("CARGO_PKG_VERSION"));
            assert_eq!(header(head, "user-agent"), Some(agent));
            for name in ["cookie", "authorization", "accept-encoding"] {
                assert_eq!(header(head, name), None, "{request}");
            }
        }
        assert!(seen.most_open() <= 6, "{} connections", seen.most_open());
        assert!(seen.exchanges.iter().all(|exchange| exchange.outcome.is_ok()));
    }
    (service, content)
}

fn set<'a>(lines: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    lines.into_iter().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_that_is_not_on_the_list() {
    let (service, content) = in_depth(Scheme::Https).await;
    assert_eq!(service, set(SERVICE));
    assert_eq!(content, set(CONTENT));

    // One port for all of it, and nothing said twice: GetConfig and the head of the check file
    // are on both lists.
    let (service, content) = in_depth(Scheme::Http).await;
    assert_eq!(service, set(SERVICE.into_iter().chain(CONTENT)));
    assert_eq!(content, set([]));
}

#[tokio::test]
async fn a_round_is_bounded() {
    for scheme in [Scheme::Http, Scheme::Https] {
        let quick = seen(Profile::Quick, scheme, PLAIN, 1).await;
        assert_eq!(quick.all().len(), 1);
        assert_eq!(Seen::lines(&quick.service), SERVICE[..1]);
        for connections in 1..=6 {
            let standard = seen(Profile::Standard, scheme, PLAIN, connections).await;
            let count = standard.all().len();
            assert!(count <= MOST_STANDARD, "{count} requests");
            assert_eq!(count, standard.exchanges.len());
            assert!(standard.exchanges.iter().all(|exchange| exchange.outcome.is_ok()));
            let open = standard.most_open();
            // One after the other, the ports are not open at once.
            let allowed = if connections == 1 && scheme == Scheme::Https { 2 } else { connections };
            assert!(open <= allowed, "{open} of {connections} connections");
            let each = |log: &Recorder| log.lock().unwrap().most_open;
            assert!(connections > 1 || each(&standard.service).max(each(&standard.content)) == 1);
        }
    }
}

#[tokio::test]
async fn connections_that_end_with_each_answer_cost_no_request() {
    for scheme in [Scheme::Http, Scheme::Https] {
        let manner = Manner { keep_alive: false, ..PLAIN };
        let standard = seen(Profile::Standard, scheme, manner, 6).await;
        assert_eq!(standard.all().len(), standard.exchanges.len());
        for exchange in &standard.exchanges {
            assert!(exchange.outcome.is_ok(), "{exchange:?}");
        }
    }
}

#[tokio::test]
async fn a_standard_check_takes_one_handshake_and_two_round_trips() {
    // Far above what a busy machine adds.
    let round_trip = Duration::from_secs(1);
    let manner = Manner { round_trip, ..PLAIN };
    let standard = seen(Profile::Standard, Scheme::Https, manner, 6).await;
    let floor = 3 * round_trip;
    let elapsed = standard.elapsed;
    assert!(elapsed >= floor, "{elapsed:?}");
    assert!(elapsed < floor + round_trip, "{elapsed:?}");
    for exchange in &standard.exchanges {
        let answer = exchange.outcome.as_ref().unwrap();
        let first_byte = answer.first_byte.unwrap().duration;
        // Neither the set-up of the connection nor the wait for its turn counts.
        assert!(first_byte >= round_trip, "{exchange:?}");
        assert!(first_byte < 2 * round_trip, "{exchange:?}");
    }
}
