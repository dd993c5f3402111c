//! What assessment's facts make intake do: keep the level in force beside each incident.

use chassis::{Error, Heard, Reaction, Tx, fact_id};
use huiying_proto::assessment as pb;

use crate::incident::store;

/// Hears assessment.
pub(crate) struct OnAssessment;

#[async_trait::async_trait]
impl Reaction for OnAssessment {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::IncidentClassified>()? {
            let incident = store::lock(tx.conn(), fact_id(&fact.incident_id)?).await?;
            let mut incident = incident.ok_or_else(|| Error::fault("an incident is classified that intake does not know"))?;
            fact.level().as_str_name().clone_into(&mut incident.level);
            store::put(tx.conn(), &mut incident).await?;
        }
        Ok(())
    }
}
