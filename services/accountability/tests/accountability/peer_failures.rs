//! What users of other systems that keep deadlines have complained of in public (已知的同类失误), each as a test that passes here.
//! A climb of notices that a restart interrupts is in `chasing` of notification.

use crate::office::{Office, State, office};
use chassis::{fact_time, testing::moment, wire_time};
use huiying_proto::{
    accountability as pb,
    assessment::{EventGrade, IncidentPredated, Level},
    disposal::CaseClosed,
};
use jiff::Timestamp;
use regulation::{Rule, Source};

const TOKSUN: &str = include_str!("../../../../deploy/regulation/toksun.yaml");
const NATIONAL: &str = include_str!("../../../../deploy/regulation/national.yaml");
const YEAR_2026: &str = include_str!("../../../../deploy/calendar/2026.yaml");

/// The county's rule over other calendars.
fn over(calendars: &[(&str, &str)]) -> Rule {
    let source = |(name, text)| Source { name, text };
    let calendars: Vec<Source<'_>> = calendars.iter().copied().map(source).collect();
    Rule::parse(source(("toksun.yaml", TOKSUN)), &[source(("national.yaml", NATIONAL))], &calendars).unwrap()
}

impl Office {
    /// The important incident's case is closed: a review is owed within ten working days.
    async fn close_important(&self) {
        self.classify().await;
        let (incident_id, case_id) = (self.incident.to_string(), self.house.new_id().to_string());
        self.house.tell("disposal", CaseClosed { incident_id, case_id, title: "河东供水".into() }).await;
        self.quiet().await;
    }

    async fn review_due(&self) -> Timestamp {
        fact_time(self.owed("after_action_review").await.due_time.as_ref()).unwrap()
    }

    async fn moved(&self, obligation: &pb::Obligation) -> Vec<pb::ObligationMoved> {
        let all = self.told::<pb::ObligationMoved>().await;
        all.into_iter().filter(|told| told.obligation_id == obligation.obligation_id).collect()
    }

    async fn merge_in_a_report_of(&self, civil: &str) {
        let fact = IncidentPredated {
            incident_id: self.incident.to_string(),
            number: "2026-0001".into(),
            title: "河东供水".into(),
            first_report_time: Some(wire_time(moment(civil))),
            previous_first_report_time: Some(wire_time(moment("2026-11-10 09:00"))),
            level: Level::Important.into(),
            grade: EventGrade::None.into(),
        };
        self.house.tell("assessment", fact).await;
        self.quiet().await;
    }

    /// The states of a duty's obligations, the oldest first.
    async fn states(&self, duty: &str) -> Vec<State> {
        let mut owed = self.obligations(self.incident).await;
        owed.retain(|owed| owed.duty_id == duty);
        owed.sort_by_key(|owed| owed.open_time.map(|time| (time.seconds, time.nanos)));
        owed.iter().map(pb::Obligation::state).collect()
    }
}

#[tokio::test]
async fn a_holiday_announced_later_moves_no_open_deadline_and_counts_for_the_next() {
    let office = office().await;
    office.close_important().await;
    let before = office.review_due().await;
    assert_eq!(before, moment("2026-11-25 00:00"));
    let amendment = "year: 2026\ntitle: 关于放假的通知\ndocument: 新政办明电〔2026〕9号\nissued: 2026-11-12\nlayer: amendment\nholidays:\n  - {name: 放假, from: 2026-11-16, to: 2026-11-17}\n";
    let office = office.restart_under("2026-11-12 09:00", over(&[("2026.yaml", YEAR_2026), ("2026-9.yaml", amendment)]).into()).await;
    office.quiet().await;
    assert_eq!(office.review_due().await, before);
    assert!(office.told::<pb::ObligationMoved>().await.is_empty());
    let next = Office { incident: office.open_incident().await, ..office };
    next.close_important().await;
    // The 13th, then from the 18th on.
    assert_eq!(next.review_due().await, moment("2026-12-01 00:00"));
}

#[tokio::test]
async fn a_calendar_that_was_wrong_and_is_edited_moves_what_counts_by_it_and_says_so_and_moves_nothing_else() {
    let office = office().await;
    office.assign().await;
    office.close_important().await;
    let (review, before) = (office.owed("after_action_review").await, office.obligations(office.incident).await);
    let edited = YEAR_2026.replacen("holidays:", "holidays:\n  - {name: 古尔邦节, from: 2026-11-16, to: 2026-11-16}", 1);
    let office = office.restart_under("2026-11-10 10:00", over(&[("2026.yaml", &edited)]).into()).await;
    office.quiet().await;
    assert_eq!(office.review_due().await, moment("2026-11-26 00:00"));
    let moved = office.moved(&review).await;
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].previous_due_time, moved[0].previous_rule_version.as_str()), (review.due_time, review.rule_version.as_str()));
    assert!(moved[0].reason.contains("古尔邦节"), "{}", moved[0].reason);
    assert_eq!(office.told::<pb::ObligationMoved>().await.len(), 1);
    let dues = |all: &[pb::Obligation]| -> Vec<_> {
        all.iter()
            .filter(|o| o.duty_id != "after_action_review")
            .map(|o| (o.obligation_id.clone(), o.due_time.map(|t| t.seconds)))
            .collect()
    };
    let mut after = dues(&office.obligations(office.incident).await);
    let mut before = dues(&before);
    after.sort();
    before.sort();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_reminder_whose_hour_the_process_slept_through_goes_out_once() {
    let office = office().await;
    office.assign().await;
    office.quiet().await;
    // The reminder of the acknowledgement is due at 09:20, the acknowledgement at 09:30.
    let office = office.restart("2026-11-10 09:25").await;
    office.quiet().await;
    let stages = async |office: &Office| -> Vec<String> {
        let told = office.told::<pb::ObligationReminded>().await;
        told.into_iter().filter(|told| told.duty_id == "unit_acknowledgement").map(|told| told.stage).collect()
    };
    assert_eq!(stages(&office).await, ["before_due"]);
    let office = office.restart("2026-11-10 09:26").await;
    office.quiet().await;
    assert_eq!(stages(&office).await, ["before_due"]);
}

#[tokio::test]
async fn an_escalation_that_a_restart_paused_goes_on_up_the_chain() {
    let office = office().await;
    office.assign().await;
    office.at_with_breaches("2026-11-10 09:30", 1).await;
    let also = async |office: &Office| -> Vec<Vec<String>> {
        let told = office.told::<pb::ObligationReminded>().await;
        told.into_iter().filter(|told| told.duty_id == "unit_acknowledgement").map(|told| told.also_roles).collect()
    };
    assert_eq!(also(&office).await, [vec![], vec!["office_head".to_owned()]]);
    let office = office.restart("2026-11-10 11:00").await;
    office.quiet().await;
    let all = also(&office).await;
    assert_eq!(all.last().unwrap(), &["office_head", "leader_in_charge"]);
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn an_incident_into_which_an_earlier_one_is_merged_keeps_the_earliest_clock_and_says_so() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.classify().await;
    let before = office.owed("national_response").await;
    assert_eq!(before.due_time, Some(wire_time(moment("2026-11-12 09:00"))));
    office.merge_in_a_report_of("2026-11-09 15:00").await;
    let after = office.owed("national_response").await;
    assert_eq!(
        (after.obligation_id.as_str(), after.due_time),
        (before.obligation_id.as_str(), Some(wire_time(moment("2026-11-11 15:00"))))
    );
    let moved = office.moved(&before).await;
    assert_eq!((moved.len(), moved[0].previous_due_time), (1, before.due_time));
    assert!(moved[0].reason.contains("时限提前"), "{}", moved[0].reason);
    // One that began later, or the earlier one's leaving again, gives nobody more time.
    office.merge_in_a_report_of("2026-11-10 09:30").await;
    assert_eq!(office.owed("national_response").await.due_time, after.due_time);
    // What began so long ago that it would be late already is due when that became known, and not before.
    office.merge_in_a_report_of("2026-11-01 09:00").await;
    assert_eq!(office.owed("national_response").await.due_time, Some(wire_time(moment("2026-11-10 10:00"))));
}

#[tokio::test]
async fn reopening_forges_no_punctual_past() {
    let office = office().await;
    office.classify().await;
    office.at_with_breaches("2026-11-11 00:01", 2).await;
    assert_eq!(office.states("same_day_response").await, [State::Breached]);
    // Made ordinary after the breach, and important again: the first clock keeps its breach, a new one begins.
    office.house.at("2026-11-11 09:00").await;
    office.demote().await;
    office.house.at("2026-11-11 10:00").await;
    office.classify().await;
    office.quiet().await;
    assert_eq!(office.states("same_day_response").await, [State::Ended, State::Open]);
    let all = office.obligations(office.incident).await;
    let first = all.iter().find(|owed| owed.duty_id == "same_day_response" && owed.state() == State::Ended).unwrap();
    assert_eq!(first.due_time, Some(wire_time(moment("2026-11-11 00:00"))));
    office.house.at("2026-11-11 11:00").await;
    office.release().await;
    office.quiet().await;
    assert_eq!(office.states("same_day_response").await, [State::Ended, State::Discharged]);
    let breached = office.told::<pb::ObligationBreached>().await;
    assert!(breached.iter().any(|told| told.obligation_id == first.obligation_id));
    // What answers the second clock does not answer the first.
    assert!(office.told::<pb::ObligationDischarged>().await.iter().all(|told| told.obligation_id != first.obligation_id));
}
