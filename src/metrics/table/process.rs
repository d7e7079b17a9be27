//! Families about the exporter's process, under the names that Prometheus' client libraries use.
//!
//! What a system does not tell is absent, and so is a limit where there is none.

families! {
    /// On Linux all of them, elsewhere some.
    PROCESS {
        CPU: Counter "process_cpu_seconds_total" []
            "Total user and system CPU time spent in seconds.";
        RESIDENT: Gauge "process_resident_memory_bytes" []
            "Resident memory size in bytes.";
        VIRTUAL: Gauge "process_virtual_memory_bytes" []
            "Virtual memory size in bytes.";
        VIRTUAL_MAX: Gauge "process_virtual_memory_max_bytes" []
            "Maximum amount of virtual memory available in bytes; absent without a limit.";
        OPEN_FDS: Gauge "process_open_fds" []
            "Number of open file descriptors.";
        MAX_FDS: Gauge "process_max_fds" []
            "Maximum number of open file descriptors; absent without a limit.";
        START_TIME: Gauge "process_start_time_seconds" []
            "Start time of the process since unix epoch in seconds.";
        THREADS: Gauge "process_threads" []
            "Number of OS threads in the process.";
    }
}
