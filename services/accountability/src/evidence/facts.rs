//! Which facts can be linked to: those that the rule heeds, and what was overdue.

use chassis::{Error, Heard, fact_id, optional_fact_id};
use huiying_proto::accountability as pb;
use uuid::Uuid;

use super::{Link, Proof};

/// Where a fact of an incident stands; nothing for one of none.
pub(crate) fn proof(heard: &Heard) -> Result<Option<Proof>, Error> {
    let Some(incident_id) = optional_fact_id(&heard.event.incident_id)? else { return Ok(None) };
    let link = Link { service: heard.source.to_owned(), position: heard.position, event_id: heard.event_id };
    Ok(Some(Proof { incident_id, link, obligation_id: overdue(heard)? }))
}

/// The obligation that a fact says fell overdue.
fn overdue(heard: &Heard) -> Result<Option<Uuid>, Error> {
    heard.read::<pb::ObligationBreached>()?.map(|fact| fact_id(&fact.obligation_id)).transpose()
}
