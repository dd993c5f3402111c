//! SQL of the lists of obligations. Whoever asks, a page reads little more than it shows: each kind of question walks an index of its own.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    super::{
        Obligation,
        commands::{Asked, Sight},
    },
    some,
};

/// After which obligation a page begins, and until when what it shows is due.
struct Span {
    after: (jiff_sqlx::Timestamp, Uuid),
    until: Option<jiff_sqlx::Timestamp>,
}

impl Span {
    fn of(asked: &Asked) -> Self {
        let (time, id) = asked.page.after.unwrap_or((Timestamp::MIN, Uuid::nil()));
        // What is due at the moment itself is not due after it.
        let after = match asked.due_after {
            Some(due_after) if due_after >= time => (due_after, Uuid::max()),
            _ => (time, id),
        };
        Self { after: (bound(after.0).to_sqlx(), after.1), until: asked.due_until.map(ToSqlx::to_sqlx) }
    }
}

/// A page token comes from outside: what the store cannot compare with is brought within what it can.
fn bound(time: Timestamp) -> Timestamp {
    Timestamp::from_second(-62_000_000_000).map_or(time, |least| time.max(least))
}

/// A page of what somebody may see, by due time.
pub(crate) async fn list(connection: &mut PgConnection, asked: &Asked, sight: &Sight) -> Result<Vec<Obligation>, Error> {
    let span = Span::of(asked);
    let ids = match (asked.incident_id, asked.debtor_body_id) {
        (Some(incident), _) => of_incident(connection, incident, asked, sight, span).await?,
        (None, Some(body)) if sight.all || sight.bodies.contains(&body) => of_debtors(connection, asked, (&[body], &[], &[]), span).await?,
        (None, Some(_)) => Vec::new(),
        (None, None) if !sight.all => of_debtors(connection, asked, (&sight.bodies, &sight.persons, &sight.roles), span).await?,
        (None, None) if asked.outcome == Some("OPEN") => open(connection, asked, span).await?,
        (None, None) => all(connection, asked, span).await?,
    };
    let mut found = some(connection, &ids).await?;
    found.sort_unstable_by_key(|obligation| (obligation.owed.due_time, obligation.id));
    Ok(found)
}

async fn of_incident(connection: &mut PgConnection, incident: Uuid, asked: &Asked, sight: &Sight, span: Span) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT obligation_id FROM accountability.obligation
         WHERE incident_id = $1 AND (due_time, obligation_id) > ($2, $3) AND due_time <= coalesce($4::timestamptz, 'infinity')
           AND ($5::text IS NULL OR outcome = $5) AND ($6::bool IS NULL OR (extensions <> '[]') = $6)
           AND ($7::uuid IS NULL OR debtor_body_id = $7)
           AND ($8 OR debtor_body_id = ANY($9) OR debtor_person_id = ANY($10) OR debtor_role = ANY($11))
         ORDER BY due_time, obligation_id LIMIT $12",
        incident,
        span.after.0 as jiff_sqlx::Timestamp,
        span.after.1,
        span.until as Option<jiff_sqlx::Timestamp>,
        asked.outcome,
        asked.extended,
        asked.debtor_body_id,
        sight.all,
        &sight.bodies,
        &sight.persons,
        &sight.roles,
        asked.page.limit()
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Of bodies, persons and roles; an obligation has one debtor.
async fn of_debtors(
    connection: &mut PgConnection,
    asked: &Asked,
    (bodies, persons, roles): (&[Uuid], &[Uuid], &[String]),
    span: Span,
) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        r#"SELECT obligation_id AS "obligation_id!" FROM (
             SELECT o.due_time, o.obligation_id FROM unnest($1::uuid[]) d(body_id) CROSS JOIN LATERAL (
                 SELECT due_time, obligation_id FROM accountability.obligation
                 WHERE debtor_body_id = d.body_id AND (due_time, obligation_id) > ($4, $5) AND due_time <= coalesce($6::timestamptz, 'infinity')
                   AND ($7::text IS NULL OR outcome = $7) AND ($8::bool IS NULL OR (extensions <> '[]') = $8)
                 ORDER BY due_time, obligation_id LIMIT $9) o
             UNION ALL
             SELECT o.due_time, o.obligation_id FROM unnest($2::uuid[]) d(person_id) CROSS JOIN LATERAL (
                 SELECT due_time, obligation_id FROM accountability.obligation
                 WHERE debtor_person_id = d.person_id AND (due_time, obligation_id) > ($4, $5) AND due_time <= coalesce($6::timestamptz, 'infinity')
                   AND ($7::text IS NULL OR outcome = $7) AND ($8::bool IS NULL OR (extensions <> '[]') = $8)
                 ORDER BY due_time, obligation_id LIMIT $9) o
             UNION ALL
             SELECT o.due_time, o.obligation_id FROM unnest($3::text[]) d(role) CROSS JOIN LATERAL (
                 SELECT due_time, obligation_id FROM accountability.obligation
                 WHERE debtor_role = d.role AND (due_time, obligation_id) > ($4, $5) AND due_time <= coalesce($6::timestamptz, 'infinity')
                   AND ($7::text IS NULL OR outcome = $7) AND ($8::bool IS NULL OR (extensions <> '[]') = $8)
                 ORDER BY due_time, obligation_id LIMIT $9) o
           ) owed ORDER BY due_time, obligation_id LIMIT $9"#,
        bodies,
        persons,
        roles,
        span.after.0 as jiff_sqlx::Timestamp,
        span.after.1,
        span.until as Option<jiff_sqlx::Timestamp>,
        asked.outcome,
        asked.extended,
        asked.page.limit()
    );
    Ok(ids.fetch_all(connection).await?)
}

/// What is open, which among all that ever was is little.
async fn open(connection: &mut PgConnection, asked: &Asked, span: Span) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT obligation_id FROM accountability.obligation
         WHERE outcome = 'OPEN' AND (due_time, obligation_id) > ($1, $2) AND due_time <= coalesce($3::timestamptz, 'infinity')
           AND ($4::bool IS NULL OR (extensions <> '[]') = $4)
         ORDER BY due_time, obligation_id LIMIT $5",
        span.after.0 as jiff_sqlx::Timestamp,
        span.after.1,
        span.until as Option<jiff_sqlx::Timestamp>,
        asked.extended,
        asked.page.limit()
    );
    Ok(ids.fetch_all(connection).await?)
}

async fn all(connection: &mut PgConnection, asked: &Asked, span: Span) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT obligation_id FROM accountability.obligation
         WHERE (due_time, obligation_id) > ($1, $2) AND due_time <= coalesce($3::timestamptz, 'infinity')
           AND ($4::text IS NULL OR outcome = $4) AND ($5::bool IS NULL OR (extensions <> '[]') = $5)
         ORDER BY due_time, obligation_id LIMIT $6",
        span.after.0 as jiff_sqlx::Timestamp,
        span.after.1,
        span.until as Option<jiff_sqlx::Timestamp>,
        asked.outcome,
        asked.extended,
        asked.page.limit()
    );
    Ok(ids.fetch_all(connection).await?)
}
