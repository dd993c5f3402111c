//! All SQL that names directory.portfolio.

use chassis::{Error, Period};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::Portfolio;

/// Every portfolio.
pub(crate) async fn all(connection: &mut PgConnection) -> Result<Vec<Portfolio>, Error> {
    let rows = sqlx::query!("SELECT portfolio_id, person_id, body_ids, topics, start_time, end_time FROM directory.portfolio")
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| Portfolio {
            id: r.portfolio_id,
            person: r.person_id,
            bodies: r.body_ids,
            topics: r.topics,
            period: Period { start: r.start_time.to_jiff(), end: r.end_time.map(|t| t.to_jiff()) },
        })
        .collect())
}

/// Adds or corrects a portfolio.
pub(crate) async fn put(connection: &mut PgConnection, portfolio: &Portfolio) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.portfolio (portfolio_id, person_id, body_ids, topics, start_time, end_time) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (portfolio_id) DO UPDATE SET body_ids = EXCLUDED.body_ids, topics = EXCLUDED.topics, end_time = EXCLUDED.end_time",
        portfolio.id,
        portfolio.person,
        &portfolio.bodies,
        &portfolio.topics,
        portfolio.period.start.to_sqlx() as jiff_sqlx::Timestamp,
        portfolio.period.end.map(|t| t.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    Ok(())
}
