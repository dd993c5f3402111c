//! The one binary: serves any of the services, and carries the tools of the people who run them.

pub mod certs;
pub mod client;
pub mod compose;
pub mod config;
pub mod demo;
pub mod explain;
mod failure;
pub mod import;
pub mod ledger;
pub mod names;
pub mod replay;
pub mod story;
pub mod table;

pub use failure::Failure;
