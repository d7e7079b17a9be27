//! The recording and alerting rules.
