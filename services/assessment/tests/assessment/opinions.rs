//! What sections and units hold of an incident, 四(二).

use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::{
    assessment::{FileOpinionRequest, Level, OpinionFiled},
    directory::{Role, body::Kind},
};
use tonic::Code;

use crate::office::{letter, office};

#[tokio::test]
async fn an_involved_unit_files_its_opinion_under_its_own_name() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(1)).await;
    let opinion = office.file_opinion(office.handler, incident, " 泵站检修所致,三日内恢复 ").await.unwrap();
    assert_eq!(
        (opinion.body_id.as_str(), opinion.person_id.as_str()),
        (office.unit.to_string().as_str(), office.handler.to_string().as_str())
    );
    assert_eq!((opinion.text.as_str(), opinion.file_time), ("泵站检修所致,三日内恢复", Some(wire_time(moment("2026-11-10 09:00")))));
    let second = office.file_opinion(office.staff, incident, "来信有增多之势").await.unwrap();
    assert_eq!(second.body_id, office.body.to_string());
    assert_eq!(office.assessment(incident).await.opinions, [opinion.clone(), second]);
    let told = office.told::<OpinionFiled>().await;
    let expected = OpinionFiled {
        opinion: Some(opinion),
        incident_id: incident.to_string(),
        number: "2026-0001".into(),
        title: "河东供水".into(),
        body_name: "县水利局".into(),
        proposal: "未建议级别".into(),
    };
    assert_eq!(told[0].0, expected);
    assert_eq!(told[0].1.audit.clone().unwrap().clause, "四(二)");
}

#[tokio::test]
async fn a_unit_files_none_on_an_incident_that_does_not_involve_it() {
    let office = office().await;
    let incident = office.incident().await;
    assert_refused(office.file_opinion(office.other_handler, incident, "与我局无关").await, Code::NotFound, "INCIDENT_UNKNOWN");
    office.involve(incident, &[office.unit, office.other_unit]).await;
    let opinion = office.file_opinion(office.other_handler, incident, "管线施工与道路开挖有关").await.unwrap();
    assert_eq!(opinion.body_id, office.other_unit.to_string());
}

#[tokio::test]
async fn any_section_of_the_office_assesses_any_incident_and_may_propose_a_level() {
    let office = office().await;
    let incident = office.incident().await;
    let body = office.house.body("secretary", "秘书科", Kind::Section).await;
    let section = office.house.person("section", body, &[Role::UnitHandler]).await;
    assert_eq!(office.listed(section, false).await, [incident.to_string()]);
    let message = FileOpinionRequest {
        request_id: request_id(),
        incident_id: incident.to_string(),
        text: "涉及面广,建议按重要舆情办理".into(),
        level: Level::Important.into(),
    };
    let opinion = office.client.clone().file_opinion(office.house.ask(section, message)).await.unwrap().into_inner().opinion.unwrap();
    assert_eq!((opinion.body_id.as_str(), opinion.level()), (body.to_string().as_str(), Level::Important));
    let assessment = office.assessment(incident).await;
    assert_eq!((assessment.opinions, assessment.level), (vec![opinion], Level::Unspecified.into()));
}

#[tokio::test]
async fn an_opinion_on_an_unknown_incident_and_an_empty_or_endless_one_are_refused() {
    let office = office().await;
    let incident = office.incident().await;
    assert_refused(office.file_opinion(office.staff, office.house.new_id(), "有").await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.file_opinion(office.staff, incident, " \n ").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.file_opinion(office.staff, incident, &"长".repeat(5_001)).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.file_opinion(office.leader, incident, "有").await, Code::PermissionDenied, "PERMISSION_DENIED");
}
