//! All SQL that names intake.bulletin, and counts how its reports spread.

use chassis::Error;
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{Bulletin, Spread, Week};

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
    body_ids: Vec<Uuid>,
    week_date: Option<jiff_sqlx::Date>,
    from_time: Option<jiff_sqlx::Timestamp>,
    until_time: Option<jiff_sqlx::Timestamp>,
    corrects_bulletin_id: Option<Uuid>,
}

impl From<Row> for Bulletin {
    fn from(row: Row) -> Self {
        let week = row.week_date.zip(row.from_time).zip(row.until_time).map(|((monday, from), until)| Week {
            monday: monday.to_jiff(),
            from: from.to_jiff(),
            until: until.to_jiff(),
        });
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
            bodies: row.body_ids,
            week,
            corrects: row.corrects_bulletin_id,
        }
    }
}

/// A bulletin by id: any, or one of an incident that involves some bodies or did when it was issued.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, bodies: Option<&[Uuid]>) -> Result<Option<Bulletin>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time, spread AS "spread: Json<Spread>", body_ids, week_date,
           from_time, until_time, corrects_bulletin_id
           FROM intake.bulletin b WHERE bulletin_id = $1
             AND ($2::uuid[] IS NULL OR b.body_ids && $2
                  OR EXISTS (SELECT 1 FROM intake.incident i WHERE i.incident_id = ANY(b.incident_ids) AND i.body_ids && $2))"#,
        id,
        bodies as Option<&[Uuid]>
    );
    Ok(row.fetch_optional(connection).await?.map(Bulletin::from))
}

/// A page of bulletins, newest first: all, or those of incidents that involve some bodies or did when they were issued.
pub(crate) async fn page(
    connection: &mut PgConnection,
    bodies: Option<&[Uuid]>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Bulletin>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time, spread AS "spread: Json<Spread>", body_ids, week_date,
           from_time, until_time, corrects_bulletin_id
           FROM intake.bulletin b WHERE bulletin_id < $1
             AND ($2::uuid[] IS NULL OR b.body_ids && $2
                  OR EXISTS (SELECT 1 FROM intake.incident i WHERE i.incident_id = ANY(b.incident_ids) AND i.body_ids && $2))
           ORDER BY bulletin_id DESC LIMIT $3"#,
        before.unwrap_or(Uuid::max()),
        bodies as Option<&[Uuid]>,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Bulletin::from).collect())
}

/// Adds a bulletin.
pub(crate) async fn insert(connection: &mut PgConnection, bulletin: &Bulletin) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.bulletin (bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time, spread, body_ids,
                                      week_date, from_time, until_time, corrects_bulletin_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        bulletin.id,
        bulletin.kind,
        bulletin.year,
        bulletin.number,
        bulletin.title,
        bulletin.text,
        &bulletin.incidents,
        bulletin.issuer,
        bulletin.issue_time.to_sqlx() as jiff_sqlx::Timestamp,
        bulletin.spread.as_ref().map(Json) as Option<Json<&Spread>>,
        &bulletin.bodies,
        bulletin.week.map(|week| week.monday.to_sqlx()) as Option<jiff_sqlx::Date>,
        bulletin.week.map(|week| week.from.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        bulletin.week.map(|week| week.until.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        bulletin.corrects
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The weekly bulletins of the week of a Monday with their numbers, oldest first: one, and those that correct it.
pub(crate) async fn of_week(connection: &mut PgConnection, monday: Date) -> Result<Vec<(Uuid, i32)>, Error> {
    let rows = sqlx::query!(
        "SELECT bulletin_id, number FROM intake.bulletin WHERE week_date = $1 ORDER BY bulletin_id",
        monday.to_sqlx() as jiff_sqlx::Date
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.bulletin_id, row.number)).collect())
}

/// Until when the weekly bulletins of the weeks before a Monday tell.
pub(crate) async fn told_until(connection: &mut PgConnection, monday: Date) -> Result<Option<Timestamp>, Error> {
    let time = sqlx::query_scalar!(
        "SELECT max(coalesce(until_time, issue_time)) FROM intake.bulletin
         WHERE kind = 'KIND_WEEKLY' AND coalesce(week_date, (issue_time AT TIME ZONE 'UTC' + interval '8 hours')::date) < $1",
        monday.to_sqlx() as jiff_sqlx::Date
    );
    Ok(time.fetch_one(connection).await?.map(|time| time.to_jiff()))
}

/// Incidents that the bulletins of other weeks owe: confirmed ordinary before this one ends and not listed since, or of no level, last
/// reported after a moment, and never listed.
pub(crate) async fn unlisted(connection: &mut PgConnection, week: &Week, since: Timestamp, listed: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT i.incident_id FROM intake.incident i
         LEFT JOIN (SELECT unnest(incident_ids) AS incident_id, max(issue_time) AS issue_time FROM intake.bulletin
                    WHERE kind = 'KIND_WEEKLY' AND week_date IS DISTINCT FROM $1 GROUP BY 1) b ON b.incident_id = i.incident_id
         WHERE i.merged_into_incident_id IS NULL AND i.report_count > 0 AND i.first_report_time < $2 AND i.incident_id <> ALL($4)
           AND (i.level = 'LEVEL_ORDINARY' AND coalesce(i.classify_time, i.first_report_time) < $2
                  AND (b.issue_time IS NULL OR b.issue_time < coalesce(i.classify_time, i.first_report_time))
                OR i.level = 'LEVEL_UNSPECIFIED' AND i.last_report_time >= $3 AND b.issue_time IS NULL)",
        week.monday.to_sqlx() as jiff_sqlx::Date,
        week.until.to_sqlx() as jiff_sqlx::Timestamp,
        since.to_sqlx() as jiff_sqlx::Timestamp,
        listed
    );
    Ok(ids.fetch_all(connection).await?)
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
