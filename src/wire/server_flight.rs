//! The server's first flight in answer to a hand-made `ClientHello`, read without any key.

use crate::model::tls_scan::Answer;
use crate::wire::client_hello::Hello;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By an orderly close.
    Closed,
    /// By a reset.
    Reset,
    /// Not at all; the time was over.
    Timeout,
}

/// Reads the answer to one hello, fed in pieces of any size.
#[derive(Debug)]
pub struct ServerFlight {
    warnings: Vec<u8>,
}

impl ServerFlight {
    /// A reader of the answer to this hello.
    pub fn new(hello: &Hello) -> Self {
        let _ = hello;
        Self { warnings: Vec::new() }
    }

    /// Takes note of bytes; the answer as soon as nothing more needs to be read.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Answer> {
        let _ = bytes;
        None
    }

    /// The answer when nothing more will come.
    pub fn end(&mut self, how: End) -> Answer {
        match how {
            End::Closed => Answer::Closed(0),
            End::Reset => Answer::Reset(0),
            End::Timeout => Answer::Timeout(0),
        }
    }

    /// The alerts of level warning so far, by their numbers.
    pub fn warnings(&self) -> &[u8] {
        &self.warnings
    }
}
