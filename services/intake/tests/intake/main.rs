//! Intake, through the contract.
#![allow(
    clippy::cloned_ref_to_slice_refs,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod bulletin;
mod category;
mod correcting;
mod dovecot;
mod feed;
mod folding;
mod grouping;
mod hot_matter;
mod import;
mod incident;
mod listing;
mod mailbox;
mod office;
mod outlet;
mod paper;
mod placing;
mod reading;
mod register;
mod regrouping;
mod regrouping_at_random;
mod report;
mod searching;
mod site;
mod spread;
mod suggestion;
mod transfer;
mod waiting;
mod watching;
mod webhook;
mod writers;
