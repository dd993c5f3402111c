//! A busy county's year under a draft of the rule: reading the copies of its ledgers, and the replay proper.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Instant};

use chassis::{
    ledger::{Frontier, Hash, chain, leaf_hash},
    wire_time,
};
use huiying::{compose, config::RuleFiles, demo, ledger, replay};
use huiying_proto::{
    accountability as acc, assessment as ass, disposal as dis,
    event::{Checkpoint, Event, Record, SealedRecord},
    fact_fields, fact_kind, intake, publication as pbl,
};
use jiff::{SignedDuration, Timestamp, civil::date};
use prost::{Message, Name};
use regulation::{Fact, Outcome, Party, Rule, RuleBook};
use uuid::Uuid;

use crate::{Findings, Plan, median};

/// Facts of one incident.
const FACTS: usize = 20;
const REPORTS: usize = 6;

pub fn measure(plan: Plan, findings: &mut Findings) {
    let book = demo::shipped_rule().unwrap();
    let rule = book.rules().next().unwrap();
    let dir = std::env::temp_dir().join(format!("huiying-replaying-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for (service, copy) in year(plan.incidents, rule) {
        ledger::save(&copy, &dir.join(service)).unwrap();
    }
    let draft = draft(&dir.with_extension("yaml"));
    let period = date(2026, 1, 1)..=date(2026, 12, 31);
    let (mut reading, mut replaying) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let start = Instant::now();
        let past = replay::gather(&replay::load(&dir).unwrap(), &draft).unwrap();
        reading.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let replayed = past.replay(&draft, Some(&book), &period);
        replaying.push(start.elapsed().as_secs_f64());
        assert!(replayed.failures.is_empty(), "{:?}", replayed.failures.first());
        assert_eq!((replayed.incidents, replayed.tally.moved), (plan.incidents, plan.incidents), "each acknowledgement is due earlier");
        assert!(past.replay(&book, None, &period).is_same(), "the rule that history was written under finds no difference");
    }
    std::fs::remove_dir_all(&dir).unwrap();
    let what = format!("{} incidents, {} facts", plan.incidents, plan.incidents * FACTS);
    findings.add("replay_read_s", &format!("replay: reading and verifying ledgers of {what}, median"), "s", median(reading));
    findings.add("replay_s", &format!("replay: {what} under a draft, median"), "s", median(replaying));
}

/// The shipped rule with a shorter time to acknowledge.
fn draft(path: &std::path::Path) -> Arc<RuleBook> {
    let deploy = PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy");
    let text = std::fs::read_to_string(deploy.join("regulation/toksun.yaml")).unwrap();
    std::fs::write(path, text.replacen("due: {minutes: 30}", "due: {minutes: 10}", 1)).unwrap();
    let files = RuleFiles {
        base: path.to_owned(),
        overlays: vec![deploy.join("regulation/national.yaml")],
        calendars: vec![deploy.join("calendar/2026.yaml")],
        later: Vec::new(),
    };
    let book = compose::rule_book(&files).unwrap();
    std::fs::remove_file(path).unwrap();
    book
}

/// A service's ledger being written.
struct Book {
    service: &'static str,
    records: Vec<SealedRecord>,
    chain_hash: Hash,
    tree: Frontier,
}

impl Book {
    fn open(service: &'static str) -> Self {
        let mut book = Self { service, records: Vec::new(), chain_hash: Hash::default(), tree: Frontier::default() };
        book.write("2025-12-31T00:00:00Z".parse().unwrap(), Vec::new());
        book
    }

    fn write(&mut self, time: Timestamp, events: Vec<Event>) {
        let record = Record { service_name: self.service.to_owned(), record_time: Some(wire_time(time)), events, ..Record::default() };
        let record = record.encode_to_vec();
        let leaf = leaf_hash(&record);
        self.chain_hash = chain(&self.chain_hash, &leaf);
        self.tree.push(leaf);
        let position = i64::try_from(self.records.len() + 1).unwrap();
        self.records.push(SealedRecord { position, record: record.into(), leaf_hash: leaf.to_vec(), chain_hash: self.chain_hash.to_vec() });
    }

    fn close(self) -> ledger::LedgerCopy {
        let size = i64::try_from(self.records.len()).unwrap();
        let checkpoint = Checkpoint { size, root_hash: self.tree.root().to_vec(), note: String::new() };
        ledger::LedgerCopy { checkpoint, records: self.records }
    }
}

/// The year being written: one world, the same each time.
struct Year<'r> {
    rule: &'r Rule,
    books: BTreeMap<&'static str, Book>,
    ids: u128,
    /// Of the incident under way.
    facts: Vec<Fact>,
}

fn year(incidents: usize, rule: &Rule) -> BTreeMap<&'static str, ledger::LedgerCopy> {
    let books = compose::SERVICES.iter().map(|(service, ..)| (*service, Book::open(service))).collect();
    let mut year = Year { rule, books, ids: 1 << 64, facts: Vec::new() };
    let begin: Timestamp = "2026-01-01T00:00:00+08:00".parse().unwrap();
    let minutes = 350 * 24 * 60 / incidents.max(1);
    for nth in 0..incidents {
        year.incident(nth, begin + SignedDuration::from_mins(i64::try_from(nth * minutes).unwrap()));
    }
    year.books.get_mut("directory").unwrap().write("2027-01-31T00:00:00Z".parse().unwrap(), Vec::new());
    year.books.into_iter().map(|(service, book)| (service, book.close())).collect()
}

impl Year<'_> {
    fn id(&mut self) -> String {
        self.ids += 1;
        Uuid::from_u128(self.ids).to_string()
    }

    fn tell<F: Message + Name>(&mut self, service: &'static str, time: Timestamp, incident: &str, fact: &F) {
        let event =
            Event { event_id: self.id(), r#type: F::full_name(), payload: fact.encode_to_vec().into(), incident_id: incident.to_owned() };
        let kind = fact_kind(&event.r#type);
        if self.rule.heeds(&kind) {
            let fields = fact_fields(&event.r#type, &event.payload).unwrap();
            self.facts.push(Fact { id: event.event_id.clone(), kind, time, incident_id: Some(incident.to_owned()), fields });
        }
        self.books.get_mut(service).unwrap().write(time, vec![event]);
    }

    /// Twenty facts of one incident. Every third is important; every fifth is never answered.
    fn incident(&mut self, nth: usize, begin: Timestamp) {
        let (incident, body, assignment, person) = (self.id(), self.id(), self.id(), self.id());
        let at = |minutes: i64| begin + SignedDuration::from_mins(minutes);
        let title = format!("某小区停水第{nth}次");
        self.facts.clear();
        let opened = intake::IncidentOpened {
            incident_id: incident.clone(),
            number: format!("2026-{nth:05}"),
            title: title.clone(),
            first_report_time: Some(wire_time(begin)),
            body_ids: vec![body.clone()],
        };
        self.tell("intake", begin, &incident, &opened);
        let important = nth.is_multiple_of(3);
        for report in 0..REPORTS {
            self.report(report, &incident, &opened, important, at(report as i64));
        }
        let level = if important { ass::Level::Important } else { ass::Level::Ordinary };
        let classified = ass::IncidentClassified {
            incident_id: incident.clone(),
            number: opened.number.clone(),
            title: title.clone(),
            level: level.into(),
            grade: ass::EventGrade::None.into(),
            person_id: person.clone(),
            first_report_time: opened.first_report_time,
            body_ids: opened.body_ids.clone(),
            rule_version: self.rule.version().to_owned(),
            ..Default::default()
        };
        self.tell("assessment", at(20), &incident, &classified);
        let lead = dis::LeadDesignated {
            incident_id: incident.clone(),
            title: title.clone(),
            leader_person_id: person.clone(),
            manner: dis::LeadManner::Portfolio.into(),
        };
        self.tell("disposal", at(25), &incident, &lead);
        let assigned = dis::UnitAssigned {
            incident_id: incident.clone(),
            title: title.clone(),
            assignment_id: assignment.clone(),
            body_id: body.clone(),
            ..Default::default()
        };
        self.tell("disposal", at(30), &incident, &assigned);
        let acknowledged = dis::AssignmentAcknowledged {
            incident_id: incident.clone(),
            assignment_id: assignment.clone(),
            body_id: body.clone(),
            person_id: person.clone(),
        };
        self.tell("disposal", at(45), &incident, &acknowledged);
        let fed_back = dis::FeedbackSubmitted {
            incident_id: incident.clone(),
            title: title.clone(),
            feedback_id: self.id(),
            body_id: body.clone(),
            person_id: person.clone(),
            recipient: dis::FeedbackRecipient::Office.into(),
        };
        self.tell("disposal", at(200), &incident, &fed_back);
        let submitted = dis::FindingsSubmitted {
            incident_id: incident.clone(),
            title: title.clone(),
            assignment_id: assignment,
            body_id: body,
            ..Default::default()
        };
        self.tell("disposal", at(1500), &incident, &submitted);
        let kind = if nth.is_multiple_of(5) { pbl::statement::Kind::Correction } else { pbl::statement::Kind::Holding };
        let released = pbl::StatementReleased { incident_id: incident.clone(), kind: kind.into(), title, ..Default::default() };
        self.tell("publication", at(300), &incident, &released);
        self.account(&incident);
    }

    /// A report is registered, and placed: one that hits a test when the incident is important.
    fn report(&mut self, nth: usize, incident: &str, opened: &intake::IncidentOpened, important: bool, time: Timestamp) {
        let report_id = self.id();
        let report = intake::Report { report_id: report_id.clone(), title: opened.title.clone(), ..Default::default() };
        self.tell("intake", time, "", &intake::ReportRegistered { report: Some(report) });
        let hits = important && nth == 0;
        let placed = intake::ReportPlaced {
            incident_id: incident.to_owned(),
            report_id: report_id.clone(),
            incident_number: opened.number.clone(),
            incident_title: opened.title.clone(),
            first_report_time: opened.first_report_time,
            tier: if hits { intake::outlet::Tier::Central } else { intake::outlet::Tier::Mailbox }.into(),
            medium: if hits { intake::outlet::Medium::Web } else { intake::outlet::Medium::Letter }.into(),
            sensitive: hits,
            report_count: nth as i64 + 1,
            distinct_writers: nth as i64,
            body_ids: opened.body_ids.clone(),
            ..Default::default()
        };
        self.tell("intake", time, incident, &placed);
        if hits {
            let ground = ass::Ground { clause: "二(一)".to_owned(), report_id, values_json: "{}".to_owned(), ..Default::default() };
            let assessed = ass::IncidentAssessed {
                incident_id: incident.to_owned(),
                suggested_level: ass::Level::Important.into(),
                grounds: vec![ground],
                rule_version: self.rule.version().to_owned(),
                ..Default::default()
            };
            self.tell("assessment", time, incident, &assessed);
        }
    }

    /// What accountability told of the incident under the rule of its time.
    fn account(&mut self, incident: &str) {
        let facts = std::mem::take(&mut self.facts);
        for owed in self.rule.obligations(&facts).unwrap() {
            let obligation_id = self.id();
            let party = |wanted: fn(&Party) -> bool| if wanted(&owed.debtor) { owed.debtor.id().to_owned() } else { String::new() };
            let opened = acc::ObligationOpened {
                obligation_id: obligation_id.clone(),
                incident_id: incident.to_owned(),
                duty_id: owed.duty_id.clone(),
                debtor_body_id: party(|debtor| matches!(debtor, Party::Body(_))),
                debtor_person_id: party(|debtor| matches!(debtor, Party::Person(_))),
                debtor_role: party(|debtor| matches!(debtor, Party::Role(_))),
                due_time: Some(wire_time(owed.due_time)),
                rule_version: self.rule.version().to_owned(),
                trigger_event_id: owed.trigger_fact_id.clone(),
                ..Default::default()
            };
            self.tell("accountability", owed.open_time, incident, &opened);
            let due_time = opened.due_time;
            match owed.outcome {
                Outcome::Waived { .. } => {} // nothing in this year is
                Outcome::Open => {
                    let breached = acc::ObligationBreached { obligation_id, due_time, ..Default::default() };
                    self.tell("accountability", owed.due_time, incident, &breached);
                }
                Outcome::Discharged { time, .. } | Outcome::DischargedLate { time, .. } => {
                    let late = owed.due_time <= time;
                    let discharged = acc::ObligationDischarged { obligation_id, due_time, late, ..Default::default() };
                    self.tell("accountability", time, incident, &discharged);
                }
                Outcome::Ended { time, reason, .. } => {
                    let ended = acc::ObligationEnded { obligation_id, due_time, reason, ..Default::default() };
                    self.tell("accountability", time, incident, &ended);
                }
            }
        }
    }
}
