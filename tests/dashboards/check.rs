//! The checks of dashboards that need nothing but their JSON.
