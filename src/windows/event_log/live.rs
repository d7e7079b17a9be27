//! The event log of this machine.

#![expect(unsafe_code, reason = "no safe wrapper exists; each block is one call")]

use std::io::{self, Write};
use std::ptr;

use windows_registry::{Key, LOCAL_MACHINE};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::EventLog::{
    DeregisterEventSource, EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE,
    RegisterEventSourceW, ReportEventW,
};

use super::{Event, Level, MESSAGE_FILE, SOURCES};

/// A source that events are written under.
pub struct Source(HANDLE);

// SAFETY: the handle belongs to the process; no call is bound to the thread that opened it.
unsafe impl Send for Source {}

impl Source {
    /// Opens a source, registered or not.
    ///
    /// # Errors
    /// The event log does not run, or refuses.
    pub fn open(name: &str) -> io::Result<Self> {
        let name = wide(name);
        // SAFETY: the name ends with NUL and outlives the call.
        let handle = unsafe { RegisterEventSourceW(ptr::null(), name.as_ptr()) };
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(handle)) }
    }

    /// Writes an event.
    ///
    /// # Errors
    /// The event log refuses; it may be full.
    pub fn report(&self, event: &Event) -> io::Result<()> {
        let kind = match event.level {
            Level::Error => EVENTLOG_ERROR_TYPE,
            Level::Warning => EVENTLOG_WARNING_TYPE,
            Level::Information => EVENTLOG_INFORMATION_TYPE,
        };
        let text = wide(&event.safe_text());
        let texts = [text.as_ptr()];
        let (id, no_user, no_data) = (u32::from(event.id), ptr::null_mut(), ptr::null());
        // SAFETY: one text is announced and given; it ends with NUL and outlives the call. The
        // handle is open.
        let done =
            unsafe { ReportEventW(self.0, kind, 0, id, no_user, 1, 0, texts.as_ptr(), no_data) };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and nobody has it any more.
        unsafe { DeregisterEventSource(self.0) };
    }
}

impl Write for Source {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(event) = Event::from_line(line) {
            self.report(&event)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tells the event log where the texts of a source are.
///
/// # Errors
/// The source is another program's, or the registry refuses.
pub fn register(name: &str) -> io::Result<()> {
    let all = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    let path = format!(r"{SOURCES}\{name}");
    if LOCAL_MACHINE.open(&path).is_ok_and(|found| !is_own(&found)) {
        let text = "another program writes events under this name";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    let key = LOCAL_MACHINE.create(path)?;
    key.set_expand_string(MESSAGES, MESSAGE_FILE)?;
    key.set_u32("TypesSupported", u32::from(all))?;
    Ok(())
}

/// Whether a source has its texts where [`register`] says that they are.
fn is_own(source: &Key) -> bool {
    source.get_string(MESSAGES).is_ok_and(|file| file.eq_ignore_ascii_case(MESSAGE_FILE))
}

/// Takes back what [`register`] did. A source that is not there, or is another program's, is no
/// error and stays as it is.
///
/// # Errors
/// The registry refuses.
pub fn unregister(name: &str) -> io::Result<()> {
    let Ok(sources) = LOCAL_MACHINE.options().read().write().open(SOURCES) else { return Ok(()) };
    if !sources.open(name).is_ok_and(|found| is_own(&found)) {
        return Ok(());
    }
    sources.remove_tree(name)?;
    Ok(())
}

/// The value with the file of a source's texts.
const MESSAGES: &str = "EventMessageFile";

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_of_another_program_stays_as_it_is() {
        let name = "wsus-probe-test-source";
        let path = format!(r"{SOURCES}\{name}");
        let key = LOCAL_MACHINE.create(&path).unwrap();
        for other in [None, Some(r"C:\other.dll")] {
            if let Some(file) = other {
                key.set_string(MESSAGES, file).unwrap();
            }
            assert_eq!(register(name).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            unregister(name).unwrap();
            assert_eq!(key.get_string(MESSAGES).ok().as_deref(), other);
        }
        key.set_expand_string(MESSAGES, MESSAGE_FILE).unwrap();
        register(name).unwrap();
        unregister(name).unwrap();
        assert!(LOCAL_MACHINE.open(&path).is_err(), "its own goes");
    }
}
