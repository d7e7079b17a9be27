//! Error codes of Windows clients that follow from more than one answer, or from content.
//!
//! Names and numbers: Microsoft's Windows Update error reference and `bitsmsg.h`.

use crate::decide::windows_update_code::{self as known, likely as perhaps, sure};
use crate::model::failure::Failure;
use crate::model::windows_update::WindowsUpdateCode;

/// What an agent shows for a failure, but not for sure.
pub(super) fn likely(failure: &Failure) -> Option<WindowsUpdateCode> {
    known::code(failure).map(|code| WindowsUpdateCode { likely: true, ..code })
}

/// Faults by which the agent drops what it knows of the server.
pub(super) const REFRESH_CACHE: WindowsUpdateCode = sure(known::REFRESH_CACHE);
/// The fault by which the agent asks for the places of files again.
pub(super) const FILE_LOCATIONS: WindowsUpdateCode =
    sure((0x8024_4025, "WU_E_PT_FILE_LOCATIONS_CHANGED"));
/// Any fault, before its kind is looked at.
pub(super) const SOAP_FAULT: WindowsUpdateCode = perhaps(known::SOAP_FAULT);
/// A fault that blames the request.
pub(super) const SOAP_CLIENT: WindowsUpdateCode = perhaps((0x8024_400D, "WU_E_PT_SOAP_CLIENT"));
/// A fault that blames the server.
pub(super) const SOAP_SERVER: WindowsUpdateCode = perhaps((0x8024_400E, "WU_E_PT_SOAP_SERVER"));
/// Clients get no authorization cookie.
pub(super) const NO_AUTH_COOKIES: WindowsUpdateCode = perhaps(known::NO_AUTH_COOKIES);
/// BITS: 403.
pub(super) const BITS_403: WindowsUpdateCode = sure(known::CONTENT_FORBIDDEN);
/// BITS: 404.
pub(super) const BITS_404: WindowsUpdateCode = perhaps(known::CONTENT_NOT_FOUND);
/// A download failed for another reason.
pub(super) const DOWNLOAD: WindowsUpdateCode = perhaps(known::TRANSFER_ERROR);
/// BITS: HEAD without a length.
pub(super) const BITS_NO_LENGTH: WindowsUpdateCode = sure(known::FILE_SIZE);
/// BITS: no ranges.
pub(super) const BITS_NO_RANGES: WindowsUpdateCode = sure(known::RANGE_SUPPORT);
