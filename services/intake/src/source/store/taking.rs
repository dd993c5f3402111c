//! All SQL that names intake.provenance, and the outlets that items are of.

use std::collections::{HashMap, HashSet};

use chassis::{Error, Rows};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::{
    item::Item,
    taking::{Before, Provenance},
};
use crate::{outlet::Outlet, report::store::MANY};

/// What is known of a source's items already, by their keys or their pages.
pub(in super::super) async fn known(connection: &mut PgConnection, source: Uuid, keys: &[Uuid]) -> Result<Vec<Before>, Error> {
    let rows = sqlx::query!(
        r#"SELECT p.source_key AS "key!", p.page_key, p.report_id AS "is!", coalesce(s.report_id, p.report_id) AS report,
                  p.evidence_digest AS evidence, p.stated_time AS "stated_time!", coalesce(s.excerpt, r.excerpt, '') AS "excerpt!"
           FROM intake.provenance p LEFT JOIN intake.sighting s ON s.sighting_id = p.report_id
                LEFT JOIN intake.report r ON r.report_id = p.report_id
           WHERE p.source_id = $1 AND (p.source_key = ANY($2) OR p.page_key = ANY($2))
           UNION ALL SELECT source_key, page_key, waiting_item_id, NULL, NULL, stated_time, excerpt FROM intake.waiting_item
           WHERE source_id = $1 AND (source_key = ANY($2) OR page_key = ANY($2))"#,
        source,
        keys
    )
    .fetch_all(connection)
    .await?;
    let known = rows.into_iter().map(|row| Before {
        key: row.key,
        page_key: row.page_key,
        is: row.is,
        report: row.report,
        evidence: row.evidence.and_then(|digest| digest.try_into().ok()),
        stated_time: row.stated_time,
        excerpt: row.excerpt,
    });
    Ok(known.collect())
}

/// Has items that were known by their page alone be known by their own ids: their page, and the id.
pub(in super::super) async fn name(connection: &mut PgConnection, source: Uuid, named: &[(Uuid, Uuid)]) -> Result<(), Error> {
    if named.is_empty() {
        return Ok(());
    }
    let (pages, keys): (Vec<Uuid>, Vec<Uuid>) = named.iter().copied().unzip();
    sqlx::query!(
        "UPDATE intake.provenance p SET source_key = n.key, page_key = n.page FROM unnest($2::uuid[], $3::uuid[]) n(page, key)
         WHERE p.source_id = $1 AND p.source_key = n.page",
        source,
        &pages,
        &keys
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE intake.waiting_item w SET source_key = n.key, page_key = n.page FROM unnest($2::uuid[], $3::uuid[]) n(page, key)
         WHERE w.source_id = $1 AND w.source_key = n.page",
        source,
        &pages,
        &keys
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Registered outlets by what tells them: a host, a name, or what a person said that it stands for. What two outlets claim is nobody's.
pub(in super::super) async fn outlets(connection: &mut PgConnection, keys: &[String]) -> Result<HashMap<String, Outlet>, Error> {
    let different: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let keys: Vec<String> = different.into_iter().map(str::to_owned).collect();
    let rows = sqlx::query!(
        r#"SELECT k.key AS "key!", o.outlet_id, o.name, o.tier, o.medium, o.hosts, a.alias IS NOT NULL AS "said!"
           FROM unnest($1::text[]) k(key) LEFT JOIN intake.outlet_alias a ON a.alias = k.key
           JOIN intake.outlet o ON CASE WHEN a.alias IS NULL THEN o.hosts @> ARRAY[k.key] OR o.name = k.key ELSE o.outlet_id = a.outlet_id END"#,
        &keys
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<String, Outlet> = HashMap::new();
    let mut claimed_twice = HashSet::new();
    for row in rows {
        let outlet = Outlet { id: row.outlet_id, name: row.name, tier: row.tier, medium: row.medium, hosts: row.hosts };
        if found.insert(row.key.clone(), outlet).is_some() {
            claimed_twice.insert(row.key);
        }
    }
    found.retain(|key, _| !claimed_twice.contains(key));
    Ok(found)
}

const COLUMNS: &str = "intake.provenance (report_id, source_id, source_key, receive_time, stated_time, doubt, evidence_digest, page_key)";

/// Adds where reports and repeated sightings came from: how many went in. One of an item that came to something already does not.
pub(in super::super) async fn insert_provenance(connection: &mut PgConnection, all: &[Provenance<'_>]) -> Result<u64, Error> {
    if all.is_empty() {
        return Ok(0);
    }
    if all.len() >= MANY {
        let mut rows = Rows::default();
        for Provenance { is, source, item } in all {
            rows.push(&[is, source, &item.key, &item.receive_time, &item.stated_time, &item.doubt, &item.evidence, &item.page_key]);
        }
        return Ok(if rows.copy(connection, COLUMNS).await? { all.len() as u64 } else { 0 });
    }
    let each = |part: &dyn Fn(&Item) -> String| all.iter().map(|p| part(p.item)).collect::<Vec<_>>();
    let done = sqlx::query!(
        "INSERT INTO intake.provenance (report_id, source_id, source_key, receive_time, stated_time, doubt, evidence_digest, page_key)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::bytea[], $8::uuid[])
         ON CONFLICT (source_id, source_key) DO NOTHING",
        &all.iter().map(|p| p.is).collect::<Vec<_>>(),
        &all.iter().map(|p| p.source).collect::<Vec<_>>(),
        &all.iter().map(|p| p.item.key).collect::<Vec<_>>(),
        &all.iter().map(|p| p.item.receive_time.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &each(&|item| item.stated_time.clone()),
        &each(&|item| item.doubt.clone()),
        &all.iter().map(|p| p.item.evidence.to_vec()).collect::<Vec<_>>(),
        &all.iter().map(|p| p.item.page_key).collect::<Vec<_>>() as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Where a report came from.
pub(in super::super) struct Origin {
    pub source: Uuid,
    pub receive_time: jiff::Timestamp,
    pub stated_time: String,
    pub doubt: String,
    pub evidence: Vec<u8>,
}

/// Where a report came from; nothing for what was typed in.
pub(in super::super) async fn origin(connection: &mut PgConnection, report: Uuid) -> Result<Option<Origin>, Error> {
    let row = sqlx::query!(
        "SELECT source_id, receive_time, stated_time, doubt, evidence_digest FROM intake.provenance WHERE report_id = $1",
        report
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|r| Origin {
        source: r.source_id,
        receive_time: r.receive_time.to_jiff(),
        stated_time: r.stated_time,
        doubt: r.doubt,
        evidence: r.evidence_digest,
    }))
}

/// Remembers a webhook's call. False when it was taken before.
pub(in super::super) async fn remember_call(
    connection: &mut PgConnection,
    source: Uuid,
    call: &str,
    now: jiff::Timestamp,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO intake.webhook_call (source_id, webhook_id, take_time) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        source,
        call,
        now.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets calls that are too old to be repeated: their signature no longer holds.
pub(in super::super) async fn forget_calls(connection: &mut PgConnection, before: jiff::Timestamp) -> Result<u64, Error> {
    let done = sqlx::query!("DELETE FROM intake.webhook_call WHERE take_time < $1", before.to_sqlx() as jiff_sqlx::Timestamp);
    Ok(done.execute(connection).await?.rows_affected())
}
