//! All SQL that names intake.search_entry.

pub(crate) mod involved;
pub(crate) mod lists;

use chassis::Error;
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Brief, Filter, Range, Ranked};

/// An entry as it is stored.
pub(super) struct Entry {
    pub place: i64,
    pub report: Uuid,
    pub publish: Timestamp,
    pub register: Timestamp,
    pub words: String,
}

/// What is indexed of a report.
pub(super) struct Indexable {
    pub report: Uuid,
    pub outlet: Uuid,
    pub tier: String,
    pub title: String,
    pub excerpt: String,
    pub publish: Timestamp,
    pub register: Timestamp,
}

/// The year 1: PostgreSQL's time does not reach back as far as jiff's.
const EARLIEST: Timestamp = Timestamp::constant(-62_135_596_800, 0);

/// Between which moments entries appeared and were registered; what is not asked for is far away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    publish_from: jiff_sqlx::Timestamp,
    publish_to: jiff_sqlx::Timestamp,
    register_from: jiff_sqlx::Timestamp,
    register_to: jiff_sqlx::Timestamp,
}

impl From<&Filter> for Times {
    fn from(filter: &Filter) -> Self {
        let from = |range: Range| range.from.unwrap_or(EARLIEST).to_sqlx();
        let to = |range: Range| range.to.unwrap_or(Timestamp::MAX).to_sqlx();
        Self {
            publish_from: from(filter.publish),
            publish_to: to(filter.publish),
            register_from: from(filter.register),
            register_to: to(filter.register),
        }
    }
}

/// The last place that is taken; 0 when there is none.
pub(super) async fn last_place(connection: &mut PgConnection) -> Result<i64, Error> {
    let last = sqlx::query_scalar!(r#"SELECT coalesce(max(place), 0) AS "last!" FROM intake.search_entry"#);
    Ok(last.fetch_one(connection).await?)
}

/// Those of some reports that have no entry, in the order of their ids.
pub(super) async fn unindexed(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Indexable>, Error> {
    let rows = sqlx::query!(
        "SELECT report_id, outlet_id, tier, title, excerpt, publish_time, register_time FROM intake.report r
         WHERE report_id = ANY($1) AND NOT EXISTS (SELECT 1 FROM intake.search_entry e WHERE e.report_id = r.report_id)
         ORDER BY report_id",
        ids
    )
    .fetch_all(connection)
    .await?;
    let unindexed = rows.into_iter().map(|r| Indexable {
        report: r.report_id,
        outlet: r.outlet_id,
        tier: r.tier,
        title: r.title,
        excerpt: r.excerpt,
        publish: r.publish_time.to_jiff(),
        register: r.register_time.to_jiff(),
    });
    Ok(unindexed.collect())
}

/// Adds entries.
pub(super) async fn insert(connection: &mut PgConnection, entries: &[Entry]) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.search_entry (place, report_id, publish_time, register_time, words)
         SELECT place, report_id, publish_time, register_time, words::tsvector
         FROM unnest($1::int8[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[])
              AS e(place, report_id, publish_time, register_time, words)",
        &entries.iter().map(|e| e.place).collect::<Vec<_>>(),
        &entries.iter().map(|e| e.report).collect::<Vec<_>>(),
        &entries.iter().map(|e| e.publish.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &entries.iter().map(|e| e.register.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &entries.iter().map(|e| e.words.clone()).collect::<Vec<_>>()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A report that has an entry: its place, and the outlets and levels where it was seen again.
pub(super) struct Indexed {
    pub place: i64,
    pub report: Indexable,
    pub outlets: Vec<Uuid>,
    pub tiers: Vec<String>,
}

/// Those of some reports that have an entry.
pub(super) async fn indexed(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Indexed>, Error> {
    let rows = sqlx::query!(
        r#"SELECT e.place, r.report_id, r.outlet_id, r.tier, r.title, r.excerpt, r.publish_time, r.register_time,
                  ARRAY(SELECT DISTINCT s.outlet_id FROM intake.sighting s WHERE s.report_id = r.report_id ) AS "outlets!",
                  ARRAY(SELECT DISTINCT s.tier FROM intake.sighting s WHERE s.report_id = r.report_id) AS "tiers!"
           FROM intake.search_entry e JOIN intake.report r USING (report_id) WHERE e.report_id = ANY($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let indexed = rows.into_iter().map(|r| Indexed {
        place: r.place,
        report: Indexable {
            report: r.report_id,
            outlet: r.outlet_id,
            tier: r.tier,
            title: r.title,
            excerpt: r.excerpt,
            publish: r.publish_time.to_jiff(),
            register: r.register_time.to_jiff(),
        },
        outlets: r.outlets,
        tiers: r.tiers,
    });
    Ok(indexed.collect())
}

/// Replaces the words and marks of entries.
pub(super) async fn replace_words(connection: &mut PgConnection, words: &[(Uuid, String)]) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.search_entry e SET words = w.words::tsvector FROM unnest($1::uuid[], $2::text[]) w(report_id, words)
         WHERE e.report_id = w.report_id",
        &words.iter().map(|(report, _)| *report).collect::<Vec<_>>(),
        &words.iter().map(|(_, words)| words.clone()).collect::<Vec<_>>()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds marks to the entries of reports, to those that do not have them yet.
pub(super) async fn mark(connection: &mut PgConnection, marked: &[(Uuid, String)]) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.search_entry e SET words = e.words || m.marks::tsvector
         FROM unnest($1::uuid[], $2::text[]) m(report_id, marks)
         WHERE e.report_id = m.report_id AND e.words || m.marks::tsvector <> e.words",
        &marked.iter().map(|(report, _)| *report).collect::<Vec<_>>(),
        &marked.iter().map(|(_, marks)| marks.clone()).collect::<Vec<_>>()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes where the entries of months lie, the marks of each entry's months beside its place: for programs of before, which look there.
pub(super) async fn note_months(connection: &mut PgConnection, marks: &[String], places: &[i64]) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.search_month (mark, first_place, last_place)
         SELECT mark, min(place), max(place) FROM unnest($1::text[], $2::int8[]) AS m(mark, place) GROUP BY mark ORDER BY mark
         ON CONFLICT (mark) DO UPDATE SET first_place = least(search_month.first_place, excluded.first_place),
                                          last_place = greatest(search_month.last_place, excluded.last_place)",
        marks,
        places
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The first and the last place of what appeared in some months, by their first days; nothing when there is none.
pub(super) async fn places_of_appearing(connection: &mut PgConnection, months: &[Date]) -> Result<Option<(i64, i64)>, Error> {
    let row = sqlx::query!(
        "SELECT min(e.first) AS first, max(e.last) AS last FROM unnest($1::text[]) m(month) CROSS JOIN LATERAL (
             SELECT min(place) AS first, max(place) AS last FROM intake.search_entry
             WHERE date_trunc('month', publish_time AT TIME ZONE 'Asia/Shanghai') = m.month::timestamp) e",
        &months.iter().map(Date::to_string).collect::<Vec<_>>()
    );
    let row = row.fetch_one(connection).await?;
    Ok(row.first.zip(row.last))
}

/// The same of what was registered in some months.
pub(super) async fn places_of_registering(connection: &mut PgConnection, months: &[Date]) -> Result<Option<(i64, i64)>, Error> {
    let row = sqlx::query!(
        "SELECT min(e.first) AS first, max(e.last) AS last FROM unnest($1::text[]) m(month) CROSS JOIN LATERAL (
             SELECT min(place) AS first, max(place) AS last FROM intake.search_entry
             WHERE date_trunc('month', register_time AT TIME ZONE 'Asia/Shanghai') = m.month::timestamp) e",
        &months.iter().map(Date::to_string).collect::<Vec<_>>()
    );
    let row = row.fetch_one(connection).await?;
    Ok(row.first.zip(row.last))
}

/// The places of what fits a query, from one place to below another: all, or so many of them. `OFFSET 0` keeps the range away from the
/// planner, which would read every entry of it where the index gives the few that fit.
pub(super) async fn hits(
    connection: &mut PgConnection,
    query: &str,
    from: i64,
    below: i64,
    most: i64,
    times: &Times,
) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        "SELECT place FROM (SELECT place, publish_time, register_time FROM intake.search_entry WHERE words @@ $1::text::tsquery OFFSET 0) e
         WHERE place >= $2 AND place < $3 AND publish_time >= $5 AND publish_time < $6 AND register_time >= $7 AND register_time < $8
         LIMIT $4",
        query,
        from,
        below,
        most,
        times.publish_from as jiff_sqlx::Timestamp,
        times.publish_to as jiff_sqlx::Timestamp,
        times.register_from as jiff_sqlx::Timestamp,
        times.register_to as jiff_sqlx::Timestamp
    );
    Ok(places.fetch_all(connection).await?)
}

/// The newest places from one to below another, so many at the most.
pub(super) async fn newest(connection: &mut PgConnection, from: i64, below: i64, most: i64, times: &Times) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        "SELECT place FROM intake.search_entry
         WHERE place >= $1 AND place < $2 AND publish_time >= $4 AND publish_time < $5 AND register_time >= $6 AND register_time < $7
         ORDER BY place DESC LIMIT $3",
        from,
        below,
        most,
        times.publish_from as jiff_sqlx::Timestamp,
        times.publish_to as jiff_sqlx::Timestamp,
        times.register_from as jiff_sqlx::Timestamp,
        times.register_to as jiff_sqlx::Timestamp
    );
    Ok(places.fetch_all(connection).await?)
}

/// Those of some places that fit a query; one of nothing fits all. `OFFSET 0` has the places read, however few entries the planner
/// believes to have the words.
pub(super) async fn hits_among(connection: &mut PgConnection, query: &str, places: &[i64], times: &Times) -> Result<Vec<i64>, Error> {
    let places = sqlx::query_scalar!(
        "SELECT place FROM (SELECT e.place, e.words, e.publish_time, e.register_time
                            FROM unnest($2::int8[]) p(place) JOIN intake.search_entry e ON e.place = p.place OFFSET 0) e
         WHERE ($1::text = '' OR words @@ $1::text::tsquery)
           AND publish_time >= $3 AND publish_time < $4 AND register_time >= $5 AND register_time < $6",
        query,
        places,
        times.publish_from as jiff_sqlx::Timestamp,
        times.publish_to as jiff_sqlx::Timestamp,
        times.register_from as jiff_sqlx::Timestamp,
        times.register_to as jiff_sqlx::Timestamp
    );
    Ok(places.fetch_all(connection).await?)
}

/// How hits are ranked, and after which of them.
pub(super) struct Ranking<'a> {
    /// As `tsquery` is written.
    pub words: &'a str,
    pub at: Timestamp,
    pub after: Option<(f64, i64)>,
    pub limit: i64,
}

/// Some places, best first.
pub(super) async fn rank(connection: &mut PgConnection, places: &[i64], ranking: &Ranking<'_>) -> Result<Vec<Ranked>, Error> {
    let (rank, place) = ranking.after.unzip();
    let rows = sqlx::query!(
        r#"SELECT place AS "place!", report_id AS "report_id!", rank AS "rank!" FROM (
             SELECT e.place, e.report_id, ts_rank_cd('{0.1, 0.1, 0.1, 1.0}', e.words, $2::text::tsquery, 1)::float8
                    / (1 + greatest(0, extract(epoch FROM $3::timestamptz - e.publish_time)::float8) / 2592000) AS rank
             FROM unnest($1::int8[]) p(place) JOIN intake.search_entry e ON e.place = p.place) ranked
           WHERE $4::float8 IS NULL OR (rank, place) < ($4, $5::int8) ORDER BY rank DESC, place DESC LIMIT $6"#,
        places,
        ranking.words,
        ranking.at.to_sqlx() as jiff_sqlx::Timestamp,
        rank,
        place,
        ranking.limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| Ranked { place: r.place, report: r.report_id, rank: r.rank }).collect())
}

/// Incidents in short.
pub(super) async fn briefs(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Brief>, Error> {
    let rows = sqlx::query!("SELECT incident_id, number, title, level, body_ids FROM intake.incident WHERE incident_id = ANY($1)", ids);
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|r| Brief { incident: r.incident_id, number: r.number, title: r.title, level: r.level, bodies: r.body_ids })
        .collect())
}
