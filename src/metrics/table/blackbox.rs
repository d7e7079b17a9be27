//! The families under the names, and with the help texts, of `blackbox_exporter`, so that its
//! dashboards and alerts work with `/probe`.
//!
//! Otherwise than there, what was not measured or not seen is absent instead of 0, and certificates
//! are told also when they are refused.

families! {
    /// Only in the answer to `/probe`.
    BLACKBOX {
        SUCCESS: Gauge "probe_success" []
            "Displays whether or not the probe was a success";
        DURATION: Gauge "probe_duration_seconds" []
            "Returns how long the probe took to complete in seconds";
        TIMEOUT: Gauge "probe_timeout_seconds" []
            "Returns how long the probe timeout is in seconds";
        DNS_LOOKUP_TIME: Gauge "probe_dns_lookup_time_seconds" []
            "Returns the time taken for probe dns lookup in seconds";
        IP_PROTOCOL: Gauge "probe_ip_protocol" []
            "Specifies whether probe ip protocol is IP4 or IP6";
        IP_ADDR_HASH: Gauge "probe_ip_addr_hash" []
            "Specifies the hash of IP address. It's useful to detect if the IP address changes.";
        HTTP_DURATION: Gauge "probe_http_duration_seconds" ["phase"]
            "Duration of http request by phase, summed over all redirects";
        HTTP_STATUS: Gauge "probe_http_status_code" []
            "Response HTTP status code";
        HTTP_SSL: Gauge "probe_http_ssl" []
            "Indicates if SSL was used for the final redirect";
        HTTP_CONTENT_LENGTH: Gauge "probe_http_content_length" []
            "Length of http content response";
        HTTP_BODY_LENGTH: Gauge "probe_http_uncompressed_body_length" []
            "Length of uncompressed response body";
        HTTP_REDIRECTS: Gauge "probe_http_redirects" []
            "The number of redirects";
        HTTP_VERSION: Gauge "probe_http_version" []
            "Returns the version of HTTP of the probe response";
        FAILED_REGEX: Gauge "probe_failed_due_to_regex" []
            "Indicates if probe failed due to regex";
        EARLIEST_EXPIRY: Gauge "probe_ssl_earliest_cert_expiry" []
            "Returns last SSL chain expiry in unixtime";
        CHAIN_EXPIRY: Gauge "probe_ssl_last_chain_expiry_timestamp_seconds" []
            "Returns last SSL chain expiry in timestamp";
        CHAIN_INFO: Gauge "probe_ssl_last_chain_info" ["fingerprint_sha256" "subject" "issuer" "subjectalternative" "serialnumber"]
            "Contains SSL leaf certificate information";
        TLS_VERSION: Gauge "probe_tls_version_info" ["version"]
            "Returns the TLS version used or NaN when unknown";
        TLS_CIPHER: Gauge "probe_tls_cipher_info" ["cipher"]
            "Returns the TLS cipher negotiated during handshake";
    }
}
