//! What intake's facts make publication do: learn which incidents there are.

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids};
use huiying_proto::intake as pb;

use crate::incident::{Incident, store};

/// Hears intake.
pub(crate) struct OnIntake;

#[async_trait::async_trait]
impl Reaction for OnIntake {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::IncidentOpened>()? {
            let incident =
                Incident { id: fact_id(&fact.incident_id)?, number: fact.number, title: fact.title, bodies: fact_ids(&fact.body_ids)? };
            store::learn(tx.conn(), &incident).await?;
        } else if let Some(fact) = heard.read::<pb::InvolvedBodiesNamed>()? {
            store::involve(tx.conn(), fact_id(&fact.incident_id)?, &fact_ids(&fact.body_ids)?).await?;
        }
        Ok(())
    }
}
