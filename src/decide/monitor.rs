//! What a monitoring run concludes from the jobs that it runs.

#[cfg(test)]
mod fixture;
pub mod fold;
pub mod hysteresis;
pub mod keep;
pub mod local;
pub mod patch_window;
pub mod taint;
