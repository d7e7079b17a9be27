//! What a WSUS server told of itself.

use std::fmt;

/// Path of the client web service on every WSUS server (MS-WUSP 2.1). IIS takes it in any
/// letter case; this is how the update agent writes it.
pub const CLIENT_SERVICE_PATH: &str = "/ClientWebService/client.asmx";

/// The parts of a `GetConfigResponse` that a prober uses (MS-WUSP 2.2.2.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerConfig {
    /// `LastChange`: when the server's configuration last changed, as the server wrote it.
    pub last_change: Option<String>,
    /// `IsRegistrationRequired`.
    pub registration_required: Option<bool>,
    /// `AuthInfo/AuthPlugInInfo`, in order.
    pub auth_plugins: Vec<AuthPlugin>,
    /// `Properties/ConfigurationProperty` as name and value, in order.
    pub properties: Vec<(String, String)>,
}

impl ServerConfig {
    /// The value of the first property of that name.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// One `AuthPlugInInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthPlugin {
    /// `PlugInID`; a WSUS server says `SimpleTargeting`.
    pub id: String,
    /// `ServiceUrl`, relative to the server's root.
    pub service_url: String,
}

/// A SOAP fault (MS-WUSP 2.2.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoapFault {
    /// `faultcode` without its prefix, such as `Client` or `Server`.
    pub code: String,
    /// `faultstring`, cut to one line of bounded length.
    pub reason: String,
    /// `detail/ErrorCode`, such as `ServerBusy`.
    pub error_code: Option<String>,
    /// `detail/Message`.
    pub message: Option<String>,
}

/// What the body of an answer to `GetConfig` turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoapReply {
    /// A `GetConfigResponse`, complete or not.
    Config(ServerConfig),
    /// A SOAP fault.
    Fault(SoapFault),
    /// An HTML page, well-formed or not.
    Html {
        /// The text of its `<title>`, as one line.
        title: Option<String>,
    },
    /// Well-formed XML with other contents: the path of local names to the first element that
    /// was not expected, such as `rss` or `Envelope/Body/PingResponse`.
    Other(String),
}

/// Why a body could not be read as XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlProblem {
    /// What is wrong, as one line.
    pub what: String,
    /// At which byte of the body, counted from 0.
    pub offset: usize,
}

impl fmt::Display for XmlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.offset)
    }
}

/// A successful `GetConfig` check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WsusAnswer {
    /// What the server told of itself.
    pub config: ServerConfig,
    /// The `Server` response header.
    pub server_header: Option<String>,
    /// The `X-AspNet-Version` response header.
    pub aspnet_header: Option<String>,
    /// A `Strict-Transport-Security` header was sent: pushes clients off the content port.
    pub hsts: bool,
}

/// An HTTP answer, cut to what judgements need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpReply {
    /// Status code.
    pub status: u16,
    /// Header names in lower case with their values, in order; values that are not text are
    /// replaced by their escaped form.
    pub headers: Vec<(String, String)>,
    /// The body, at most the limit that was asked for.
    pub body: Vec<u8>,
}

impl HttpReply {
    /// The value of the first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
