//! IP packets as a TUN device hands them over, and the answers of a refusing network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// Bytes of the offending packet that an ICMP error quotes: both IP headers and a TCP header
/// with options fit, and RFC 1812 4.3.2.3 and RFC 4443 2.4 allow more.
const QUOTED: usize = 128;

/// Hops a made-up answer may still take; it takes none.
const HOP_LIMIT: u8 = 64;

/// A view of one IP packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet<'a> {
    bytes: &'a [u8],
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    protocol: u8,
    /// What follows the IP header. IPv6 extension headers are not looked into.
    payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the IP header; `None` if it is not IP or cut short.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        match bytes.first()? >> 4 {
            4 => Some(Self {
                bytes,
                source: Ipv4Addr::from(*bytes.get(12..)?.first_chunk::<4>()?).into(),
                destination: Ipv4Addr::from(*bytes.get(16..)?.first_chunk::<4>()?).into(),
                protocol: *bytes.get(9)?,
                payload: bytes.get(usize::from(bytes[0] & 0x0F) * 4..)?,
            }),
            6 => Some(Self {
                bytes,
                source: Ipv6Addr::from(*bytes.get(8..)?.first_chunk::<16>()?).into(),
                destination: Ipv6Addr::from(*bytes.get(24..)?.first_chunk::<16>()?).into(),
                protocol: *bytes.get(6)?,
                payload: bytes.get(40..)?,
            }),
            _ => None,
        }
    }

    /// Whether it opens a TCP connection.
    pub(super) fn is_syn(&self) -> bool {
        self.tcp_flags().is_some_and(|flags| flags & (SYN | ACK) == SYN)
    }

    /// A number all packets of a flow share: both ports mixed.
    pub(super) fn flow(&self) -> u16 {
        match (self.protocol, self.payload.first_chunk::<4>()) {
            (TCP | UDP, Some([a, b, c, d])) => {
                u16::from_be_bytes([*a, *b]) ^ u16::from_be_bytes([*c, *d])
            }
            _ => 0,
        }
    }

    /// The answer of a host on which nothing listens: RST (RFC 9293 3.10.7.1), or ICMP port
    /// unreachable. `None` for what must not be answered.
    pub(super) fn refusal(&self) -> Option<Vec<u8>> {
        match self.protocol {
            TCP => self.reset(),
            _ => self.icmp_error(3, 4),
        }
    }

    /// The answer of a router that cannot reach the host: ICMP host unreachable (RFC 792), or
    /// `ICMPv6` address unreachable (RFC 4443 3.1). `None` for what must not be answered.
    pub(super) fn host_unreachable(&self) -> Option<Vec<u8>> {
        self.icmp_error(1, 3)
    }

    fn tcp_flags(&self) -> Option<u8> {
        (self.protocol == TCP).then(|| self.payload.get(13).copied()).flatten()
    }

    fn reset(&self) -> Option<Vec<u8>> {
        let flags = self.tcp_flags()?;
        if flags & RST != 0 {
            return None;
        }
        let segment = self.payload;
        let (sequence, acknowledged) = (segment.get(4..8)?, segment.get(8..12)?);
        let mut reset = [segment.get(2..4)?, segment.get(0..2)?].concat();
        if flags & ACK != 0 {
            reset.extend(acknowledged);
            reset.extend([0; 4]);
        } else {
            let data = segment.len().saturating_sub(usize::from(segment.get(12)? >> 4) * 4);
            let length = u32::try_from(data).ok()?
                + u32::from(flags & SYN != 0)
                + u32::from(flags & FIN != 0);
            let sequence = u32::from_be_bytes(sequence.try_into().ok()?);
            reset.extend([0; 4]);
            reset.extend(sequence.wrapping_add(length).to_be_bytes());
        }
        // Header of five words, flags; no window, checksum to come, no urgent data.
        reset.extend([5 << 4, if flags & ACK != 0 { RST } else { RST | ACK }]);
        reset.extend([0; 6]);
        Some(self.reply(TCP, reset, 16, true))
    }

    /// A destination-unreachable message with the code of either family.
    fn icmp_error(&self, code_v4: u8, code_v6: u8) -> Option<Vec<u8>> {
        if matches!(self.protocol, ICMP | ICMPV6) {
            return None;
        }
        let quoted = &self.bytes[..self.bytes.len().min(QUOTED)];
        let ipv4 = self.source.is_ipv4();
        let (kind, code, protocol) = if ipv4 { (3, code_v4, ICMP) } else { (1, code_v6, ICMPV6) };
        let message = [&[kind, code, 0, 0, 0, 0, 0, 0], quoted].concat();
        Some(self.reply(protocol, message, 2, !ipv4))
    }

    /// Wraps a payload in an IP header back to the sender, with the checksum at `checksum_at`,
    /// over the pseudo-header too where the protocol wants it.
    fn reply(
        &self,
        protocol: u8,
        mut payload: Vec<u8>,
        checksum_at: usize,
        pseudo_header: bool,
    ) -> Vec<u8> {
        let (source, destination) = (octets(self.destination), octets(self.source));
        let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        let mut sum = add(0, &payload);
        if pseudo_header {
            sum = add(add(sum, &source), &destination) + u32::from(protocol) + u32::from(length);
        }
        payload[checksum_at..checksum_at + 2].copy_from_slice(&fold(sum));
        let mut packet = match self.source {
            IpAddr::V4(_) => {
                let total = (length + 20).to_be_bytes();
                vec![0x45, 0, total[0], total[1], 0, 0, 0, 0, HOP_LIMIT, protocol, 0, 0]
            }
            IpAddr::V6(_) => {
                let [high, low] = length.to_be_bytes();
                vec![0x60, 0, 0, 0, high, low, protocol, HOP_LIMIT]
            }
        };
        packet.extend(source);
        packet.extend(destination);
        if self.source.is_ipv4() {
            let checksum = fold(add(0, &packet));
            packet[10..12].copy_from_slice(&checksum);
        }
        packet.extend(payload);
        packet
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// Adds 16-bit words, the last one padded with zero (RFC 1071).
fn add(sum: u32, bytes: &[u8]) -> u32 {
    bytes.chunks(2).fold(sum, |sum, word| {
        sum + u32::from(u16::from_be_bytes([word[0], word.get(1).copied().unwrap_or(0)]))
    })
}

/// The internet checksum of a sum of words (RFC 1071).
fn fold(mut sum: u32) -> [u8; 2] {
    while sum > 0xFFFF {
        sum = (sum >> 16) + (sum & 0xFFFF);
    }
    (!u16::try_from(sum).unwrap_or_default()).to_be_bytes()
}
