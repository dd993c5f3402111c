//! Who sees what.

use chassis::testing::assert_refused;
use huiying_proto::{assessment as pb, directory::Role};
use tonic::Code;

use crate::office::{letter, office};

#[tokio::test]
async fn a_unit_sees_only_the_incidents_that_involve_it() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(10)).await;
    assert_eq!(office.get(office.handler, incident).await.unwrap(), office.assessment(incident).await);
    assert_refused(office.get(office.other_handler, incident).await, Code::NotFound, "INCIDENT_UNKNOWN");
    for waiting in [false, true] {
        assert_eq!(office.listed(office.handler, waiting).await, [incident.to_string()]);
        assert!(office.listed(office.other_handler, waiting).await.is_empty());
    }
    office.involve(incident, &[office.other_unit]).await;
    assert_refused(office.get(office.handler, incident).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_eq!(office.listed(office.other_handler, false).await, [incident.to_string()]);
}

#[tokio::test]
async fn the_office_the_leaders_and_the_auditor_see_all_and_an_administrator_of_the_system_nothing() {
    let office = office().await;
    let incident = office.incident().await;
    let auditor = office.house.person("auditor", office.body, &[Role::Auditor]).await;
    let administrator = office.house.person("administrator", office.unit, &[Role::SystemAdministrator]).await;
    for person in [office.staff, office.head, office.leader, auditor] {
        assert_eq!(office.listed(person, false).await, [incident.to_string()]);
    }
    assert!(office.listed(administrator, false).await.is_empty());
    assert_refused(office.get(administrator, incident).await, Code::NotFound, "INCIDENT_UNKNOWN");
}

#[tokio::test]
async fn assessments_are_listed_newest_incident_first_page_by_page() {
    let office = office().await;
    let mut incidents = Vec::new();
    for _ in 0..5 {
        incidents.push(office.incident().await.to_string());
    }
    let (mut listed, mut token) = (Vec::new(), String::new());
    loop {
        let message = pb::ListAssessmentsRequest { waiting: false, page_size: 2, page_token: token };
        let answer = office.client.clone().list_assessments(office.house.ask(office.staff, message)).await.unwrap().into_inner();
        assert!(answer.assessments.len() <= 2);
        listed.extend(answer.assessments.into_iter().map(|a| a.incident_id));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    incidents.reverse();
    assert_eq!(listed, incidents);
    let message = pb::ListAssessmentsRequest { page_size: -1, page_token: "?".into(), ..Default::default() };
    let refused = office.client.clone().list_assessments(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_malformed_incident_id_is_refused() {
    let office = office().await;
    let message = pb::GetAssessmentRequest { incident_id: "nonsense".into() };
    let refused = office.client.clone().get_assessment(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
}
