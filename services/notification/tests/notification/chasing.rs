//! What happens when nobody acknowledges (催签): those above are told, level by level, until somebody does.

use std::time::Duration;

use crate::office::{Office, office, office_whose_head_is};
use huiying_proto::{
    accountability::{ObligationDischarged, ObligationReminded},
    assessment::Level,
    directory::{Role, body::Kind},
    notification as pb,
};
use uuid::Uuid;

impl Office {
    /// Waits until so many steps were told.
    async fn steps(&self, count: usize) -> Vec<pb::NoticeUnacknowledged> {
        for _ in 0..100 {
            let told = self.facts::<pb::NoticeUnacknowledged>().await;
            if told.len() >= count {
                assert_eq!(told.len(), count, "{told:#?}");
                return told;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("expected {count}, told: {:?}", self.facts::<pb::NoticeUnacknowledged>().await);
    }

    /// Waits until what is due has been looked at, and sees that nothing more was told.
    async fn still(&self, count: usize) {
        self.house.settle().await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        self.steps(count).await;
    }

    /// How many of a person's notices say that nobody acknowledged.
    async fn chased(&self, person: Uuid) -> usize {
        self.titles(person).await.iter().filter(|title| title.starts_with("【无人签收】")).count()
    }

    /// The latest notice is acknowledged.
    async fn sign(&self, by: Uuid) {
        let notice = self.inbox(by).await.remove(0);
        self.acknowledge(by, &notice.notice_id, &notice.etag).await.unwrap();
    }

    async fn reminded(&self, obligation: Uuid) {
        let fact = ObligationReminded { obligation_id: obligation.to_string(), ..self.reminder(self.water, Some("2026-11-10 12:00")) };
        self.house.tell("accountability", fact).await;
        self.house.settle().await;
    }
}

#[tokio::test]
async fn what_nobody_acknowledges_climbs_level_by_level_each_told_once() {
    let office = office().await;
    office.lead_undetermined(&[office.leader, office.auditor]).await;
    for person in [office.principal, office.leader] {
        office.sign(person).await;
    }
    office.house.at("2026-11-10 09:29").await;
    office.still(0).await;
    office.house.at("2026-11-10 09:30").await;
    let told = office.steps(1).await.remove(0);
    assert_eq!((told.plan_id.as_str(), told.clause.as_str(), told.after_minutes), ("lead_undetermined", "三(四)", 30));
    assert_eq!(told.incident_id, office.incident.to_string());
    assert_eq!(told.unacknowledged_person_ids, [office.auditor.to_string()]);
    assert_eq!(told.told_person_ids, [office.head.to_string()]);
    let notice = office.inbox(office.head).await.remove(0);
    assert_eq!(notice.title, "【无人签收】【请指定牵头领导】河东停水");
    assert!(notice.urgent && notice.needs_acknowledgement);
    assert!(notice.text.contains("送达已满30分钟,auditor尚无人签收。"), "{}", notice.text);
    office.house.at("2026-11-10 10:00").await;
    assert_eq!(office.steps(2).await[1].told_person_ids, [office.leader.to_string()]);
    office.house.at("2026-11-10 11:00").await;
    assert_eq!(office.steps(3).await[2].told_person_ids, [office.principal.to_string()]);
    office.house.at("2026-11-11 09:00").await;
    office.still(3).await;
    for person in [office.head, office.leader, office.principal] {
        assert_eq!(office.chased(person).await, 1);
    }
}

#[tokio::test]
async fn one_acknowledges_for_the_unit_and_not_for_another_unit() {
    let office = office().await;
    office.classify(Level::Important, Level::Unspecified, &[office.water, office.traffic]).await;
    for person in [office.principal, office.leader, office.head, office.staff, office.water_handler] {
        office.sign(person).await;
    }
    office.house.at("2026-11-10 09:30").await;
    assert_eq!(office.steps(1).await[0].unacknowledged_person_ids, [office.traffic_officer.to_string()]);
    assert!(office.inbox(office.head).await[0].text.contains(",交通运输局尚无人签收。"));
    office.sign(office.traffic_officer).await;
    office.house.at("2026-11-10 12:00").await;
    office.still(1).await;
}

#[tokio::test]
async fn who_was_told_and_acknowledges_has_taken_it_up() {
    let office = office().await;
    office.lead_undetermined(&[office.auditor]).await;
    office.house.at("2026-11-10 09:30").await;
    office.steps(1).await;
    office.sign(office.head).await;
    office.house.at("2026-11-10 12:00").await;
    office.still(1).await;
    assert_eq!((office.chased(office.leader).await, office.chased(office.principal).await), (0, 0));
}

#[tokio::test]
async fn what_was_done_is_not_chased_though_nobody_acknowledged_the_reminder() {
    let office = office().await;
    let (done, open) = (office.house.new_id(), office.house.new_id());
    office.reminded(done).await;
    office.reminded(open).await;
    let fact = ObligationDischarged {
        obligation_id: done.to_string(),
        incident_id: office.incident.to_string(),
        debtor_body_id: office.water.to_string(),
        ..Default::default()
    };
    office.house.tell("accountability", fact).await;
    office.house.settle().await;
    office.house.at("2026-11-10 09:30").await;
    office.still(1).await;
}

#[tokio::test]
async fn a_later_reminder_of_the_same_thing_is_chased_in_place_of_the_earlier() {
    let office = office().await;
    let obligation = office.house.new_id();
    office.reminded(obligation).await;
    office.house.at("2026-11-10 09:20").await;
    office.reminded(obligation).await;
    office.house.at("2026-11-10 09:40").await;
    office.still(0).await;
    office.house.at("2026-11-10 09:50").await;
    office.still(1).await;
}

#[tokio::test]
async fn a_level_that_is_vacant_or_itself_waited_for_is_passed_over() {
    let office = office_whose_head_is(&[Role::Collector]).await;
    // Nobody heads the office, and the leader is who does not answer.
    office.lead_undetermined(&[office.leader]).await;
    office.sign(office.principal).await;
    office.house.at("2026-11-10 09:30").await;
    let told = office.steps(1).await.remove(0);
    assert_eq!(
        (&told.unacknowledged_person_ids, &told.told_person_ids),
        (&vec![office.leader.to_string()], &vec![office.principal.to_string()])
    );
}

#[tokio::test]
async fn a_stand_in_is_told_and_acknowledges_for_who_is_away() {
    let office = office().await;
    let deputy = office.house.person("deputy", office.office, &[Role::Collector]).await;
    office.delegate(office.head, deputy, ("2026-11-10 08:00", "2026-11-10 18:00")).await;
    office.lead_undetermined(&[office.auditor]).await;
    office.house.at("2026-11-10 09:30").await;
    office.steps(1).await;
    assert_eq!((office.chased(deputy).await, office.chased(office.head).await), (1, 1));
    office.sign(deputy).await;
    office.house.at("2026-11-10 12:00").await;
    office.still(1).await;
}

#[tokio::test]
async fn a_climb_that_a_restart_interrupted_goes_on_and_tells_what_it_slept_through() {
    let office = office().await;
    let parks = office.house.body("parks", "园林局", Kind::Unit).await;
    let keeper = office.house.person("keeper", parks, &[Role::UnitHandler]).await;
    office.lead_undetermined(&[keeper]).await;
    office.sign(office.principal).await;
    office.house.at("2026-11-10 09:30").await;
    office.steps(1).await;
    // The steps of 10:00 and 11:00 fall into the night of the process.
    let office = office.restart("2026-11-10 11:30").await;
    let told = office.steps(3).await;
    assert_eq!(told.iter().map(|step| step.after_minutes).collect::<Vec<_>>(), [30, 60, 120]);
    let office = office.restart("2026-11-10 12:30").await;
    office.still(3).await;
    for person in [office.head, office.leader, office.principal] {
        assert_eq!(office.chased(person).await, 1);
    }
}
