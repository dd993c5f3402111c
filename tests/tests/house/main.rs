//! The whole house, in processes of its own and in one.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests fail by panicking"
)]

mod absence;
mod conventions;
mod faults;
mod permissions;
mod startup;
mod story;
mod telemetry;
