//! All SQL that names publication.incident.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Incident;

struct Row {
    incident_id: Uuid,
    number: String,
    title: String,
    body_ids: Vec<Uuid>,
    merged_into_number: Option<String>,
}

impl From<Row> for Incident {
    fn from(row: Row) -> Self {
        Self { id: row.incident_id, number: row.number, title: row.title, bodies: row.body_ids, merged_into: row.merged_into_number }
    }
}

/// Learns of an incident.
pub(crate) async fn learn(connection: &mut PgConnection, incident: &Incident) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO publication.incident (incident_id, number, title, body_ids) VALUES ($1, $2, $3, $4) ON CONFLICT (incident_id) DO NOTHING",
        incident.id,
        incident.number,
        incident.title,
        &incident.bodies
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Learns which bodies an incident involves.
pub(crate) async fn involve(connection: &mut PgConnection, id: Uuid, bodies: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("UPDATE publication.incident SET body_ids = $2 WHERE incident_id = $1", id, bodies).execute(connection).await?;
    Ok(())
}

/// Learns into which incident one was merged, or that it stands by itself again.
pub(crate) async fn merge(connection: &mut PgConnection, id: Uuid, into_number: Option<&str>) -> Result<(), Error> {
    sqlx::query!("UPDATE publication.incident SET merged_into_number = $2 WHERE incident_id = $1", id, into_number)
        .execute(connection)
        .await?;
    Ok(())
}

/// An incident by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Incident>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, body_ids, merged_into_number FROM publication.incident WHERE incident_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Incident::from))
}

/// An incident, held against being merged until the transaction ends.
pub(crate) async fn hold(connection: &mut PgConnection, id: Uuid) -> Result<Option<Incident>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, body_ids, merged_into_number FROM publication.incident WHERE incident_id = $1 FOR SHARE",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Incident::from))
}

/// An incident, locked against another change of what belongs to it.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Incident>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, body_ids, merged_into_number FROM publication.incident WHERE incident_id = $1 FOR UPDATE",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Incident::from))
}
