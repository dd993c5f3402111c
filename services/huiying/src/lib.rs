//! The one binary: serves any of the services, and carries the tools of the people who run them.

pub mod client;
pub mod compose;
pub mod config;
pub mod demo;
mod failure;
pub mod import;
pub mod ledger;
pub mod story;

pub use failure::Failure;
