//! All SQL that names intake.daily_register, and sums up what was registered in some time.

use chassis::Error;
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, types::Json};

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

/// Adds a day's register. False when that day has one.
pub(crate) async fn insert(connection: &mut PgConnection, register: &DailyRegister) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO intake.daily_register (register_date, collector_person_id, report_count, incident_count, text, compile_time, came)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (register_date) DO NOTHING",
        register.day.to_sqlx() as jiff_sqlx::Date,
        register.collector,
        register.reports,
        register.incidents,
        register.text,
        register.compile_time.to_sqlx() as jiff_sqlx::Timestamp,
        register.came.as_ref().map(Json) as Option<Json<&Day>>
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The incidents with reports registered from one moment to another, most reported first.
pub(crate) async fn items(connection: &mut PgConnection, from: Timestamp, to: Timestamp) -> Result<Vec<Item>, Error> {
    let rows = sqlx::query!(
        r#"SELECT i.incident_id, i.number, i.title, i.level, i.body_ids, r.reports AS "reports!", r.writers AS "writers!", r.outlets AS "outlets!",
                  c.first_name || '/' || c.third_name AS category
           FROM (SELECT incident_id, count(*) AS reports, count(DISTINCT writer_digest) AS writers, array_agg(DISTINCT outlet_name) AS outlets,
                        mode() WITHIN GROUP (ORDER BY category_id) AS category_id
                 FROM intake.report WHERE register_time >= $1 AND register_time < $2 AND incident_id IS NOT NULL GROUP BY incident_id) r
           JOIN intake.incident i ON i.incident_id = r.incident_id LEFT JOIN intake.category c ON c.category_id = r.category_id
           ORDER BY r.reports DESC, i.number"#,
        from.to_sqlx() as jiff_sqlx::Timestamp,
        to.to_sqlx() as jiff_sqlx::Timestamp
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
