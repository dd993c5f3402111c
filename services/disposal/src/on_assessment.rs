//! What assessment's facts make disposal do: open the handling of a classified incident and look for its lead, 三(四).

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids, wire_ids};
use huiying_proto::{assessment as pb, disposal};

use crate::case::{Case, Classified, commands, stale, store};

/// Hears assessment.
pub(crate) struct OnAssessment;

#[async_trait::async_trait]
impl Reaction for OnAssessment {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let Some(fact) = heard.read::<pb::IncidentClassified>()? else { return Ok(()) };
        let important = fact.level() == pb::Level::Important;
        let told = Classified { incident_id: fact_id(&fact.incident_id)?, number: fact.number, title: fact.title, important };
        let store::Settled { bodies, merged_into } = store::settle_bodies(tx.conn(), told.incident_id, &fact_ids(&fact.body_ids)?).await?;
        if let Some(mut case) = store::lock(tx.conn(), told.incident_id).await? {
            case.reclassify(told, bodies);
            commands::seek_lead(tx, &mut case, heard.time);
            return if store::save(tx.conn(), &mut case).await? { Ok(()) } else { Err(stale().into()) };
        }
        let mut case = Case { merged_into, ..Case::open(tx.id(), told, bodies, heard.time) };
        tx.emit(disposal::CaseOpened {
            incident_id: case.incident_id.to_string(),
            case_id: case.id.to_string(),
            title: case.title.clone(),
            body_ids: wire_ids(&case.bodies),
        });
        commands::seek_lead(tx, &mut case, heard.time);
        store::insert(tx.conn(), &case).await
    }
}
