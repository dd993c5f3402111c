//! SQL of what reports belong to: incidents and units, as intake.report and intake.incident have them, and as intake.report_body and
//! intake.incident_body list them.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

/// Those of some places whose reports are of the incident with a number.
pub(in crate::search) async fn of_incident(connection: &mut PgConnection, places: &[i64], number: &str) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        "SELECT e.place FROM unnest($1::int8[]) p(place)
         JOIN intake.search_entry e ON e.place = p.place JOIN intake.report r ON r.report_id = e.report_id
         JOIN intake.incident i ON i.incident_id = r.incident_id WHERE i.number = $2",
        places,
        number
    );
    Ok(places.fetch_all(connection).await?)
}

/// The places of the reports of the incident with a number, so many of them at the most.
pub(in crate::search) async fn places_of_incident(connection: &mut PgConnection, number: &str, most: i64) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        "SELECT e.place FROM intake.incident i JOIN intake.report r ON r.incident_id = i.incident_id
         JOIN intake.search_entry e ON e.report_id = r.report_id WHERE i.number = $1 LIMIT $2",
        number,
        most
    );
    Ok(places.fetch_all(connection).await?)
}

/// Lists anew which units some reports involve, by their incidents.
pub(in crate::search) async fn relist_reports(connection: &mut PgConnection, reports: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "DELETE FROM intake.report_body b USING intake.report r LEFT JOIN intake.incident i ON i.incident_id = r.incident_id
         WHERE b.report_id = ANY($1) AND r.report_id = b.report_id AND (b.body_id = ANY(i.body_ids)) IS NOT TRUE",
        reports
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO intake.report_body (body_id, report_id)
         SELECT DISTINCT b.body_id, r.report_id FROM intake.report r JOIN intake.incident i ON i.incident_id = r.incident_id
              CROSS JOIN LATERAL unnest(i.body_ids) b(body_id)
         WHERE r.report_id = ANY($1) ON CONFLICT DO NOTHING",
        reports
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists anew which units some incidents involve, and all their reports with them.
pub(in crate::search) async fn relist_incidents(connection: &mut PgConnection, incidents: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "DELETE FROM intake.incident_body b USING intake.incident i
         WHERE b.incident_id = ANY($1) AND i.incident_id = b.incident_id AND b.body_id <> ALL(i.body_ids)",
        incidents
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO intake.incident_body (body_id, incident_id)
         SELECT DISTINCT b.body_id, i.incident_id FROM intake.incident i CROSS JOIN LATERAL unnest(i.body_ids) b(body_id)
         WHERE i.incident_id = ANY($1) ON CONFLICT DO NOTHING",
        incidents
    )
    .execute(&mut *connection)
    .await?;
    let reports = sqlx::query_scalar!("SELECT report_id FROM intake.report WHERE incident_id = ANY($1)", incidents);
    let reports = reports.fetch_all(&mut *connection).await?;
    relist_reports(connection, &reports).await
}
