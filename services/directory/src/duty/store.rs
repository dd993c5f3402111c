//! All SQL that names directory.duty and directory.duty_unfilled.

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

/// Days until today, since the roster began and of the last week, that have no collector and were not told of. None before there is a
/// disposal office.
pub(crate) async fn unfilled(connection: &mut PgConnection, today: Date) -> Result<Vec<Date>, Error> {
    let days = sqlx::query_scalar!(
        r#"SELECT d.day::date AS "day!" FROM generate_series($1::date - 7, $1::date, interval '1 day') AS d(day)
           WHERE EXISTS (SELECT 1 FROM directory.body WHERE kind = 'KIND_DISPOSAL_OFFICE')
             AND (d.day = $1 OR d.day > (SELECT min(duty_date) FROM directory.duty))
             AND NOT EXISTS (SELECT 1 FROM directory.duty o WHERE o.duty_date = d.day)
             AND NOT EXISTS (SELECT 1 FROM directory.duty_unfilled o WHERE o.duty_date = d.day)
           ORDER BY 1"#,
        today.to_sqlx() as jiff_sqlx::Date
    );
    Ok(days.fetch_all(connection).await?.into_iter().map(|day| day.to_jiff()).collect())
}

/// Notes that days were told of.
pub(crate) async fn note_unfilled(connection: &mut PgConnection, days: &[Date]) -> Result<(), Error> {
    let days: Vec<jiff_sqlx::Date> = days.iter().map(|day| day.to_sqlx()).collect();
    sqlx::query!("INSERT INTO directory.duty_unfilled (duty_date) SELECT unnest($1::date[])", &days as &[jiff_sqlx::Date])
        .execute(connection)
        .await?;
    Ok(())
}
