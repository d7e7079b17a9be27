//! The HTTP client as it is used here, and the two ends of its work: URLs and headers.

use std::net::IpAddr;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::Destination;
use super::connector::{Pin, Watch};
use crate::model::endpoint::EndpointUrl;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::wire::soap;

/// How the prober names itself, so that administrators find it in their logs.
pub(super) const USER_AGENT: &str = concat!("wsus-probe/", env!("CARGO_PKG_VERSION"));

/// Names the call (SOAP 1.1 section 6.1.1). Names of header fields go out in lower case.
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// The most header fields of an answer. IIS sends about ten; each proxy on the way adds a few.
pub(super) const MAX_HEADERS: usize = 64;

/// The largest header section, in bytes of names and values: what common servers and proxies
/// accept at most. While a section is incomplete, hyper's own limit (about 400 KiB) bounds it.
pub(super) const MAX_HEADER_BYTES: usize = 64 * 1024;

/// A client for one connection.
pub(super) fn client(to: &Destination, watch: Watch) -> Result<Client, reqwest::Error> {
    let mut tls = (*to.tls).clone();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .http1_only()
        // What does not begin like HTTP then comes back as bytes, which can be quoted.
        .http09_responses()
        .http1_max_headers(MAX_HEADERS)
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(1)
        // The lane's owner drops the client, and the connection with it.
        .pool_idle_timeout(None)
        .dns_resolver(Pin(to.member))
        .connector_layer(watch)
        .build()
}

/// The URL in reqwest's form. A host that is a literal address cannot be pinned elsewhere:
/// that would probe another machine than the member.
pub(super) fn pinned_url(
    to: &EndpointUrl,
    member: IpAddr,
    request: Request,
) -> Result<Url, Failure> {
    let impossible = |detail: String| Failure::new(Phase::Connect, Cause::Io, detail);
    let url = Url::parse(&format!("{to}{}", request.path()))
        .map_err(|error| impossible(format!("{to} cannot be requested: {error}")))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if address != member => {
            Err(impossible(format!("the address {address} as a host cannot lead to {member}")))
        }
        Ok(_) | Err(_) => Ok(url),
    }
}

/// The header fields that a request has of its own, and its body.
pub(super) fn own_fields(request: Request) -> (HeaderMap, &'static str) {
    let mut fields = HeaderMap::new();
    if let Some(range) = request.range() {
        fields.insert(RANGE, HeaderValue::from_static(range));
    }
    let Some(call) = soap::call(request) else { return (fields, "") };
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(call.content_type));
    if let Some(action) = call.action {
        fields.insert(SOAP_ACTION, HeaderValue::from_static(action));
    }
    (fields, call.body)
}

/// Names are lower-case already; values that are not visible ASCII are escaped.
pub(super) fn headers(map: &HeaderMap) -> Result<Vec<(String, String)>, Failure> {
    let bytes: usize = map.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEADER_BYTES {
        let detail = format!("{bytes} bytes of headers, more than {MAX_HEADER_BYTES}");
        return Err(Failure::new(Phase::Wsus, Cause::HeadersTooLarge, detail));
    }
    let text = |value: &HeaderValue| {
        value.to_str().map_or_else(|_| value.as_bytes().escape_ascii().to_string(), str::to_owned)
    };
    Ok(map.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
}
