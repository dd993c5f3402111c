//! Disposal, through the contract.
#![allow(clippy::cloned_ref_to_slice_refs, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod delivery;
mod escalation;
mod facts;
mod handling;
mod lead;
mod listing;
mod media_interview;
mod merging;
mod office;
mod paper;
mod reporting;
mod wire;
