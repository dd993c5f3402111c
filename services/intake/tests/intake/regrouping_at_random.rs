//! What stays right whatever people join, split, move and take back, in any order.

use std::collections::{HashMap, HashSet};

use crate::office::{BUS, Office, PLANT, WATER, letter, office};
use chassis::testing::assert_refused;
use huiying_proto::intake::{self as pb, incident::State, list_incidents_request::Which};
use tonic::Code;

/// A number from a row of numbers without end, always the same.
struct Draws(u64);

impl Draws {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }

    fn letter(&mut self, id: &str, senders: &mut HashMap<String, String>) -> pb::LetterRow {
        let (title, text) = [("锦绣家园搅拌站", PLANT), ("河东自来水", WATER), ("3路公交", BUS)][self.below(3)];
        let sender = format!("S{}", self.below(5));
        senders.insert(id.to_owned(), sender.clone());
        // No two say quite the same: what a writer says twice is counted with what they said first.
        letter(1, id, &sender, title, &format!("{text}({id})"), "2026-11-09 20:00")
    }
}

#[tokio::test]
async fn whatever_people_join_split_move_and_take_back_the_sums_the_times_and_the_numbers_stay_right() {
    for seed in [1, 7, 42] {
        whatever_people_do(seed).await;
    }
}

async fn whatever_people_do(seed: u64) {
    let office = office().await;
    let mut draws = Draws(seed);
    // Who wrote which letter.
    let (mut senders, mut undoable) = (HashMap::new(), Vec::new());
    for step in 0..40 {
        office.house.at(&format!("2026-11-10 {:02}:{:02}", 9 + step / 12, (step % 12) * 5)).await;
        let all = office.reports(office.staff, "").await.unwrap();
        let listed = office.incidents(office.staff).await;
        let pick = |draws: &mut Draws| listed[draws.below(listed.len())].clone();
        match draws.below(6) {
            _ if all.len() < 4 => {
                let letters: Vec<_> = (0..2).map(|n| draws.letter(&format!("L{step}-{n}"), &mut senders)).collect();
                office.import(letters).await.unwrap();
            }
            0 => {
                let row = draws.letter(&format!("L{step}"), &mut senders);
                office.import(vec![row]).await.unwrap();
            }
            1 => {
                let report = &all[draws.below(all.len())];
                let is_alone = all.iter().filter(|other| other.incident_id == report.incident_id).count() == 1;
                match office.move_report(&report.report_id, "").await {
                    Ok(moved) => undoable.push(office.regroupings(&moved.incident_id).await.remove(0).regrouping_id),
                    Err(refused) => {
                        assert!(is_alone, "{refused:?}");
                        assert_refused(Err::<(), _>(refused), Code::FailedPrecondition, "NOTHING_STAYS");
                    }
                }
            }
            2 => {
                let to = pick(&mut draws).incident_id;
                let report = &all[draws.below(all.len())];
                let moved = office.move_report(&report.report_id, &to).await;
                assert_eq!(moved.is_err(), report.incident_id == to);
                if moved.is_ok() {
                    undoable.push(office.regroupings(&to).await.remove(0).regrouping_id);
                }
            }
            3 => {
                let (from, into) = (pick(&mut draws), pick(&mut draws));
                match office.merge(&from, &into).await {
                    Ok(merged) => undoable.push(merged.regrouping.unwrap().regrouping_id),
                    Err(refused) => assert_refused(Err::<(), _>(refused), Code::FailedPrecondition, "SAME_INCIDENT"),
                }
            }
            4 => {
                let incident = pick(&mut draws);
                let here: Vec<&str> = all.iter().filter(|r| r.incident_id == incident.incident_id).map(|r| r.report_id.as_str()).collect();
                if here.len() > 1 {
                    let some = 1 + draws.below(here.len() - 1);
                    undoable.push(office.split(&incident, &here[..some]).await.unwrap().regrouping.unwrap().regrouping_id);
                }
            }
            _ => {
                if !undoable.is_empty() {
                    let regrouping = undoable.remove(draws.below(undoable.len()));
                    if let Err(refused) = office.undo(&regrouping).await {
                        assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
                    }
                }
            }
        }
        stand_right(&office, &senders).await;
    }
}

/// The reports add up, each incident counts and begins as its reports say, and numbers are given once and without gaps.
async fn stand_right(office: &Office, senders: &HashMap<String, String>) {
    let reports = office.reports(office.staff, "").await.unwrap();
    assert_eq!(reports.len(), senders.len());
    let message = pb::ListIncidentsRequest { which: Which::All.into(), page_size: 1000, ..Default::default() };
    let mut all = office.client.clone().list_incidents(office.house.ask(office.staff, message)).await.unwrap().into_inner().incidents;
    all.sort_by(|a, b| a.number.cmp(&b.number));
    let numbers: Vec<String> = all.iter().map(|i| i.number.clone()).collect();
    assert_eq!(numbers, (1..=all.len()).map(|n| format!("2026-{n:04}")).collect::<Vec<_>>());
    assert_eq!(all.iter().map(|i| i.report_count).sum::<i64>(), i64::try_from(senders.len()).unwrap());
    for incident in &all {
        let own: Vec<&pb::Report> = reports.iter().filter(|r| r.incident_id == incident.incident_id).collect();
        assert_eq!(incident.report_count, i64::try_from(own.len()).unwrap(), "{incident:?}");
        let time = |t: &prost_types::Timestamp| (t.seconds, t.nanos);
        if let Some(first) = own.iter().filter_map(|r| r.register_time).min_by_key(time) {
            assert_eq!(incident.first_report_time, Some(first), "{incident:?}");
            assert_eq!(incident.last_report_time, own.iter().filter_map(|r| r.register_time).max_by_key(time));
        }
        // Reports of a merged incident are where it went.
        assert!(incident.state() == State::Open || own.is_empty(), "{incident:?}");
        let writers: HashSet<&String> = own.iter().map(|r| &senders[&r.external_id]).collect();
        assert_eq!(incident.distinct_writer_count, i64::try_from(writers.len()).unwrap(), "{incident:?}");
        assert_eq!(incident.recent_writer_count, incident.distinct_writer_count);
    }
}
