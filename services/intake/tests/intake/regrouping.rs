//! Regroupings (归并调整): joining, splitting, moving and taking it back, through the contract.

use crate::office::{BUS, Office, PLANT, WATER, letter, office, sighting};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::{
    assessment::Level as Assessed,
    intake::{
        self as pb,
        incident::State,
        list_incidents_request::Which,
        regrouping::{Kind, State as Standing},
    },
};
use tonic::{Code, Status};

impl Office {
    pub async fn merge(&self, from: &pb::Incident, into: &pb::Incident) -> Result<pb::MergeIncidentsResponse, Status> {
        let message = pb::MergeIncidentsRequest {
            request_id: request_id(),
            from_incident_id: from.incident_id.clone(),
            from_etag: from.etag.clone(),
            into_incident_id: into.incident_id.clone(),
            into_etag: into.etag.clone(),
            reason: "同一件事".into(),
        };
        let answer = self.client.clone().merge_incidents(self.house.ask(self.staff, message)).await?.into_inner();
        self.house.settle().await;
        Ok(answer)
    }

    pub async fn split(&self, incident: &pb::Incident, reports: &[&str]) -> Result<pb::SplitIncidentResponse, Status> {
        let message = pb::SplitIncidentRequest {
            request_id: request_id(),
            incident_id: incident.incident_id.clone(),
            etag: incident.etag.clone(),
            report_ids: reports.iter().map(|id| (*id).to_owned()).collect(),
            reason: "是两件事".into(),
        };
        let answer = self.client.clone().split_incident(self.house.ask(self.staff, message)).await?.into_inner();
        self.house.settle().await;
        Ok(answer)
    }

    pub async fn undo(&self, regrouping: &str) -> Result<pb::Regrouping, Status> {
        let message = pb::UndoRegroupingRequest { request_id: request_id(), regrouping_id: regrouping.into(), reason: "并错了".into() };
        let answer = self.client.clone().undo_regrouping(self.house.ask(self.staff, message)).await?.into_inner();
        self.house.settle().await;
        Ok(answer.regrouping.unwrap())
    }

    pub async fn regroupings(&self, incident: &str) -> Vec<pb::Regrouping> {
        let message = pb::ListRegroupingsRequest { incident_id: incident.into(), ..Default::default() };
        self.client.clone().list_regroupings(self.house.ask(self.leader, message)).await.unwrap().into_inner().regroupings
    }

    pub async fn which(&self, which: Which) -> Vec<String> {
        let message = pb::ListIncidentsRequest { which: which.into(), page_size: 1000, ..Default::default() };
        let answer = self.client.clone().list_incidents(self.house.ask(self.staff, message)).await.unwrap().into_inner();
        answer.incidents.into_iter().map(|incident| incident.number).collect()
    }

    /// The plant, reported at nine, and the water, reported at ten, an incident each.
    async fn two_matters(&self) -> (pb::Report, pb::Report) {
        let plant = self.placed(sighting(&self.paper, "锦绣家园搅拌站扰民", PLANT)).await;
        self.house.at("2026-11-10 10:00").await;
        let water = self.placed(sighting(&self.paper, "河东自来水发黄", WATER)).await;
        (plant, water)
    }
}

fn counts(incident: &pb::Incident) -> (i64, i64, i64) {
    (incident.report_count, incident.distinct_writer_count, incident.recent_writer_count)
}

#[tokio::test]
async fn a_merged_incident_keeps_its_number_and_says_where_it_went_and_the_other_begins_with_the_earliest_report() {
    let office = office().await;
    let (plant, water) = office.two_matters().await;
    let (plant, water) = (office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await);
    let answer = office.merge(&plant, &water).await.unwrap();
    let target = answer.incident.unwrap();
    assert_eq!((target.number.as_str(), target.report_count), ("2026-0002", 2));
    assert_eq!(target.first_report_time, plant.first_report_time);
    assert_eq!(target, office.incident(&water.incident_id).await);
    let merged = office.incident(&plant.incident_id).await;
    assert_eq!((merged.state(), merged.number.as_str(), merged.report_count), (State::Merged, "2026-0001", 0));
    assert_eq!((merged.merged_into_incident_id.as_str(), merged.merged_into_number.as_str()), (water.incident_id.as_str(), "2026-0002"));
    assert_ne!(merged.etag, plant.etag);
    assert_eq!(office.reports(office.staff, &water.incident_id).await.unwrap().len(), 2);
    assert_eq!(office.which(Which::Unspecified).await, ["2026-0002"]);
    assert_eq!(office.which(Which::Merged).await, ["2026-0001"]);
    assert_eq!(office.which(Which::All).await, ["2026-0002", "2026-0001"]);
    let kept = answer.regrouping.unwrap();
    assert_eq!((kept.kind(), kept.state(), kept.report_count, kept.reason.as_str()), (Kind::Merge, Standing::InForce, 1, "同一件事"));
    assert_eq!((kept.from_incident_number.as_str(), kept.to_incident_number.as_str()), ("2026-0001", "2026-0002"));
    assert_eq!((kept.person_id.as_str(), kept.report_ids.len()), (office.staff.to_string().as_str(), 1));
    assert_eq!(office.regroupings(&plant.incident_id).await, [kept.clone()]);
    assert_eq!(office.regroupings(&water.incident_id).await, [kept.clone()]);
    let told = office.told::<pb::IncidentMerged>().await.remove(0);
    assert_eq!((told.incident_id, told.into_incident_id, told.report_count), (plant.incident_id, water.incident_id, 1));
    assert_eq!((told.into_number.as_str(), told.into_report_count, told.first_report_time), ("2026-0002", 2, plant.first_report_time));
    let moved = office.told::<pb::ReportMoved>().await.remove(0);
    assert_eq!(moved.regrouping_id, kept.regrouping_id);
    let placed = office.told::<pb::ReportPlaced>().await.pop().unwrap();
    assert_eq!((placed.incident_number.as_str(), placed.report_count, placed.first_report_time), ("2026-0002", 2, plant.first_report_time));
}

#[tokio::test]
async fn what_is_like_a_merged_incident_comes_into_the_other_and_after_an_undo_into_the_first_again() {
    let office = office().await;
    let (plant, water) = office.two_matters().await;
    let (one, other) = (office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await);
    let regrouping = office.merge(&one, &other).await.unwrap().regrouping.unwrap();
    let like = office.placed(sighting(&office.paper, "锦绣家园搅拌站又开工", PLANT)).await;
    assert_eq!(like.incident_id, water.incident_id);
    let undone = office.undo(&regrouping.regrouping_id).await.unwrap();
    assert_eq!((undone.state(), undone.undone_report_count, undone.undo_reason.as_str()), (Standing::Undone, 1, "并错了"));
    let (back, left) = (office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await);
    assert_eq!((back.state(), back.report_count, back.first_report_time), (State::Open, 1, one.first_report_time));
    // What came in meanwhile stays where it was placed.
    assert_eq!((left.report_count, left.first_report_time), (2, other.first_report_time));
    let next = office.placed(sighting(&office.paper, "锦绣家园搅拌站夜里还在生产", PLANT)).await;
    assert!([&plant.incident_id, &water.incident_id].contains(&&next.incident_id));
    let told = office.told::<pb::RegroupingUndone>().await.remove(0);
    assert_eq!((told.incident_id, told.left_incident_id, told.report_count), (plant.incident_id.clone(), water.incident_id, 1));
    // Why the first report had been there is known again.
    let shown = office.shown(office.staff, &plant.incident_id).await.unwrap();
    assert!(shown.placements.iter().any(|p| p.report_id == plant.report_id && p.ground == "首条线索"), "{:?}", shown.placements);
    assert_refused(office.undo(&regrouping.regrouping_id).await, Code::FailedPrecondition, "REGROUPING_UNDONE");
}

#[tokio::test]
async fn writers_are_counted_once_over_both_and_apart_again_after_an_undo() {
    let office = office().await;
    let at = "2026-11-09 20:00";
    let mut rows: Vec<_> = (0..3).map(|n| letter(n, &format!("P{n}"), &format!("S{n}"), "锦绣家园搅拌站", PLANT, at)).collect();
    rows.extend((2..6).map(|n| letter(n + 10, &format!("W{n}"), &format!("S{n}"), "河东自来水", WATER, at)));
    let outcomes = office.import(rows).await.unwrap();
    let plant = office.incident(&office.report(office.staff, &outcomes[0].report_id).await.unwrap().incident_id).await;
    let water = office.incident(&office.report(office.staff, &outcomes[3].report_id).await.unwrap().incident_id).await;
    assert_eq!((counts(&plant), counts(&water)), ((3, 3, 3), (4, 4, 4)));
    let answer = office.merge(&plant, &water).await.unwrap();
    assert_eq!(counts(&answer.incident.unwrap()), (7, 6, 6));
    assert_eq!(office.told::<pb::ReportPlaced>().await.pop().unwrap().distinct_writers, 6);
    office.undo(&answer.regrouping.unwrap().regrouping_id).await.unwrap();
    let again = (office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await);
    assert_eq!((counts(&again.0), counts(&again.1)), ((3, 3, 3), (4, 4, 4)));
}

#[tokio::test]
async fn what_reports_leave_is_told_with_what_it_adds_up_to_without_them_and_what_all_leave_is_not() {
    let office = office().await;
    let at = "2026-11-09 20:00";
    let rows = (0..4).map(|n| letter(n, &format!("P{n}"), &format!("S{n}"), "锦绣家园搅拌站", PLANT, at)).collect();
    let outcomes = office.import(rows).await.unwrap();
    let plant = office.incident(&office.report(office.staff, &outcomes[0].report_id).await.unwrap().incident_id).await;
    let split = office.split(&plant, &[&outcomes[0].report_id, &outcomes[1].report_id, &outcomes[2].report_id]).await.unwrap();
    let told = office.told::<pb::IncidentRecounted>().await;
    let [left] = told.as_slice() else { unreachable!("{told:?}") };
    assert_eq!((left.incident_id.as_str(), left.report_count, left.distinct_writers), (plant.incident_id.as_str(), 1, 1));
    assert_eq!((&left.number, &left.title), (&plant.number, &plant.title));
    // Taken back, all leave the new one.
    office.undo(&split.regrouping.unwrap().regrouping_id).await.unwrap();
    assert_eq!(office.told::<pb::IncidentRecounted>().await.len(), 1);
}

#[tokio::test]
async fn what_the_system_merged_a_person_takes_back_and_it_is_not_merged_again() {
    let office = office().await;
    office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let alone = "罐车一趟接一趟,窗台上全是水泥灰,机器轰鸣,老人孩子都睡不好。";
    office.placed(sighting(&office.paper, "罐车太多", alone)).await;
    let between = "搅拌站的罐车一趟接一趟,锦绣家园的窗台上全是水泥灰,夜里机器轰鸣,老人孩子都睡不好。";
    office.placed(sighting(&office.paper, "锦绣家园旁搅拌站的罐车太多", between)).await;
    let merged = office.told::<pb::IncidentMerged>().await.remove(0);
    let kept = office.regroupings(&merged.incident_id).await;
    let [kept] = kept.as_slice() else { unreachable!("{kept:?}") };
    assert_eq!((kept.kind(), kept.state(), kept.person_id.as_str(), kept.report_count), (Kind::Merge, Standing::InForce, "", 1));
    assert_eq!(kept.regrouping_id, merged.regrouping_id);
    assert!(kept.reason.starts_with("系统归并:"), "{kept:?}");
    let undone = office.undo(&kept.regrouping_id).await.unwrap();
    assert_eq!((undone.state(), undone.undone_report_count, undone.undo_person_id), (Standing::Undone, 1, office.staff.to_string()));
    let back = office.incident(&merged.incident_id).await;
    assert_eq!((back.state(), back.report_count, back.number.as_str()), (State::Open, 1, merged.number.as_str()));
    office.placed(sighting(&office.paper, "搅拌站的罐车还是太多", &between.replace("夜里", "半夜"))).await;
    let back = office.incident(&merged.incident_id).await;
    assert!(back.state() == State::Open && back.report_count >= 1, "{back:?}");
    assert_eq!(office.told::<pb::IncidentMerged>().await.len(), 1);
}

#[tokio::test]
async fn a_split_opens_an_incident_with_a_new_number_and_its_undo_leaves_the_number_to_it() {
    let office = office().await;
    let first = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.house.at("2026-11-10 11:00").await;
    let second = office.placed(sighting(&office.paper, "搅拌站让锦绣家园居民睡不着", PLANT)).await;
    let incident = office.incident(&first.incident_id).await;
    let all = [first.report_id.as_str(), second.report_id.as_str()];
    assert_refused(office.split(&incident, &all).await, Code::FailedPrecondition, "NOTHING_STAYS");
    let split = office.split(&incident, &[&second.report_id]).await.unwrap();
    let new = split.incident.unwrap();
    assert_eq!((new.number.as_str(), new.title.as_str(), new.report_count), ("2026-0002", "搅拌站让锦绣家园居民睡不着", 1));
    assert_eq!(new.first_report_time, second.register_time);
    let left = office.incident(&first.incident_id).await;
    assert_eq!((left.report_count, left.last_report_time), (1, first.register_time));
    assert_eq!(office.told::<pb::IncidentOpened>().await.pop().unwrap().incident_id, new.incident_id);
    let told = office.told::<pb::IncidentSplit>().await.remove(0);
    assert_eq!((told.incident_id, told.new_number.as_str(), told.report_count), (first.incident_id.clone(), "2026-0002", 1));
    assert_refused(office.split(&left, &[&second.report_id]).await, Code::FailedPrecondition, "REPORT_ELSEWHERE");
    let regrouping = split.regrouping.unwrap();
    assert_eq!((regrouping.kind(), regrouping.opened), (Kind::Split, true));
    office.undo(&regrouping.regrouping_id).await.unwrap();
    assert_eq!(office.incident(&first.incident_id).await.report_count, 2);
    // What it had opened is of the first again, with its number.
    let emptied = office.incident(&new.incident_id).await;
    assert_eq!((emptied.state(), emptied.merged_into_number.as_str(), emptied.report_count), (State::Merged, "2026-0001", 0));
    assert_eq!(office.told::<pb::IncidentMerged>().await.remove(0).incident_id, new.incident_id);
    let next = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    assert_eq!(office.incident(&next.incident_id).await.number, "2026-0003");
}

#[tokio::test]
async fn a_move_is_kept_and_can_be_taken_back_unless_the_report_was_moved_on() {
    let office = office().await;
    let (plant, water) = office.two_matters().await;
    let more = "锦绣家园旁边的搅拌站今天夜里又开工了,灰尘很大,噪声也大。";
    let more = office.placed(sighting(&office.paper, "锦绣家园搅拌站又开工", more)).await;
    assert_eq!(more.incident_id, plant.incident_id);
    office.move_report(&plant.report_id, &water.incident_id).await.unwrap();
    let kept = office.regroupings(&water.incident_id).await.remove(0);
    assert_eq!((kept.kind(), kept.report_ids.as_slice()), (Kind::Move, [plant.report_id.clone()].as_slice()));
    office.undo(&kept.regrouping_id).await.unwrap();
    assert_eq!(office.report(office.staff, &plant.report_id).await.unwrap().incident_id, plant.incident_id);
    office.move_report(&plant.report_id, &water.incident_id).await.unwrap();
    let kept = office.regroupings(&water.incident_id).await.remove(0);
    office.move_report(&plant.report_id, "").await.unwrap();
    assert_refused(office.undo(&kept.regrouping_id).await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
}

#[tokio::test]
async fn with_its_last_report_an_incident_goes_as_in_a_merge_and_comes_back_by_an_undo() {
    let office = office().await;
    let (plant, water) = office.two_matters().await;
    office.move_report(&plant.report_id, &water.incident_id).await.unwrap();
    let (left, joined) = (office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await);
    assert_eq!((left.state(), left.report_count, &left.merged_into_number), (State::Merged, 0, &joined.number));
    assert_eq!(joined.first_report_time, plant.register_time, "the earliest clock is kept");
    let kept = office.regroupings(&water.incident_id).await.remove(0);
    assert_eq!((kept.kind(), kept.report_count), (Kind::Merge, 1));
    office.undo(&kept.regrouping_id).await.unwrap();
    let back = office.incident(&plant.incident_id).await;
    assert_eq!((back.state(), back.report_count), (State::Open, 1));
    // Singly as together: what would lose its clocks stays.
    office.classify(&plant.incident_id, Assessed::Important).await;
    let refused = office.move_report(&plant.report_id, &water.incident_id).await;
    assert_refused(refused, Code::FailedPrecondition, "MERGE_LOSES_CLOCKS");
}

#[tokio::test]
async fn only_what_is_still_where_a_merge_put_it_goes_back() {
    let office = office().await;
    let rows = vec![
        letter(1, "1", "S1", "锦绣家园搅拌站", PLANT, "2026-11-09 20:00"),
        letter(2, "2", "S2", "锦绣家园搅拌站", PLANT, "2026-11-09 20:00"),
        letter(3, "3", "S3", "河东自来水", WATER, "2026-11-09 20:00"),
    ];
    let outcomes = office.import(rows).await.unwrap();
    let plant = office.report(office.staff, &outcomes[0].report_id).await.unwrap().incident_id;
    let water = office.report(office.staff, &outcomes[2].report_id).await.unwrap().incident_id;
    let merge = office.merge(&office.incident(&plant).await, &office.incident(&water).await).await.unwrap();
    office.move_report(&outcomes[1].report_id, "").await.unwrap();
    let undone = office.undo(&merge.regrouping.unwrap().regrouping_id).await.unwrap();
    assert_eq!((undone.report_count, undone.undone_report_count), (2, 1));
    assert_eq!((office.incident(&plant).await.report_count, office.incident(&water).await.report_count), (1, 1));
}

#[tokio::test]
async fn what_was_decided_since_stands_against_an_undo_and_the_refusal_says_what() {
    let office = office().await;
    let (plant, water) = office.two_matters().await;
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    let incident = async |report: &pb::Report| office.incident(&report.incident_id).await;
    let first = office.merge(&incident(&plant).await, &incident(&water).await).await.unwrap().regrouping.unwrap();
    let second = office.merge(&incident(&water).await, &incident(&bus).await).await.unwrap().regrouping.unwrap();
    let refused = office.undo(&first.regrouping_id).await.unwrap_err();
    assert!(refused.message().contains("2026-0003") || format!("{refused:?}").contains("2026-0003"), "{refused:?}");
    assert_refused(Err::<(), _>(refused), Code::FailedPrecondition, "REGROUPING_OVERTAKEN");
    office.undo(&second.regrouping_id).await.unwrap();
    office.house.at("2026-11-10 11:00").await;
    office.classify(&water.incident_id, Assessed::Important).await;
    assert_refused(office.undo(&first.regrouping_id).await, Code::FailedPrecondition, "REGROUPING_OVERTAKEN");
}

#[tokio::test]
async fn a_merged_incident_takes_no_reports_no_units_and_no_other_incident() {
    let office = office().await;
    let (plant, water) = office.two_matters().await;
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.name_bodies(&office.incident(&plant.incident_id).await, &[office.housing]).await.unwrap();
    let (one, other) = (office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await);
    let regrouping = office.merge(&one, &other).await.unwrap().regrouping.unwrap();
    // The units that the one involved, the other involves now, and they see it.
    assert_eq!(office.incident(&water.incident_id).await.body_ids, [office.housing.to_string()]);
    office.shown(office.officer, &water.incident_id).await.unwrap();
    let merged = office.incident(&plant.incident_id).await;
    let to_it = pb::RegisterReportRequest { incident_id: plant.incident_id.clone(), ..sighting(&office.paper, "记者回访", BUS) };
    assert_refused(office.register_by(office.staff, to_it).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.move_report(&bus.report_id, &plant.incident_id).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.name_bodies(&merged, &[office.water]).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    let bus = office.incident(&bus.incident_id).await;
    assert_refused(office.merge(&bus, &merged).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.merge(&merged, &bus).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.merge(&bus, &bus).await, Code::FailedPrecondition, "SAME_INCIDENT");
    assert_refused(office.merge(&one, &bus).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    let stale = pb::Incident { etag: "999".into(), ..bus.clone() };
    assert_refused(office.merge(&stale, &office.incident(&water.incident_id).await).await, Code::Aborted, "INCIDENT_STALE");
    office.undo(&regrouping.regrouping_id).await.unwrap();
    assert!(office.incident(&water.incident_id).await.body_ids.is_empty());
    assert_eq!(office.incident(&plant.incident_id).await.body_ids, [office.housing.to_string()]);
}

#[tokio::test]
async fn who_has_no_such_duty_regroups_nothing_and_reads_no_record_of_it() {
    let office = office().await;
    for person in [office.leader, office.water_head, office.officer] {
        let ask = office.house.ask(person, pb::MergeIncidentsRequest::default());
        assert_refused(office.client.clone().merge_incidents(ask).await, Code::PermissionDenied, "PERMISSION_DENIED");
        let ask = office.house.ask(person, pb::SplitIncidentRequest::default());
        assert_refused(office.client.clone().split_incident(ask).await, Code::PermissionDenied, "PERMISSION_DENIED");
        let ask = office.house.ask(person, pb::UndoRegroupingRequest::default());
        assert_refused(office.client.clone().undo_regrouping(ask).await, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    let ask = office.house.ask(office.water_head, pb::ListRegroupingsRequest::default());
    assert_refused(office.client.clone().list_regroupings(ask).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let nothing = office.house.new_id().to_string();
    assert_refused(office.undo(&nothing).await, Code::NotFound, "REGROUPING_UNKNOWN");
    let ask = office.house.ask(office.staff, pb::ListRegroupingsRequest { incident_id: nothing, ..Default::default() });
    assert_refused(office.client.clone().list_regroupings(ask).await, Code::NotFound, "INCIDENT_UNKNOWN");
    for by in [office.collector, office.staff, office.head] {
        let ask = office.house.ask(by, pb::UndoRegroupingRequest::default());
        assert_refused(office.client.clone().undo_regrouping(ask).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
}

#[tokio::test]
async fn an_incident_goes_into_the_one_whose_clocks_bind_more() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.classify(&water.incident_id, Assessed::Important).await;
    office.classify(&bus.incident_id, Assessed::Ordinary).await;
    let [plant, water, bus] =
        [office.incident(&plant.incident_id).await, office.incident(&water.incident_id).await, office.incident(&bus.incident_id).await];
    assert_refused(office.merge(&water, &plant).await, Code::FailedPrecondition, "MERGE_LOSES_CLOCKS");
    assert_refused(office.merge(&water, &bus).await, Code::FailedPrecondition, "MERGE_LOSES_CLOCKS");
    assert_refused(office.merge(&bus, &plant).await, Code::FailedPrecondition, "MERGE_LOSES_CLOCKS");
    office.merge(&bus, &water).await.unwrap();
}
