//! Whole HTTP answers on their way through reading and judging. The first byte chooses the
//! request that is answered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsus_probe::decide::{diagnosis, exposure, generation, members, services, wsus};
use wsus_probe::model::endpoint::{EndpointUrl, Host, Scheme};
use wsus_probe::model::exchange::{Answer, Content, Exchange, HttpReply};
use wsus_probe::model::request::Request;
use wsus_probe::wire::{cabinet, soap};

/// More headers than the HTTP client lets through.
const MAX_HEADERS: usize = 128;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let request = Request::ALL[usize::from(*choice) % Request::ALL.len()];
    let Some(reply) = split(bytes) else { return };
    let asked = EndpointUrl {
        scheme: if choice & 0x80 == 0 { Scheme::Http } else { Scheme::Https },
        host: Host::Name("wsus.example.test".into()),
        port: 8530,
    };
    let answer = Answer {
        body_bytes: reply.body.len(),
        content: content(request, &reply.body),
        certificate_requested: choice & 0x40 != 0,
        reply,
        ..Answer::default()
    };
    judge(&[Exchange { request, outcome: Ok(answer) }], &asked);
});

/// A status line, headers and what follows them.
fn split(bytes: &[u8]) -> Option<HttpReply> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).ok()? else { return None };
    let headers = head.headers.iter().map(|header| {
        let value = String::from_utf8_lossy(header.value).into_owned();
        (header.name.to_ascii_lowercase(), value)
    });
    Some(HttpReply {
        status: head.code?,
        headers: headers.collect(),
        body: bytes[length..].into(),
        ..HttpReply::default()
    })
}

fn content(request: Request, body: &[u8]) -> Content {
    if soap::call(request).is_some() {
        Content::Soap(soap::parse(body))
    } else if request == Request::SelfUpdate {
        Content::Cabinet(cabinet::parse(body))
    } else {
        soap::html_title(body).map_or(Content::Unread, Content::Html)
    }
}

fn judge(exchanges: &[Exchange], asked: &EndpointUrl) {
    for exchange in exchanges {
        if let Err(failure) = wsus::of_exchange(exchange, asked) {
            assert!(!failure.detail.contains(['\n', '\r', '\u{1b}']));
        }
    }
    let services = services::reports(exchanges, asked);
    let seen = diagnosis::Seen { asked, exchanges, services: &services, round_trip: None };
    let generation = generation::estimate(exchanges, None);
    for finding in diagnosis::of_member(&seen)
        .into_iter()
        .chain(exposure::of_member(&seen))
        .chain(generation::findings(generation.as_ref(), exchanges))
        .chain(members::behind_one_address(exchanges))
    {
        assert!(!finding.observed.contains(['\n', '\r', '\u{1b}']));
    }
}
