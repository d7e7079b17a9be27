//! Error codes of the Windows Update agent.

use std::fmt;

/// An error code as the Windows Update agent logs and shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowsUpdateCode {
    /// The HRESULT; people write it in hexadecimal, as [`fmt::Display`] does.
    pub hex: u32,
    /// Microsoft's symbol for it.
    pub name: &'static str,
    /// Another code is possible: the agent's choice is not documented for this case, or depends
    /// on what only the client knows.
    pub likely: bool,
}

impl fmt::Display for WindowsUpdateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.hex)
    }
}
