//! All SQL that names accountability.obligation.

pub(crate) mod listing;

use std::collections::HashSet;

use chassis::{Error, fact_id};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use regulation::{Obligation as Owed, Outcome, Party};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Obligation,
    columns::{Settled, debtor},
};
use crate::fact::Subject;

struct Row {
    obligation_id: Uuid,
    subject: String,
    key: String,
    incident_id: Option<Uuid>,
    duty_id: String,
    name: String,
    act: String,
    clause: String,
    basis: String,
    debtor_body_id: Option<Uuid>,
    debtor_person_id: Option<Uuid>,
    debtor_role: Option<String>,
    creditor: Option<Value>,
    trigger_event_id: Uuid,
    open_time: jiff_sqlx::Timestamp,
    start_time: jiff_sqlx::Timestamp,
    due_time: jiff_sqlx::Timestamp,
    derivation: Vec<String>,
    reminders: Value,
    outcome: String,
    outcome_event_id: Option<Uuid>,
    outcome_time: Option<jiff_sqlx::Timestamp>,
    end_reason: String,
    extensions: Value,
    extension: Option<Value>,
    waiver: Option<Value>,
    rule_version: String,
    breach_told: bool,
    stages_told: Value,
}

impl TryFrom<Row> for Obligation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let settled = row.outcome_event_id.map(|id| id.to_string()).zip(row.outcome_time.map(|time| time.to_jiff()));
        let outcome = match (row.outcome.as_str(), settled) {
            ("OPEN", None) => Outcome::Open,
            ("DISCHARGED", Some((fact_id, time))) => Outcome::Discharged { fact_id, time },
            ("DISCHARGED_LATE", Some((fact_id, time))) => Outcome::DischargedLate { fact_id, time },
            ("WAIVED", Some((fact_id, time))) => Outcome::Waived { fact_id, time },
            ("ENDED", Some((fact_id, time))) => Outcome::Ended { fact_id, time, reason: row.end_reason },
            (other, _) => return Err(Error::fault(format!("obligation outcome {other}"))),
        };
        let debtor = match (row.debtor_body_id, row.debtor_person_id, row.debtor_role) {
            (Some(id), None, None) => Party::Body(id.to_string()),
            (None, Some(id), None) => Party::Person(id.to_string()),
            (None, None, Some(slug)) => Party::Role(slug),
            _ => return Err(Error::fault(format!("obligation {} has not one debtor", row.obligation_id))),
        };
        Ok(Self {
            id: row.obligation_id,
            subject: row.subject.parse().map_err(Error::fault)?,
            incident_id: row.incident_id,
            owed: Owed {
                key: row.key,
                duty_id: row.duty_id,
                name: row.name,
                act: row.act,
                clause: row.clause,
                basis: row.basis,
                debtor,
                creditor: row.creditor.map(serde_json::from_value).transpose().map_err(Error::fault)?,
                incident_id: row.incident_id.map(|id| id.to_string()),
                trigger_fact_id: row.trigger_event_id.to_string(),
                open_time: row.open_time.to_jiff(),
                start_time: row.start_time.to_jiff(),
                due_time: row.due_time.to_jiff(),
                derivation: row.derivation,
                reminders: serde_json::from_value(row.reminders).map_err(Error::fault)?,
                extensions: serde_json::from_value(row.extensions).map_err(Error::fault)?,
                extension: row.extension.map(serde_json::from_value).transpose().map_err(Error::fault)?,
                waiver: row.waiver.map(serde_json::from_value).transpose().map_err(Error::fault)?,
                rule_version: row.rule_version,
                outcome,
            },
            breach_told: row.breach_told,
            stages_told: serde_json::from_value(row.stages_told).map_err(Error::fault)?,
        })
    }
}

fn parse(rows: Vec<Row>) -> Result<Vec<Obligation>, Error> {
    rows.into_iter().map(Obligation::try_from).collect()
}

/// The obligations of a subject. The subject must be locked.
pub(crate) async fn of(connection: &mut PgConnection, subject: Subject) -> Result<Vec<Obligation>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT obligation_id, subject, key, incident_id, duty_id, name, act, clause, basis, debtor_body_id, debtor_person_id, debtor_role, creditor,
                trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome, outcome_event_id, outcome_time, end_reason,
                extensions, extension, waiver, rule_version, breach_told, stages_told
         FROM accountability.obligation WHERE subject = $1 FOR UPDATE",
        subject.to_string()
    )
    .fetch_all(connection)
    .await?;
    parse(rows)
}

/// Some obligations by id; those that do not exist are left out.
pub(crate) async fn some(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Obligation>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT obligation_id, subject, key, incident_id, duty_id, name, act, clause, basis, debtor_body_id, debtor_person_id, debtor_role, creditor,
                trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome, outcome_event_id, outcome_time, end_reason,
                extensions, extension, waiver, rule_version, breach_told, stages_told
         FROM accountability.obligation WHERE obligation_id = ANY($1)",
        ids
    )
    .fetch_all(connection)
    .await?;
    parse(rows)
}

fn json(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(Error::fault)
}

/// An obligation by id, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Obligation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT obligation_id, subject, key, incident_id, duty_id, name, act, clause, basis, debtor_body_id, debtor_person_id, debtor_role, creditor,
                trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome, outcome_event_id, outcome_time, end_reason,
                extensions, extension, waiver, rule_version, breach_told, stages_told
         FROM accountability.obligation WHERE obligation_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Obligation::try_from)
    .transpose()
}

/// Which of some obligations are open, and the earliest of the clocks of their incident and act (最早时限).
pub(crate) async fn effective(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let found = sqlx::query_scalar!(
        "SELECT o.obligation_id FROM accountability.obligation o
         WHERE o.obligation_id = ANY($1) AND o.outcome = 'OPEN' AND (o.incident_id IS NULL OR NOT EXISTS (
             SELECT 1 FROM accountability.obligation p
             WHERE p.incident_id = o.incident_id AND p.act = o.act AND p.outcome = 'OPEN'
               AND (p.due_time, p.obligation_id) < (o.due_time, o.obligation_id)
               -- Clocks of one duty for several debtors do not stand in for each other.
               AND p.duty_id <> o.duty_id))",
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().collect())
}

/// Adds an obligation.
pub(crate) async fn insert(connection: &mut PgConnection, obligation: &Obligation) -> Result<(), Error> {
    let owed = &obligation.owed;
    let (body, person, role) = debtor(&owed.debtor)?;
    let settled = Settled::of(&owed.outcome)?;
    sqlx::query!(
        "INSERT INTO accountability.obligation (obligation_id, subject, key, incident_id, duty_id, name, clause, basis, debtor_body_id,
             debtor_person_id, debtor_role, creditor, trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome,
             outcome_event_id, outcome_time, end_reason, rule_version, breach_told, stages_told, next_moment, act, extensions, extension, waiver)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
             $28, $29, $30)",
        obligation.id,
        obligation.subject.to_string(),
        owed.key,
        obligation.incident_id,
        owed.duty_id,
        owed.name,
        owed.clause,
        owed.basis,
        body,
        person,
        role,
        owed.creditor.as_ref().map(json).transpose()?,
        fact_id(&owed.trigger_fact_id)?,
        owed.open_time.to_sqlx() as jiff_sqlx::Timestamp,
        owed.start_time.to_sqlx() as jiff_sqlx::Timestamp,
        owed.due_time.to_sqlx() as jiff_sqlx::Timestamp,
        &owed.derivation,
        json(&owed.reminders)?,
        settled.outcome,
        settled.event_id,
        settled.time as Option<jiff_sqlx::Timestamp>,
        settled.reason,
        owed.rule_version,
        obligation.breach_told,
        Value::from(obligation.stages_told.clone()),
        obligation.next_moment().map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        owed.act,
        json(&owed.extensions)?,
        owed.extension.as_ref().map(json).transpose()?,
        owed.waiver.as_ref().map(json).transpose()?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves what the facts now say of an obligation. Its row is locked.
pub(crate) async fn save(connection: &mut PgConnection, obligation: &Obligation) -> Result<(), Error> {
    let owed = &obligation.owed;
    let settled = Settled::of(&owed.outcome)?;
    sqlx::query!(
        "UPDATE accountability.obligation
         SET name = $2, clause = $3, basis = $4, creditor = $5, open_time = $6, start_time = $7, due_time = $8, derivation = $9, reminders = $10,
             outcome = $11, outcome_event_id = $12, outcome_time = $13, end_reason = $14, rule_version = $15, breach_told = $16, next_moment = $17,
             act = $18, stages_told = $19, extensions = $20, extension = $21, waiver = $22
         WHERE obligation_id = $1",
        obligation.id,
        owed.name,
        owed.clause,
        owed.basis,
        owed.creditor.as_ref().map(json).transpose()?,
        owed.open_time.to_sqlx() as jiff_sqlx::Timestamp,
        owed.start_time.to_sqlx() as jiff_sqlx::Timestamp,
        owed.due_time.to_sqlx() as jiff_sqlx::Timestamp,
        &owed.derivation,
        json(&owed.reminders)?,
        settled.outcome,
        settled.event_id,
        settled.time as Option<jiff_sqlx::Timestamp>,
        settled.reason,
        owed.rule_version,
        obligation.breach_told,
        obligation.next_moment().map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        owed.act,
        Value::from(obligation.stages_told.clone()),
        json(&owed.extensions)?,
        owed.extension.as_ref().map(json).transpose()?,
        owed.waiver.as_ref().map(json).transpose()?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// When the next clock has something to tell.
pub(crate) async fn next_moment(connection: &mut PgConnection) -> Result<Option<Timestamp>, Error> {
    let next = sqlx::query_scalar!("SELECT min(next_moment) FROM accountability.obligation WHERE next_moment IS NOT NULL")
        .fetch_one(connection)
        .await?;
    Ok(next.map(|time| time.to_jiff()))
}

/// How many open obligations have something to tell and no moment for it; at no cost, as there are none.
pub(crate) async fn count_without_moment(connection: &mut PgConnection) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM accountability.obligation WHERE outcome = 'OPEN' AND NOT breach_told AND next_moment IS NULL"#
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// How many obligations are open, up to a most: counted from an index that holds the open ones alone.
pub(crate) async fn count_open(connection: &mut PgConnection, most: i64) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (SELECT 1 FROM accountability.obligation WHERE outcome = 'OPEN' LIMIT $1) AS open"#,
        most
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// Obligations that have something to tell and no moment for it, locked.
pub(crate) async fn without_moment(connection: &mut PgConnection, most: i64) -> Result<Vec<Obligation>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT obligation_id, subject, key, incident_id, duty_id, name, act, clause, basis, debtor_body_id, debtor_person_id, debtor_role, creditor,
                trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome, outcome_event_id, outcome_time, end_reason,
                extensions, extension, waiver, rule_version, breach_told, stages_told
         FROM accountability.obligation WHERE outcome = 'OPEN' AND NOT breach_told AND next_moment IS NULL
         ORDER BY obligation_id LIMIT $1 FOR UPDATE SKIP LOCKED",
        most
    )
    .fetch_all(connection)
    .await?;
    parse(rows)
}

/// Obligations whose clocks have something to tell, locked, the earliest first. What another transaction changes is left to it.
pub(crate) async fn due(connection: &mut PgConnection, now: Timestamp, most: i64) -> Result<Vec<Obligation>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT obligation_id, subject, key, incident_id, duty_id, name, act, clause, basis, debtor_body_id, debtor_person_id, debtor_role, creditor,
                trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome, outcome_event_id, outcome_time, end_reason,
                extensions, extension, waiver, rule_version, breach_told, stages_told
         FROM accountability.obligation WHERE next_moment <= $1 ORDER BY next_moment, obligation_id LIMIT $2 FOR UPDATE SKIP LOCKED",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        most
    )
    .fetch_all(connection)
    .await?;
    parse(rows)
}

/// Saves what the clocks have told.
pub(crate) async fn save_told(connection: &mut PgConnection, told: &[Obligation]) -> Result<(), Error> {
    let ids: Vec<Uuid> = told.iter().map(|o| o.id).collect();
    let breaches: Vec<bool> = told.iter().map(|o| o.breach_told).collect();
    let stages: Vec<Value> = told.iter().map(|o| Value::from(o.stages_told.clone())).collect();
    let next: Vec<Option<jiff_sqlx::Timestamp>> = told.iter().map(|o| o.next_moment().map(|time| time.to_sqlx())).collect();
    sqlx::query!(
        "UPDATE accountability.obligation AS o SET breach_told = t.breach_told, stages_told = t.stages_told, next_moment = t.next_moment
         FROM unnest($1::uuid[], $2::bool[], $3::jsonb[], $4::timestamptz[]) AS t (obligation_id, breach_told, stages_told, next_moment)
         WHERE o.obligation_id = t.obligation_id",
        &ids,
        &breaches,
        &stages,
        &next as &[Option<jiff_sqlx::Timestamp>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
