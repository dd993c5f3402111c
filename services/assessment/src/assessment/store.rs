//! All SQL that names assessment.assessment.

use std::collections::HashMap;

use chassis::{Error, wire_ids};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use regulation::Level;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Assessment, Decision, Factors, Grade, Incident, Reason, State};
use crate::ground;

struct Row {
    incident_id: Uuid,
    number: String,
    title: String,
    first_report_time: jiff_sqlx::Timestamp,
    body_ids: Vec<Uuid>,
    report_count: i64,
    distinct_writers: i64,
    suggested_level: String,
    rule_version: String,
    state: String,
    level: Option<String>,
    grade: Option<String>,
    decide_person_id: Option<Uuid>,
    decide_time: Option<jiff_sqlx::Timestamp>,
    reason: Option<String>,
    overtaken: bool,
    merged_into_incident_id: Option<Uuid>,
    merged_into_number: Option<String>,
    nature: String,
    scale: String,
    platform: String,
    influence: String,
    version: i64,
}

pub(crate) fn level_str(level: Level) -> &'static str {
    match level {
        Level::Ordinary => "ORDINARY",
        Level::Important => "IMPORTANT",
    }
}

pub(crate) fn parse_level(text: &str) -> Result<Level, Error> {
    match text {
        "ORDINARY" => Ok(Level::Ordinary),
        "IMPORTANT" => Ok(Level::Important),
        other => Err(Error::fault(format!("level {other}"))),
    }
}

impl Grade {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::General => "GENERAL",
            Self::Larger => "LARGER",
            Self::Major => "MAJOR",
            Self::SpecialMajor => "SPECIAL_MAJOR",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "NONE" => Ok(Self::None),
            "GENERAL" => Ok(Self::General),
            "LARGER" => Ok(Self::Larger),
            "MAJOR" => Ok(Self::Major),
            "SPECIAL_MAJOR" => Ok(Self::SpecialMajor),
            other => Err(Error::fault(format!("event grade {other}"))),
        }
    }
}

impl State {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Suggested => "SUGGESTED",
            Self::Confirmed(_) => "CONFIRMED",
            Self::Overridden(..) => "OVERRIDDEN",
        }
    }
}

impl Row {
    fn decision(&self) -> Result<Decision, Error> {
        match (&self.level, &self.grade, self.decide_person_id, self.decide_time) {
            (Some(level), Some(grade), Some(by), Some(time)) => {
                Ok(Decision { level: parse_level(level)?, grade: Grade::parse(grade)?, by, time: time.to_jiff() })
            }
            _ => Err(Error::fault(format!("assessment {} is decided without a decision", self.incident_id))),
        }
    }

    fn state(&self) -> Result<State, Error> {
        match self.state.as_str() {
            "SUGGESTED" => Ok(State::Suggested),
            "CONFIRMED" => Ok(State::Confirmed(self.decision()?)),
            "OVERRIDDEN" => {
                Ok(State::Overridden(self.decision()?, Reason::given(self.reason.clone().unwrap_or_default()).map_err(Error::fault)?))
            }
            other => Err(Error::fault(format!("assessment state {other}"))),
        }
    }
}

impl TryFrom<Row> for Assessment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            state: row.state()?,
            suggested_level: parse_level(&row.suggested_level)?,
            incident: Incident {
                id: row.incident_id,
                number: row.number,
                title: row.title,
                first_report_time: row.first_report_time.to_jiff(),
                bodies: row.body_ids,
                report_count: row.report_count,
                distinct_writers: row.distinct_writers,
            },
            grounds: Vec::new(),
            rule_version: row.rule_version,
            overtaken: row.overtaken,
            merged_into: row.merged_into_incident_id.zip(row.merged_into_number),
            factors: Factors { nature: row.nature, scale: row.scale, platform: row.platform, influence: row.influence },
            version: row.version,
        })
    }
}

/// Learns of an incident that has no assessment yet. None when it has; else whether reports were moved into it before.
pub(crate) async fn open(connection: &mut PgConnection, incident: &Incident, rule_version: &str) -> Result<Option<bool>, Error> {
    let reported = sqlx::query_scalar!(
        r#"INSERT INTO assessment.assessment AS a (incident_id, number, title, first_report_time, body_ids, report_count, distinct_writers,
                                                   suggested_level, rule_version, state, version)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'ORDINARY', $8, 'SUGGESTED', 1)
           ON CONFLICT (incident_id) DO NOTHING
           RETURNING EXISTS (SELECT 1 FROM assessment.signal s WHERE s.incident_id = a.incident_id) AS "reported!""#,
        incident.id,
        incident.number,
        incident.title,
        incident.first_report_time.to_sqlx() as jiff_sqlx::Timestamp,
        &incident.bodies,
        incident.report_count,
        incident.distinct_writers,
        rule_version
    )
    .fetch_optional(connection)
    .await?;
    Ok(reported)
}

/// An incident that was classified, and whose first report is now an earlier one.
pub(crate) struct Predated {
    pub incident_id: Uuid,
    pub before: Timestamp,
    pub level: Level,
    pub grade: Grade,
}

/// Keeps what the reports of some incidents, each named once, add up to now. Its version stays: a decision does not become
/// stale by it. Which of them begin earlier than when they were classified.
pub(crate) async fn observe(connection: &mut PgConnection, incidents: &[&Incident], rule_version: &str) -> Result<Vec<Predated>, Error> {
    fn each<T>(incidents: &[&Incident], part: impl Fn(&Incident) -> T) -> Vec<T> {
        incidents.iter().map(|incident| part(incident)).collect()
    }
    let rows = sqlx::query!(
        r#"WITH classified AS (
             SELECT incident_id, first_report_time, level, grade FROM assessment.assessment WHERE incident_id = ANY($1) AND level IS NOT NULL
         ), observed AS (
             INSERT INTO assessment.assessment (incident_id, number, title, first_report_time, body_ids, report_count, distinct_writers,
                                                suggested_level, rule_version, state, version)
             SELECT i.incident_id, i.number, i.title, i.first_report_time, string_to_array(i.body_ids, ',')::uuid[], i.report_count,
                    i.distinct_writers, 'ORDINARY', $8, 'SUGGESTED', 1
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::int8[], $7::int8[])
                  AS i(incident_id, number, title, first_report_time, body_ids, report_count, distinct_writers)
             ORDER BY i.incident_id
             ON CONFLICT (incident_id) DO UPDATE SET
                 number = EXCLUDED.number, title = EXCLUDED.title, first_report_time = EXCLUDED.first_report_time,
                 body_ids = EXCLUDED.body_ids, report_count = EXCLUDED.report_count, distinct_writers = EXCLUDED.distinct_writers,
                 rule_version = EXCLUDED.rule_version
             RETURNING incident_id, first_report_time
         )
         SELECT c.incident_id, c.first_report_time AS before, c.level AS "level!", c.grade AS "grade!"
         FROM classified c JOIN observed o USING (incident_id) WHERE o.first_report_time < c.first_report_time ORDER BY c.incident_id"#,
        &each(incidents, |i| i.id),
        &each(incidents, |i| i.number.clone()),
        &each(incidents, |i| i.title.clone()),
        &each(incidents, |i| i.first_report_time.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(incidents, |i| wire_ids(&i.bodies).join(",")),
        &each(incidents, |i| i.report_count),
        &each(incidents, |i| i.distinct_writers),
        rule_version
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (level, grade) = (parse_level(&row.level)?, Grade::parse(&row.grade)?);
            Ok(Predated { incident_id: row.incident_id, before: row.before.to_jiff(), level, grade })
        })
        .collect()
}

/// Keeps how many reports an incident has after one was moved, and how many writers where that is told.
pub(crate) async fn recount(connection: &mut PgConnection, incident_id: Uuid, reports: i64, writers: Option<i64>) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE assessment.assessment SET report_count = $2, distinct_writers = coalesce($3, distinct_writers) WHERE incident_id = $1",
        incident_id,
        reports,
        writers
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Learns into which incident one was merged, or that it stands by itself again. A decision made of it before is stale.
pub(crate) async fn merge(connection: &mut PgConnection, incident_id: Uuid, into: Option<(Uuid, &str)>) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE assessment.assessment SET merged_into_incident_id = $2, merged_into_number = $3, version = version + 1 WHERE incident_id = $1",
        incident_id,
        into.map(|(id, _)| id),
        into.map(|(_, number)| number)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Learns which bodies an incident involves.
pub(crate) async fn involve(connection: &mut PgConnection, incident_id: Uuid, bodies: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("UPDATE assessment.assessment SET body_ids = $2 WHERE incident_id = $1", incident_id, bodies).execute(connection).await?;
    Ok(())
}

/// An incident's assessment, with its grounds.
pub(crate) async fn find(connection: &mut PgConnection, incident_id: Uuid) -> Result<Option<Assessment>, Error> {
    Ok(find_all(connection, &[incident_id]).await?.pop())
}

/// An incident's assessment, locked against another change.
pub(crate) async fn lock(connection: &mut PgConnection, incident_id: Uuid) -> Result<Option<Assessment>, Error> {
    let found = sqlx::query_scalar!("SELECT incident_id FROM assessment.assessment WHERE incident_id = $1 FOR UPDATE", incident_id)
        .fetch_optional(&mut *connection)
        .await?;
    match found {
        Some(_) => find(connection, incident_id).await,
        None => Ok(None),
    }
}

/// Whether a further hit speaks against what a person decided, and nothing did before. The incident's assessment is locked.
pub(crate) async fn speaks_against(connection: &mut PgConnection, incident_id: Uuid) -> Result<bool, Error> {
    let against = sqlx::query_scalar!(
        r#"SELECT NOT overtaken AND level IS NOT NULL AND level <> suggested_level AS "against!" FROM assessment.assessment
           WHERE incident_id = $1 FOR UPDATE"#,
        incident_id
    );
    Ok(against.fetch_optional(connection).await?.unwrap_or(false))
}

/// Assessments by incident, the newest first, with their grounds.
pub(crate) async fn find_all(connection: &mut PgConnection, incident_ids: &[Uuid]) -> Result<Vec<Assessment>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, first_report_time, body_ids, report_count, distinct_writers, suggested_level, rule_version, state,
                level, grade, decide_person_id, decide_time, reason, overtaken, merged_into_incident_id, merged_into_number, nature, scale, platform, influence, version
         FROM assessment.assessment WHERE incident_id = ANY($1) ORDER BY incident_id DESC",
        incident_ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut grounds: HashMap<_, _> = ground::store::of_incidents(connection, incident_ids).await?;
    rows.into_iter()
        .map(|row| {
            let mut assessment = Assessment::try_from(row)?;
            assessment.grounds = grounds.remove(&assessment.incident.id).unwrap_or_default();
            Ok(assessment)
        })
        .collect()
}

/// Incidents by id, the newest first; only those that involve some bodies, when given.
pub(crate) async fn page(
    connection: &mut PgConnection,
    bodies: Option<&[Uuid]>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT incident_id FROM assessment.assessment
         WHERE ($1::uuid[] IS NULL OR body_ids && $1) AND ($2::uuid IS NULL OR incident_id < $2)
         ORDER BY incident_id DESC LIMIT $3",
        bodies,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// Those of them that wait for a decision.
pub(crate) async fn waiting_page(
    connection: &mut PgConnection,
    bodies: Option<&[Uuid]>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT incident_id FROM assessment.assessment
         WHERE (overtaken OR (state = 'SUGGESTED' AND suggested_level = 'IMPORTANT')) AND merged_into_incident_id IS NULL
           AND ($1::uuid[] IS NULL OR body_ids && $1) AND ($2::uuid IS NULL OR incident_id < $2)
         ORDER BY incident_id DESC LIMIT $3",
        bodies,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// Saves an assessment that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, assessment: &mut Assessment) -> Result<bool, Error> {
    let decision = assessment.state.decision();
    let done = sqlx::query!(
        "UPDATE assessment.assessment SET
             suggested_level = $3, rule_version = $4, state = $5, level = $6, grade = $7, decide_person_id = $8, decide_time = $9, reason = $10,
             overtaken = $11, nature = $12, scale = $13, platform = $14, influence = $15, version = version + 1
         WHERE incident_id = $1 AND version = $2",
        assessment.incident.id,
        assessment.version,
        level_str(assessment.suggested_level),
        assessment.rule_version,
        assessment.state.as_str(),
        decision.map(|d| level_str(d.level)),
        decision.map(|d| d.grade.as_str()),
        decision.map(|d| d.by),
        decision.map(|d| d.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        assessment.state.reason().map(Reason::as_str),
        assessment.overtaken,
        assessment.factors.nature,
        assessment.factors.scale,
        assessment.factors.platform,
        assessment.factors.influence
    )
    .execute(connection)
    .await?;
    assessment.version += 1;
    Ok(done.rows_affected() == 1)
}
