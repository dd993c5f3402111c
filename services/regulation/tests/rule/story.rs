//! Facts and rules for the tests.

use jiff::Timestamp;
use regulation::{Fact, Obligation, Rule, Source};
use serde_json::{Map, Value, json};

pub const TOKSUN: &str = include_str!("../../../../deploy/regulation/toksun.yaml");
pub const NATIONAL: &str = include_str!("../../../../deploy/regulation/national.yaml");
pub const YEAR_2026: &str = include_str!("../../../../deploy/calendar/2026.yaml");
pub const TEXT: &str = include_str!("../../../../deploy/regulation/toksun-2023.txt");

pub fn source<'a>(name: &'a str, text: &'a str) -> Source<'a> {
    Source { name, text }
}

/// The county's rule with the national overlay and the calendar of 2026.
pub fn rule() -> Rule {
    let overlays = [source("national.yaml", NATIONAL)];
    let calendars = [source("2026.yaml", YEAR_2026)];
    match Rule::parse(source("toksun.yaml", TOKSUN), &overlays, &calendars) {
        Ok(rule) => rule,
        Err(errors) => panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>()),
    }
}

/// A moment of Shanghai, `2026-11-10 09:00`.
pub fn at(civil: &str) -> Timestamp {
    format!("{}:00+08:00", civil.replace(' ', "T")).parse().unwrap()
}

/// A fact of incident `i-1`.
pub fn fact(id: &str, kind: &str, civil: &str, fields: Value) -> Fact {
    let mut map: Map<String, Value> = fields.as_object().unwrap().clone();
    map.insert("incident_id".to_owned(), json!("i-1"));
    Fact { id: id.to_owned(), kind: kind.to_owned(), time: at(civil), incident_id: Some("i-1".to_owned()), fields: map }
}

/// A fact that concerns no incident.
pub fn apart(id: &str, kind: &str, civil: &str, fields: Value) -> Fact {
    Fact { id: id.to_owned(), kind: kind.to_owned(), time: at(civil), incident_id: None, fields: fields.as_object().unwrap().clone() }
}

pub fn classified(id: &str, civil: &str, level: &str, previous: &str) -> Fact {
    graded(id, civil, level, previous, "EVENT_GRADE_NONE", civil)
}

pub fn important(id: &str, civil: &str) -> Fact {
    classified(id, civil, "LEVEL_IMPORTANT", "LEVEL_UNSPECIFIED")
}

pub fn graded(id: &str, civil: &str, level: &str, previous: &str, grade: &str, first: &str) -> Fact {
    let fields = json!({
        "number": "〔2026〕7", "title": "某小区停水", "level": level, "previous_level": previous,
        "grade": grade, "person_id": "p-staff", "overridden": false, "reason": "核实后调整",
        "first_report_time": at(first).to_string(), "body_ids": ["b-water", "b-town"], "clauses": ["二(三)"],
    });
    fact(id, "assessment.IncidentClassified", civil, fields)
}

pub fn assigned(id: &str, civil: &str, assignment: &str, body: &str) -> Fact {
    let fields = json!({"assignment_id": assignment, "body_id": body, "task": "查明停水原因", "title": "某小区停水"});
    fact(id, "disposal.UnitAssigned", civil, fields)
}

pub fn released(id: &str, civil: &str, kind: &str) -> Fact {
    let fields = json!({"statement_id": "s-1", "kind": kind, "title": "关于停水的说明",
        "release_time": at(civil).to_string(), "text_sha256": "00"});
    fact(id, "publication.StatementReleased", civil, fields)
}

pub fn feedback(id: &str, civil: &str, body: &str, person: &str, recipient: &str) -> Fact {
    let fields = json!({"feedback_id": id, "body_id": body, "person_id": person, "title": "某小区停水",
        "recipient": format!("FEEDBACK_RECIPIENT_{recipient}")});
    fact(id, "disposal.FeedbackSubmitted", civil, fields)
}

pub fn findings(id: &str, kind: &str, civil: &str, findings: &str, assignment: &str) -> Fact {
    let fields = json!({"findings_id": findings, "assignment_id": assignment, "body_id": "b-water",
        "title": "某小区停水", "reason": "证据不足", "revision": 1});
    fact(id, &format!("disposal.Findings{kind}"), civil, fields)
}

/// The obligations of one duty.
pub fn of_duty(rule: &Rule, facts: &[Fact], duty: &str) -> Vec<Obligation> {
    let mut owed = rule.obligations(facts).unwrap();
    owed.retain(|obligation| obligation.duty_id == duty);
    owed
}

/// The only obligation of one duty.
pub fn only(rule: &Rule, facts: &[Fact], duty: &str) -> Obligation {
    let mut owed = of_duty(rule, facts, duty);
    assert_eq!(owed.len(), 1, "{duty}: {owed:#?}");
    owed.remove(0)
}
