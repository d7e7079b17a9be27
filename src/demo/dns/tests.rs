//! The server over real sockets on loopback.

use std::net::Ipv4Addr;

use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::Name;
use tokio::time::timeout;

use super::super::test_client::{PATIENCE, connect};
use super::*;

const NAME: &str = "wsus.demo.test";

fn v4(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 77, 1, last))
}

fn v6() -> IpAddr {
    "::1".parse().unwrap()
}

/// A served zone, and where.
struct Running {
    server: Arc<DnsServer>,
    address: SocketAddr,
    _task: JoinSet<Infallible>,
}

fn start(entry: Entry) -> Running {
    let (address, udp, tcp) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
    let server = Arc::new(DnsServer::new(Zone::from([(NAME.to_owned(), entry)])));
    let mut task = JoinSet::new();
    task.spawn(Arc::clone(&server).serve(udp, tcp));
    Running { server, address, _task: task }
}

fn query(name: &str, record_type: WireType) -> Vec<u8> {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_ascii(format!("{name}.")).unwrap(), record_type));
    message.to_vec().unwrap()
}

async fn ask_udp(at: &Running, query: &[u8], patience: Duration) -> Option<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(query, at.address).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = timeout(patience, socket.recv(&mut answer)).await.ok()?.unwrap();
    Some(Message::from_vec(&answer[..length]).unwrap())
}

async fn ask_tcp(at: &Running, query: &[u8]) -> Message {
    let mut stream = connect(at.address).await.unwrap();
    stream.write_u16(u16::try_from(query.len()).unwrap()).await.unwrap();
    stream.write_all(query).await.unwrap();
    let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    Message::from_vec(&answer).unwrap()
}

fn addresses(message: &Message) -> Vec<IpAddr> {
    message.answers.iter().filter_map(|record| record.data.ip_addr()).collect()
}

#[tokio::test]
async fn each_family_gets_its_own_records() {
    let at = start(Entry::new([v4(1), v6(), v4(2)]));
    for (record_type, expected) in [
        (WireType::A, vec![v4(1), v4(2)]),
        (WireType::AAAA, vec![v6()]),
        (WireType::TXT, Vec::new()),
    ] {
        let query = query("WSUS.demo.TEST", record_type);
        let over_udp = ask_udp(&at, &query, PATIENCE).await.unwrap();
        let over_tcp = ask_tcp(&at, &query).await;
        assert_eq!(over_udp, over_tcp);
        assert_eq!(addresses(&over_udp), expected);
        assert_eq!(over_udp.metadata.response_code, ResponseCode::NoError);
    }
    for transport in [Transport::Udp, Transport::Tcp] {
        assert_eq!(at.server.queries(NAME, RecordType::A, transport), 1);
    }
}

#[tokio::test]
async fn each_trouble_shows() {
    for (trouble, code, truncated) in [
        (Trouble::NxDomain, ResponseCode::NXDomain, false),
        (Trouble::ServFail, ResponseCode::ServFail, false),
        (Trouble::Refused, ResponseCode::Refused, false),
        (Trouble::NoData, ResponseCode::NoError, false),
        (Trouble::Truncated, ResponseCode::NoError, true),
    ] {
        let at = start(Entry { trouble, ..Entry::new([v4(1)]) });
        let query = query(NAME, WireType::A);
        let answer = ask_udp(&at, &query, PATIENCE).await.unwrap();
        assert_eq!(answer.metadata.response_code, code, "{trouble:?}");
        assert_eq!(answer.metadata.truncation, truncated, "{trouble:?}");
        assert!(addresses(&answer).is_empty(), "{trouble:?}");
        let whole = ask_tcp(&at, &query).await;
        assert_eq!(addresses(&whole).len(), usize::from(truncated), "{trouble:?}");
    }
}

#[tokio::test]
async fn silence_is_for_one_name_only() {
    let at = start(Entry::trouble(Trouble::Silent));
    let moment = Duration::from_millis(100);
    assert_eq!(ask_udp(&at, &query(NAME, WireType::A), moment).await, None);
    let other = ask_udp(&at, &query("other.demo.test", WireType::A), PATIENCE).await.unwrap();
    assert_eq!(other.metadata.response_code, ResponseCode::NXDomain);
}

#[tokio::test]
async fn the_first_queries_of_each_type_are_dropped() {
    let at = start(Entry { drop_first: 1, ..Entry::new([v4(1), v6()]) });
    let moment = Duration::from_millis(100);
    for (record_type, model_type) in
        [(WireType::A, RecordType::A), (WireType::AAAA, RecordType::Aaaa)]
    {
        let query = query(NAME, record_type);
        assert_eq!(ask_udp(&at, &query, moment).await, None);
        assert_eq!(addresses(&ask_udp(&at, &query, PATIENCE).await.unwrap()).len(), 1);
        assert_eq!(at.server.queries(NAME, model_type, Transport::Udp), 2);
    }
}

#[tokio::test]
async fn aliases_are_followed_and_may_lead_nowhere_or_round() {
    let at = start(Entry::alias("real.demo.test"));
    let query = query(NAME, WireType::A);
    let nowhere = ask_udp(&at, &query, PATIENCE).await.unwrap();
    assert_eq!(nowhere.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(nowhere.answers.len(), 1);
    at.server.change(|zone| {
        zone.insert("real.demo.test".into(), Entry::new([v4(1)]));
    });
    let followed = ask_udp(&at, &query, PATIENCE).await.unwrap();
    assert_eq!(addresses(&followed), [v4(1)]);
    assert_eq!(followed.answers.len(), 2);
    at.server.change(|zone| {
        zone.insert("real.demo.test".into(), Entry::alias(NAME));
    });
    let round = ask_udp(&at, &query, PATIENCE).await.unwrap();
    assert!(addresses(&round).is_empty());
    assert!(round.answers.len() < 100);
}

#[tokio::test]
async fn an_answer_too_long_for_a_datagram_is_truncated() {
    let at = start(Entry::new((1..=100).map(v4)));
    let query = query(NAME, WireType::A);
    let cut = ask_udp(&at, &query, PATIENCE).await.unwrap();
    assert!(cut.metadata.truncation);
    assert_eq!(addresses(&ask_tcp(&at, &query).await).len(), 100);
}

#[tokio::test]
async fn the_delay_is_for_the_answer_not_the_server() {
    let delay = Duration::from_millis(200);
    let at = start(Entry { delay, ..Entry::new([v4(1)]) });
    let query = query(NAME, WireType::A);
    assert_eq!(ask_udp(&at, &query, delay / 2).await, None);
    let all = async {
        let ask = || ask_udp(&at, &query, PATIENCE);
        tokio::join!(ask(), ask(), ask(), ask(), ask(), ask(), ask(), ask(), ask(), ask())
    };
    assert!(timeout(8 * delay, all).await.is_ok(), "ten at once take no ten times as long");
}

#[tokio::test]
async fn what_is_no_query_is_ignored() {
    let at = start(Entry::new([v4(1)]));
    let moment = Duration::from_millis(50);
    let mut response = query(NAME, WireType::A);
    response[2] |= 0x80;
    for bytes in [&b""[..], b"\0", &[0xff; 600], &response] {
        assert_eq!(ask_udp(&at, bytes, moment).await, None);
    }
    assert!(ask_udp(&at, &query(NAME, WireType::A), PATIENCE).await.is_some());
}
