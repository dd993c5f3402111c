//! What a commit writes besides state: ledger entries and saved answers, in one statement however many there are.

use huiying_proto::event::{Actor as PbActor, Audit as PbAudit, Event, Record, audit::Outcome};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use prost::Message;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    ctx::{Actor, Ctx, RequestKey, mint},
    db::Audit,
    error::{Error, Refusal},
    fields::wire_time,
    ledger::leaf_hash,
    telemetry,
};

/// A ledger entry before it has a place.
pub(crate) struct Entry {
    month: Date,
    record_id: Uuid,
    record: Vec<u8>,
}

/// A saved answer.
pub(crate) struct Answer {
    pub actor: String,
    pub key: RequestKey,
    pub answer: Vec<u8>,
    pub time: Timestamp,
}

/// What is told of a record, whoever writes it.
pub(crate) struct Told<'a> {
    pub service: &'static str,
    pub actor: &'a Actor,
    pub action: &'a str,
    pub now: Timestamp,
    pub request: Option<&'a RequestKey>,
    pub cause: Option<Uuid>,
    pub trace_parent: String,
}

impl<'a> Told<'a> {
    pub(crate) fn of(ctx: &'a Ctx) -> Self {
        Self {
            service: ctx.db.service(),
            actor: &ctx.actor,
            action: &ctx.action,
            now: ctx.now,
            request: ctx.request.as_ref(),
            cause: None,
            trace_parent: telemetry::trace_parent(&ctx.span),
        }
    }
}

pub(crate) fn done_entry(told: &Told<'_>, audit: Audit, events: Vec<Event>) -> Entry {
    entry(told, audit, Outcome::Done, String::new(), events)
}

fn refusal_entry(told: &Told<'_>, refusal: &Refusal) -> Entry {
    entry(told, Audit::of("", ""), Outcome::Refused, refusal.reason.to_owned(), Vec::new())
}

fn entry(told: &Told<'_>, audit: Audit, outcome: Outcome, refusal_reason: String, events: Vec<Event>) -> Entry {
    let record_id = mint(told.now);
    let (person_id, service_name) = match told.actor {
        Actor::Person(id) => (id.to_string(), String::new()),
        Actor::Service(name) => (String::new(), name.clone()),
    };
    let record = Record {
        record_id: record_id.to_string(),
        service_name: told.service.to_owned(),
        actor: Some(PbActor { person_id, service_name }),
        record_time: Some(wire_time(told.now)),
        request_id: told.request.map(|key| key.id.to_string()).unwrap_or_default(),
        audit: Some(PbAudit {
            action: told.action.to_owned(),
            subject_type: audit.subject_type.to_owned(),
            subject_id: audit.subject_id,
            incident_id: audit.incident_id,
            clause: audit.clause.to_owned(),
            reason: audit.reason,
            outcome: outcome.into(),
            refusal_reason,
        }),
        events,
        cause_event_id: told.cause.map(|id| id.to_string()).unwrap_or_default(),
        trace_parent: told.trace_parent.clone(),
    };
    let month = told.now.to_zoned(TimeZone::UTC).date().first_of_month();
    Entry { month, record_id, record: record.encode_to_vec() }
}

/// Writes entries and answers. An answer that is there already means that the same request was answered meanwhile.
pub(crate) async fn flush(connection: &mut PgConnection, entries: &[Entry], answers: &[Answer]) -> Result<(), Error> {
    use jiff_sqlx::ToSqlx;
    let months: Vec<jiff_sqlx::Date> = entries.iter().map(|e| e.month.to_sqlx()).collect();
    let ids: Vec<Uuid> = entries.iter().map(|e| e.record_id).collect();
    let records: Vec<&[u8]> = entries.iter().map(|e| e.record.as_slice()).collect();
    let leaves: Vec<Vec<u8>> = entries.iter().map(|e| leaf_hash(&e.record).to_vec()).collect();
    if answers.is_empty() {
        sqlx::query("INSERT INTO ledger_entry (month, record_id, record, leaf_hash) SELECT * FROM unnest($1::date[], $2::uuid[], $3::bytea[], $4::bytea[])")
            .bind(months)
            .bind(ids)
            .bind(records)
            .bind(leaves)
            .execute(connection)
            .await?;
        return Ok(());
    }
    let actors: Vec<&str> = answers.iter().map(|a| a.actor.as_str()).collect();
    let requests: Vec<Uuid> = answers.iter().map(|a| a.key.id).collect();
    let fingerprints: Vec<&[u8]> = answers.iter().map(|a| a.key.fingerprint.as_slice()).collect();
    let bytes: Vec<&[u8]> = answers.iter().map(|a| a.answer.as_slice()).collect();
    let times: Vec<jiff_sqlx::Timestamp> = answers.iter().map(|a| a.time.to_sqlx()).collect();
    sqlx::query(
        "WITH answer AS (INSERT INTO saved_answer (actor, request_id, fingerprint, answer, save_time)
                         SELECT * FROM unnest($5::text[], $6::uuid[], $7::bytea[], $8::bytea[], $9::timestamptz[]))
         INSERT INTO ledger_entry (month, record_id, record, leaf_hash)
         SELECT * FROM unnest($1::date[], $2::uuid[], $3::bytea[], $4::bytea[])",
    )
    .bind(months)
    .bind(ids)
    .bind(records)
    .bind(leaves)
    .bind(actors)
    .bind(requests)
    .bind(fingerprints)
    .bind(bytes)
    .bind(times)
    .execute(connection)
    .await?;
    Ok(())
}

impl crate::db::Db {
    /// Records a refused attempt.
    pub(crate) async fn record_refusal(&self, ctx: &Ctx, refusal: &Refusal) -> Result<(), Error> {
        let mut connection = self.acquire().await?;
        self.ensure_month(&mut connection, ctx.now).await?;
        flush(&mut connection, &[refusal_entry(&Told::of(ctx), refusal)], &[]).await?;
        self.wake_sealer();
        Ok(())
    }
}
