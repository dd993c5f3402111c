//! The story's ledgers, read back: the rule that they were written under concludes again what was told, and a draft differs in
//! exactly what it changes.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use huiying::{client::Client, compose, config::RuleFiles, demo, explain, ledger, replay};
use huiying_proto::{
    accountability::{
        Appraisal, ListAppraisalsRequest, ListObligationsRequest, Obligation, ObligationEnded, ObligationOpened, ReviewQualityRequest,
        obligation::State,
    },
    event::Record,
    intake::{GetIncidentRequest, ListReportsRequest, MergeIncidentsRequest, SplitIncidentRequest, UndoRegroupingRequest, incident},
};
use jiff::{SignedDuration, civil::date};
use prost::{Message, Name};
use regulation::{
    RuleBook,
    replay::{Change, ClockChange, NO_LONGER_OWED},
};
use uuid::Uuid;

/// The obligations that accountability's ledger tells of, but for those that it took back.
fn told(copies: &replay::Copies) -> usize {
    let mut standing: HashMap<String, bool> = HashMap::new();
    for sealed in &copies["accountability"].records {
        for event in Record::decode(sealed.record.clone()).unwrap().events {
            if event.r#type == ObligationOpened::full_name() {
                standing.insert(ObligationOpened::decode(event.payload.clone()).unwrap().obligation_id, true);
            } else if event.r#type == ObligationEnded::full_name() {
                let ended = ObligationEnded::decode(event.payload.clone()).unwrap();
                standing.insert(ended.obligation_id, ended.reason != NO_LONGER_OWED);
            }
        }
    }
    standing.values().filter(|standing| **standing).count()
}

async fn owed(client: &Client, duty_id: &str) -> Vec<Obligation> {
    let request = ListObligationsRequest { page_size: 1000, ..Default::default() };
    let answer = client.accountability().unwrap().list_obligations(request).await.unwrap().into_inner();
    assert!(answer.next_page_token.is_empty());
    answer.obligations.into_iter().filter(|owed| owed.duty_id == duty_id).collect()
}

/// Scores the findings that the story's units submitted, and waits until that is in the ledger.
pub async fn review(leader: &Client, address: &str) {
    let findings = owed(leader, "unit_findings").await.into_iter().filter(|owed| owed.state() == State::Discharged);
    for (owed, score) in findings.zip(80_i32..) {
        let request = ReviewQualityRequest {
            request_id: Uuid::from_u128((1 << 100) + u128::from(score.unsigned_abs())).to_string(),
            incident_id: owed.incident_id,
            body_id: owed.debtor_body_id,
            score,
            reason: "事实清楚".to_owned(),
        };
        leader.accountability().unwrap().review_quality(request).await.unwrap();
    }
    chassis::probe::settle(&[address.to_owned()], &chassis::tls::Trust::Plain, Duration::from_secs(60)).await.unwrap();
}

/// Joins two important matters and takes it back, joins another for good, and splits a report off: none of it may make a replay differ.
pub async fn regroup(clerk: &Client, address: &str, (plant, water, ordinary): (&str, &str, &str)) {
    let mut intake = clerk.intake().unwrap();
    let settle =
        async || chassis::probe::settle(&[address.to_owned()], &chassis::tls::Trust::Plain, Duration::from_secs(60)).await.unwrap();
    let look = async |id: &str| {
        let request = GetIncidentRequest { incident_id: id.to_owned() };
        clerk.intake().unwrap().get_incident(request).await.unwrap().into_inner().incident.unwrap()
    };
    let states = async |id: &str| -> Vec<State> {
        let request = ListObligationsRequest { incident_id: id.to_owned(), page_size: 1000, ..Default::default() };
        let owed = clerk.accountability().unwrap().list_obligations(request).await.unwrap().into_inner().obligations;
        owed.iter().map(Obligation::state).collect()
    };
    let merge = async |from: &str, into: &str| MergeIncidentsRequest {
        request_id: Uuid::new_v4().to_string(),
        from_incident_id: from.to_owned(),
        from_etag: look(from).await.etag,
        into_incident_id: into.to_owned(),
        into_etag: look(into).await.etag,
        reason: "同一件事".to_owned(),
    };
    let (before, count) = (states(water).await, look(water).await.report_count);
    let merged = intake.merge_incidents(merge(water, plant).await).await.unwrap().into_inner().regrouping.unwrap();
    settle().await;
    assert!(states(water).await.iter().all(|state| *state != State::Open));
    assert_eq!(look(water).await.state(), incident::State::Merged);
    let regrouping_id = merged.regrouping_id;
    let undo = UndoRegroupingRequest { request_id: Uuid::new_v4().to_string(), regrouping_id, reason: "是两件事".to_owned() };
    intake.undo_regrouping(undo).await.unwrap();
    settle().await;
    assert_eq!((states(water).await, look(water).await.report_count), (before, count));
    intake.merge_incidents(merge(ordinary, water).await).await.unwrap();
    let request = ListReportsRequest { incident_id: plant.to_owned(), page_size: 1, ..Default::default() };
    let report = intake.list_reports(request).await.unwrap().into_inner().reports.remove(0);
    let split = SplitIncidentRequest {
        request_id: Uuid::new_v4().to_string(),
        incident_id: plant.to_owned(),
        etag: look(plant).await.etag,
        report_ids: vec![report.report_id],
        reason: "另一件事".to_owned(),
    };
    intake.split_incident(split).await.unwrap();
    settle().await;
}

/// The appraisals that accountability answers, as it puts them on the wire.
async fn appraisals(client: &Client) -> Vec<Appraisal> {
    let request = ListAppraisalsRequest {
        from_date: "2026-11-01".to_owned(),
        to_date: "2026-11-30".to_owned(),
        page_size: 1000,
        ..Default::default()
    };
    let answer = client.accountability().unwrap().list_appraisals(request).await.unwrap().into_inner();
    assert!(answer.next_page_token.is_empty());
    answer.appraisals
}

/// Holds a unit's figures, as the ledgers give them, against those that accountability answers.
fn assert_appraised_alike(replayed: &regulation::Appraisal, answered: &Appraisal) {
    assert_eq!(replayed.total_tenths.map(i32::try_from).transpose().unwrap(), answered.appraised.then_some(answered.total_tenths));
    assert_eq!(replayed.figures.len(), answered.figures.len());
    for (own, answered) in replayed.figures.iter().zip(&answered.figures) {
        let score = answered.applies.then_some(i64::from(answered.score));
        assert_eq!((&own.id, own.score, own.weight), (&answered.figure_id, score, i64::from(answered.weight)));
        let counts = [
            (own.counts.owed, answered.owed_count),
            (own.counts.in_time, answered.in_time_count),
            (own.counts.late, answered.late_count),
            (own.counts.unmet, answered.unmet_count),
            (own.counts.extended, answered.extended_count),
            (own.counts.submitted, answered.submitted_count),
            (own.counts.returned, answered.returned_count),
            (own.counts.reviewed, answered.reviewed_count),
        ];
        assert!(counts.iter().all(|(own, answered)| *own == i64::from(*answered)), "{own:#?} {answered:#?}");
        assert_eq!((own.obligation_ids.len(), &own.incident_ids), (answered.obligation_ids.len(), &answered.incident_ids));
    }
}

/// The county's rule with some edits, and from the second day of the story on with 48 hours for findings, open ones included.
pub fn versions(dir: &Path, edits: &[(&str, &str)]) -> Arc<RuleBook> {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy");
    let text = std::fs::read_to_string(deploy.join("regulation/toksun.yaml")).unwrap();
    let version = |name: &str, edits: &[(&str, &str)]| {
        let edited = edits.iter().fold(text.clone(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let base = dir.join(name);
        std::fs::write(&base, edited).unwrap();
        let overlays = vec![deploy.join("regulation/national.yaml")];
        RuleFiles { base, overlays, calendars: vec![deploy.join("calendar/2026.yaml")], later: Vec::new() }
    };
    let second = [
        ("effective: 2023-01-01", "effective: 2026-11-18"),
        ("transition: keep", "transition: recompute"),
        ("due: {hours: 72}", "due: {hours: 48}"),
    ];
    let later = vec![version("second.yaml", &[edits, &second].concat())];
    compose::rule_book(&RuleFiles { later, ..version("first.yaml", edits) }).unwrap()
}

/// Holds the story's ledgers against the versions that they were written under, against the first of them alone, and against a
/// draft with one changed number.
pub async fn assert_replays(auditor: &Client, clerk: &Client, dir: &Path) {
    let copies = replay::fetch(auditor).await.unwrap();
    let kept = dir.join("ledgers");
    std::fs::create_dir_all(&kept).unwrap();
    for (service, copy) in &copies {
        ledger::save(copy, &kept.join(service)).unwrap();
    }
    let copies_read = replay::load(&kept).unwrap();
    assert!(copies.iter().all(|(service, copy)| copies_read[service].records == copy.records));
    let period = date(2026, 11, 1)..=date(2026, 11, 30);

    let book = versions(dir, &[]);
    let past = replay::gather(&copies_read, &book).unwrap();
    let replayed = past.replay(&book, None, &period);
    let text = replay::in_chinese(&replayed, &book, None, &period, &past.names);
    assert!(replayed.is_same(), "{text}");
    assert!(text.contains("没有不同"), "{text}");
    assert_eq!(replayed.versions, book.rules().map(|rule| rule.version().to_owned()).collect());
    assert_eq!((replayed.tally.owed_then, replayed.tally.owed_now), (told(&copies), told(&copies)));
    assert!(replayed.incidents > 100 && replayed.others > 0 && replayed.tally.owed_now > 20, "{text}");
    assert!(replayed.tally.breached_now >= 3, "the silent unit's: {text}");
    let answered = appraisals(clerk).await;
    assert_eq!(replayed.units.len(), answered.len());
    for answered in &answered {
        let unit = replayed.units.iter().find(|unit| unit.body_id == answered.body_id).unwrap();
        assert_appraised_alike(&unit.then, answered);
        assert_appraised_alike(&unit.now, answered);
    }
    let counted = |count: fn(&regulation::Counts) -> i64| {
        replayed.units.iter().filter_map(|unit| unit.now.figures.first()).map(|figure| count(&figure.counts)).sum::<i64>()
    };
    let (due, returned, reviewed) = (counted(|counts| counts.owed), counted(|counts| counts.returned), counted(|counts| counts.reviewed));
    assert!(due > 5 && returned > 0 && reviewed > 0, "{due} {returned} {reviewed}");

    let first = past.replay(&demo::shipped_rule().unwrap(), None, &period);
    let clocks: Vec<_> = first.divergences.iter().flat_map(|divergence| &divergence.clocks).collect();
    assert!(!clocks.is_empty() && first.tally.moved == clocks.len(), "what the second version moved: {clocks:#?}");
    for change in clocks {
        let ClockChange::Changed(Change { now, .. }) = change else { panic!("{change:#?}") };
        assert_eq!(now.duty_id, "unit_findings");
    }

    let draft = versions(dir, &[("due: {minutes: 30}", "due: {minutes: 10}")]);
    let past = replay::gather(&copies, &draft).unwrap();
    let replayed = past.replay(&draft, Some(&book), &period);
    let text = replay::in_chinese(&replayed, &draft, Some(&book), &period, &past.names);
    let owed = owed(clerk, "unit_acknowledgement").await;
    let seconds = |time: &Option<prost_types::Timestamp>| time.as_ref().map(|time| time.seconds);
    let too_late = |owed: &&Obligation| {
        owed.state() == State::Discharged && seconds(&owed.discharge_time) >= seconds(&owed.open_time).map(|open| open + 600)
    };
    let gained = owed.iter().filter(too_late).count();
    let tally = &replayed.tally;
    assert!(!owed.is_empty());
    assert_eq!((tally.moved, tally.added, tally.dropped, tally.raised, tally.lowered), (owed.len(), 0, 0, 0, 0), "{text}");
    assert_eq!((tally.breaches_gained, tally.breaches_lost), (gained, 0), "{text}");
    for change in replayed.divergences.iter().flat_map(|divergence| &divergence.clocks) {
        let ClockChange::Changed(Change { then, now }) = change else { panic!("{text}") };
        assert_eq!(
            (now.duty_id.as_str(), then.due_time.duration_since(now.due_time)),
            ("unit_acknowledgement", SignedDuration::from_mins(20))
        );
    }
    let differing: Vec<_> = replayed.units.iter().filter(|unit| unit.differs()).collect();
    assert_eq!(differing.is_empty(), gained == 0, "{text}");
    for unit in differing {
        let changes = unit.changes();
        let [(Some(then), Some(now))] = changes.as_slice() else { panic!("{text}") };
        assert!(now.id == "acknowledgement" && then.score > now.score && unit.then.total_tenths > unit.now.total_tenths, "{text}");
    }
    assert!(text.contains("第一时间签收") && text.contains("县城市管理局") && text.contains("总分"), "{text}");
}

/// Holds what a leader reads of an incident's clocks against what the regulation asks to be shown of each.
pub async fn assert_explained(clerk: &Client, incident_id: &str) {
    let asked = GetIncidentRequest { incident_id: incident_id.to_owned() };
    let number = clerk.intake().unwrap().get_incident(asked).await.unwrap().into_inner().incident.unwrap().number;
    let by_id = explain::explain(clerk, incident_id).await.unwrap();
    let text = explain::explain(clerk, &number).await.unwrap();
    assert_eq!(text, by_id.replace(incident_id, &number));
    for word in ["第一时间签收", "四(一)二", "县城市管理局", "逾期未履行", "按期履行", "起算:2026年11月17日", "▶ 现在起作用", "依据:"]
    {
        assert!(text.contains(word), "no “{word}” in\n{text}");
    }
}
