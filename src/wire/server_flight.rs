//! The server's first flight in answer to a hand-made `ClientHello`, read without any key.
//!
//! Before TLS 1.3 all of it is in clear text up to `ServerHelloDone`, the chain included; in
//! TLS 1.3 only the first message is. However the bytes are cut into pieces, the answer is the
//! same, and no server can make the reader keep more than a few hundred kilobytes.

mod hello;
mod messages;
mod records;
mod rest;

use crate::model::alert;
use crate::model::protocol::Protocol;
use crate::model::tls::Presented;
use crate::model::tls_scan::{Answer, ServerChoice};
use crate::wire::client_hello::Hello;
use crate::wire::server_flight::messages::{CERTIFICATE, Message, Messages};
use crate::wire::server_flight::records::{ALERT, HANDSHAKE, Record, Records};

// Handshake types (IANA, TLS HandshakeType).
const HELLO_REQUEST: u8 = 0;
const SERVER_HELLO: u8 = 2;
const SERVER_KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;

/// Level of alerts that do not end the connection.
const WARNING: u8 = 1;

/// The alert by which a server closes the connection.
const CLOSE_NOTIFY: u8 = 0;

/// Warnings that may also precede a `ServerHello` of TLS 1.3, in which all others are errors,
/// whatever their level (RFC 8446 section 6): `user_canceled`, `no_renegotiation`, and
/// `unrecognized_name`, which some servers send before they know the version.
const WARNINGS_IN_TLS13: [u8; 3] = [90, 100, 112];

/// The most warnings that are kept; the others add nothing.
const MAX_WARNINGS: usize = 8;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By an orderly close.
    Closed,
    /// By a reset.
    Reset,
    /// Not at all; the time was over.
    Timeout,
}

/// Why nothing more needs to be read.
#[derive(Debug)]
enum Stop {
    /// The flight is complete.
    Complete,
    OtherVersion(u16),
    Alert(u8),
    Broken(String),
    NotTls(String),
    Ended(End),
}

/// Reads the answer to one hello, fed in pieces of any size.
#[derive(Debug)]
pub struct ServerFlight {
    asked: Hello,
    records: Records,
    messages: Messages,
    /// The level of an alert of which the second byte is missing.
    alert_level: Option<u8>,
    warnings: Vec<u8>,
    /// What was chosen, once `ServerHello` was read.
    choice: Option<ServerChoice>,
    ocsp: Option<Vec<u8>>,
    answer: Option<Answer>,
}

impl ServerFlight {
    /// A reader of the answer to this hello.
    pub fn new(hello: &Hello) -> Self {
        Self {
            asked: hello.clone(),
            records: Records::default(),
            messages: Messages::default(),
            alert_level: None,
            warnings: Vec::new(),
            choice: None,
            ocsp: None,
            answer: None,
        }
    }

    /// Takes note of bytes; the answer as soon as nothing more needs to be read. What comes after
    /// that changes nothing.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Option<Answer> {
        while self.answer.is_none() && !bytes.is_empty() {
            if let Err(stop) = self.step(&mut bytes) {
                self.answer = Some(self.conclude(stop));
            }
        }
        self.answer.clone()
    }

    /// The answer when nothing more will come.
    pub fn end(&mut self, how: End) -> Answer {
        let answer = self.answer.take().unwrap_or_else(|| self.conclude(Stop::Ended(how)));
        self.answer.insert(answer).clone()
    }

    /// The alerts of level warning so far, by their numbers; the first few of many.
    pub fn warnings(&self) -> &[u8] {
        &self.warnings
    }

    /// Bytes that are held back for later.
    #[cfg(test)]
    fn kept(&self) -> usize {
        self.records.kept() + self.messages.kept()
    }

    fn step(&mut self, bytes: &mut &[u8]) -> Result<(), Stop> {
        let Some(Record { kind, body }) = self.records.take(bytes)? else { return Ok(()) };
        match kind {
            HANDSHAKE => {
                self.messages.push(&body);
                while let Some(message) = self.messages.next()? {
                    self.message(&message)?;
                }
                Ok(())
            }
            ALERT => body.iter().try_for_each(|&byte| self.alert_byte(byte)),
            other => Err(Stop::Broken(format!("a record of type {other} within the handshake"))),
        }
    }

    fn alert_byte(&mut self, byte: u8) -> Result<(), Stop> {
        let Some(level) = self.alert_level.take() else {
            self.alert_level = Some(byte);
            return Ok(());
        };
        let harmless = level == WARNING
            && (self.asked.protocol != Protocol::Tls13 || WARNINGS_IN_TLS13.contains(&byte));
        match byte {
            CLOSE_NOTIFY => Err(Stop::Ended(End::Closed)),
            number if !harmless => Err(Stop::Alert(number)),
            number => {
                if self.warnings.len() < MAX_WARNINGS {
                    self.warnings.push(number);
                }
                Ok(())
            }
        }
    }

    fn message(&mut self, message: &Message) -> Result<(), Stop> {
        let Message { kind, body } = message;
        let unexpected = |when| {
            Err(Stop::Broken(format!("a handshake message of type {kind} {when} ServerHello")))
        };
        let Some(choice) = &mut self.choice else {
            return match *kind {
                HELLO_REQUEST => Ok(()),
                SERVER_HELLO => self.server_hello(body),
                _ => unexpected("before"),
            };
        };
        match *kind {
            HELLO_REQUEST => {}
            CERTIFICATE if choice.presented.is_none() => {
                let (chain, whole) = rest::chain(body);
                choice.presented = presented(chain);
                if !whole {
                    let text = "a Certificate message that is malformed or too long";
                    return Err(Stop::Broken(text.to_owned()));
                }
            }
            CERTIFICATE_STATUS => self.ocsp = rest::ocsp(body),
            SERVER_KEY_EXCHANGE => {
                (choice.group, choice.prime_bits) = rest::key_exchange(body, choice.suite);
            }
            CERTIFICATE_REQUEST => choice.client_certificate_requested = true,
            SERVER_HELLO_DONE => return Err(Stop::Complete),
            _ => return unexpected("after"),
        }
        Ok(())
    }

    fn server_hello(&mut self, body: &[u8]) -> Result<(), Stop> {
        let hello = hello::read(body, &self.asked)?;
        self.choice = Some(ServerChoice {
            suite: hello.suite,
            group: hello.group,
            prime_bits: None,
            retry: hello.retry,
            client_certificate_requested: false,
            presented: None,
            cut_short: None,
        });
        // The rest of TLS 1.3 is encrypted.
        if self.asked.protocol == Protocol::Tls13 { Err(Stop::Complete) } else { Ok(()) }
    }

    fn conclude(&mut self, stop: Stop) -> Answer {
        if let Some(mut choice) = self.choice.take() {
            choice.cut_short = cut_short(&stop);
            if choice.presented.is_none() {
                let partial = self.messages.partial_chain().map(|body| rest::chain(body).0);
                choice.presented = partial.and_then(presented);
            }
            if let Some(presented) = &mut choice.presented {
                presented.ocsp = self.ocsp.take();
            }
            return Answer::Chosen(Box::new(choice));
        }
        let quote = self.records.quote();
        let bytes = self.records.taken();
        match (stop, quote) {
            (Stop::NotTls(quote), _) | (Stop::Ended(_), Some(quote)) => Answer::NotTls(quote),
            (Stop::OtherVersion(number), _) => Answer::OtherVersion(number),
            (Stop::Alert(number), _) => Answer::Alert(number),
            (Stop::Broken(how), _) => Answer::Broken(how),
            (Stop::Complete, _) => Answer::Broken("no ServerHello".to_owned()),
            (Stop::Ended(End::Closed), None) => Answer::Closed(bytes),
            (Stop::Ended(End::Reset), None) => Answer::Reset(bytes),
            (Stop::Ended(End::Timeout), None) => Answer::Timeout(bytes),
        }
    }
}

/// Why the flight ended before it was complete.
fn cut_short(stop: &Stop) -> Option<String> {
    Some(match stop {
        Stop::Complete => return None,
        Stop::Alert(number) => format!("alert {} after ServerHello", alert::words(*number)),
        Stop::Broken(how) | Stop::NotTls(how) => how.clone(),
        Stop::OtherVersion(number) => format!("a second ServerHello of version 0x{number:04x}"),
        Stop::Ended(End::Closed) => "the server closed the connection after ServerHello".to_owned(),
        Stop::Ended(End::Reset) => "the server reset the connection after ServerHello".to_owned(),
        Stop::Ended(End::Timeout) => "the rest did not come in time after ServerHello".to_owned(),
    })
}

fn presented(chain: Vec<Vec<u8>>) -> Option<Presented> {
    (!chain.is_empty()).then_some(Presented { chain, signature_ok: true, ocsp: None })
}

#[cfg(test)]
mod tests;
