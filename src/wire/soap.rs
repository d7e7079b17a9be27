//! The SOAP messages of MS-WUSP and MS-WSUSSS.
//!
//! Document/literal, without a header (MS-WUSP 2.2, MS-WSUSSS 2.2). Answers are read by local
//! name: which prefix stands for which namespace differs between the ASMX and the WCF builds of
//! the server, between SOAP 1.1 and 1.2, and inside one and the same fault. The namespaces of the
//! envelope, its body and the answer in it are compared, the others are not.

mod envelope;
mod html;
mod values;
mod xml;

use crate::model::request::Request;
use crate::model::wsus::{SoapFlavour, SoapMessage, SoapReply, XmlProblem};

/// Value of the `SOAPAction` header for `GetConfig`, with the quotes that SOAP 1.1 section 6.1.1
/// asks for: some servers answer an unquoted one with a fault.
pub const GET_CONFIG_ACTION: &str =
    "\"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/GetConfig\"";

/// Value of the `SOAPAction` header for `GetAuthConfig` (MS-WSUSSS 3.1.4.1), quoted likewise.
const GET_AUTH_CONFIG_ACTION: &str =
    "\"http://www.microsoft.com/SoftwareDistribution/GetAuthConfig\"";

/// Value of the `Content-Type` header of SOAP 1.1 requests (SOAP 1.1 section 6).
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Value of the `Content-Type` header of `GetAuthConfig` in SOAP 1.2, where the action is part of
/// the media type (SOAP 1.2 part 2, section 6.5, and RFC 3902).
const GET_AUTH_CONFIG_12_TYPE: &str = concat!(
    "application/soap+xml; charset=utf-8; ",
    "action=\"http://www.microsoft.com/SoftwareDistribution/GetAuthConfig\"",
);

/// The largest body that is read, in bytes. A real `GetConfigResponse` has little more than a
/// thousand and a fault with a stack trace some ten thousand; what is larger is something else.
pub const MAX_BODY: usize = 256 * 1024;

/// The longest element name, code or message that is quoted, in characters.
const MAX_QUOTE: usize = 200;

/// What is sent with a SOAP call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The value of the `Content-Type` header.
    pub content_type: &'static str,
    /// The value of the `SOAPAction` header; SOAP 1.2 has none.
    pub action: Option<&'static str>,
    /// The envelope.
    pub body: &'static str,
}

/// The call that a request makes; `None` for those that are a GET or a HEAD.
///
/// All of them only read: `GetConfig` (MS-WUSP 3.1.4.1) and `GetAuthConfig` (MS-WSUSSS 3.1.4.1).
pub const fn call(request: Request) -> Option<Call> {
    Some(match request {
        Request::GetConfig | Request::CleartextConfig => Call {
            content_type: CONTENT_TYPE,
            action: Some(GET_CONFIG_ACTION),
            body: get_config_request(),
        },
        Request::GetAuthConfig => Call {
            content_type: CONTENT_TYPE,
            action: Some(GET_AUTH_CONFIG_ACTION),
            body: concat!(
                r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">"#,
                r#"<soap:Body><GetAuthConfig xmlns="http://www.microsoft.com/SoftwareDistribution"/>"#,
                "</soap:Body></soap:Envelope>",
            ),
        },
        Request::GetAuthConfig12 => Call {
            content_type: GET_AUTH_CONFIG_12_TYPE,
            action: None,
            body: concat!(
                r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">"#,
                r#"<soap:Body><GetAuthConfig xmlns="http://www.microsoft.com/SoftwareDistribution"/>"#,
                "</soap:Body></soap:Envelope>",
            ),
        },
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
        | Request::RootIdent => return None,
    })
}

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

/// Whether a body is an HTML page: `None` if it is not, otherwise the text of its `<title>` as
/// one line, if it has one. Only the beginning of the body is looked at.
pub fn html_title(body: &[u8]) -> Option<Option<String>> {
    html::sniff(body)
}

/// Tells what the body of an answer to a call is.
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
    if let Some(title) = html_title(body) {
        let flavour = SoapFlavour::default();
        return Ok(SoapMessage { reply: SoapReply::Html { title }, flavour });
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
        .and_then(envelope::parse);
    result.map_err(|found| XmlProblem { offset: found.offset + mark, ..found })
}

fn problem(what: impl Into<String>, offset: usize) -> XmlProblem {
    XmlProblem { what: what.into(), offset }
}

#[cfg(test)]
mod tests;
