//! All SQL that names intake.daily_register, and sums up what was registered in some time.

use chassis::{Error, clock::day_start};
use jiff::{Timestamp, ToSpan, civil::Date};
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{DailyRegister, Day, Item};

/// A day's register.
pub(crate) async fn find(connection: &mut PgConnection, day: Date) -> Result<Option<DailyRegister>, Error> {
    let row = sqlx::query!(
        r#"SELECT register_date, collector_person_id, report_count, incident_count, text, compile_time, came AS "came: Json<Day>"
           FROM intake.daily_register WHERE register_date = $1"#,
        day.to_sqlx() as jiff_sqlx::Date
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| DailyRegister {
        day: r.register_date.to_jiff(),
        collector: r.collector_person_id,
        reports: r.report_count,
        incidents: r.incident_count,
        text: r.text,
        compile_time: r.compile_time.to_jiff(),
        came: r.came.map(|came| came.0),
    }))
}

/// Whether a later day has a register.
pub(crate) async fn is_followed(connection: &mut PgConnection, day: Date) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM intake.daily_register WHERE register_date > $1) AS "found!""#,
        day.to_sqlx() as jiff_sqlx::Date
    );
    Ok(found.fetch_one(connection).await?)
}

/// Adds a day's register, or puts a supplemented one in its place. False when that day has one that is not to be replaced.
pub(crate) async fn save(connection: &mut PgConnection, register: &DailyRegister, replaces: bool) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO intake.daily_register (register_date, collector_person_id, report_count, incident_count, text, compile_time, came)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (register_date) DO UPDATE SET collector_person_id = EXCLUDED.collector_person_id, report_count = EXCLUDED.report_count,
             incident_count = EXCLUDED.incident_count, text = EXCLUDED.text, compile_time = EXCLUDED.compile_time, came = EXCLUDED.came
         WHERE $8",
        register.day.to_sqlx() as jiff_sqlx::Date,
        register.collector,
        register.reports,
        register.incidents,
        register.text,
        register.compile_time.to_sqlx() as jiff_sqlx::Timestamp,
        register.came.as_ref().map(Json) as Option<Json<&Day>>,
        replaces
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The newest register of a day before one: until when it tells of what came in.
pub(crate) async fn told_until(connection: &mut PgConnection, day: Date) -> Result<Option<Timestamp>, Error> {
    let row = sqlx::query!(
        "SELECT register_date, compile_time FROM intake.daily_register WHERE register_date < $1 ORDER BY register_date DESC LIMIT 1",
        day.to_sqlx() as jiff_sqlx::Date
    );
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    let end = day_start(row.register_date.to_jiff().saturating_add(1.day())).map_err(Error::fault)?;
    Ok(Some(row.compile_time.to_jiff().min(end)))
}

/// Notes that a day's register lists what is of an incident and registered from one moment to another, unless one listed it.
pub(crate) async fn list(connection: &mut PgConnection, day: Date, from: Timestamp, to: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.listed (id, register_date)
         SELECT report_id, $1::date FROM intake.report WHERE register_time >= $2 AND register_time < $3 AND incident_id IS NOT NULL
         UNION ALL
         SELECT s.sighting_id, $1::date FROM intake.sighting s JOIN intake.report r ON r.report_id = s.report_id
         WHERE s.register_time >= $2 AND s.register_time < $3 AND r.incident_id IS NOT NULL
         ON CONFLICT DO NOTHING",
        day.to_sqlx() as jiff_sqlx::Date,
        from.to_sqlx() as jiff_sqlx::Timestamp,
        to.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Which reports and repeated sightings are summed up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    /// All.
    All,
    /// Those that a register listed.
    Listed,
    /// Those that a day's register listed as the first.
    ListedOn(Date),
    /// Those of some incidents.
    Of(&'a [Uuid]),
}

/// The incidents of what was registered from one moment to another, most reported first.
pub(crate) async fn items(connection: &mut PgConnection, from: Timestamp, to: Timestamp, which: Which<'_>) -> Result<Vec<Item>, Error> {
    let (listed, day, incidents) = match which {
        Which::All => (false, None, None),
        Which::Listed => (true, None, None),
        Which::ListedOn(day) => (true, Some(day), None),
        Which::Of(incidents) => (false, None, Some(incidents)),
    };
    let rows = sqlx::query!(
        r#"WITH came AS (
             SELECT report_id AS id, incident_id, writer_digest, outlet_name, category_id, false AS repeats
             FROM intake.report WHERE register_time >= $1 AND register_time < $2 AND incident_id IS NOT NULL
               AND ($5::uuid[] IS NULL OR incident_id = ANY($5))
             UNION ALL
             SELECT s.sighting_id, r.incident_id, NULL, s.outlet_name, NULL, true
             FROM intake.sighting s JOIN intake.report r ON r.report_id = s.report_id
             WHERE s.register_time >= $1 AND s.register_time < $2 AND r.incident_id IS NOT NULL
               AND ($5::uuid[] IS NULL OR r.incident_id = ANY($5)))
           SELECT i.incident_id, i.number, i.title, i.level, i.body_ids, r.reports AS "reports!", r.repeats AS "repeats!", r.writers AS "writers!",
                  r.outlets AS "outlets!", c.first_name || '/' || c.third_name AS category
           FROM (SELECT incident_id, count(*) FILTER (WHERE NOT repeats) AS reports, count(*) FILTER (WHERE repeats) AS repeats,
                        count(DISTINCT writer_digest) AS writers, array_agg(DISTINCT outlet_name) AS outlets,
                        mode() WITHIN GROUP (ORDER BY category_id) AS category_id
                 FROM came WHERE NOT $3 OR EXISTS (SELECT 1 FROM intake.listed l WHERE l.id = came.id AND ($4::date IS NULL OR l.register_date = $4))
                 GROUP BY incident_id) r
           JOIN intake.incident i ON i.incident_id = r.incident_id LEFT JOIN intake.category c ON c.category_id = r.category_id
           ORDER BY r.reports DESC, r.repeats DESC, i.number"#,
        from.to_sqlx() as jiff_sqlx::Timestamp,
        to.to_sqlx() as jiff_sqlx::Timestamp,
        listed,
        day.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
        incidents as Option<&[Uuid]>
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Item {
            incident: r.incident_id,
            number: r.number,
            title: r.title,
            level: r.level,
            reports: r.reports,
            repeats: r.repeats,
            writers: r.writers,
            outlets: r.outlets,
            bodies: r.body_ids,
            category: r.category.unwrap_or_default(),
        })
        .collect())
}

/// How many reports registered from one moment to another have no incident yet.
pub(crate) async fn unplaced(connection: &mut PgConnection, from: Timestamp, to: Timestamp) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM intake.report WHERE register_time >= $1 AND register_time < $2 AND incident_id IS NULL"#,
        from.to_sqlx() as jiff_sqlx::Timestamp,
        to.to_sqlx() as jiff_sqlx::Timestamp
    );
    Ok(count.fetch_one(connection).await?)
}
