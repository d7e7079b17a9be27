//! The SOAP messages of MS-WUSP.
//!
//! SOAP 1.1, document/literal, without a header (MS-WUSP 2.2). Answers are read by local name
//! alone: which prefix stands for which namespace differs between the ASMX and the WCF builds
//! of the server, between SOAP 1.1 and 1.2, and inside one and the same fault.

mod envelope;
mod html;
mod values;

use crate::model::request::Request;
use crate::model::wsus::{SoapFlavour, SoapMessage, SoapReply, XmlProblem};

/// Value of the `SOAPAction` header for `GetConfig`, with the quotes that SOAP 1.1 section 6.1.1
/// asks for: some servers answer an unquoted one with a fault.
pub const GET_CONFIG_ACTION: &str =
    "\"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/GetConfig\"";

/// Value of the `Content-Type` header of every request (SOAP 1.1 section 6).
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The largest body that is read, in bytes. A real `GetConfigResponse` has little more than a
/// thousand and a fault with a stack trace some ten thousand; what is larger is something else.
pub const MAX_BODY: usize = 256 * 1024;

/// The longest element name, code or message that is quoted, in characters.
const MAX_QUOTE: usize = 200;

/// The body of a `GetConfig` request (MS-WUSP 3.1.4.1). It changes nothing on the server.
///
/// The protocol version is the one that the specification tells clients to send; newer agents
/// send higher ones, and servers answer all alike.
pub const fn get_config_request() -> &'static str {
    concat!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>"#,
        r#"<GetConfig xmlns="http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService">"#,
        "<protocolVersion>1.8</protocolVersion>",
        "</GetConfig></soap:Body></soap:Envelope>",
    )
}

/// The SOAP call that a request makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Value of the `Content-Type` header.
    pub content_type: &'static str,
    /// Value of the `SOAPAction` header; SOAP 1.2 has none.
    pub action: Option<&'static str>,
    /// The envelope.
    pub body: &'static str,
}

/// The call that a request makes; `None` for requests that are not SOAP.
pub fn call(request: Request) -> Option<Call> {
    match request {
        Request::GetConfig | Request::CleartextConfig => Some(Call {
            content_type: CONTENT_TYPE,
            action: Some(GET_CONFIG_ACTION),
            body: get_config_request(),
        }),
        Request::GetAuthConfig => Some(Call {
            content_type: CONTENT_TYPE,
            action: Some("\"http://www.microsoft.com/SoftwareDistribution/GetAuthConfig\""),
            body: concat!(
                r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>"#,
                r#"<GetAuthConfig xmlns="http://www.microsoft.com/SoftwareDistribution"/>"#,
                "</soap:Body></soap:Envelope>",
            ),
        }),
        Request::GetAuthConfig12 => Some(Call {
            content_type: concat!(
                "application/soap+xml; charset=utf-8; ",
                r#"action="http://www.microsoft.com/SoftwareDistribution/GetAuthConfig""#,
            ),
            action: None,
            body: concat!(
                r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body>"#,
                r#"<GetAuthConfig xmlns="http://www.microsoft.com/SoftwareDistribution"/>"#,
                "</soap:Body></soap:Envelope>",
            ),
        }),
        Request::ServerVersion
        | Request::SimpleAuth
        | Request::SelfUpdate
        | Request::ContentHead
        | Request::ContentGet
        | Request::ContentRange
        | Request::CabinetRange
        | Request::DssAuth
        | Request::Reporting
        | Request::ApiRemoting
        | Request::Inventory
        | Request::SecureContentHead
        | Request::RootIdent => None,
    }
}

/// The title of a body that begins like an HTML page; `None` for other bodies.
pub fn html_title(body: &[u8]) -> Option<Option<String>> {
    if let SoapReply::Html { title } = html::sniff(body)? { Some(title) } else { None }
}

/// Tells what the body of an answer to `GetConfig` is.
///
/// Reads UTF-8 with or without a byte order mark. HTML is recognized before it is tried as XML,
/// because it seldom is. Time and memory are linear in the size of the body, which is limited to
/// [`MAX_BODY`].
///
/// # Errors
/// When the body is empty, larger than [`MAX_BODY`], in another encoding, not well-formed, cut
/// short, nested too deeply, or has a document type declaration, an undefined entity, more list
/// entries or longer values than any WSUS server sends.
pub fn parse(body: &[u8]) -> Result<SoapMessage, XmlProblem> {
    if body.len() > MAX_BODY {
        return Err(problem(format!("body larger than the limit of {MAX_BODY} bytes"), MAX_BODY));
    }
    if let Some(page) = html::sniff(body) {
        return Ok(SoapMessage { reply: page, flavour: SoapFlavour::default() });
    }
    if body.starts_with(&[0xff, 0xfe]) || body.starts_with(&[0xfe, 0xff]) {
        return Err(problem("UTF-16, which WSUS never sends and which is not read here", 0));
    }
    let (body, mark) = match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, body.len() - rest.len()),
        None => (body, 0),
    };
    let result = std::str::from_utf8(body)
        .map_err(|error| problem("not UTF-8", error.valid_up_to()))
        .and_then(envelope::parse)
        .map(|reply| SoapMessage { reply, flavour: SoapFlavour::default() });
    result.map_err(|found| XmlProblem { offset: found.offset + mark, ..found })
}

fn problem(what: impl Into<String>, offset: usize) -> XmlProblem {
    XmlProblem { what: what.into(), offset }
}

#[cfg(test)]
mod tests;
