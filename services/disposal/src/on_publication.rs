//! What publication's facts make disposal do: keep which wordings may be given to a medium, 三(三).

use chassis::{Error, Heard, Reaction, Tx, fact_id};
use huiying_proto::publication as pb;

use crate::approved_wording::{Wording, store};

/// Hears publication.
pub(crate) struct OnPublication;

#[async_trait::async_trait]
impl Reaction for OnPublication {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let (incident_id, wording) = if let Some(fact) = heard.read::<pb::StatementReleased>()? {
            (fact_id(&fact.incident_id)?, Wording::Release(fact_id(&fact.release_id)?))
        } else if let Some(fact) = heard.read::<pb::LineApproved>()? {
            (fact_id(&fact.incident_id)?, Wording::Line(fact_id(&fact.line_id)?))
        } else {
            return Ok(());
        };
        store::approve(tx.conn(), incident_id, wording, heard.time).await
    }
}
