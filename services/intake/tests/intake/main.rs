//! Intake, through the contract.
#![allow(clippy::cloned_ref_to_slice_refs, clippy::panic, clippy::print_stderr, clippy::unwrap_used, reason = "tests fail by panicking")]

mod bulletin;
mod folding;
mod grouping;
mod hot_matter;
mod import;
mod incident;
mod office;
mod outlet;
mod paper;
mod placing;
mod reading;
mod register;
mod regrouping;
mod report;
mod searching;
