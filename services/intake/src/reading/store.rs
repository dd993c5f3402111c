//! All SQL that names intake.reading.

use chassis::Error;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Reading, commands::Asked};

/// Nobody has read before.
const EARLIEST: Date = jiff::civil::date(1900, 1, 1);

struct Row {
    body_id: Uuid,
    reading_date: jiff_sqlx::Date,
    papers: bool,
    web: bool,
    broadcast: bool,
    found: bool,
    note: String,
    person_ids: Vec<Uuid>,
    record_time: jiff_sqlx::Timestamp,
}

impl From<Row> for Reading {
    fn from(row: Row) -> Self {
        Self {
            body: row.body_id,
            day: row.reading_date.to_jiff(),
            papers: row.papers,
            web: row.web,
            broadcast: row.broadcast,
            found: row.found,
            note: row.note,
            persons: row.person_ids,
            record_time: row.record_time.to_jiff(),
        }
    }
}

/// Adds a day of a body, unless it is there.
pub(crate) async fn insert(connection: &mut PgConnection, reading: &Reading) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.reading (body_id, reading_date, papers, web, broadcast, found, note, person_ids, record_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (reading_date, body_id) DO NOTHING",
        reading.body,
        reading.day.to_sqlx() as jiff_sqlx::Date,
        reading.papers,
        reading.web,
        reading.broadcast,
        reading.found,
        reading.note,
        &reading.persons,
        reading.record_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A day of a body, locked.
pub(crate) async fn lock(connection: &mut PgConnection, body: Uuid, day: Date) -> Result<Option<Reading>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT body_id, reading_date, papers, web, broadcast, found, note, person_ids, record_time
         FROM intake.reading WHERE reading_date = $1 AND body_id = $2 FOR UPDATE",
        day.to_sqlx() as jiff_sqlx::Date,
        body
    );
    Ok(row.fetch_optional(connection).await?.map(Reading::from))
}

/// Saves what was added.
pub(crate) async fn save(connection: &mut PgConnection, reading: &Reading) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.reading SET papers = $3, web = $4, broadcast = $5, found = $6, note = $7, person_ids = $8, record_time = $9
         WHERE reading_date = $1 AND body_id = $2",
        reading.day.to_sqlx() as jiff_sqlx::Date,
        reading.body,
        reading.papers,
        reading.web,
        reading.broadcast,
        reading.found,
        reading.note,
        &reading.persons,
        reading.record_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of readings, newest day first, of some bodies where the view is limited to them.
pub(crate) async fn page(connection: &mut PgConnection, asked: &Asked, visible: Option<&[Uuid]>) -> Result<Vec<Reading>, Error> {
    // Bounds that always hold, so that a page begins where the one before ended.
    let (from, to) = asked.day.map_or((EARLIEST, Date::MAX), |day| (day, day));
    let (before_day, before_body) = asked.page.after.unwrap_or((Date::MAX, Uuid::max()));
    let sees = |body: &Uuid| visible.is_none_or(|visible| visible.contains(body));
    let bodies = asked.body.map(|body| Some(body).filter(sees).into_iter().collect()).or_else(|| visible.map(<[Uuid]>::to_vec));
    let rows = sqlx::query_as!(
        Row,
        "SELECT body_id, reading_date, papers, web, broadcast, found, note, person_ids, record_time FROM intake.reading
         WHERE reading_date >= $1 AND reading_date <= $2 AND (reading_date, body_id) < ($3, $4) AND ($5::uuid[] IS NULL OR body_id = ANY ($5))
         ORDER BY reading_date DESC, body_id DESC LIMIT $6",
        from.to_sqlx() as jiff_sqlx::Date,
        to.to_sqlx() as jiff_sqlx::Date,
        before_day.to_sqlx() as jiff_sqlx::Date,
        before_body,
        bodies as Option<Vec<Uuid>>,
        asked.page.limit()
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Reading::from).collect())
}
