//! All SQL that names intake.regrouping and intake.regrouped_report.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Kind, Regrouping, Undone};

struct Row {
    regrouping_id: Uuid,
    kind: String,
    from_incident_id: Uuid,
    from_number: String,
    to_incident_id: Uuid,
    to_number: String,
    opened: bool,
    report_count: i64,
    report_ids: Vec<Uuid>,
    body_ids_before: Vec<Uuid>,
    body_ids_after: Vec<Uuid>,
    person_id: Uuid,
    reason: String,
    regroup_time: jiff_sqlx::Timestamp,
    undo_person_id: Option<Uuid>,
    undo_reason: Option<String>,
    undo_time: Option<jiff_sqlx::Timestamp>,
    undone_report_count: Option<i64>,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "MERGE",
            Self::Split => "SPLIT",
            Self::Move => "MOVE",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "MERGE" => Ok(Self::Merge),
            "SPLIT" => Ok(Self::Split),
            "MOVE" => Ok(Self::Move),
            other => Err(Error::fault(format!("regrouping kind {other}"))),
        }
    }
}

impl TryFrom<Row> for Regrouping {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let undone = match (row.undo_person_id, row.undo_reason, row.undo_time, row.undone_report_count) {
            (Some(by), Some(reason), Some(time), Some(reports)) => Some(Undone { by, reason, time: time.to_jiff(), reports }),
            _ => None,
        };
        Ok(Self {
            id: row.regrouping_id,
            kind: Kind::parse(&row.kind)?,
            from: row.from_incident_id,
            from_number: row.from_number,
            to: row.to_incident_id,
            to_number: row.to_number,
            opened: row.opened,
            reports: row.report_count,
            report_ids: row.report_ids,
            bodies_before: row.body_ids_before,
            bodies_after: row.body_ids_after,
            by: (!row.person_id.is_nil()).then_some(row.person_id),
            reason: row.reason,
            time: row.regroup_time.to_jiff(),
            undone,
        })
    }
}

/// Adds a regrouping.
pub(crate) async fn insert(connection: &mut PgConnection, regrouping: &Regrouping) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.regrouping (regrouping_id, kind, from_incident_id, from_number, to_incident_id, to_number, opened, report_count,
                                        body_ids_before, body_ids_after, person_id, reason, regroup_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        regrouping.id,
        regrouping.kind.as_str(),
        regrouping.from,
        regrouping.from_number,
        regrouping.to,
        regrouping.to_number,
        regrouping.opened,
        regrouping.reports,
        &regrouping.bodies_before,
        &regrouping.bodies_after,
        // The nil id is nobody's: it stands for what no person did.
        regrouping.by.unwrap_or_default(),
        regrouping.reason,
        regrouping.time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps which reports went by a regrouping, and why each had been where it was.
pub(crate) async fn keep_reports(connection: &mut PgConnection, id: Uuid, before: &[(Uuid, f64, String)]) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.regrouped_report (regrouping_id, report_id, placement_score, placement_ground)
         SELECT $1, b.report_id, b.score, b.ground FROM unnest($2::uuid[], $3::float8[], $4::text[]) b(report_id, score, ground)",
        id,
        &before.iter().map(|(report, ..)| *report).collect::<Vec<_>>(),
        &before.iter().map(|(_, score, _)| *score).collect::<Vec<_>>(),
        &before.iter().map(|(.., ground)| ground.clone()).collect::<Vec<_>>()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those of a regrouping's reports that are still in an incident, and why each had been where it was before.
pub(crate) async fn still_there(connection: &mut PgConnection, id: Uuid, incident: Uuid) -> Result<Vec<(Uuid, f64, String)>, Error> {
    let rows = sqlx::query!(
        "SELECT g.report_id, g.placement_score, g.placement_ground FROM intake.regrouped_report g JOIN intake.report r USING (report_id)
         WHERE g.regrouping_id = $1 AND r.incident_id = $2 ORDER BY g.report_id",
        id,
        incident
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.report_id, r.placement_score, r.placement_ground)).collect())
}

/// Saves that a regrouping was taken back. False when it was already.
pub(crate) async fn undo(connection: &mut PgConnection, id: Uuid, undone: &Undone) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE intake.regrouping SET undo_person_id = $2, undo_reason = $3, undo_time = $4, undone_report_count = $5
         WHERE regrouping_id = $1 AND undo_time IS NULL",
        id,
        undone.by,
        undone.reason,
        undone.time.to_sqlx() as jiff_sqlx::Timestamp,
        undone.reports
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A regrouping by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Regrouping>, Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT regrouping_id, kind, from_incident_id, from_number, to_incident_id, to_number, opened, report_count,
                  ARRAY(SELECT r.report_id FROM intake.regrouped_report r WHERE r.regrouping_id = g.regrouping_id ORDER BY r.report_id LIMIT 1000)
                      AS "report_ids!",
                  body_ids_before, body_ids_after, person_id, reason, regroup_time, undo_person_id, undo_reason, undo_time, undone_report_count
           FROM intake.regrouping g WHERE regrouping_id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Regrouping::try_from)
    .transpose()
}

/// A page of the regroupings that took reports from an incident or gave it some, newest first.
pub(crate) async fn page(
    connection: &mut PgConnection,
    incident: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Regrouping>, Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT regrouping_id, kind, from_incident_id, from_number, to_incident_id, to_number, opened, report_count,
                  ARRAY(SELECT r.report_id FROM intake.regrouped_report r WHERE r.regrouping_id = g.regrouping_id ORDER BY r.report_id LIMIT 1000)
                      AS "report_ids!",
                  body_ids_before, body_ids_after, person_id, reason, regroup_time, undo_person_id, undo_reason, undo_time, undone_report_count
           FROM intake.regrouping g
           WHERE (from_incident_id = $1 OR to_incident_id = $1) AND ($2::uuid IS NULL OR regrouping_id < $2)
           ORDER BY regrouping_id DESC LIMIT $3"#,
        incident,
        before,
        limit
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Regrouping::try_from)
    .collect()
}
