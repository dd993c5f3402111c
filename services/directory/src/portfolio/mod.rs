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

/// Lets each portfolio of a leader end where their next one begins (分工调整).
pub(crate) fn succeed(portfolios: &mut [Portfolio]) {
    portfolios.sort_by_key(|portfolio| (portfolio.person, portfolio.period.start));
    for at in 1..portfolios.len() {
        let (earlier, later) = portfolios.split_at_mut(at);
        if let (Some(before), Some(next)) = (earlier.last_mut(), later.first())
            && before.person == next.person
        {
            before.period.end = Some(next.period.start);
        }
    }
}
