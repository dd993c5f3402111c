//! Notification, through the contract.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod chasing;
mod inbox;
mod office;
mod telling;
