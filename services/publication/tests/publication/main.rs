//! Publication, through the contract.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod line;
mod merging;
mod office;
mod paper;
mod public;
mod release;
mod statement;
mod text_lock;
