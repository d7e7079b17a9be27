//! The names of TLS alerts.

/// The name of an alert in RFC 8446 section 6, or in an older version of TLS; `None` for a number
/// that none of them has.
pub const fn name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        121 => "ech_required",
        _ => return None,
    })
}

/// An alert for people, such as `handshake_failure (40)`.
pub fn words(number: u8) -> String {
    name(number).map_or_else(|| format!("alert {number}"), |name| format!("{name} ({number})"))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn an_alert_is_told_by_name_where_it_has_one() {
        assert_eq!(words(40), "handshake_failure (40)");
        assert_eq!(words(112), "unrecognized_name (112)");
        assert_eq!(words(200), "alert 200");
    }
}
