//! Suggestions (建议归并), through the contract: what the machine is not sure of, and a person decides.

use crate::office::{BUS, Office, PLANT, WATER, office, sighting};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake as pb;
use tonic::{Code, Status};

impl Office {
    async fn suggestions(&self) -> Vec<pb::Suggestion> {
        let ask = self.house.ask(self.head, pb::ListSuggestionsRequest::default());
        self.client.clone().list_suggestions(ask).await.unwrap().into_inner().suggestions
    }

    async fn dismiss(&self, report: &str) -> Result<(), Status> {
        let message =
            pb::DismissSuggestionRequest {
                request_id: request_id(), report_id: report.into(), reason: "扬尘来自另一处工地".into()
            };
        self.client.clone().dismiss_suggestion(self.house.ask(self.staff, message)).await.map(|_| ())
    }
}

/// An office in which a report is near an incident, and not near enough: both, and what is suggested.
async fn unsure() -> (Office, pb::Report, pb::Suggestion) {
    let texts = [
        ("窗台上的灰尘从哪里来", "家住锦绣家园,家里的窗台一天不擦就是一层灰,冬天也不敢开窗,孩子咳嗽了半个月,请环保局来测一测空气。"),
        ("夜里有怪声", "最近一到夜里锦绣家园就有嗡嗡的声音,听不出是从哪里来的,早上又没有了,家里老人心脏不好,请查一查。"),
        ("混凝土罐车压坏了路", "搅拌站的罐车每天上百趟,柳桥路的路面压出了坑,骑车的人摔了好几个,什么时候修?"),
        ("罐车半夜不停", "运混凝土的罐车半夜还在跑,锦绣家园门口的路灯又不亮,骑车的人摔了好几个。"),
    ];
    for (title, text) in texts {
        let office = office().await;
        for (title, text) in
            [("河东自来水发黄", WATER), ("3路公交改线", BUS), ("门诊挂号难", "县医院的门诊早上五点就没有号了,外地的老人白跑一趟。")]
        {
            office.placed(sighting(&office.paper, title, text)).await;
        }
        let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
        let report = office.placed(sighting(&office.paper, title, text)).await;
        if let [suggestion] = office.suggestions().await.as_slice() {
            assert_eq!((&suggestion.report_id, &suggestion.incident_id), (&report.report_id, &report.incident_id));
            assert_eq!((suggestion.report_title.as_str(), &suggestion.other_incident_id), (title, &plant.incident_id));
            return (office, plant, suggestion.clone());
        }
    }
    panic!("none of them is near");
}

#[tokio::test]
async fn what_the_machine_is_not_sure_of_is_listed_with_its_likeness_and_reasons_until_a_person_dismisses_it() {
    let (office, plant, suggestion) = unsure().await;
    let other = office.incident(&plant.incident_id).await;
    assert_eq!((suggestion.other_incident_number, suggestion.other_incident_title), (other.number, other.title));
    assert!(suggestion.score > 0.0 && suggestion.score < 1.0 && !suggestion.ground.is_empty(), "{}", suggestion.ground);
    office.dismiss(&suggestion.report_id).await.unwrap();
    let told = office.told::<pb::SuggestionDismissed>().await.remove(0);
    assert_eq!((told.incident_id, told.other_incident_id), (suggestion.incident_id, plant.incident_id.clone()));
    assert_eq!((told.person_id, told.reason.as_str()), (office.staff.to_string(), "扬尘来自另一处工地"));
    assert!(office.suggestions().await.is_empty());
    assert_refused(office.dismiss(&suggestion.report_id).await, Code::NotFound, "SUGGESTION_UNKNOWN");
    assert_refused(office.dismiss(&plant.report_id).await, Code::NotFound, "SUGGESTION_UNKNOWN");
}

#[tokio::test]
async fn what_is_suggested_is_where_the_other_incident_went_however_often_it_was_merged() {
    let (office, plant, suggestion) = unsure().await;
    let others = office.incidents(office.head).await;
    let apart = |incident: &&pb::Incident| ![&plant.incident_id, &suggestion.incident_id].contains(&&incident.incident_id);
    let others: Vec<&pb::Incident> = others.iter().filter(apart).collect();
    office.merge(&office.incident(&plant.incident_id).await, others[0]).await.unwrap();
    office.merge(&office.incident(&others[0].incident_id).await, others[1]).await.unwrap();
    let now = office.suggestions().await;
    assert_eq!(now.iter().map(|one| &one.other_incident_number).collect::<Vec<_>>(), [&others[1].number]);
}

#[tokio::test]
async fn a_unit_is_not_told_of_the_other_incident() {
    let (office, _, suggestion) = unsure().await;
    office.name_bodies(&office.incident(&suggestion.incident_id).await, &[office.water]).await.unwrap();
    let ground = |shown: pb::GetIncidentResponse| shown.placements[0].ground.clone();
    let office_reads = ground(office.shown(office.staff, &suggestion.incident_id).await.unwrap());
    let unit_reads = ground(office.shown(office.water_head, &suggestion.incident_id).await.unwrap());
    assert!(office_reads.contains(&suggestion.other_incident_number), "{office_reads}");
    assert_eq!(unit_reads, "首条线索");
}

#[tokio::test]
async fn a_suggestion_no_longer_stands_when_the_incidents_are_one_and_stands_again_when_that_is_taken_back() {
    let (office, plant, suggestion) = unsure().await;
    let (from, into) = (office.incident(&suggestion.incident_id).await, office.incident(&plant.incident_id).await);
    let merged = office.merge(&from, &into).await.unwrap();
    assert!(office.suggestions().await.is_empty());
    office.undo(&merged.regrouping.unwrap().regrouping_id).await.unwrap();
    assert_eq!(office.suggestions().await, [suggestion.clone()]);
    office.move_report(&suggestion.report_id, &plant.incident_id).await.unwrap();
    assert!(office.suggestions().await.is_empty());
}
