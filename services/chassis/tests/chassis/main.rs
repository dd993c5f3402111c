//! What every service does, on real PostgreSQL and real gRPC.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod cluster;
mod copying;
mod figures;
mod following;
mod ledger;
mod lost_store;
mod press;
