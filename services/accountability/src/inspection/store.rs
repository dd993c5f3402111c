//! All SQL that names accountability.inspection.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Finding, Inspection, Item, Judgement, Rectification, State, commands::Asked};

struct Row {
    inspection_id: Uuid,
    platform: String,
    item_name: String,
    item_address: String,
    body_id: Uuid,
    inspect_time: jiff_sqlx::Timestamp,
    finding: String,
    due_time: Option<jiff_sqlx::Timestamp>,
    inspect_person_id: Uuid,
    state: String,
    rectification: String,
    revision: i32,
    rectify_person_id: Option<Uuid>,
    rectify_time: Option<jiff_sqlx::Timestamp>,
    return_reason: String,
    judge_person_id: Option<Uuid>,
    judge_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InOrder => "IN_ORDER",
            Self::Open => "OPEN",
            Self::Submitted => "SUBMITTED",
            Self::Accepted => "ACCEPTED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [Self::InOrder, Self::Open, Self::Submitted, Self::Accepted]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::fault(format!("inspection state {text}")))
    }
}

impl TryFrom<Row> for Inspection {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let done = row.rectify_person_id.zip(row.rectify_time);
        let judged = row.judge_person_id.zip(row.judge_time);
        Ok(Self {
            id: row.inspection_id,
            item: Item { platform: row.platform, name: row.item_name, address: row.item_address, body: row.body_id },
            inspect_time: row.inspect_time.to_jiff(),
            by: row.inspect_person_id,
            finding: row.due_time.map(|due_time| Finding { text: row.finding, due_time: due_time.to_jiff() }),
            state: State::parse(&row.state)?,
            rectification: done.map(|(by, time)| Rectification {
                text: row.rectification,
                revision: row.revision,
                by,
                time: time.to_jiff(),
            }),
            return_reason: row.return_reason,
            judgement: judged.map(|(by, time)| Judgement { by, time: time.to_jiff() }),
            version: row.version,
        })
    }
}

/// An inspection by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Inspection>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT inspection_id, platform, item_name, item_address, body_id, inspect_time, finding, due_time, inspect_person_id, state,
                rectification, revision, rectify_person_id, rectify_time, return_reason, judge_person_id, judge_time, version
         FROM accountability.inspection WHERE inspection_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Inspection::try_from)
    .transpose()
}

/// A page of inspections, newest first, of some bodies where the view is limited to them.
pub(crate) async fn page(connection: &mut PgConnection, asked: &Asked, own: Option<&[Uuid]>) -> Result<Vec<Inspection>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT inspection_id, platform, item_name, item_address, body_id, inspect_time, finding, due_time, inspect_person_id, state,
                rectification, revision, rectify_person_id, rectify_time, return_reason, judge_person_id, judge_time, version
         FROM accountability.inspection
         WHERE ($1::uuid IS NULL OR body_id = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid[] IS NULL OR body_id = ANY ($3))
           AND ($4::uuid IS NULL OR inspection_id < $4)
         ORDER BY inspection_id DESC LIMIT $5",
        asked.body,
        asked.state,
        own as Option<&[Uuid]>,
        asked.page.after,
        asked.page.limit()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Inspection::try_from).collect()
}

/// Adds an inspection.
pub(crate) async fn insert(connection: &mut PgConnection, inspection: &Inspection) -> Result<(), Error> {
    let (item, finding) = (&inspection.item, inspection.finding.as_ref());
    sqlx::query!(
        "INSERT INTO accountability.inspection (inspection_id, platform, item_name, item_address, body_id, inspect_time, finding, due_time,
             inspect_person_id, state, rectification, revision, return_reason, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, '', $11)",
        inspection.id,
        item.platform,
        item.name,
        item.address,
        item.body,
        inspection.inspect_time.to_sqlx() as jiff_sqlx::Timestamp,
        finding.map_or("", |finding| finding.text.as_str()),
        finding.map(|finding| at(finding.due_time)) as Option<jiff_sqlx::Timestamp>,
        inspection.by,
        inspection.state.as_str(),
        inspection.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves an inspection that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, inspection: &mut Inspection) -> Result<bool, Error> {
    let done = inspection.rectification.as_ref();
    let saved = sqlx::query!(
        "UPDATE accountability.inspection
         SET due_time = $3, state = $4, rectification = $5, revision = $6, rectify_person_id = $7, rectify_time = $8, return_reason = $9,
             judge_person_id = $10, judge_time = $11, version = version + 1
         WHERE inspection_id = $1 AND version = $2",
        inspection.id,
        inspection.version,
        inspection.finding.as_ref().map(|finding| at(finding.due_time)) as Option<jiff_sqlx::Timestamp>,
        inspection.state.as_str(),
        done.map_or("", |done| done.text.as_str()),
        done.map_or(0, |done| done.revision),
        done.map(|done| done.by),
        done.map(|done| at(done.time)) as Option<jiff_sqlx::Timestamp>,
        inspection.return_reason,
        inspection.judgement.map(|judgement| judgement.by),
        inspection.judgement.map(|judgement| at(judgement.time)) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    inspection.version += 1;
    Ok(saved.rows_affected() == 1)
}

fn at(time: Timestamp) -> jiff_sqlx::Timestamp {
    time.to_sqlx()
}
