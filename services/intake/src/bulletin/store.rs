//! All SQL that names intake.bulletin, and counts how its reports spread.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{Bulletin, Spread};

struct Row {
    bulletin_id: Uuid,
    kind: String,
    year: i32,
    number: i32,
    title: String,
    text: String,
    incident_ids: Vec<Uuid>,
    issue_person_id: Uuid,
    issue_time: jiff_sqlx::Timestamp,
    spread: Option<Json<Spread>>,
}

impl From<Row> for Bulletin {
    fn from(row: Row) -> Self {
        Self {
            id: row.bulletin_id,
            kind: row.kind,
            year: row.year,
            number: row.number,
            title: row.title,
            text: row.text,
            incidents: row.incident_ids,
            issuer: row.issue_person_id,
            issue_time: row.issue_time.to_jiff(),
            spread: row.spread.map(|spread| spread.0),
        }
    }
}

/// A bulletin by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Bulletin>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time, spread AS "spread: Json<Spread>" FROM intake.bulletin WHERE bulletin_id = $1"#,
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Bulletin::from))
}

/// A page of bulletins, newest first.
pub(crate) async fn page(connection: &mut PgConnection, before: Option<Uuid>, limit: i64) -> Result<Vec<Bulletin>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time, spread AS "spread: Json<Spread>" FROM intake.bulletin
         WHERE bulletin_id < $1 ORDER BY bulletin_id DESC LIMIT $2"#,
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Bulletin::from).collect())
}

/// Adds a bulletin.
pub(crate) async fn insert(connection: &mut PgConnection, bulletin: &Bulletin) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.bulletin (bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time, spread)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        bulletin.id,
        bulletin.kind,
        bulletin.year,
        bulletin.number,
        bulletin.title,
        bulletin.text,
        &bulletin.incidents,
        bulletin.issuer,
        bulletin.issue_time.to_sqlx() as jiff_sqlx::Timestamp,
        bulletin.spread.as_ref().map(Json) as Option<Json<&Spread>>
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How the reports of some incidents spread: of all times, or registered from one moment to another.
pub(crate) async fn spread(
    connection: &mut PgConnection,
    incidents: &[Uuid],
    within: Option<(Timestamp, Timestamp)>,
) -> Result<Spread, Error> {
    // Civil time has been eight hours ahead all the time that there are registers.
    let rows = sqlx::query!(
        r#"SELECT (register_time AT TIME ZONE 'UTC' + interval '8 hours')::date AS "day!", tier, count(*) AS "count!"
           FROM intake.report
           WHERE incident_id = ANY($1) AND ($2::timestamptz IS NULL OR register_time >= $2) AND ($3::timestamptz IS NULL OR register_time < $3)
           GROUP BY 1, 2"#,
        incidents,
        within.map(|(from, _)| from.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        within.map(|(_, to)| to.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    );
    let counts = rows.fetch_all(&mut *connection).await?.into_iter().map(|row| (row.day.to_jiff(), row.tier, row.count)).collect();
    let rows = sqlx::query!(
        r#"SELECT coalesce(c.first_name, '') AS "name!", count(*) AS "count!",
                  count(*) FILTER (WHERE c.category_id IS NOT NULL AND r.category_person_id IS NULL) AS "suggested!"
           FROM intake.report r LEFT JOIN intake.category c ON c.category_id = r.category_id
           WHERE incident_id = ANY($1) AND ($2::timestamptz IS NULL OR register_time >= $2) AND ($3::timestamptz IS NULL OR register_time < $3)
           GROUP BY 1 ORDER BY 2 DESC, 1"#,
        incidents,
        within.map(|(from, _)| from.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        within.map(|(_, to)| to.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    );
    let by_category = rows.fetch_all(connection).await?.into_iter().map(|row| (row.name, row.count, row.suggested)).collect();
    Ok(Spread::of(counts, by_category))
}

/// The numbers of some incidents, in their order.
pub(crate) async fn numbers(connection: &mut PgConnection, incidents: &[Uuid]) -> Result<Vec<String>, Error> {
    let numbers = sqlx::query_scalar!(
        "SELECT number FROM intake.incident WHERE incident_id = ANY($1) ORDER BY array_position($1, incident_id)",
        incidents
    );
    Ok(numbers.fetch_all(connection).await?)
}
