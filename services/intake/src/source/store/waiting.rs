//! All SQL that names intake.waiting_item.

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
    page_key: Option<Uuid>,
    outlet_name: String,
    refuse_reason: String,
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
            page_key: row.page_key,
            external_id: row.external_id,
            title: row.title,
            excerpt: row.excerpt,
            url: row.url,
            outlet_key: row.outlet_key,
            outlet_name: row.outlet_name,
            publish_time: row.publish_time.to_jiff(),
            stated_time: row.stated_time,
            doubt: row.doubt,
            evidence: digest(row.evidence_digest)?,
            spread,
            writer: row.writer_digest.map(digest).transpose()?,
            seal: None,
            receive_time: row.receive_time.to_jiff(),
        };
        Ok(Self { id: row.waiting_item_id, source: row.source_id, outlet: row.outlet_id, item, refused: row.refuse_reason })
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
                                          repost_count, page_key, outlet_name)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
                              $10::text[], $11::text[], $12::bytea[], $13::bytea[], $14::timestamptz[], $15::timestamptz[], $16::int8[],
                              $17::int8[], $18::int8[], $19::uuid[], $20::text[])
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
        &figure(&|f| f.reposts),
        &items.iter().map(|w| w.item.page_key).collect::<Vec<_>>() as &[Option<Uuid>],
        &each(&|i| i.outlet_name.clone())
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Some items whose outlet is known by now, locked; those that were refused are not among them. What two outlets claim stays in the queue.
pub(in super::super) async fn released(connection: &mut PgConnection, most: i64) -> Result<Vec<Waiting>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "WITH keys AS (SELECT outlet_key AS key FROM intake.waiting_item WHERE outlet_key <> '' AND refuse_reason = ''
                       UNION SELECT outlet_name FROM intake.waiting_item WHERE outlet_name <> '' AND refuse_reason = ''),
              known AS (SELECT k.key FROM keys k
                        WHERE EXISTS (SELECT 1 FROM intake.outlet_alias a WHERE a.alias = k.key)
                           OR 1 = (SELECT count(*) FROM intake.outlet o WHERE o.hosts @> ARRAY[k.key] OR o.name = k.key)),
              freed AS (SELECT waiting_item_id FROM intake.waiting_item WHERE outlet_id IS NOT NULL AND refuse_reason = ''
                        UNION SELECT w.waiting_item_id FROM known n JOIN intake.waiting_item w ON w.outlet_key = n.key
                        WHERE w.refuse_reason = ''
                        UNION SELECT w.waiting_item_id FROM known n JOIN intake.waiting_item w ON w.outlet_name = n.key
                        WHERE w.refuse_reason = '' AND w.outlet_name <> ''
                        ORDER BY waiting_item_id LIMIT $1)
         SELECT waiting_item_id, source_id, source_key, outlet_key, external_id, title, excerpt, url, publish_time, stated_time, doubt,
                evidence_digest, writer_digest, receive_time, read_time, view_count, comment_count, repost_count, outlet_id, page_key,
                outlet_name, refuse_reason
         FROM intake.waiting_item WHERE waiting_item_id IN (SELECT waiting_item_id FROM freed) ORDER BY waiting_item_id FOR UPDATE",
        most
    );
    rows.fetch_all(connection).await?.into_iter().map(Waiting::try_from).collect()
}

/// Takes items out of the queue.
pub(in super::super) async fn remove(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("DELETE FROM intake.waiting_item WHERE waiting_item_id = ANY($1)", ids).execute(connection).await?;
    Ok(())
}

/// Keeps why items were refused: they stay until a person names another outlet.
pub(in super::super) async fn refuse(connection: &mut PgConnection, refused: &[(Uuid, String)]) -> Result<(), Error> {
    if refused.is_empty() {
        return Ok(());
    }
    let (ids, reasons): (Vec<Uuid>, Vec<String>) = refused.iter().cloned().unzip();
    sqlx::query!(
        "UPDATE intake.waiting_item w SET refuse_reason = r.reason FROM unnest($1::uuid[], $2::text[]) r(id, reason)
         WHERE w.waiting_item_id = r.id",
        &ids,
        &reasons
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of items that were refused, newest first.
pub(in super::super) async fn refused(connection: &mut PgConnection, before: Option<Uuid>, limit: i64) -> Result<Vec<Waiting>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT waiting_item_id, source_id, source_key, outlet_key, external_id, title, excerpt, url, publish_time, stated_time, doubt,
                evidence_digest, writer_digest, receive_time, read_time, view_count, comment_count, repost_count, outlet_id, page_key,
                outlet_name, refuse_reason
         FROM intake.waiting_item WHERE refuse_reason <> '' AND waiting_item_id < $1 ORDER BY waiting_item_id DESC LIMIT $2",
        before.unwrap_or(Uuid::max()),
        limit
    );
    rows.fetch_all(connection).await?.into_iter().map(Waiting::try_from).collect()
}

/// A page of unknown outlets by key, with the newest three items of each.
pub(in super::super) async fn groups(connection: &mut PgConnection, after: Option<&str>, limit: i64) -> Result<Vec<Group>, Error> {
    let rows = sqlx::query!(
        r#"SELECT outlet_key, count(*) AS "count!", min(receive_time) AS "first!: jiff_sqlx::Timestamp" FROM intake.waiting_item
           WHERE outlet_id IS NULL AND refuse_reason = '' AND ($1::text IS NULL OR outlet_key > $1) GROUP BY outlet_key ORDER BY outlet_key LIMIT $2"#,
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
                  evidence_digest, writer_digest, receive_time, read_time, view_count, comment_count, repost_count, outlet_id, page_key,
                  outlet_name, refuse_reason
           FROM unnest($1::text[]) k(key) CROSS JOIN LATERAL (
                SELECT n.waiting_item_id FROM intake.waiting_item n WHERE n.outlet_key = k.key AND n.outlet_id IS NULL AND n.refuse_reason = ''
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

/// How many items wait for a key.
pub(in super::super) async fn waiting_for(connection: &mut PgConnection, key: &str) -> Result<i64, Error> {
    let waiting = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM intake.waiting_item WHERE outlet_key = $1 AND outlet_id IS NULL AND refuse_reason = ''"#,
        key
    );
    Ok(waiting.fetch_one(connection).await?)
}

/// Names the outlet of one item; of one that was refused, another. False when it does not wait.
pub(in super::super) async fn name_outlet(connection: &mut PgConnection, id: Uuid, outlet: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE intake.waiting_item SET outlet_id = $2, refuse_reason = ''
         WHERE waiting_item_id = $1 AND (outlet_id IS NULL OR refuse_reason <> '')",
        id,
        outlet
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
