//! Static files as IIS serves them.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};

use super::answer::{self, Answer};
use super::body::Payload;

/// When every simulated file was last changed.
const LAST_MODIFIED: &str = "Tue, 08 Jul 2014 09:12:44 GMT";

/// What a `Range` header asks of a file.
enum Part {
    /// Nothing, or nothing that is understood: then RFC 9110 section 14.2 wants the whole file.
    Whole,
    /// From this byte up to, and not including, that one.
    Some(usize, usize),
    /// What is not there.
    Outside,
}

/// The file, or the part of it that the request wants (RFC 9110 section 14). A part that is not
/// there is refused to HEAD as well, which IIS was seen to do.
pub(super) fn answer(content_type: &'static str, file: &[u8], request: &HeaderMap) -> Answer {
    let range = request.get("range").and_then(|value| value.to_str().ok());
    let length = file.len();
    let (mut answer, content_range) = match range.map_or(Part::Whole, |range| part(range, length)) {
        Part::Whole => (whole(content_type, file.to_vec()), None),
        Part::Some(start, end) => {
            let bytes: Vec<u8> = file.iter().take(end).skip(start).copied().collect();
            let mut answer = whole(content_type, bytes);
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            (answer, Some(format!("bytes {start}-{}/{length}", end.saturating_sub(1))))
        }
        Part::Outside => (answer::status(416), Some(format!("bytes */{length}"))),
    };
    let etag = format!("\"{length:x}e1a0c4f2:0\"");
    let headers = [("content-range", content_range), ("etag", Some(etag))];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    answer
}

fn whole(content_type: &'static str, bytes: Vec<u8>) -> Answer {
    let length = bytes.len();
    let mut answer = answer::iis(StatusCode::OK, content_type, Payload::new(bytes));
    let headers = answer.headers_mut();
    // The HTTP layer leaves it out of the answer to HEAD where the file is empty.
    headers.insert("content-length", HeaderValue::from(length));
    headers.insert("accept-ranges", HeaderValue::from_static("bytes"));
    headers.insert("last-modified", HeaderValue::from_static(LAST_MODIFIED));
    answer
}

/// Reads a range of one part; several parts count as not understood.
fn part(range: &str, length: usize) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|spec| spec.split_once('-'))
    else {
        return Part::Whole;
    };
    let bounds = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(length)),
        (Ok(first), Err(_)) if last.is_empty() => (first, length),
        (Err(_), Ok(suffix)) if first.is_empty() => (length.saturating_sub(suffix), length),
        _ => return Part::Whole,
    };
    if bounds.0 < bounds.1 { Part::Some(bounds.0, bounds.1) } else { Part::Outside }
}

/// The media type that IIS gives a file of that (lower-case) name.
pub(super) fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("cab") => "application/vnd.ms-cab-compressed",
        Some("xml") => "text/xml",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}
