//! What a WSUS server told of itself.

use std::fmt;

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
    /// How it breaks the schema, in the order in which that was noticed.
    pub schema_faults: Vec<SchemaFault>,
}

/// A way in which an answer breaks the schema of MS-WUSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaFault {
    /// An element occurs more often than is allowed, or there are several properties of one name.
    /// Noted once for each name. Of such properties the first counts, of such elements the last.
    Repeated(String),
    /// The value of an element is not of its type: name and value, as one line.
    Malformed(String),
}

impl ServerConfig {
    /// The value of the first property of that name.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// One `AuthPlugInInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

/// The version of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapVersion {
    /// SOAP 1.1.
    V11,
    /// SOAP 1.2.
    V12,
}

/// How a server writes its envelopes: WCF builds differ from ASMX builds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoapFlavour {
    /// By the namespace of the envelope; `None` when that is neither.
    pub version: Option<SoapVersion>,
    /// The prefix of the envelope element; empty when it has none.
    pub prefix: String,
    /// The document begins with an XML declaration.
    pub declaration: bool,
}

/// A body that is well-formed, or HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoapMessage {
    /// What it says.
    pub reply: SoapReply,
    /// How it says it.
    pub flavour: SoapFlavour,
}

/// What the body of an answer to a SOAP call turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoapReply {
    /// A `GetConfigResponse`, complete or not.
    Config(ServerConfig),
    /// A `GetAuthConfigResponse` with its plug-ins (MS-WSUSSS 3.1.4.1), complete or not.
    AuthConfig(Vec<AuthPlugin>),
    /// A SOAP fault.
    Fault(SoapFault),
    /// An HTML page, well-formed or not.
    Html {
        /// The text of its `<title>`, as one line.
        title: Option<String>,
    },
    /// An envelope that is neither of SOAP 1.1 nor of 1.2, or an answer in a namespace that is not
    /// its service's: the path of local names to the element and the namespace, as one line.
    Foreign(String),
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WsusAnswer {
    /// What the server told of itself.
    pub config: ServerConfig,
    /// The `Server` response header.
    pub server_header: Option<String>,
    /// The `X-AspNet-Version` response header.
    pub aspnet_header: Option<String>,
    /// A `Strict-Transport-Security` header was sent: pushes clients off the content port.
    pub hsts: bool,
    /// How it writes its envelopes.
    pub flavour: SoapFlavour,
}
