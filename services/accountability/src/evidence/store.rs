//! All SQL that names accountability.proof. A link may also lead to what shows knowledge.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Link, Proof};

/// Keeps where some facts stand.
pub(crate) async fn keep(connection: &mut PgConnection, proofs: &[Proof]) -> Result<(), Error> {
    if proofs.is_empty() {
        return Ok(());
    }
    fn each<T>(proofs: &[Proof], part: impl Fn(&Proof) -> T) -> Vec<T> {
        proofs.iter().map(part).collect()
    }
    sqlx::query!(
        "INSERT INTO accountability.proof (incident_id, event_id, service_name, position, obligation_id)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int8[], $5::uuid[]) ON CONFLICT (incident_id, event_id) DO NOTHING",
        &each(proofs, |proof| proof.incident_id),
        &each(proofs, |proof| proof.link.event_id),
        &each(proofs, |proof| proof.link.service.clone()),
        &each(proofs, |proof| proof.link.position),
        &each(proofs, |proof| proof.obligation_id) as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Where the facts of an incident stand, as far as they were kept.
pub(crate) async fn of(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Proof>, Error> {
    let rows = sqlx::query!(
        "SELECT event_id, service_name, position, obligation_id FROM accountability.proof WHERE incident_id = $1
         ORDER BY service_name, position, event_id",
        incident_id
    )
    .fetch_all(connection)
    .await?;
    let proof = |link, obligation_id| Proof { incident_id, link, obligation_id };
    Ok(rows
        .into_iter()
        .map(|row| proof(Link { service: row.service_name, position: row.position, event_id: row.event_id }, row.obligation_id))
        .collect())
}

/// Whether a fact of an incident stands at a place: as one that the rule heeds, or as one that shows who knew.
pub(crate) async fn holds(connection: &mut PgConnection, incident_id: Uuid, link: &Link) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM accountability.proof
                          WHERE incident_id = $1 AND event_id = $2 AND service_name = $3 AND position = $4)
               OR EXISTS (SELECT 1 FROM accountability.knowledge
                          WHERE incident_id = $1 AND event_id = $2 AND service_name = $3 AND position = $4) AS "holds!""#,
        incident_id,
        link.event_id,
        link.service,
        link.position
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}
