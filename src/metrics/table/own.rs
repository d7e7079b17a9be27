//! Families about the exporter itself.

families! {
    /// Never about a single endpoint.
    OWN {
        BUILD_INFO: Gauge "wsus_probe_build_info" ["version" "os" "arch"]
            "The exporter's version and what it was built for, always 1.";
        SCHEDULE_LAG: Histogram "wsus_probe_schedule_lag_seconds" []
            "How much later than planned rounds were started, in seconds, not counting that they waited for another job of their endpoint; checks and scans wait for a gap and are not in it.";
        IN_FLIGHT: Gauge "wsus_probe_in_flight" []
            "Rounds, checks and scans that are under way.";
        IN_FLIGHT_LIMIT: Gauge "wsus_probe_in_flight_limit" []
            "How many may be under way at once.";
        DROPPED: Counter "wsus_probe_dropped_rounds_total" []
            "Rounds that were left out because the one before had not ended, too many were under way, or the exporter did not get to run when they were due.";
        PANICS: Counter "wsus_probe_panics_total" []
            "Rounds, checks and scans that ended with a defect of the exporter.";
        LONGEST_STALL: Gauge "wsus_probe_longest_stall_seconds" []
            "The longest that the exporter did not get to run at a stretch since its start, in seconds.";
        STALLED: Counter "wsus_probe_stalled_seconds_total" []
            "How long the exporter did not get to run in all, suspension included, in seconds.";
        WEB_RELOAD_SUCCESSFUL: Gauge "wsus_probe_web_config_last_reload_successful" []
            "Whether the last attempt to read the web configuration file succeeded; absent without such a file.";
        RELOAD_SUCCESSFUL: Gauge "wsus_probe_config_last_reload_successful" []
            "Whether the last attempt to read the configuration succeeded.";
        RELOAD_SUCCESS_TIME: Gauge "wsus_probe_config_last_reload_success_timestamp_seconds" []
            "When the configuration in force was read, in seconds since 1970.";
        HTTP_REQUESTS: Counter "wsus_probe_http_requests_total" ["route" "code"]
            "Answered HTTP requests, by route and status code; absent for what was not answered yet.";
    }
}
