//! All SQL that names intake.waiting_item and intake.outlet_alias.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::{
    item::{Figures, Item},
    waiting::{Group, Waiting},
};

struct Row {
    waiting_item_id: Uuid,
    source_id: Uuid,
    source_key: Uuid,
    outlet_key: String,
    external_id: String,
    title: String,
    excerpt: String,
    url: String,
    publish_time: jiff_sqlx::Timestamp,
    stated_time: String,
    doubt: String,
    evidence_digest: Vec<u8>,
    writer_digest: Option<Vec<u8>>,
    receive_time: jiff_sqlx::Timestamp,
    read_time: Option<jiff_sqlx::Timestamp>,
    view_count: i64,
    comment_count: i64,
    repost_count: i64,
    outlet_id: Option<Uuid>,
}

impl TryFrom<Row> for Waiting {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let digest = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).map_err(|_| Error::fault("a digest that is not 32 bytes long"));
        let spread = row.read_time.map(|time| Figures {
            read_time: time.to_jiff(),
            views: row.view_count,
            comments: row.comment_count,
            reposts: row.repost_count,
        });
        let item = Item {
            key: row.source_key,
            external_id: row.external_id,
            title: row.title,
            excerpt: row.excerpt,
            url: row.url,
            outlet_key: row.outlet_key,
            publish_time: row.publish_time.to_jiff(),
            stated_time: row.stated_time,
            doubt: row.doubt,
            evidence: digest(row.evidence_digest)?,
            spread,
            writer: row.writer_digest.map(digest).transpose()?,
            receive_time: row.receive_time.to_jiff(),
        };
        Ok(Self { id: row.waiting_item_id, source: row.source_id, outlet: row.outlet_id, item })
    }
}

/// How many items wait, up to a thousand.
pub(in crate::source) async fn count(connection: &mut PgConnection) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM (SELECT 1 FROM intake.waiting_item LIMIT 1000) w"#);
    Ok(count.fetch_one(connection).await?)
}

/// Adds items that wait for their outlet: how many went in. One that waits already does not.
pub(in super::super) async fn insert(connection: &mut PgConnection, items: &[Waiting]) -> Result<u64, Error> {
    if items.is_empty() {
        return Ok(0);
    }
    let each = |part: &dyn Fn(&Item) -> String| items.iter().map(|w| part(&w.item)).collect::<Vec<_>>();
    let figure = |part: &dyn Fn(&Figures) -> i64| items.iter().map(|w| w.item.spread.as_ref().map_or(0, part)).collect::<Vec<_>>();
    let done = sqlx::query!(
        "INSERT INTO intake.waiting_item (waiting_item_id, source_id, source_key, outlet_key, external_id, title, excerpt, url, publish_time,
                                          stated_time, doubt, evidence_digest, writer_digest, receive_time, read_time, view_count, comment_count,
                                          repost_count)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
                              $10::text[], $11::text[], $12::bytea[], $13::bytea[], $14::timestamptz[], $15::timestamptz[], $16::int8[],
                              $17::int8[], $18::int8[])
         ON CONFLICT (source_id, source_key) DO NOTHING",
        &items.iter().map(|w| w.id).collect::<Vec<_>>(),
        &items.iter().map(|w| w.source).collect::<Vec<_>>(),
        &items.iter().map(|w| w.item.key).collect::<Vec<_>>(),
        &each(&|i| i.outlet_key.clone()),
        &each(&|i| i.external_id.clone()),
        &each(&|i| i.title.clone()),
        &each(&|i| i.excerpt.clone()),
        &each(&|i| i.url.clone()),
        &items.iter().map(|w| w.item.publish_time.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &each(&|i| i.stated_time.clone()),
        &each(&|i| i.doubt.clone()),
        &items.iter().map(|w| w.item.evidence.to_vec()).collect::<Vec<_>>(),
        &items.iter().map(|w| w.item.writer.map(|d| d.to_vec())).collect::<Vec<_>>() as &[Option<Vec<u8>>],
        &items.iter().map(|w| w.item.receive_time.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &items.iter().map(|w| w.item.spread.map(|f| f.read_time.to_sqlx())).collect::<Vec<_>>() as &[Option<jiff_sqlx::Timestamp>],
        &figure(&|f| f.views),
        &figure(&|f| f.comments),
        &figure(&|f| f.reposts)
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Takes items whose outlet is known by now out of the queue. What two outlets claim stays in it.
pub(in super::super) async fn release(connection: &mut PgConnection, most: i64) -> Result<Vec<Waiting>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "WITH keys AS (SELECT DISTINCT outlet_key FROM intake.waiting_item WHERE outlet_key <> ''),
              known AS (SELECT k.outlet_key FROM keys k
                        WHERE EXISTS (SELECT 1 FROM intake.outlet_alias a WHERE a.alias = k.outlet_key)
                           OR 1 = (SELECT count(*) FROM intake.outlet o WHERE o.hosts @> ARRAY[k.outlet_key] OR o.name = k.outlet_key)),
              freed AS (SELECT waiting_item_id FROM intake.waiting_item WHERE outlet_id IS NOT NULL
                        UNION SELECT w.waiting_item_id FROM known n JOIN intake.waiting_item w ON w.outlet_key = n.outlet_key
                        ORDER BY waiting_item_id LIMIT $1)
         DELETE FROM intake.waiting_item WHERE waiting_item_id IN (SELECT waiting_item_id FROM freed)
         RETURNING waiting_item_id, source_id, source_key, outlet_key, external_id, title, excerpt, url, publish_time, stated_time, doubt,
                   evidence_digest, writer_digest, receive_time, read_time, view_count, comment_count, repost_count, outlet_id",
        most
    );
    rows.fetch_all(connection).await?.into_iter().map(Waiting::try_from).collect()
}

/// A page of unknown outlets by key, with the newest three items of each.
pub(in super::super) async fn groups(connection: &mut PgConnection, after: Option<&str>, limit: i64) -> Result<Vec<Group>, Error> {
    let rows = sqlx::query!(
        r#"SELECT outlet_key, count(*) AS "count!", min(receive_time) AS "first!: jiff_sqlx::Timestamp" FROM intake.waiting_item
           WHERE outlet_id IS NULL AND ($1::text IS NULL OR outlet_key > $1) GROUP BY outlet_key ORDER BY outlet_key LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let keys: Vec<String> = rows.iter().map(|row| row.outlet_key.clone()).collect();
    let mut groups: Vec<Group> = rows
        .into_iter()
        .map(|row| Group { key: row.outlet_key, count: row.count, first: row.first.to_jiff(), newest: Vec::new() })
        .collect();
    let items = sqlx::query_as!(
        Row,
        r#"SELECT w.waiting_item_id, source_id, source_key, outlet_key, external_id, title, excerpt, url, publish_time, stated_time, doubt,
                  evidence_digest, writer_digest, receive_time, read_time, view_count, comment_count, repost_count, outlet_id
           FROM unnest($1::text[]) k(key) CROSS JOIN LATERAL (
                SELECT n.waiting_item_id FROM intake.waiting_item n WHERE n.outlet_key = k.key AND n.outlet_id IS NULL
                ORDER BY n.waiting_item_id DESC LIMIT 3) n
           JOIN intake.waiting_item w ON w.waiting_item_id = n.waiting_item_id ORDER BY w.waiting_item_id DESC"#,
        &keys
    )
    .fetch_all(connection)
    .await?;
    for row in items {
        let item = Waiting::try_from(row)?;
        if let Some(group) = groups.iter_mut().find(|group| group.key == item.item.outlet_key) {
            group.newest.push(item);
        }
    }
    Ok(groups)
}

/// Says that a key stands for an outlet: how many items wait for it.
pub(in super::super) async fn alias(connection: &mut PgConnection, key: &str, outlet: Uuid) -> Result<i64, Error> {
    let waiting =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM intake.waiting_item WHERE outlet_key = $1 AND outlet_id IS NULL"#, key);
    let waiting = waiting.fetch_one(&mut *connection).await?;
    sqlx::query!(
        "INSERT INTO intake.outlet_alias (alias, outlet_id) VALUES ($1, $2) ON CONFLICT (alias) DO UPDATE SET outlet_id = EXCLUDED.outlet_id",
        key,
        outlet
    )
    .execute(connection)
    .await?;
    Ok(waiting)
}

/// Names the outlet of one item. False when it does not wait.
pub(in super::super) async fn name_outlet(connection: &mut PgConnection, id: Uuid, outlet: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!("UPDATE intake.waiting_item SET outlet_id = $2 WHERE waiting_item_id = $1 AND outlet_id IS NULL", id, outlet);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
