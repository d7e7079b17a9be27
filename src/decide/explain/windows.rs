//! The error codes of the Windows Update agent that a WSUS server, or the way to it, can cause.
//!
//! One file for each family. Names and numbers are those of Microsoft's Windows Update error
//! reference, of the `WinHTTP` error messages (shown with `0x8007` in front), and of the BITS
//! return values.

mod agent;
mod http;
mod protocol;
mod transport;

/// One code with its texts: sentences in the paragraphs, and items without a full stop.
pub(super) struct Text {
    /// The HRESULT.
    pub hex: u32,
    /// Microsoft's symbol.
    pub name: &'static str,
    /// What it says, as one sentence.
    pub means: &'static str,
    /// What this program sees where a client would show it.
    pub seen: &'static str,
    /// Likely reasons, the most likely first.
    pub reasons: &'static [&'static str],
    /// What to do, in order.
    pub actions: &'static [&'static str],
    /// What is not certain, and where sources disagree.
    pub doubts: &'static [&'static str],
}

/// Every code, family by family.
pub(super) fn all() -> impl Iterator<Item = &'static Text> {
    [transport::CODES, http::CODES, protocol::CODES, agent::CODES].into_iter().flatten()
}

/// Which of several codes the agent shows is not documented for the case.
const ONE_OF_SEVERAL: &str = "which of several fitting codes an agent shows is not documented";

/// This program cannot see it, for want of what only a client has.
const NOT_VISIBLE: &str = "Nothing: this program cannot see it from outside.";
