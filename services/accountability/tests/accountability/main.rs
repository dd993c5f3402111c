//! Accountability, through the contract.
#![allow(clippy::cloned_ref_to_slice_refs, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod accountability_case;
mod appraising;
mod clock;
mod inspection;
mod knowledge;
mod listing;
mod merging;
mod office;
mod order;
mod paper;
mod peer_failures;
mod proving;
mod relief;
mod reviewing;
mod transferring;
mod versions;
mod watching;
