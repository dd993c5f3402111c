//! What the tests of the whole house share: processes that are really processes, and calls that know no types.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail by panicking")]

pub mod collector;
pub mod processes;
pub mod raw;
