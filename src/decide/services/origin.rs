//! Who answered, by the answer's own words.

use crate::model::exchange::{Answer, Content};

/// The software behind an answer. Headers can be removed or replaced on the way, so that the
/// absence of a sign proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decide) enum Origin {
    /// ASP.NET, which runs the WSUS services.
    AspNet,
    /// IIS, which may have answered without running a service.
    Iis,
    /// Windows' own HTTP driver, by the name it is known to give.
    HttpDriver,
    /// It names itself, and as something else.
    Stranger,
    /// No sign at all.
    Silent,
}

impl Origin {
    /// Whether the answer comes from the software that WSUS runs in.
    pub(in crate::decide) fn is_iis(self) -> bool {
        matches!(self, Self::AspNet | Self::Iis)
    }
}

/// How the title of ASP.NET's help page for a service ends.
const HELP_PAGE_TITLE: &str = " Web Service";

/// Reads the signs of an answer.
pub(in crate::decide) fn of(answer: &Answer) -> Origin {
    let reply = &answer.reply;
    let help_page = matches!(&answer.content, Content::Html(Some(title))
        if title.ends_with(HELP_PAGE_TITLE));
    let server = reply.header("server").map(str::to_ascii_lowercase);
    let powered_by_asp =
        reply.header("x-powered-by").is_some_and(|value| value.contains("ASP.NET"));
    if reply.header("x-aspnet-version").is_some() || help_page {
        return Origin::AspNet;
    }
    match server {
        Some(server) if server.starts_with("microsoft-iis") => Origin::Iis,
        Some(server) if server.starts_with("microsoft-httpapi") => Origin::HttpDriver,
        _ if powered_by_asp => Origin::Iis,
        Some(_) => Origin::Stranger,
        None => Origin::Silent,
    }
}
