//! Cases open by themselves, and their lead is found by portfolio or named, 三(四).

use crate::office::{office, quiet_office};
use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::Level,
    disposal::{self as pb, LeadManner},
};
use tonic::Code;

#[tokio::test]
async fn a_classified_incident_of_one_portfolio_opens_a_case_that_its_leader_leads() {
    let office = office().await;
    let case = office.case().await;
    assert_eq!((case.number.as_str(), case.title.as_str(), case.important), ("2026-0001", "河东供水", true));
    assert_eq!((&case.leader_person_id, case.lead_manner()), (&office.lead.to_string(), LeadManner::Portfolio));
    let opened = office.facts::<pb::CaseOpened>().await;
    assert_eq!(opened.len(), 1);
    assert_eq!((&opened[0].case_id, &opened[0].body_ids), (&case.case_id, &vec![office.water.to_string()]));
    let designated = office.facts::<pb::LeadDesignated>().await;
    assert_eq!(designated.len(), 1);
    assert_eq!((designated[0].leader_person_id.clone(), designated[0].manner()), (office.lead.to_string(), LeadManner::Portfolio));
}

#[tokio::test]
async fn a_case_opens_once_and_follows_the_level() {
    let office = office().await;
    office.classify(Level::Ordinary, &[office.water]).await;
    assert!(!office.case().await.important);
    assert_eq!(office.facts::<pb::CaseOpened>().await.len(), 1);
    assert_eq!(office.facts::<pb::LeadDesignated>().await.len(), 1);
}

#[tokio::test]
async fn an_ordinary_incident_has_a_case_too() {
    let office = quiet_office(None).await;
    office.classify(Level::Ordinary, &[office.water]).await;
    assert_eq!(office.case().await.leader_person_id, office.lead.to_string());
}

#[tokio::test]
async fn two_portfolios_leave_the_lead_to_the_principal_leader() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[office.water, office.roads]).await;
    let case = office.case().await;
    assert_eq!((case.leader_person_id.as_str(), case.lead_manner()), ("", LeadManner::Unspecified));
    let mut candidates = vec![office.lead.to_string(), office.other_leader.to_string()];
    candidates.sort();
    assert_eq!(case.candidate_person_ids, candidates);
    let undetermined = office.facts::<pb::LeadUndetermined>().await;
    assert_eq!(undetermined.len(), 1);
    assert_eq!(undetermined[0].candidate_person_ids, candidates);

    let case = office.designate(office.principal, &case, office.other_leader).await.unwrap();
    assert_eq!((case.leader_person_id.clone(), case.lead_manner()), (office.other_leader.to_string(), LeadManner::Principal));
    assert_eq!(office.facts::<pb::LeadDesignated>().await[0].manner(), LeadManner::Principal);
}

#[tokio::test]
async fn a_unit_of_no_portfolio_leaves_the_lead_to_the_principal_leader() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[office.house.new_id()]).await;
    let undetermined = office.facts::<pb::LeadUndetermined>().await;
    assert_eq!(undetermined.len(), 1);
    assert!(undetermined[0].candidate_person_ids.is_empty());
}

#[tokio::test]
async fn without_units_the_search_waits_until_they_are_named() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[]).await;
    assert!(office.facts::<pb::LeadUndetermined>().await.is_empty());
    office.involve(&[office.water]).await;
    let case = office.case().await;
    assert_eq!((case.leader_person_id, case.body_ids), (office.lead.to_string(), vec![office.water.to_string()]));
}

#[tokio::test]
async fn units_named_before_there_is_a_case_are_remembered_and_hold() {
    let office = quiet_office(None).await;
    office.involve(&[office.roads]).await;
    office.classify(Level::Important, &[office.water]).await;
    let case = office.case().await;
    assert_eq!((case.leader_person_id, case.body_ids), (office.other_leader.to_string(), vec![office.roads.to_string()]));
}

#[tokio::test]
async fn candidates_are_told_again_only_when_they_change() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[office.water, office.roads]).await;
    office.involve(&[office.roads, office.water, office.house.new_id()]).await;
    office.classify(Level::Ordinary, &[]).await;
    assert_eq!(office.facts::<pb::LeadUndetermined>().await.len(), 1);
    office.involve(&[office.house.new_id()]).await;
    assert_eq!(office.facts::<pb::LeadUndetermined>().await.len(), 2);
    office.involve(&[office.water]).await;
    assert_eq!(office.case().await.leader_person_id, office.lead.to_string());
}

#[tokio::test]
async fn a_lead_once_designated_stays() {
    let office = office().await;
    office.involve(&[office.roads]).await;
    let case = office.case().await;
    assert_eq!((case.leader_person_id.clone(), case.body_ids.clone()), (office.lead.to_string(), vec![office.roads.to_string()]));
    let refused = office.designate(office.principal, &case, office.other_leader).await;
    assert_refused(refused, Code::FailedPrecondition, "LEAD_ALREADY_DESIGNATED");
}

#[tokio::test]
async fn the_lead_must_be_a_leader_in_charge_and_no_stand_in() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[]).await;
    office.delegate(office.lead, office.head).await;
    let case = office.case().await;
    for person in [office.staff, office.head, office.house.new_id()] {
        let refused = office.designate(office.principal, &case, person).await;
        assert_refused(refused, Code::FailedPrecondition, "NOT_A_LEADER_IN_CHARGE");
    }
    assert!(office.designate(office.principal, &case, office.lead).await.is_ok());
}

#[tokio::test]
async fn designating_on_what_was_changed_meanwhile_is_refused() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[]).await;
    let seen = office.case().await;
    office.classify(Level::Ordinary, &[]).await;
    assert_refused(office.designate(office.principal, &seen, office.lead).await, Code::Aborted, "CASE_STALE");
    let unknown = pb::Case { incident_id: office.house.new_id().to_string(), ..seen.clone() };
    assert_refused(office.designate(office.principal, &unknown, office.lead).await, Code::NotFound, "CASE_UNKNOWN");
    assert_refused(office.designate(office.head, &seen, office.lead).await, Code::PermissionDenied, "PERMISSION_DENIED");
}
