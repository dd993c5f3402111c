//! All SQL that names intake.search_list.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

/// The newest places on any of some lists, from one place to below another, so many at the most.
pub(in crate::search) async fn newest(
    connection: &mut PgConnection,
    lists: &[String],
    from: i64,
    below: i64,
    most: i64,
) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        r#"SELECT DISTINCT n.place AS "place!" FROM unnest($1::text[]) l(list) CROSS JOIN LATERAL (
             SELECT s.place FROM intake.search_list s WHERE s.list = l.list AND s.place >= $2 AND s.place < $3 ORDER BY s.place DESC LIMIT $4) n
           ORDER BY n.place DESC LIMIT $4"#,
        lists,
        from,
        below,
        most
    );
    Ok(places.fetch_all(connection).await?)
}

/// Those of some places that are on any of some lists.
pub(in crate::search) async fn among(connection: &mut PgConnection, lists: &[String], places: &[i64]) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        r#"SELECT p.place AS "place!" FROM unnest($2::int8[]) p(place)
           WHERE EXISTS (SELECT 1 FROM intake.search_list s WHERE s.list = ANY($1) AND s.place = p.place)"#,
        lists,
        places
    );
    Ok(places.fetch_all(connection).await?)
}

/// Puts some reports on the lists that they belong to, and takes them off the others.
pub(in crate::search) async fn relist(connection: &mut PgConnection, reports: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "WITH entry AS (
             SELECT e.place, r.incident_id, r.category_id, i.body_ids, i.level FROM intake.search_entry e JOIN intake.report r ON r.report_id = e.report_id
                  LEFT JOIN intake.incident i ON i.incident_id = r.incident_id
             WHERE e.report_id = ANY($1)),
         listed AS (
             SELECT 'c' || category_id AS list, place FROM entry WHERE category_id IS NOT NULL
             UNION SELECT 'b' || b.body_id, place FROM entry CROSS JOIN LATERAL unnest(body_ids) b(body_id)
             UNION SELECT 'l' || level, place FROM entry WHERE level <> 'LEVEL_UNSPECIFIED'
             UNION SELECT 'u', place FROM entry WHERE incident_id IS NULL),
         gone AS (
             DELETE FROM intake.search_list s USING entry e
             WHERE s.place = e.place AND NOT EXISTS (SELECT 1 FROM listed l WHERE l.list = s.list AND l.place = s.place))
         INSERT INTO intake.search_list (list, place) SELECT list, place FROM listed ORDER BY list, place ON CONFLICT DO NOTHING",
        reports
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The same of all reports of some incidents.
pub(in crate::search) async fn relist_incidents(connection: &mut PgConnection, incidents: &[Uuid]) -> Result<(), Error> {
    let reports = sqlx::query_scalar!("SELECT report_id FROM intake.report WHERE incident_id = ANY($1)", incidents);
    let reports = reports.fetch_all(&mut *connection).await?;
    relist(connection, &reports).await
}
