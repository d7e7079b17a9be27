//! SOAP envelopes in every style in which servers write them.

use hyper::StatusCode;

use super::answer::{self, Answer};
use super::body::Payload;
use crate::model::wsus::SoapVersion;

/// Namespace of the client service (MS-WUSP 2.2.1).
pub(super) const CLIENT_NAMESPACE: &str =
    "http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService";

/// Namespace of the service for downstream servers (MS-WSUSSS 2.2.1).
pub(super) const SYNC_NAMESPACE: &str = "http://www.microsoft.com/SoftwareDistribution";

/// Namespace of the SOAP 1.1 envelope.
pub(super) const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Namespace of the SOAP 1.2 envelope.
pub(super) const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// When the configuration of a simulated server last changed, unless it is told otherwise: servers
/// that share a database give the same moment.
pub const LAST_CHANGE: &str = "2026-10-17T04:20:31.18Z";

/// How a server writes its envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Prefix of the envelope's elements; empty for a default namespace.
    pub prefix: &'static str,
    /// Version of the envelope.
    pub version: SoapVersion,
    /// The document begins with an XML declaration.
    pub declaration: bool,
    /// The document begins with a UTF-8 byte order mark.
    pub byte_order_mark: bool,
    /// The body comes in chunks of so many bytes instead of with a length.
    pub chunk: Option<usize>,
}

impl Style {
    /// As the client service of a modern WSUS writes.
    pub const WCF: Self = Self {
        prefix: "s",
        version: SoapVersion::V11,
        declaration: false,
        byte_order_mark: false,
        chunk: None,
    };

    /// As the other services write, and the examples of MS-WUSP.
    pub const ASMX: Self = Self { prefix: "soap", declaration: true, ..Self::WCF };

    /// The same in SOAP 1.2.
    pub const ASMX_12: Self = Self { version: SoapVersion::V12, ..Self::ASMX };

    /// An answer of this status with these contents of the envelope's body.
    fn answer(&self, status: StatusCode, contents: &str) -> Answer {
        let media_type = match self.version {
            SoapVersion::V11 => answer::XML,
            SoapVersion::V12 => "application/soap+xml; charset=utf-8",
        };
        let payload = Payload::new(self.document(contents));
        let payload = match self.chunk {
            Some(size) => payload.in_pieces(size),
            None => payload,
        };
        answer::asp_net(status, media_type, payload)
    }

    fn document(&self, contents: &str) -> String {
        let mark = if self.byte_order_mark { "\u{feff}" } else { "" };
        let declaration =
            if self.declaration { "<?xml version=\"1.0\" encoding=\"utf-8\"?>" } else { "" };
        let (envelope, body) = (self.name("Envelope"), self.name("Body"));
        let namespace = match self.version {
            SoapVersion::V11 => SOAP_11,
            SoapVersion::V12 => SOAP_12,
        };
        let colon = if self.prefix.is_empty() { "" } else { ":" };
        format!(
            "{mark}{declaration}<{envelope} xmlns{colon}{prefix}=\"{namespace}\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
             <{body}>{contents}</{body}></{envelope}>",
            prefix = self.prefix,
        )
    }

    /// An element's name in the namespace of the envelope.
    fn name(&self, local: &str) -> String {
        if self.prefix.is_empty() { local.to_owned() } else { format!("{}:{local}", self.prefix) }
    }

    /// The attribute that takes an element without prefix out of every namespace.
    const fn unqualified(&self) -> &'static str {
        if self.prefix.is_empty() { " xmlns=\"\"" } else { "" }
    }
}

/// What a `GetConfigResponse` says (MS-WUSP 2.2.2.2.1), and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigText {
    /// How its envelope is written.
    pub style: Style,
    /// Namespace of the response.
    pub namespace: String,
    /// `LastChange`; none leaves the element out.
    pub last_change: Option<String>,
    /// `PlugInID` and `ServiceUrl` of each plug-in.
    pub plugins: Vec<(String, String)>,
    /// Names and values of the properties, in order. They are written as they are: what XML
    /// reserves must be escaped already.
    pub properties: Vec<(String, String)>,
    /// Times that each element of the result is written.
    pub copies: usize,
}

impl ConfigText {
    /// As a healthy server writes it. `machine` is the internal name that `PackageServerShare`
    /// gives away.
    pub fn new(machine: &str, last_change: &str) -> Self {
        let share = format!(r"\\{machine}\UpdateServicesPackages");
        let properties = [
            ("MaxExtendedUpdatesPerRequest", "50"),
            ("PackageServerShare", &share),
            ("ProtocolVersion", "3.2"),
            ("IsInventoryRequired", "0"),
            ("ClientReportingLevel", "2"),
        ];
        Self {
            style: Style::WCF,
            namespace: CLIENT_NAMESPACE.to_owned(),
            last_change: Some(last_change.to_owned()),
            plugins: vec![(
                "SimpleTargeting".to_owned(),
                "SimpleAuthWebService/SimpleAuth.asmx".to_owned(),
            )],
            properties: properties.map(|(name, value)| (name.into(), value.into())).into(),
            copies: 1,
        }
    }

    /// As an update server that is not a WSUS writes it: another plug-in and no properties.
    pub fn foreign() -> Self {
        Self {
            plugins: vec![("Anonymous".to_owned(), String::new())],
            properties: Vec::new(),
            ..Self::new("", LAST_CHANGE)
        }
    }

    /// The same with another value of a property, or without it.
    #[must_use]
    pub fn with_property(mut self, name: &str, value: Option<&str>) -> Self {
        self.properties.retain(|(key, _)| key != name);
        self.properties.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    pub(super) fn answer(&self) -> Answer {
        let last_change = self.last_change.as_ref();
        let result = [
            last_change.map_or_else(String::new, |at| format!("<LastChange>{at}</LastChange>")),
            "<IsRegistrationRequired>true</IsRegistrationRequired>".to_owned(),
            auth_info(&self.plugins),
            format!("<Properties>{}</Properties>", self.properties()),
        ];
        let result = result.map(|element| element.repeat(self.copies)).concat();
        let contents = format!(
            "<GetConfigResponse xmlns=\"{}\"><GetConfigResult>{result}</GetConfigResult>\
             </GetConfigResponse>",
            self.namespace
        );
        self.style.answer(StatusCode::OK, &contents)
    }

    fn properties(&self) -> String {
        let written = self.properties.iter().map(|(name, value)| {
            format!(
                "<ConfigurationProperty><Name>{name}</Name><Value>{value}</Value>\
                 </ConfigurationProperty>"
            )
        });
        written.collect()
    }
}

fn auth_info(plugins: &[(String, String)]) -> String {
    let written = plugins.iter().map(|(id, url)| {
        format!(
            "<AuthPlugInInfo><PlugInID>{id}</PlugInID><ServiceUrl>{url}</ServiceUrl>\
             <Parameter/></AuthPlugInInfo>"
        )
    });
    let written = written.collect::<String>();
    format!("<AuthInfo>{written}</AuthInfo>")
}

/// A `GetAuthConfigResponse` as a healthy server gives it (MS-WSUSSS 3.1.4.1), in SOAP 1.2 if
/// asked in that.
pub(super) fn auth_config(version: SoapVersion, last_change: &str) -> Answer {
    let plugin = ("DssTargeting".to_owned(), "DssAuthWebService/DssAuthWebService.asmx".to_owned());
    let contents = format!(
        "<GetAuthConfigResponse xmlns=\"{SYNC_NAMESPACE}\"><GetAuthConfigResult>\
         <LastChange>{last_change}</LastChange>{}</GetAuthConfigResult></GetAuthConfigResponse>",
        auth_info(&[plugin])
    );
    Style { version, ..Style::ASMX }.answer(StatusCode::OK, &contents)
}

/// How a SOAP fault is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultShape {
    /// As the client service of a modern WSUS does: a terse reason, `detail` in no namespace.
    Wcf,
    /// As in the examples of MS-WUSP: a stack trace for a reason, and a `faultactor`.
    Asmx,
    /// In SOAP 1.2, with a `Detail` in no namespace beside that of SOAP (MS-WSUSSS 2.2.9.2).
    Soap12,
    /// In SOAP 1.2, with a `Detail` in the namespace of the service.
    Soap12OwnNamespace,
}

/// A SOAP fault with this error code (MS-WUSP 2.2.2.4) of this method, a quoted `SOAPAction`.
pub(super) fn fault(shape: FaultShape, error_code: &str, method: &str) -> Answer {
    let detail = |attribute: &str| {
        [
            ("ErrorCode", error_code),
            ("Message", "simulated"),
            ("ID", "6d0f1c52-9c9b-4f57-9d2f-0b2a4e1f7a10"),
            ("Method", method),
        ]
        .map(|(name, value)| format!("<{name}{attribute}>{value}</{name}>"))
        .concat()
    };
    let trace = "SoapException: Fault occurred\n   at Simulated.Service.Refuse(String reason)\n   \
                 at Simulated.Service.Answer(Request request)";
    let actor = "<faultactor>http://wsus.demo.test/simulated.asmx</faultactor>";
    let (style, contents) = match shape {
        FaultShape::Wcf => {
            (Style::WCF, fault_11(Style::WCF, "Client", "Fault occurred", "", &detail("")))
        }
        FaultShape::Asmx => {
            (Style::ASMX, fault_11(Style::ASMX, "Client", trace, actor, &detail("")))
        }
        FaultShape::Soap12 => (Style::ASMX_12, fault_12(trace, "", &detail(""))),
        FaultShape::Soap12OwnNamespace => {
            let namespace = format!(" xmlns=\"{SYNC_NAMESPACE}\"");
            (Style::ASMX_12, fault_12(trace, &namespace, &detail("")))
        }
    };
    style.answer(StatusCode::INTERNAL_SERVER_ERROR, &contents)
}

/// The stack's own fault for a request that names no operation of the service.
pub(super) fn action_mismatch(style: Style) -> Answer {
    let reason = "The request names no operation of this service.";
    let contents = match style.version {
        SoapVersion::V11 => fault_11(style, "Client", reason, "", ""),
        SoapVersion::V12 => fault_12(reason, "", ""),
    };
    style.answer(StatusCode::INTERNAL_SERVER_ERROR, &contents)
}

fn fault_11(style: Style, code: &str, reason: &str, actor: &str, detail: &str) -> String {
    let (fault, code, plain) = (style.name("Fault"), style.name(code), style.unqualified());
    format!(
        "<{fault}><faultcode{plain}>{code}</faultcode>\
         <faultstring{plain}>{reason}</faultstring>{actor}\
         <detail{plain}>{detail}</detail></{fault}>"
    )
}

fn fault_12(reason: &str, namespace: &str, detail: &str) -> String {
    format!(
        "<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>\
         <soap:Reason><soap:Text xml:lang=\"en\">{reason}</soap:Text></soap:Reason>\
         <Detail{namespace}>{detail}</Detail><soap:Detail/></soap:Fault>"
    )
}
