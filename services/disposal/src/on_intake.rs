//! What intake's facts make disposal do: learn which units an incident involves, and look for its lead again, 三(四); end the case of
//! an incident that was merged into another, and reopen it when the merge is taken back.

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids};
use huiying_proto::{disposal, intake as pb};
use jiff::Timestamp;
use uuid::Uuid;

use crate::case::{commands, stale, store};

/// Hears intake.
pub(crate) struct OnIntake;

#[async_trait::async_trait]
impl Reaction for OnIntake {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::InvolvedBodiesNamed>()? {
            return involve(tx, fact_id(&fact.incident_id)?, fact_ids(&fact.body_ids)?, heard.time).await;
        }
        if let Some(fact) = heard.read::<pb::IncidentMerged>()? {
            return merge(tx, &fact).await;
        }
        match heard.read::<pb::RegroupingUndone>()? {
            Some(fact) if fact.kind() == pb::regrouping::Kind::Merge => part(tx, &fact, heard.time).await,
            _ => Ok(()),
        }
    }
}

async fn involve(tx: &mut Tx, incident_id: Uuid, bodies: Vec<Uuid>, time: Timestamp) -> Result<(), Error> {
    store::name_bodies(tx.conn(), incident_id, &bodies).await?;
    // No case yet: assessment's fact will open it with these units.
    let Some(mut case) = store::lock(tx.conn(), incident_id).await? else { return Ok(()) };
    case.bodies = bodies;
    commands::seek_lead(tx, &mut case, time);
    if store::save(tx.conn(), &mut case).await? { Ok(()) } else { Err(stale().into()) }
}

/// Ends the case as merged (并入): what is under way in it is handled in the other's.
async fn merge(tx: &mut Tx, fact: &pb::IncidentMerged) -> Result<(), Error> {
    let incident_id = fact_id(&fact.incident_id)?;
    store::merge(tx.conn(), incident_id, Some(&fact.into_number)).await?;
    let Some(mut case) = store::lock(tx.conn(), incident_id).await? else { return Ok(()) };
    case.merged_into = Some(fact.into_number.clone());
    tx.emit(disposal::CaseMerged {
        incident_id: case.incident_id.to_string(),
        case_id: case.id.to_string(),
        title: case.title.clone(),
        into_incident_id: fact.into_incident_id.clone(),
        into_number: fact.into_number.clone(),
    });
    if store::save(tx.conn(), &mut case).await? { Ok(()) } else { Err(stale().into()) }
}

/// Reopens the case as it was when the merge is taken back (撤销归并).
async fn part(tx: &mut Tx, fact: &pb::RegroupingUndone, time: Timestamp) -> Result<(), Error> {
    let incident_id = fact_id(&fact.incident_id)?;
    store::merge(tx.conn(), incident_id, None).await?;
    let Some(mut case) = store::lock(tx.conn(), incident_id).await? else { return Ok(()) };
    if case.merged_into.take().is_some() {
        tx.emit(disposal::CaseReopened {
            incident_id: case.incident_id.to_string(),
            case_id: case.id.to_string(),
            title: case.title.clone(),
        });
    }
    commands::seek_lead(tx, &mut case, time);
    if store::save(tx.conn(), &mut case).await? { Ok(()) } else { Err(stale().into()) }
}
