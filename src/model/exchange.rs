//! One request and what came back, reduced to evidence.

use super::cabinet::{CabinetProblem, IdentCabinet};
use super::failure::{Failure, Phase};
use super::request::Request;
use super::timing::Timed;
use super::wsus::{ServerConfig, SoapFlavour, SoapMessage, SoapReply, XmlProblem};

/// The version in a status line (RFC 9112 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// An HTTP answer, cut to what judgements need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpReply {
    /// The version that was answered in, where it is one that is asked in.
    pub version: Option<HttpVersion>,
    /// Status code.
    pub status: u16,
    /// Header names in lower case with their values, in order; values that are not text are
    /// replaced by their escaped form.
    pub headers: Vec<(String, String)>,
    /// The body, at most the limit that was asked for. In an [`Exchange`] only its beginning is
    /// kept.
    pub body: Vec<u8>,
}

impl HttpReply {
    /// The value of the first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a body was read as.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Content {
    /// It was not looked into: only status and headers count, or there is none.
    #[default]
    Unread,
    /// As an answer to a SOAP call.
    Soap(Result<SoapMessage, XmlProblem>),
    /// As the self-update cabinet.
    Cabinet(Result<IdentCabinet, CabinetProblem>),
    /// It is an HTML page, with this text in its `<title>`.
    Html(Option<String>),
}

/// An answer with everything that judgements need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Status, headers, and the beginning of the body.
    pub reply: HttpReply,
    /// Bytes of body that arrived.
    pub body_bytes: usize,
    /// What the body was read as.
    pub content: Content,
    /// The connection's handshake asked for a client certificate.
    pub certificate_requested: bool,
    /// From the request to the complete response head, connection set-up excluded; absent if it
    /// was not noted.
    pub first_byte: Option<Timed>,
    /// From the response head to the end of the body; absent where no body was read to its end.
    pub transfer: Option<Timed>,
}

impl Answer {
    /// The configuration in a successful answer to `GetConfig`, and how it is written.
    pub fn server_config(&self) -> Option<(&ServerConfig, &SoapFlavour)> {
        let Content::Soap(Ok(message)) = &self.content else { return None };
        let SoapReply::Config(config) = &message.reply else { return None };
        (200..300).contains(&self.reply.status).then_some((config, &message.flavour))
    }
}

/// How the detail of a request begins that was never made.
pub const NOT_ASKED: &str = "not asked";

impl Exchange {
    /// Whether the request left this machine, as far as can be told: a connection for it stood.
    pub fn was_sent(&self) -> bool {
        self.outcome.as_ref().err().is_none_or(|failure| {
            failure.phase == Phase::Wsus && !failure.detail.starts_with(NOT_ASKED)
        })
    }
}

/// One request to one member and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// The answer, whatever it says, or why there is none.
    pub outcome: Result<Answer, Failure>,
}
