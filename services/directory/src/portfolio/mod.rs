//! Portfolios (分工), 三(四): what a leader in charge answers for.

pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Period;
use uuid::Uuid;

/// What a leader in charge answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Portfolio {
    pub id: Uuid,
    pub person: Uuid,
    pub bodies: Vec<Uuid>,
    pub topics: Vec<String>,
    pub period: Period,
}
