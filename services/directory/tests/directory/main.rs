//! The registry, through the contract.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod import;
mod liaison;
mod office;
mod registry;
