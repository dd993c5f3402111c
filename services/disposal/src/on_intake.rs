//! What intake's facts make disposal do: learn which units an incident involves, and look for its lead again, 三(四).

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids};
use huiying_proto::intake as pb;

use crate::case::{commands, stale, store};

/// Hears intake.
pub(crate) struct OnIntake;

#[async_trait::async_trait]
impl Reaction for OnIntake {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let Some(fact) = heard.read::<pb::InvolvedBodiesNamed>()? else { return Ok(()) };
        let (incident_id, bodies) = (fact_id(&fact.incident_id)?, fact_ids(&fact.body_ids)?);
        store::name_bodies(tx.conn(), incident_id, &bodies).await?;
        // No case yet: assessment's fact will open it with these units.
        let Some(mut case) = store::lock(tx.conn(), incident_id).await? else { return Ok(()) };
        case.bodies = bodies;
        commands::seek_lead(tx, &mut case, heard.time);
        if store::save(tx.conn(), &mut case).await? { Ok(()) } else { Err(stale().into()) }
    }
}
