//! All SQL that names directory.liaison.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Contact, Liaison};

/// Adds an entry.
pub(crate) async fn insert(connection: &mut PgConnection, liaison: &Liaison) -> Result<(), Error> {
    let contact = &liaison.contact;
    sqlx::query!(
        "INSERT INTO directory.liaison (liaison_id, partner_body_id, liaison_time, means, contact_name, contact_title, summary, person_id, record_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        liaison.id,
        contact.partner,
        contact.time.to_sqlx() as jiff_sqlx::Timestamp,
        contact.means,
        contact.name,
        contact.title,
        contact.summary,
        liaison.by,
        liaison.record_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of entries, newest first: all, or those with one partner.
pub(crate) async fn page(
    connection: &mut PgConnection,
    partner: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Liaison>, Error> {
    let rows = sqlx::query!(
        "SELECT liaison_id, partner_body_id, liaison_time, means, contact_name, contact_title, summary, person_id, record_time
         FROM directory.liaison
         WHERE ($1::uuid IS NULL OR partner_body_id = $1) AND ($2::uuid IS NULL OR liaison_id < $2) ORDER BY liaison_id DESC LIMIT $3",
        partner,
        before,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Liaison {
            id: r.liaison_id,
            contact: Contact {
                partner: r.partner_body_id,
                time: r.liaison_time.to_jiff(),
                means: r.means,
                name: r.contact_name,
                title: r.contact_title,
                summary: r.summary,
            },
            by: r.person_id,
            record_time: r.record_time.to_jiff(),
        })
        .collect())
}
