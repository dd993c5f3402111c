//! What intake's facts make publication do: learn which incidents there are, and which were merged into another.

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids};
use huiying_proto::intake as pb;

use crate::incident::{Incident, store};

/// Hears intake.
pub(crate) struct OnIntake;

#[async_trait::async_trait]
impl Reaction for OnIntake {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::IncidentOpened>()? {
            let incident = Incident {
                id: fact_id(&fact.incident_id)?,
                number: fact.number,
                title: fact.title,
                bodies: fact_ids(&fact.body_ids)?,
                merged_into: None,
            };
            store::learn(tx.conn(), &incident).await?;
        } else if let Some(fact) = heard.read::<pb::InvolvedBodiesNamed>()? {
            store::involve(tx.conn(), fact_id(&fact.incident_id)?, &fact_ids(&fact.body_ids)?).await?;
        } else if let Some(fact) = heard.read::<pb::IncidentMerged>()? {
            store::merge(tx.conn(), fact_id(&fact.incident_id)?, Some(&fact.into_number)).await?;
        } else if let Some(fact) = heard.read::<pb::RegroupingUndone>()?
            && fact.kind() == pb::regrouping::Kind::Merge
        {
            store::merge(tx.conn(), fact_id(&fact.incident_id)?, None).await?;
        }
        Ok(())
    }
}
