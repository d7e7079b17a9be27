//! From a query's bytes to the answer's.

use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

use super::{Entry, TTL, Transport, Trouble, Zone};

/// Aliases followed for one answer; ends loops.
const ALIASES: usize = 8;

/// Longest answer over UDP where the query states no other limit (RFC 1035 section 4.2.1).
const UDP_LIMIT: u16 = 512;

/// A query for one name, with what its answer must repeat.
pub(super) struct Question {
    /// In lower case without a trailing dot.
    pub(super) name: String,
    pub(super) record_type: RecordType,
    query: Query,
    id: u16,
    recursion_desired: bool,
    /// The longest answer the asker takes over UDP, where it said so by EDNS (RFC 6891).
    edns_limit: Option<u16>,
}

impl Question {
    /// The question of a message; nothing for what is not a query with exactly one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let message = Message::from_vec(bytes).ok()?;
        let [query] = message.queries.as_slice() else { return None };
        let metadata = message.metadata;
        let is_query =
            metadata.message_type == MessageType::Query && metadata.op_code == OpCode::Query;
        is_query.then(|| Self {
            name: plain(&query.name),
            record_type: query.query_type,
            query: query.clone(),
            id: metadata.id,
            recursion_desired: metadata.recursion_desired,
            edns_limit: message.edns.as_ref().map(Edns::max_payload),
        })
    }

    /// The encoded answer; nothing where it cannot be encoded.
    pub(super) fn reply(&self, zone: &Zone, transport: Transport) -> Option<Vec<u8>> {
        let trouble = zone.get(&self.name).map_or(Trouble::NxDomain, |entry| entry.trouble);
        let mut message = self.empty(ResponseCode::NoError);
        match trouble {
            Trouble::ServFail => message.metadata.response_code = ResponseCode::ServFail,
            Trouble::Refused => message.metadata.response_code = ResponseCode::Refused,
            Trouble::NxDomain => message.metadata.response_code = ResponseCode::NXDomain,
            Trouble::NoData | Trouble::Silent => {}
            Trouble::Truncated if transport == Transport::Udp => {
                message.metadata.truncation = true;
                return message.to_vec().ok();
            }
            Trouble::None | Trouble::Truncated => self.resolve(zone, &mut message)?,
        }
        if matches!(trouble, Trouble::NxDomain | Trouble::NoData) || message.answers.is_empty() {
            message.add_authority(start_of_authority(&self.query.name));
        }
        let bytes = message.to_vec().ok()?;
        let limit = usize::from(self.edns_limit.unwrap_or(UDP_LIMIT).max(UDP_LIMIT));
        if transport == Transport::Udp && bytes.len() > limit {
            return message.truncate().to_vec().ok();
        }
        Some(bytes)
    }

    /// Adds the records of the name, through its aliases.
    fn resolve(&self, zone: &Zone, message: &mut Message) -> Option<()> {
        let (mut owner, mut name) = (self.query.name.clone(), self.name.clone());
        for _ in 0..ALIASES {
            let Some(entry) = zone.get(&name) else {
                message.metadata.response_code = ResponseCode::NXDomain;
                break;
            };
            let Some(target) = &entry.alias else {
                message.add_answers(self.records(&owner, entry));
                break;
            };
            let target_name = Name::from_ascii(format!("{target}.")).ok()?;
            message.add_answer(record(
                &owner,
                entry.ttl.unwrap_or(TTL),
                RData::CNAME(CNAME(target_name.clone())),
            ));
            (owner, name) = (target_name, target.clone());
        }
        Some(())
    }

    fn records(&self, owner: &Name, entry: &Entry) -> Vec<Record> {
        let data = entry.addresses.iter().map(|address| match address {
            IpAddr::V4(address) => RData::A((*address).into()),
            IpAddr::V6(address) => RData::AAAA((*address).into()),
        });
        data.filter(|data| data.record_type() == self.record_type)
            .map(|data| record(owner, entry.ttl.unwrap_or(TTL), data))
            .collect()
    }

    fn empty(&self, code: ResponseCode) -> Message {
        let mut message = Message::error_msg(self.id, OpCode::Query, code);
        message.metadata.authoritative = true;
        message.metadata.recursion_desired = self.recursion_desired;
        message.metadata.recursion_available = true;
        message.add_query(self.query.clone());
        if self.edns_limit.is_some() {
            message.set_edns(Edns::new());
        }
        message
    }
}

/// A name in lower case without a trailing dot.
fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

fn record(owner: &Name, ttl: Duration, data: RData) -> Record {
    Record::from_rdata(owner.clone(), seconds(ttl), data)
}

/// Says who is in charge of a name that has nothing, and for how long that may be remembered
/// (RFC 2308).
fn start_of_authority(name: &Name) -> Record {
    let zone = name.base_name();
    let data = SOA::new(zone.clone(), zone.clone(), 1, 3600, 600, 86400, seconds(TTL));
    Record::from_rdata(zone, seconds(TTL), RData::SOA(data))
}

fn seconds(ttl: Duration) -> u32 {
    u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX)
}
