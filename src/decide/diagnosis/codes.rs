//! Error codes of Windows clients that follow from more than one answer, or from content.
//!
//! Names and numbers: Microsoft's Windows Update error reference and `bitsmsg.h`.

use crate::decide::windows_update_code;
use crate::model::failure::Failure;
use crate::model::windows_update::WindowsUpdateCode;

/// What an agent shows for a failure, but not for sure.
pub(super) fn likely(failure: &Failure) -> Option<WindowsUpdateCode> {
    windows_update_code::code(failure).map(|code| WindowsUpdateCode { likely: true, ..code })
}

const fn sure(hex: u32, name: &'static str) -> WindowsUpdateCode {
    WindowsUpdateCode { hex, name, likely: false }
}

const fn perhaps(hex: u32, name: &'static str) -> WindowsUpdateCode {
    WindowsUpdateCode { hex, name, likely: true }
}

/// Faults by which the agent drops what it knows of the server.
pub(super) const REFRESH_CACHE: WindowsUpdateCode =
    sure(0x8024_4015, "WU_E_PT_REFRESH_CACHE_REQUIRED");
/// The fault by which the agent asks for the places of files again.
pub(super) const FILE_LOCATIONS: WindowsUpdateCode =
    sure(0x8024_4025, "WU_E_PT_FILE_LOCATIONS_CHANGED");
/// Any fault, before its kind is looked at.
pub(super) const SOAP_FAULT: WindowsUpdateCode =
    perhaps(0x8024_4007, "WU_E_PT_SOAPCLIENT_SOAPFAULT");
/// A fault that blames the request.
pub(super) const SOAP_CLIENT: WindowsUpdateCode = perhaps(0x8024_400D, "WU_E_PT_SOAP_CLIENT");
/// A fault that blames the server.
pub(super) const SOAP_SERVER: WindowsUpdateCode = perhaps(0x8024_400E, "WU_E_PT_SOAP_SERVER");
/// Clients get no authorization cookie.
pub(super) const NO_AUTH_COOKIES: WindowsUpdateCode =
    perhaps(0x8024_4028, "WU_E_PT_NO_AUTH_COOKIES_CREATED");
/// BITS: 403.
pub(super) const BITS_403: WindowsUpdateCode = sure(0x8019_0193, "BG_E_HTTP_ERROR_403");
/// BITS: 404.
pub(super) const BITS_404: WindowsUpdateCode = perhaps(0x8019_0194, "BG_E_HTTP_ERROR_404");
/// A download failed for another reason.
pub(super) const DOWNLOAD: WindowsUpdateCode = perhaps(0x8024_6009, "WU_E_DM_BITSTRANSFERERROR");
/// BITS: HEAD without a length.
pub(super) const BITS_NO_LENGTH: WindowsUpdateCode = sure(0x8020_0011, "BG_E_MISSING_FILE_SIZE");
/// BITS: no ranges.
pub(super) const BITS_NO_RANGES: WindowsUpdateCode =
    sure(0x8020_0013, "BG_E_INSUFFICIENT_RANGE_SUPPORT");
