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
    fn each<T>(factors: &[Factor], part: impl Fn(&Factor) -> T) -> Vec<T> {
        factors.iter().map(part).collect()
    }
    if factors.is_empty() {
        return Ok(());
    }
    let ids = each(factors, |_| tx.id());
    let origin = |factor: &Factor| match factor.origin {
        Origin::Entered(_) => "ENTERED".to_owned(),
        Origin::Computed { .. } => "COMPUTED".to_owned(),
    };
    let method = |factor: &Factor| match &factor.origin {
        Origin::Entered(_) => String::new(),
        Origin::Computed { method, .. } => method.clone(),
    };
    let seen = |factor: &Factor| match &factor.origin {
        Origin::Entered(_) => None,
        Origin::Computed { seen, .. } => Some(seen.clone()),
    };
    let by = |factor: &Factor| match &factor.origin {
        Origin::Entered(by) => Some(*by),
        Origin::Computed { .. } => None,
    };
    sqlx::query!(
        "INSERT INTO assessment.factor (factor_id, incident_id, kind, origin, text, method, seen, person_id, record_time)
         SELECT n.factor_id, $1, n.kind, n.origin, n.text, n.method, n.seen, n.person_id, $9
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::uuid[])
              AS n(factor_id, kind, origin, text, method, seen, person_id)
         WHERE n.origin = 'ENTERED' OR n.text IS DISTINCT FROM (
             SELECT f.text FROM assessment.factor f WHERE f.incident_id = $1 AND f.kind = n.kind AND f.origin = n.origin
             ORDER BY f.factor_id DESC LIMIT 1)",
        incident_id,
        &ids,
        &each(factors, |f| f.kind.as_str().to_owned()),
        &each(factors, origin),
        &each(factors, |f| f.text.clone()),
        &each(factors, method),
        &each(factors, seen) as &[Option<serde_json::Value>],
        &each(factors, by) as &[Option<Uuid>],
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

struct Row {
    factor_id: Uuid,
    kind: String,
    text: String,
    method: String,
    seen: Option<serde_json::Value>,
    person_id: Option<Uuid>,
    record_time: jiff_sqlx::Timestamp,
}

/// The latest factor of each kind and origin of an incident.
async fn latest(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT f.factor_id FROM unnest(ARRAY['NATURE', 'SCALE', 'PLATFORM', 'INFLUENCE']) k(kind)
         CROSS JOIN unnest(ARRAY['ENTERED', 'COMPUTED']) o(origin)
         CROSS JOIN LATERAL (SELECT factor_id FROM assessment.factor
                             WHERE incident_id = $1 AND kind = k.kind AND origin = o.origin ORDER BY factor_id DESC LIMIT 1) f",
        incident_id
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The factors of an incident, the newest first; only the latest of each kind and origin when asked.
pub(crate) async fn page(
    connection: &mut PgConnection,
    incident_id: Uuid,
    current: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Recorded>, Error> {
    let (latest, before) = (latest(connection, incident_id).await?, after.unwrap_or(Uuid::max()));
    let rows = if current {
        let rows = sqlx::query_as!(
            Row,
            "SELECT factor_id, kind, text, method, seen, person_id, record_time FROM assessment.factor
             WHERE factor_id = ANY($1) AND factor_id < $2 ORDER BY factor_id DESC LIMIT $3",
            &latest,
            before,
            limit
        );
        rows.fetch_all(connection).await?
    } else {
        let rows = sqlx::query_as!(
            Row,
            "SELECT factor_id, kind, text, method, seen, person_id, record_time FROM assessment.factor
             WHERE incident_id = $1 AND factor_id < $2 ORDER BY factor_id DESC LIMIT $3",
            incident_id,
            before,
            limit
        );
        rows.fetch_all(connection).await?
    };
    rows.into_iter()
        .map(|row| {
            let origin = match (row.person_id, row.seen) {
                (Some(by), None) => Origin::Entered(by),
                (None, Some(seen)) => Origin::Computed { method: row.method, seen },
                _ => return Err(Error::fault(format!("factor {} is of no origin", row.factor_id))),
            };
            let factor = Factor { kind: Kind::parse(&row.kind)?, text: row.text, origin };
            let current = latest.contains(&row.factor_id);
            Ok(Recorded { id: row.factor_id, incident_id, factor, time: row.record_time.to_jiff(), current })
        })
        .collect()
}

/// Counts reports, each named once, in the sums of their incidents, as their signals are: in, or out again.
pub(crate) async fn count(connection: &mut PgConnection, report_ids: &[Uuid], sign: i64) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO assessment.platform_sum AS p
             (incident_id, tier, report_count, repeat_count, sensitive_count, view_sum, comment_sum, repost_sum)
         SELECT incident_id, tier, $2 * count(*), 0, $2 * count(*) FILTER (WHERE sensitive), $2 * sum(view_count), $2 * sum(comment_count), $2 * sum(repost_count)
         FROM assessment.signal WHERE report_id = ANY($1) GROUP BY 1, 2 ORDER BY 1, 2
         ON CONFLICT (incident_id, tier) DO UPDATE SET
             report_count = p.report_count + EXCLUDED.report_count, sensitive_count = p.sensitive_count + EXCLUDED.sensitive_count,
             view_sum = p.view_sum + EXCLUDED.view_sum, comment_sum = p.comment_sum + EXCLUDED.comment_sum,
             repost_sum = p.repost_sum + EXCLUDED.repost_sum",
        report_ids,
        sign
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts a repeated sighting likewise. Of what was seen before its figures were kept nothing is counted.
pub(crate) async fn count_repeat(connection: &mut PgConnection, sighting_id: Uuid, sign: i64) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO assessment.platform_sum AS p
             (incident_id, tier, report_count, repeat_count, sensitive_count, view_sum, comment_sum, repost_sum)
         SELECT incident_id, tier, 0, $2::int8, $2 * sensitive::int, $2 * coalesce(reach, 0)::numeric, $2 * comment_count::numeric, $2 * repost_count::numeric
         FROM assessment.sighting WHERE sighting_id = $1 AND tier IS NOT NULL
         ON CONFLICT (incident_id, tier) DO UPDATE SET
             repeat_count = p.repeat_count + EXCLUDED.repeat_count, sensitive_count = p.sensitive_count + EXCLUDED.sensitive_count,
             view_sum = p.view_sum + EXCLUDED.view_sum, comment_sum = p.comment_sum + EXCLUDED.comment_sum,
             repost_sum = p.repost_sum + EXCLUDED.repost_sum",
        sighting_id,
        sign
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many reports an incident has.
pub(crate) async fn reports(connection: &mut PgConnection, incident_id: Uuid) -> Result<i64, Error> {
    let reports = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(report_count), 0)::int8 AS "reports!" FROM assessment.platform_sum WHERE incident_id = $1"#,
        incident_id
    );
    Ok(reports.fetch_one(connection).await?)
}

/// Sums an incident up anew, from its reports and what repeats them: exact, whatever a program before this one left uncounted. For who
/// counts alone: a person who decides holds the assessment, which counting may wait for.
pub(crate) async fn recount(connection: &mut PgConnection, incident_id: Uuid) -> Result<(), Error> {
    sqlx::query!("DELETE FROM assessment.platform_sum WHERE incident_id = $1", incident_id).execute(&mut *connection).await?;
    sqlx::query!(
        "INSERT INTO assessment.platform_sum AS p
             (incident_id, tier, report_count, repeat_count, sensitive_count, view_sum, comment_sum, repost_sum)
         SELECT $1, tier, count(*) FILTER (WHERE NOT again), count(*) FILTER (WHERE again), count(*) FILTER (WHERE sensitive),
                sum(view_count), sum(comment_count), sum(repost_count)
         FROM (SELECT tier, sensitive, view_count, comment_count, repost_count, false AS again FROM assessment.signal WHERE incident_id = $1
               UNION ALL
               SELECT tier, sensitive, coalesce(reach, 0), comment_count, repost_count, true
               FROM assessment.sighting WHERE incident_id = $1 AND tier IS NOT NULL) pieces
         GROUP BY tier ORDER BY tier
         ON CONFLICT (incident_id, tier) DO UPDATE SET
             report_count = p.report_count + EXCLUDED.report_count, repeat_count = p.repeat_count + EXCLUDED.repeat_count,
             sensitive_count = p.sensitive_count + EXCLUDED.sensitive_count, view_sum = p.view_sum + EXCLUDED.view_sum,
             comment_sum = p.comment_sum + EXCLUDED.comment_sum, repost_sum = p.repost_sum + EXCLUDED.repost_sum",
        incident_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the reports of an incident add up to, but for what the incident itself tells.
pub(crate) async fn sums(connection: &mut PgConnection, incident_id: Uuid, distinct_writers: i64) -> Result<Sums, Error> {
    let rows = sqlx::query!(
        r#"SELECT tier, report_count, repeat_count, sensitive_count, least(view_sum, 9e18)::int8 AS "views!",
                  least(comment_sum, 9e18)::int8 AS "comments!", least(repost_sum, 9e18)::int8 AS "reposts!"
           FROM assessment.platform_sum WHERE incident_id = $1 AND report_count + repeat_count > 0 ORDER BY tier"#,
        incident_id
    )
    .fetch_all(connection)
    .await?;
    let mut sums = Sums { distinct_writers, ..Sums::default() };
    for row in rows {
        sums.reports += row.report_count;
        sums.again += row.repeat_count;
        sums.sensitive += row.sensitive_count;
        sums.views = sums.views.saturating_add(row.views);
        sums.comments = sums.comments.saturating_add(row.comments);
        sums.reposts = sums.reposts.saturating_add(row.reposts);
        sums.tiers.push((row.tier, row.report_count + row.repeat_count));
    }
    Ok(sums)
}
