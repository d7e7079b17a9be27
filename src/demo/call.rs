//! The SOAP calls that the simulated services know.

use hyper::HeaderMap;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use super::soap::{CLIENT_NAMESPACE, SOAP_11, SOAP_12, SYNC_NAMESPACE};
use crate::model::wsus::SoapVersion;

/// The value of the `SOAPAction` header that names `GetConfig`, with the quotes it must have.
pub(super) fn get_config_action() -> String {
    format!("\"{CLIENT_NAMESPACE}/GetConfig\"")
}

/// The same for `GetAuthConfig`.
pub(super) fn get_auth_config_action() -> String {
    format!("\"{SYNC_NAMESPACE}/GetAuthConfig\"")
}

/// The version of SOAP that the media type of a request names, if it is that of one.
pub(super) fn version(headers: &HeaderMap) -> Option<SoapVersion> {
    let value = headers.get("content-type")?.to_str().ok()?.to_ascii_lowercase();
    match value.split(';').next()?.trim() {
        "text/xml" => Some(SoapVersion::V11),
        "application/soap+xml" => Some(SoapVersion::V12),
        _ => None,
    }
}

/// Whether the `SOAPAction` header has this value.
pub(super) fn has_action(headers: &HeaderMap, action: &str) -> bool {
    headers.get("soapaction").is_some_and(|value| value.as_bytes() == action.as_bytes())
}

/// Whether this is the envelope of a `GetConfig` request with a protocol version
/// (MS-WUSP 3.1.5.2).
pub(super) fn is_get_config(body: &[u8]) -> bool {
    let path = [
        (SOAP_11, "Envelope"),
        (SOAP_11, "Body"),
        (CLIENT_NAMESPACE, "GetConfig"),
        (CLIENT_NAMESPACE, "protocolVersion"),
    ];
    leads_to_text(body, &path)
}

/// Whether this is the envelope of a `GetAuthConfig` request in this version of SOAP
/// (MS-WSUSSS 3.1.4.1).
pub(super) fn is_get_auth_config(body: &[u8], version: SoapVersion) -> bool {
    let envelope = match version {
        SoapVersion::V11 => SOAP_11,
        SoapVersion::V12 => SOAP_12,
    };
    let path = [(envelope, "Envelope"), (envelope, "Body"), (SYNC_NAMESPACE, "GetAuthConfig")];
    follow(body, &path).is_some()
}

/// Whether the first elements of the document, from the root inwards, are these, and text follows.
fn leads_to_text(body: &[u8], path: &[(&str, &str)]) -> bool {
    follow(body, path).is_some_and(|mut reader| matches!(reader.read_event(), Ok(Event::Text(_))))
}

/// Goes through these first elements of a document; nothing if there are others. The reader
/// stands behind the last one's start tag.
fn follow<'a>(body: &'a [u8], path: &[(&str, &str)]) -> Option<NsReader<&'a [u8]>> {
    let mut reader = NsReader::from_reader(body);
    let mut path = path.iter();
    loop {
        match reader.read_resolved_event() {
            Ok((
                ResolveResult::Bound(namespace),
                Event::Start(element) | Event::Empty(element),
            )) => {
                let (space, name) = path.next()?;
                let local = element.local_name();
                if namespace.as_ref() != *space || local.as_ref() != *name {
                    return None;
                }
                if path.as_slice().is_empty() {
                    return Some(reader);
                }
            }
            Ok((_, Event::Text(_) | Event::Decl(_) | Event::Comment(_))) => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_config_envelope_is_one() {
        let good = format!(
            "<?xml version=\"1.0\"?><a:Envelope xmlns:a=\"{SOAP_11}\"><a:Body>\
             <GetConfig xmlns=\"{CLIENT_NAMESPACE}\"><protocolVersion>1.8</protocolVersion>\
             </GetConfig></a:Body></a:Envelope>"
        );
        assert!(is_get_config(good.as_bytes()));
        for (what, bad) in [
            ("another method", good.replace("GetConfig", "GetCookie")),
            ("another namespace", good.replace("ClientWebService", "Other")),
            ("SOAP 1.2", good.replace(SOAP_11, SOAP_12)),
            ("no version", good.replace("<protocolVersion>1.8</protocolVersion>", "")),
            ("empty version", good.replace(">1.8<", "><")),
            ("nothing", String::new()),
            ("not XML", "GetConfig protocolVersion 1.8".into()),
        ] {
            assert!(!is_get_config(bad.as_bytes()), "{what}");
        }
    }

    #[test]
    fn a_get_auth_config_envelope_is_of_its_version() {
        let body = format!(
            "<a:Envelope xmlns:a=\"{SOAP_12}\"><a:Body><GetAuthConfig xmlns=\"{SYNC_NAMESPACE}\"/>\
             </a:Body></a:Envelope>"
        );
        assert!(is_get_auth_config(body.as_bytes(), SoapVersion::V12));
        assert!(!is_get_auth_config(body.as_bytes(), SoapVersion::V11));
        assert!(!is_get_config(body.as_bytes()));
    }
}
