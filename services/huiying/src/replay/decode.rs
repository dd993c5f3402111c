//! Ledger entries decoded, as far as a replay looks at them.

use chassis::{fact_id, fact_time, optional_fact_id};
use huiying_proto::{
    accountability as acc, assessment as ass, directory as dir, disposal as dis,
    event::{Event, Record},
    fact_fields, fact_kind, intake,
};
use jiff::Timestamp;
use prost::Message;
use regulation::{
    Fact, Level, RuleBook,
    replay::{Deed, Sighting, Suggestion, Told, What},
};
use serde_json::Value;

use crate::{
    Failure,
    ledger::{self, LedgerCopy},
    names::debtor,
};

/// Something that a replay looks at.
pub(super) enum Part {
    /// What bears on obligations.
    Fact(Fact),
    /// Where a report was placed.
    Sighting(Sighting),
    /// What was told of a level or an obligation.
    Told(Told),
    /// What a unit did.
    Deed(Deed),
    /// How a body or a person of an id is called.
    Name(String, String),
}

/// A ledger, read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) parts: Vec<Part>,
    /// The time of the last entry.
    pub(super) end: Timestamp,
}

/// Whose ledger a copy is: its entries say it, or else its checkpoint.
pub(super) fn service_of(copy: &LedgerCopy) -> String {
    let first = copy.records.first().and_then(|sealed| Record::decode(sealed.record.clone()).ok());
    let noted = || copy.checkpoint.note.lines().next().and_then(|origin| origin.rsplit('/').next()).unwrap_or_default().to_owned();
    first.map_or_else(noted, |record| record.service_name)
}

/// Reads a service's ledger, verifying it.
pub(super) fn read(service: &str, copy: &LedgerCopy, book: &RuleBook) -> Result<Reading, Failure> {
    let mut reading = Reading::default();
    let mut failed = Ok(());
    let verified = ledger::read(copy, |record| {
        if failed.is_ok() {
            failed = entry(&record, book, &mut reading);
        }
    });
    verified.map_err(|flaw| Failure(format!("{service} 的账本有误: {flaw}")))?;
    failed.map(|()| reading)
}

fn entry(record: &Record, book: &RuleBook, reading: &mut Reading) -> Result<(), Failure> {
    let time = fact_time(record.record_time.as_ref())?;
    reading.end = reading.end.max(time);
    for event in &record.events {
        let kind = fact_kind(&event.r#type);
        reading.parts.extend(part(&kind, event, record, time)?);
        if book.heeds(&kind) {
            reading.parts.push(Part::Fact(Fact {
                id: event.event_id.clone(),
                fields: fact_fields(&event.r#type, &event.payload).map_err(Failure::new)?,
                incident_id: (!event.incident_id.is_empty()).then(|| event.incident_id.clone()),
                kind,
                time,
            }));
        }
    }
    Ok(())
}

fn part(kind: &str, event: &Event, record: &Record, time: Timestamp) -> Result<Option<Part>, Failure> {
    let told = |told| Ok(Some(Part::Told(told)));
    match kind {
        "directory.BodyRegistered" => Ok(payload::<dir::BodyRegistered>(event)?.body.map(|body| Part::Name(body.body_id, body.name))),
        "directory.PersonRegistered" => {
            Ok(payload::<dir::PersonRegistered>(event)?.person.map(|person| Part::Name(person.person_id, person.name)))
        }
        "intake.ReportPlaced" => {
            let (incident, report) = assessment::signals(payload(event)?)?;
            Ok(Some(Part::Sighting(Sighting::Placed { incident_id: fact_id(&incident.incident_id)?, incident, report, time })))
        }
        "intake.ReportMoved" => {
            let fact: intake::ReportMoved = payload(event)?;
            Ok(Some(Part::Sighting(Sighting::Moved { report_id: fact.report_id, incident_id: fact_id(&fact.incident_id)?, time })))
        }
        "intake.IncidentRecounted" => {
            let fact: intake::IncidentRecounted = payload(event)?;
            let (incident_id, incident) = (fact_id(&fact.incident_id)?, assessment::recounted(&fact));
            Ok(Some(Part::Sighting(Sighting::Recounted { incident_id, incident, time })))
        }
        "intake.ReportSighted" => {
            let fact: intake::ReportSighted = payload(event)?;
            repeated(&fact.incident_id, &fact.report_id, fact.sighting.as_ref(), time)
        }
        "intake.SightingPlaced" => {
            let fact: intake::SightingPlaced = payload(event)?;
            repeated(&fact.incident_id, &fact.report_id, fact.sighting.as_ref(), time)
        }
        "intake.SpreadRecorded" => {
            let fact: intake::SpreadRecorded = payload(event)?;
            let Some(incident_id) = optional_fact_id(&fact.incident_id)? else { return Ok(None) };
            let report = assessment::spread_signals(&fact)?;
            Ok(Some(Part::Sighting(Sighting::Repeated { incident_id, sighting_id: fact.sighting_id, report, time })))
        }
        "intake.ReportCorrected" => {
            let fact: intake::ReportCorrected = payload(event)?;
            let Some(incident_id) = optional_fact_id(&fact.incident_id)? else { return Ok(None) };
            let report = assessment::corrected_signals(&fact)?;
            Ok(Some(Part::Sighting(Sighting::Corrected { incident_id, sighting_id: fact.sighting_id, report, time })))
        }
        "disposal.FindingsSubmitted" => {
            let fact: dis::FindingsSubmitted = payload(event)?;
            deed(fact.body_id, &fact.incident_id, time, What::Submitted)
        }
        "disposal.FindingsReturned" => {
            let fact: dis::FindingsReturned = payload(event)?;
            deed(fact.body_id, &fact.incident_id, time, What::Returned)
        }
        "accountability.QualityReviewed" => {
            let fact: acc::QualityReviewed = payload(event)?;
            deed(fact.body_id, &fact.incident_id, time, What::Reviewed(fact.score.into()))
        }
        "assessment.IncidentAssessed" => told(assessed(payload(event)?)?),
        "accountability.RuleAdopted" => {
            let fact: acc::RuleAdopted = payload(event)?;
            let effective_time = fact.effective_time.as_ref().map(|since| fact_time(Some(since))).transpose()?;
            told(Told::Adopted { rule_version: fact.rule_version, effective_time, time })
        }
        "accountability.ObligationOpened" => told(opened(payload(event)?, record)?),
        "accountability.ObligationDischarged" => {
            let fact: acc::ObligationDischarged = payload(event)?;
            let due_time = fact_time(fact.due_time.as_ref())?;
            told(Told::Discharged { obligation_id: fact.obligation_id, due_time, late: fact.late })
        }
        "accountability.ObligationBreached" => {
            let fact: acc::ObligationBreached = payload(event)?;
            told(Told::Breached { due_time: fact_time(fact.due_time.as_ref())?, obligation_id: fact.obligation_id })
        }
        "accountability.ObligationMoved" => {
            let fact: acc::ObligationMoved = payload(event)?;
            let (previous_due_time, due_time) = (fact_time(fact.previous_due_time.as_ref())?, fact_time(fact.due_time.as_ref())?);
            told(Told::Moved { obligation_id: fact.obligation_id, previous_due_time, due_time })
        }
        "accountability.ExtensionGranted" => told(Told::Extended { obligation_id: payload::<acc::ExtensionGranted>(event)?.obligation_id }),
        "accountability.ObligationWaived" => told(Told::Waived { obligation_id: payload::<acc::ObligationWaived>(event)?.obligation_id }),
        "accountability.ObligationEnded" => {
            let fact: acc::ObligationEnded = payload(event)?;
            let due_time = fact.due_time.as_ref().map(|due| fact_time(Some(due))).transpose()?;
            told(Told::Ended { obligation_id: fact.obligation_id, due_time, reason: fact.reason })
        }
        _ => Ok(None),
    }
}

/// A sighting that repeats a report; of one without an incident nothing is tested yet.
fn repeated(incident_id: &str, report_id: &str, sighting: Option<&intake::Sighting>, time: Timestamp) -> Result<Option<Part>, Failure> {
    let Some(incident_id) = optional_fact_id(incident_id)? else { return Ok(None) };
    let report = assessment::repeated_signals(report_id, sighting)?;
    let sighting_id = sighting.map(|sighting| sighting.sighting_id.clone()).unwrap_or_default();
    Ok(Some(Part::Sighting(Sighting::Repeated { incident_id, sighting_id, report, time })))
}

fn deed(body_id: String, incident_id: &str, time: Timestamp, what: What) -> Result<Option<Part>, Failure> {
    Ok(Some(Part::Deed(Deed { body_id, incident_id: fact_id(incident_id)?, time, what })))
}

fn payload<M: Message + Default>(event: &Event) -> Result<M, Failure> {
    M::decode(event.payload.clone()).map_err(|e| Failure(format!("事实 {}({})无法解读: {e}", event.event_id, event.r#type)))
}

fn assessed(mut fact: ass::IncidentAssessed) -> Result<Told, Failure> {
    // What rests on a person's decision on an incident that was merged in, or on a rise, is no test's hit: a rule is asked about its
    // tests alone.
    let grounds = fact.grounds.len();
    fact.grounds.retain(|ground| !ground.test_id.starts_with(assessment::MERGED_IN) && ground.test_id != assessment::TREND_RISE);
    let by_tests = fact.grounds.len() == grounds || !fact.grounds.is_empty();
    let level = match fact.suggested_level() {
        ass::Level::Important if by_tests => Level::Important,
        ass::Level::Important | ass::Level::Ordinary | ass::Level::Unspecified => Level::Ordinary,
    };
    let window = |ground: &ass::Ground| {
        let seen: Value = serde_json::from_str(&ground.values_json).ok()?;
        seen.get("threshold.concentration_window_days")?.as_i64()
    };
    let windows = fact.grounds.iter().filter(|ground| ground.report_id.is_empty()).filter_map(window).collect();
    let clauses = fact.grounds.into_iter().map(|ground| ground.clause).collect();
    let (incident_id, suggestion) = (fact_id(&fact.incident_id)?, Suggestion { level, clauses });
    Ok(Told::Assessed { incident_id, suggestion, windows, rule_version: fact.rule_version })
}

/// Ledgers older than the field for the trigger name only the fact heard, which is nearly always the trigger.
fn opened(fact: acc::ObligationOpened, record: &Record) -> Result<Told, Failure> {
    let trigger = if fact.trigger_event_id.is_empty() { &record.cause_event_id } else { &fact.trigger_event_id };
    Ok(Told::Opened {
        incident_id: optional_fact_id(&fact.incident_id)?,
        debtor: debtor(&fact.debtor_body_id, &fact.debtor_person_id, &fact.debtor_role),
        due_time: fact_time(fact.due_time.as_ref())?,
        trigger_fact_id: trigger.clone(),
        obligation_id: fact.obligation_id,
        duty_id: fact.duty_id,
        name: fact.name,
        clause: fact.clause,
        rule_version: fact.rule_version,
    })
}
