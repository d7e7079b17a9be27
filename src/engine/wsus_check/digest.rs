//! From an answer to the evidence that judgements need.

use crate::model::exchange::{Answer, Content, HttpReply};
use crate::model::request::{Method, Request};
use crate::net::http::HttpAnswer;
use crate::wire::{cabinet, soap};

/// How much of a body is kept once it was read, in bytes: enough to quote from and to recognize
/// an error page by.
const KEPT_BODY: usize = 1024;

/// The header fields that some judgement looks at; the others are not kept.
const KEPT_HEADERS: [&str; 17] = [
    "accept-ranges",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "location",
    "proxy-authenticate",
    "retry-after",
    "server",
    "strict-transport-security",
    "via",
    "www-authenticate",
    "x-aspnet-version",
    "x-cache",
    "x-powered-by",
];

/// Reads the body as what was asked for, and keeps the rest of the answer as far as it counts.
pub(in crate::engine) fn digest(
    request: Request,
    answer: HttpAnswer,
    certificate_requested: bool,
) -> Answer {
    let HttpAnswer { mut reply, first_byte, transfer } = answer;
    let content = content(request, &reply);
    let body_bytes = reply.body.len();
    reply.body.truncate(KEPT_BODY);
    reply.body.shrink_to_fit();
    reply.headers.retain(|(name, _)| KEPT_HEADERS.contains(&name.as_str()));
    Answer { reply, body_bytes, content, certificate_requested, first_byte, transfer }
}

fn content(request: Request, reply: &HttpReply) -> Content {
    let body = reply.body.as_slice();
    match request.method() {
        Method::Post => Content::Soap(soap::parse(body)),
        Method::Get if let Some(title) = soap::html_title(body) => Content::Html(title),
        Method::Get if request == Request::SelfUpdate && reply.status == 200 => {
            Content::Cabinet(cabinet::parse(body))
        }
        Method::Get if !body.is_empty() && is_declared_html(reply) => Content::Html(None),
        Method::Get | Method::Head => Content::Unread,
    }
}

fn is_declared_html(reply: &HttpReply) -> bool {
    let media_type = reply.header("content-type").and_then(|value| value.split(';').next());
    media_type.is_some_and(|value| value.trim().eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests {
    use super::{KEPT_BODY, content, digest};
    use crate::model::exchange::{Content, HttpReply};
    use crate::model::request::Request;
    use crate::net::http::HttpAnswer;

    fn reply(status: u16, media_type: &str, body: &str) -> HttpReply {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        HttpReply { status, headers, body: body.as_bytes().to_vec(), ..HttpReply::default() }
    }

    #[test]
    fn bodies_are_read_as_what_was_asked_for() {
        const PAGE: &str = "<html><title>Sign in</title>";
        let titled = Content::Html(Some("Sign in".into()));
        let html = "text/html; charset=utf-8";
        let cases = [
            (Request::SimpleAuth, reply(200, "text/plain", PAGE), titled.clone()),
            (Request::SimpleAuth, reply(200, html, "Hi"), Content::Html(None)),
            (Request::SimpleAuth, reply(401, html, ""), Content::Unread),
            (Request::ServerVersion, reply(200, "text/xml", "<a/>"), Content::Unread),
            (Request::SelfUpdate, reply(200, html, PAGE), titled),
            (Request::SelfUpdate, reply(404, "text/plain", "MSCF"), Content::Unread),
            (Request::ContentHead, reply(200, html, ""), Content::Unread),
        ];
        for (request, reply, expected) in cases {
            assert_eq!(content(request, &reply), expected, "{request:?} {reply:?}");
        }
        let cabinet = content(Request::SelfUpdate, &reply(200, html, "MSCF"));
        assert!(matches!(cabinet, Content::Cabinet(_)));
        for request in [Request::GetConfig, Request::CleartextConfig, Request::GetAuthConfig12] {
            assert!(matches!(content(request, &reply(500, "", PAGE)), Content::Soap(Ok(_))));
        }
    }

    #[test]
    fn only_evidence_is_kept() {
        let mut reply = reply(200, "text/plain", &"x".repeat(KEPT_BODY + 1));
        reply.headers.push(("set-cookie".into(), "secret".into()));
        let answer = HttpAnswer { reply, first_byte: None, transfer: None };
        let kept = digest(Request::SimpleAuth, answer, true);
        assert_eq!((kept.body_bytes, kept.reply.body.len()), (KEPT_BODY + 1, KEPT_BODY));
        assert_eq!(kept.reply.headers.len(), 1);
        assert!(kept.certificate_requested);
    }
}
