//! All SQL that names assessment.factor.

use chassis::{Error, Tx};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Factor, Kind, Origin, Recorded, Sums};

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Nature => "NATURE",
            Self::Scale => "SCALE",
            Self::Platform => "PLATFORM",
            Self::Influence => "INFLUENCE",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "NATURE" => Ok(Self::Nature),
            "SCALE" => Ok(Self::Scale),
            "PLATFORM" => Ok(Self::Platform),
            "INFLUENCE" => Ok(Self::Influence),
            other => Err(Error::fault(format!("factor {other}"))),
        }
    }
}

/// Records factors of an incident; one that is computed only when it is another than was computed last.
pub(crate) async fn record(tx: &mut Tx, incident_id: Uuid, factors: &[Factor], time: Timestamp) -> Result<(), Error> {
    for factor in factors {
        let id = tx.id();
        let (origin, method, seen, by) = match &factor.origin {
            Origin::Entered(by) => ("ENTERED", "", None, Some(*by)),
            Origin::Computed { method, seen } => ("COMPUTED", method.as_str(), Some(seen), None),
        };
        sqlx::query!(
            "INSERT INTO assessment.factor (factor_id, incident_id, kind, origin, text, method, seen, person_id, record_time)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
             WHERE $4 = 'ENTERED' OR $5 IS DISTINCT FROM (
                 SELECT f.text FROM assessment.factor f WHERE f.incident_id = $2 AND f.kind = $3 AND f.origin = $4
                 ORDER BY f.factor_id DESC LIMIT 1)",
            id,
            incident_id,
            factor.kind.as_str(),
            origin,
            factor.text,
            method,
            seen,
            by,
            time.to_sqlx() as jiff_sqlx::Timestamp
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// The factors of an incident, the newest first; only the latest of each kind and origin when asked.
pub(crate) async fn page(
    connection: &mut PgConnection,
    incident_id: Uuid,
    current: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Recorded>, Error> {
    let rows = sqlx::query!(
        r#"SELECT factor_id AS "factor_id!", kind AS "kind!", text AS "text!", method AS "method!", seen, person_id,
                  record_time AS "record_time!", latest AS "latest!"
           FROM (SELECT factor_id, kind, text, method, seen, person_id, record_time,
                        factor_id = last_value(factor_id) OVER (PARTITION BY kind, origin ORDER BY factor_id
                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS latest
                 FROM assessment.factor WHERE incident_id = $1) f
           WHERE (latest OR NOT $2) AND ($3::uuid IS NULL OR factor_id < $3)
           ORDER BY factor_id DESC LIMIT $4"#,
        incident_id,
        current,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let origin = match (row.person_id, row.seen) {
                (Some(by), None) => Origin::Entered(by),
                (None, Some(seen)) => Origin::Computed { method: row.method, seen },
                _ => return Err(Error::fault(format!("factor {} is of no origin", row.factor_id))),
            };
            let factor = Factor { kind: Kind::parse(&row.kind)?, text: row.text, origin };
            Ok(Recorded { id: row.factor_id, incident_id, factor, time: row.record_time.to_jiff(), current: row.latest })
        })
        .collect()
}

/// What the reports of an incident add up to, but for what the incident itself tells.
pub(crate) async fn sums(connection: &mut PgConnection, incident_id: Uuid, distinct_writers: i64) -> Result<Sums, Error> {
    let rows = sqlx::query!(
        r#"SELECT tier AS "tier!", count(*) FILTER (WHERE NOT again) AS "reports!", count(*) FILTER (WHERE again) AS "again!",
                  count(*) FILTER (WHERE sensitive) AS "sensitive!",
                  least(sum(view_count), 9e18)::int8 AS "views!", least(sum(comment_count), 9e18)::int8 AS "comments!",
                  least(sum(repost_count), 9e18)::int8 AS "reposts!"
           FROM (SELECT tier, sensitive, view_count, comment_count, repost_count, false AS again
                 FROM assessment.signal WHERE incident_id = $1
                 UNION ALL
                 SELECT tier, sensitive, coalesce(reach, 0), comment_count, repost_count, true
                 FROM assessment.sighting WHERE incident_id = $1 AND tier IS NOT NULL) pieces
           GROUP BY tier ORDER BY tier"#,
        incident_id
    )
    .fetch_all(connection)
    .await?;
    let mut sums = Sums { distinct_writers, ..Sums::default() };
    for row in rows {
        sums.reports += row.reports;
        sums.again += row.again;
        sums.sensitive += row.sensitive;
        sums.views = sums.views.saturating_add(row.views);
        sums.comments = sums.comments.saturating_add(row.comments);
        sums.reposts = sums.reposts.saturating_add(row.reposts);
        sums.tiers.push((row.tier, row.reports + row.again));
    }
    Ok(sums)
}
