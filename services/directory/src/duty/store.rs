//! All SQL that names directory.duty.

use chassis::Error;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::Duty;

/// The duties of some days.
pub(crate) async fn between(connection: &mut PgConnection, from: Date, to: Date) -> Result<Vec<Duty>, Error> {
    let rows = sqlx::query!(
        "SELECT duty_date, person_id FROM directory.duty WHERE duty_date BETWEEN $1 AND $2 ORDER BY duty_date",
        from.to_sqlx() as jiff_sqlx::Date,
        to.to_sqlx() as jiff_sqlx::Date
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| Duty { day: r.duty_date.to_jiff(), person: r.person_id }).collect())
}

/// Sets who collects on a day.
pub(crate) async fn put(connection: &mut PgConnection, duty: Duty) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.duty (duty_date, person_id) VALUES ($1, $2) ON CONFLICT (duty_date) DO UPDATE SET person_id = EXCLUDED.person_id",
        duty.day.to_sqlx() as jiff_sqlx::Date,
        duty.person
    )
    .execute(connection)
    .await?;
    Ok(())
}
