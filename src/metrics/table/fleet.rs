//! Families about the fleet as a whole.

families! {
    /// One series each, or one for each reason.
    FLEET {
        ENDPOINTS: Gauge "wsus_probe_endpoints" []
            "Endpoints that are watched.";
        READY: Gauge "wsus_probe_ready" []
            "Whether every endpoint has had its first round; stays 1 when a reload adds others.";
        LOCAL_TROUBLE: Gauge "wsus_probe_local_trouble" []
            "Whether all endpoints fail in a way that points to the machine that the exporter runs on.";
        NEAREST_CHANGES: Counter "wsus_probe_nearest_changes_total" ["reason"]
            "Changes of the nearest endpoint, by reason.";
        NEAREST_LAST_CHANGE: Gauge "wsus_probe_nearest_last_change_timestamp_seconds" []
            "When the nearest endpoint changed last, in seconds since 1970; absent before the first choice.";
    }
}
