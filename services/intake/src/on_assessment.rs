//! What assessment's facts make intake do: keep the level in force, and its clauses, beside each incident.

use chassis::{Error, Heard, Reaction, Tx, fact_id};
use huiying_proto::{assessment as pb, intake};

use crate::incident::store;

/// Hears assessment.
pub(crate) struct OnAssessment;

#[async_trait::async_trait]
impl Reaction for OnAssessment {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::IncidentClassified>()? {
            let Some(mut incident) = store::lock(tx.conn(), fact_id(&fact.incident_id)?).await? else {
                tracing::warn!(incident_id = fact.incident_id, "an incident is classified that is not here");
                return Ok(());
            };
            let before = std::mem::replace(&mut incident.level, fact.level().as_str_name().to_owned());
            incident.clauses = fact.clauses;
            incident.classified = Some(heard.time);
            store::put(tx.conn(), &mut incident).await?;
            if incident.level != before {
                let level = intake::incident::Level::from_str_name(&incident.level).unwrap_or_default().into();
                tx.emit(intake::IncidentLevelChanged { incident_id: incident.id.to_string(), level });
            }
        }
        Ok(())
    }
}
