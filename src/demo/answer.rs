//! What a WSUS server on IIS says, and what is said in its place when it is not one.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

/// A complete answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// Namespace of the client service (MS-WUSP 2.2.1).
const CLIENT_NAMESPACE: &str =
    "http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService";

/// Namespace of the SOAP 1.1 envelope.
const SOAP_NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// The elements of a `GetConfig` request from the root inwards, each with its namespace
/// (MS-WUSP 3.1.5.2).
const REQUEST_PATH: [(&str, &str); 4] = [
    (SOAP_NAMESPACE, "Envelope"),
    (SOAP_NAMESPACE, "Body"),
    (CLIENT_NAMESPACE, "GetConfig"),
    (CLIENT_NAMESPACE, "protocolVersion"),
];

/// When the configuration of every simulated server last changed: servers that share a database
/// give the same moment.
const LAST_CHANGE: &str = "2026-10-17T04:20:31.18Z";

/// What the `Server` header says where IIS itself answered.
const IIS: &str = "Microsoft-IIS/10.0";

/// What it says where the kernel's HTTP driver answered because no worker process runs.
const HTTP_SYS: &str = "Microsoft-HTTPAPI/2.0";

const XML: &str = "text/xml; charset=utf-8";
const HTML: &str = "text/html";

/// The value of the `SOAPAction` header that names `GetConfig`, with the quotes it must have.
pub(super) fn get_config_action() -> String {
    format!("\"{CLIENT_NAMESPACE}/GetConfig\"")
}

/// Whether this is the envelope of a `GetConfig` request with a protocol version.
pub(super) fn is_get_config(body: &[u8]) -> bool {
    let mut reader = NsReader::from_reader(body);
    let mut path = REQUEST_PATH.iter();
    loop {
        match reader.read_resolved_event() {
            Ok((ResolveResult::Bound(namespace), Event::Start(element))) => {
                let local = element.local_name();
                match path.next() {
                    Some((space, name))
                        if namespace.as_ref() == *space && local.as_ref() == *name => {}
                    _ => return false,
                }
            }
            Ok((_, Event::Text(_))) if path.as_slice().is_empty() => return true,
            Ok((_, Event::Text(_) | Event::Decl(_) | Event::Comment(_))) => {}
            _ => return false,
        }
    }
}

/// A `GetConfigResponse` in the shape of a modern WSUS' client service: `s:` prefix, no XML
/// declaration, an empty `Parameter` (MS-WUSP 2.2.2.2.1). `machine` is the internal name that
/// `PackageServerShare` gives away.
pub(super) fn config(machine: &str) -> Answer {
    let properties: String = [
        ("MaxExtendedUpdatesPerRequest", "50"),
        ("PackageServerShare", &format!(r"\\{machine}\UpdateServicesPackages")),
        ("ProtocolVersion", "3.2"),
        ("IsInventoryRequired", "0"),
        ("ClientReportingLevel", "2"),
    ]
    .map(|(name, value)| {
        format!(
            "<ConfigurationProperty><Name>{name}</Name><Value>{value}</Value>\
             </ConfigurationProperty>"
        )
    })
    .concat();
    let plugin = "<AuthPlugInInfo><PlugInID>SimpleTargeting</PlugInID>\
                  <ServiceUrl>SimpleAuthWebService/SimpleAuth.asmx</ServiceUrl><Parameter/>\
                  </AuthPlugInInfo>";
    asp_net(StatusCode::OK, config_envelope(plugin, &properties))
}

/// The answer of an update server that is not a WSUS: another plug-in and no properties.
pub(super) fn foreign_config() -> Answer {
    let plugin = "<AuthPlugInInfo><PlugInID>Anonymous</PlugInID><ServiceUrl/></AuthPlugInInfo>";
    asp_net(StatusCode::OK, config_envelope(plugin, ""))
}

fn config_envelope(plugin: &str, properties: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP_NAMESPACE}\"><s:Body \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
         <GetConfigResponse xmlns=\"{CLIENT_NAMESPACE}\"><GetConfigResult>\
         <LastChange>{LAST_CHANGE}</LastChange>\
         <IsRegistrationRequired>true</IsRegistrationRequired>\
         <AuthInfo>{plugin}</AuthInfo><Properties>{properties}</Properties>\
         </GetConfigResult></GetConfigResponse></s:Body></s:Envelope>"
    )
}

/// A SOAP fault with this error code (MS-WUSP 2.2.2.4). The members of `detail` are in no
/// namespace, as real servers send them.
pub(super) fn soap_fault(error_code: &str) -> Answer {
    let method = get_config_action();
    asp_net(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!(
            "<s:Envelope xmlns:s=\"{SOAP_NAMESPACE}\"><s:Body><s:Fault>\
             <faultcode>s:Client</faultcode><faultstring>Fault occurred</faultstring>\
             <detail><ErrorCode>{error_code}</ErrorCode><Message>simulated</Message>\
             <ID>6d0f1c52-9c9b-4f57-9d2f-0b2a4e1f7a10</ID><Method>{method}</Method></detail>\
             </s:Fault></s:Body></s:Envelope>"
        ),
    )
}

/// WCF's own fault for a request that names no operation of the service.
pub(super) fn action_mismatch() -> Answer {
    asp_net(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!(
            "<s:Envelope xmlns:s=\"{SOAP_NAMESPACE}\"><s:Body><s:Fault>\
             <faultcode \
             xmlns:a=\"http://schemas.microsoft.com/ws/2005/05/addressing/none\">\
             a:ActionNotSupported</faultcode>\
             <faultstring xml:lang=\"en-US\">The request names no operation of this service.\
             </faultstring></s:Fault></s:Body></s:Envelope>"
        ),
    )
}

/// The kernel's answer while the application pool `WsusPool` is stopped.
pub(super) fn pool_stopped() -> Answer {
    let page = html("Service Unavailable", "HTTP Error 503. The service is unavailable.");
    answer(StatusCode::SERVICE_UNAVAILABLE, HTTP_SYS, "text/html; charset=us-ascii", page)
}

/// An error page of IIS, or an empty answer for a status that is not an error. 401 offers the
/// Windows authentication schemes. Statuses outside 100 to 999 become 500.
pub(super) fn status(code: u16) -> Answer {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or("Error");
    let error = status.is_client_error() || status.is_server_error();
    let page = if error { html(reason, &format!("Server Error {code}")) } else { String::new() };
    let mut answer = answer(status, IIS, HTML, page);
    if status == StatusCode::UNAUTHORIZED {
        let headers = answer.headers_mut();
        headers.append("www-authenticate", HeaderValue::from_static("Negotiate"));
        headers.append("www-authenticate", HeaderValue::from_static("NTLM"));
    }
    answer
}

/// A redirect to `location`; without a `Location` header if that is not a legal header value.
pub(super) fn redirect(location: &str) -> Answer {
    let mut answer = answer(StatusCode::FOUND, IIS, HTML, html("Object moved", "Object moved"));
    if let Ok(location) = HeaderValue::from_str(location) {
        answer.headers_mut().insert("location", location);
    }
    answer
}

/// The sign-in page of a captive portal or proxy, with status 200.
pub(super) fn portal() -> Answer {
    let page = html("Sign in", "Please sign in to use this network.");
    answer(StatusCode::OK, "portal", "text/html; charset=utf-8", page)
}

/// `config`, and the header that makes clients refuse clear text, which is how content comes.
pub(super) fn config_with_hsts(machine: &str) -> Answer {
    let mut answer = config(machine);
    let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
    answer.headers_mut().insert("strict-transport-security", value);
    answer
}

/// An XML body as the client service sends it.
pub(super) fn asp_net(status: StatusCode, body: String) -> Answer {
    let mut answer = answer(status, IIS, XML, body);
    for (name, value) in [
        ("cache-control", "private"),
        ("x-aspnet-version", "4.0.30319"),
        ("x-powered-by", "ASP.NET"),
    ] {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}

/// An XML body that claims to be gzip.
pub(super) fn gzip(body: Vec<u8>) -> Answer {
    let mut answer = answer(StatusCode::OK, IIS, XML, body);
    answer.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
    answer
}

fn answer(
    status: StatusCode,
    server: &'static str,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert("server", HeaderValue::from_static(server));
    headers.insert("content-type", HeaderValue::from_static(content_type));
    answer
}

fn html(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html>\r\n<html><head><title>{title}</title></head>\r\n\
         <body><h2>{title}</h2><hr><p>{text}</p></body></html>\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_config_envelope_is_one() {
        let good = format!(
            "<?xml version=\"1.0\"?><a:Envelope xmlns:a=\"{SOAP_NAMESPACE}\"><a:Body>\
             <GetConfig xmlns=\"{CLIENT_NAMESPACE}\"><protocolVersion>1.8</protocolVersion>\
             </GetConfig></a:Body></a:Envelope>"
        );
        assert!(is_get_config(good.as_bytes()));
        for (what, bad) in [
            ("another method", good.replace("GetConfig", "GetCookie")),
            ("another namespace", good.replace("ClientWebService", "Other")),
            ("SOAP 1.2", good.replace(SOAP_NAMESPACE, "http://www.w3.org/2003/05/soap-envelope")),
            ("no version", good.replace("<protocolVersion>1.8</protocolVersion>", "")),
            ("empty version", good.replace(">1.8<", "><")),
            ("nothing", String::new()),
            ("not XML", "GetConfig protocolVersion 1.8".into()),
        ] {
            assert!(!is_get_config(bad.as_bytes()), "{what}");
        }
    }
}
