//! Assessments, through the contract.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod assessing;
mod correcting;
mod deciding;
mod factors;
mod flood;
mod levels;
mod merging;
mod office;
mod opinions;
mod reading;
mod spreading;
mod trend;
