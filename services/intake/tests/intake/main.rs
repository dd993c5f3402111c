//! Intake, through the contract.
#![allow(clippy::cloned_ref_to_slice_refs, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod bulletin;
mod folding;
mod grouping;
mod hot_matter;
mod import;
mod incident;
mod office;
mod outlet;
mod placing;
mod reading;
mod register;
mod regrouping;
mod regrouping_at_random;
mod report;
