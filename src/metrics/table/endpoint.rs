//! Families with series for each endpoint or each of its members.

families! {
    /// What is known of endpoints and members now. One run tells it, or the configuration and the
    /// clock, so `/probe` has it too.
    STATES {
        ENDPOINT_INFO: Gauge "wsus_probe_endpoint_info" ["endpoint" "dc" "url" "region" "role"]
            "What is configured for the endpoint, always 1; role is upstream, downstream, or both where the configuration says that servers synchronize.";
        ENDPOINT_STATE: Gauge "wsus_probe_endpoint_state" ["endpoint" "dc" "state"]
            "1 for the state that the endpoint is in, 0 for the others.";
        MEMBER_STATE: Gauge "wsus_probe_member_state" ["endpoint" "dc" "member" "state"]
            "1 for the state that the member (an address behind the name) is in, 0 for the others.";
        FAILURE_INFO: Gauge "wsus_probe_failure_info" ["endpoint" "dc" "phase" "cause"]
            "Why the endpoint is down, always 1; absent while it is not.";
        MEMBER_FAILURE_INFO: Gauge "wsus_probe_member_failure_info" ["endpoint" "dc" "member" "phase" "cause"]
            "Why the member is down, always 1; absent while it is not.";
        ENDPOINT_RTT: Gauge "wsus_probe_endpoint_rtt_seconds" ["endpoint" "dc"]
            "Round-trip time of the last round in seconds, that of the median member; absent if it was not measured.";
        RTT: Gauge "wsus_probe_rtt_seconds" ["endpoint" "dc" "member"]
            "Smallest round-trip time of the last round in seconds; absent if it was not measured.";
        RTT_CLOCK: Gauge "wsus_probe_rtt_clock_info" ["endpoint" "dc" "member" "clock"]
            "Which clock measured the round-trip time, always 1: kernel, user (this process' own, which includes its waiting) or simulated; absent as that is.";
        DNS_TTL: Gauge "wsus_probe_dns_ttl_seconds" ["endpoint" "dc"]
            "Shortest time to live of the name's address records in the last answer, in seconds; absent for literal addresses and without an answer.";
        RESOLVER_UP: Gauge "wsus_probe_resolver_up" ["endpoint" "dc" "resolver"]
            "Whether the resolver answered every question for the name in the last check, if only by saying that there is nothing; absent where resolvers are not compared and where this machine could not ask.";
        RESOLVER_DURATION: Gauge "wsus_probe_resolver_duration_seconds" ["endpoint" "dc" "resolver"]
            "How long the slowest answer of the resolver took in the last check, in seconds; absent where none came.";
        RESOLVER_ADDRESSES: Gauge "wsus_probe_resolver_addresses" ["endpoint" "dc" "resolver"]
            "Addresses that the resolver gave for the name in the last check; absent where a question was not answered.";
        RESOLVER_TTL: Gauge "wsus_probe_resolver_ttl_seconds" ["endpoint" "dc" "resolver"]
            "Shortest time to live of the address records that the resolver gave in the last check, in seconds; absent where it gave none.";
        RESOLVER_AGREES: Gauge "wsus_probe_resolver_agrees" ["endpoint" "dc" "resolver"]
            "Whether the resolver gave the same addresses as more than half of all, or, where no answer has so many on its side, as the configured members, in the last check; absent where it did not answer and where nothing tells who is right.";
        TLS_INFO: Gauge "wsus_probe_tls_info" ["endpoint" "dc" "member" "version" "suite" "group" "alpn"]
            "What the last handshake negotiated, always 1; absent where none was completed.";
        TLS_PROTOCOL: Gauge "wsus_probe_tls_protocol_supported" ["endpoint" "dc" "member" "version"]
            "Whether the TLS version is accepted, by the last scan; absent where that is not known.";
        WINDOWS_CLIENT: Gauge "wsus_probe_windows_client_supported" ["endpoint" "dc" "member" "release"]
            "Whether clients of the Windows release can connect by their defaults, by the last scan; absent where that is not known.";
        CERTIFICATE_NOT_AFTER: Gauge "wsus_probe_certificate_not_after_timestamp_seconds" ["endpoint" "dc" "member" "position"]
            "When the certificate ends, in seconds since 1970, whether or not it is trusted; position 0 is the server's own; absent for one that cannot be parsed.";
        CERTIFICATE_VALID: Gauge "wsus_probe_certificate_valid" ["endpoint" "dc" "member"]
            "Whether clients that trust what this machine trusts accept the presented chain; absent where none was seen or it cannot be verified here.";
        FINDING: Gauge "wsus_probe_finding_active" ["endpoint" "dc" "member" "code" "severity"]
            "A finding, always 1; member is empty for one about the name; absent when it is gone.";
        WSUS_CHECK: Gauge "wsus_probe_wsus_check_success" ["endpoint" "dc" "member" "check"]
            "Whether the WSUS service works, by the last check; absent where that is not known or there is nothing to ask.";
        MEMBERS: Gauge "wsus_probe_members" ["endpoint" "dc"]
            "Addresses behind the name; absent while none is known.";
        MEMBERS_EXPECTED: Gauge "wsus_probe_members_expected" ["endpoint" "dc"]
            "Addresses that the configuration expects behind the name; absent where it expects none.";
        MEMBERS_DIFFER: Gauge "wsus_probe_members_differ" ["endpoint" "dc"]
            "Whether the members differ in what clients would notice, or have different databases; absent before the first check and where fewer than two members work.";
        PATCH_WINDOW: Gauge "wsus_probe_patch_window_active" ["endpoint" "dc"]
            "Whether the nightly patch window is open; absent where no window or no time zone is known.";
    }
}

families! {
    /// What only a monitoring run knows of endpoints and members.
    HISTORIES {
        ATTEMPTS: Counter "wsus_probe_attempts_total" ["endpoint" "dc"]
            "Rounds that showed whether the endpoint works.";
        FAILURES: Counter "wsus_probe_failures_total" ["endpoint" "dc" "phase"]
            "Attempts that showed that the endpoint is down, by the phase that failed.";
        TAINTED: Counter "wsus_probe_rounds_tainted_total" ["endpoint" "dc"]
            "Rounds that this process slept through, whose times mean nothing; they are no attempts.";
        LOCAL: Counter "wsus_probe_rounds_local_total" ["endpoint" "dc"]
            "Rounds that failed for reasons of the machine that the exporter runs on; they are no attempts.";
        UNKNOWN: Counter "wsus_probe_rounds_unknown_total" ["endpoint" "dc"]
            "Rounds that did not show whether Windows clients can use the endpoint; they are no attempts.";
        PHASE_DURATION: Histogram "wsus_probe_phase_duration_seconds" ["endpoint" "dc" "phase"]
            "Durations of completed phases of rounds in seconds, over all members; absent for a phase that was never completed; a summary where buckets are switched off.";
        SYN_RETRANSMITS: Counter "wsus_probe_syn_retransmits_total" ["endpoint" "dc" "member"]
            "SYNs that had to be sent again; absent where the system cannot tell.";
        DNS_RESENDS: Counter "wsus_probe_dns_resends_total" ["endpoint" "dc"]
            "Questions for addresses that had to be sent again; absent for literal addresses and where the transport cannot tell.";
        NEAREST: Gauge "wsus_probe_nearest" ["endpoint" "dc"]
            "1 for the nearest endpoint that works, 0 for the others, all 0 while nothing works; while it is not known whether the choice still works, as during local trouble, it is kept; absent before the first choice.";
        ROUND_INTERVAL: Gauge "wsus_probe_round_interval_seconds" ["endpoint" "dc"]
            "How far apart rounds are started, in seconds, as configured.";
        LAST_ROUND: Gauge "wsus_probe_last_round_timestamp_seconds" ["endpoint" "dc"]
            "When the last round that counted ended, in seconds since 1970: one that the exporter slept through does not; absent before the first.";
        LAST_CHECK: Gauge "wsus_probe_last_check_timestamp_seconds" ["endpoint" "dc"]
            "When the last check of all WSUS services ended, in seconds since 1970; absent before the first.";
        LAST_SCAN: Gauge "wsus_probe_last_scan_timestamp_seconds" ["endpoint" "dc"]
            "When the last TLS scan ended, in seconds since 1970; absent before the first.";
    }
}
