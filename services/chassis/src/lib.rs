//! The chassis: what every service does identically. No word of the glossary is in it but who is who.
//!
//! The life of a request: [`server`] admits it through the gate (deadline, token, permission), [`rpc`] makes a [`Ctx`] of it,
//! the service's commands begin a [`Tx`], decide, save, emit and commit. The life of a fact: [`ledger`] seals what was
//! committed, the feed streams it, a [`Consumer`] of another service applies it and moves its cursor in one transaction.
#![allow(clippy::disallowed_methods, reason = "this is the one crate that reads clocks, mints ids, begins transactions and makes statuses")]

mod busy;
mod calls;
pub mod clock;
pub mod cluster;
pub mod config;
mod consumer;
mod converter;
mod ctx;
mod db;
mod error;
mod feed;
mod fields;
mod gate;
mod health;
pub mod housekeeping;
mod lease;
pub mod ledger;
mod metrics;
mod moments;
mod page;
pub mod peers;
mod permission;
mod press;
pub mod probe;
mod roster;
pub mod rpc;
pub mod server;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tls;
pub mod token;
mod watch;

pub use clock::Clock;
pub use consumer::{Consumer, Heard, Progress, Reaction, read_fact};
pub use converter::Converter;
pub use ctx::{Actor, Caller, Ctx, RequestKey};
pub use db::{Audit, Batch, Call, Committed, Db, DbOptions, Field, GroupCommit, MigrateError, Outcome, Outcomes, Rows, Tx, migrate};
pub use error::{Error, Refusal, Sort, Violation};
pub use feed::Followed;
pub use fields::{Fields, LARGEST_COUNT, fact_id, fact_ids, fact_time, optional_fact_id, wire_id, wire_ids, wire_time};
pub use health::{Check, Reading};
pub use lease::{Held, Lease};
pub use moments::{Fence, Timed, at_moments};
pub use page::Page;
pub use permission::{EVERYONE, Permission};
pub use press::{Press, Sheet};
pub use roster::{Body, Period, Person, Position, Roster};
pub use server::{ServeOptions, Service, Task, serve};
pub use watch::{Watch, Watching};
