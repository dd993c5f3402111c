//! Correcting where a report appeared (更正线索), 四(一)一.

use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake::{
    self as pb, ReportCorrected, SearchReportsRequest,
    outlet::{Medium, Tier},
};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::office::{Office, PLANT, WATER, office, sighting};

/// What is said of a report, anew.
fn correction(report: &str, outlet: &str) -> pb::CorrectReportRequest {
    pb::CorrectReportRequest {
        request_id: request_id(),
        report_id: report.into(),
        outlet_id: outlet.into(),
        reason: "登记时选错来源".into(),
        ..Default::default()
    }
}

impl Office {
    async fn correct_report(&self, by: Uuid, message: pb::CorrectReportRequest) -> Result<pb::Report, Status> {
        let report = self.client.clone().correct_report(self.house.ask(by, message)).await?.into_inner().report.unwrap();
        self.house.settle().await;
        Ok(report)
    }

    /// The titles found at outlets of a level.
    async fn at(&self, tier: Tier) -> Vec<String> {
        self.found(SearchReportsRequest { tier: tier.into(), ..Default::default() }).await
    }
}

#[tokio::test]
async fn a_report_under_the_wrong_outlet_is_corrected_told_and_found_where_it_appeared() {
    let office = office().await;
    let central = office.register_outlet("人民日报", Tier::Central, Medium::Paper).await.unwrap();
    let placed = office.placed(pb::RegisterReportRequest { page: "第三版".into(), ..sighting(&office.paper, "搅拌站扰民", PLANT) }).await;
    let message = pb::CorrectReportRequest { page: "头版".into(), sensitive: true, ..correction(&placed.report_id, &central.outlet_id) };
    let corrected = office.correct_report(office.collector, message.clone()).await.unwrap();
    assert_eq!((corrected.outlet_name.as_str(), corrected.tier(), corrected.medium()), ("人民日报", Tier::Central, Medium::Paper));
    assert_eq!((corrected.page.as_str(), corrected.sensitive, &corrected.incident_id), ("头版", true, &placed.incident_id));
    assert_eq!(office.report(office.staff, &placed.report_id).await.unwrap(), corrected);
    let fact = office.told::<ReportCorrected>().await.pop().unwrap();
    assert_eq!((fact.incident_id.as_str(), fact.tier(), fact.sensitive), (placed.incident_id.as_str(), Tier::Central, true));
    assert_eq!((fact.was.as_str(), fact.person_id), ("X市日报(市级媒体,纸质媒体),第三版,非敏感", office.collector.to_string()));
    assert_eq!((office.at(Tier::Central).await, office.at(Tier::City).await), (vec!["搅拌站扰民".to_owned()], vec![]));
    // Its words are found as before.
    assert_eq!(office.found(SearchReportsRequest { query: "搅拌站".into(), ..Default::default() }).await, ["搅拌站扰民"]);
    // The same call again is answered as before; another that says the same changes nothing.
    assert_eq!(office.correct_report(office.collector, message.clone()).await.unwrap(), corrected);
    let again = pb::CorrectReportRequest { request_id: request_id(), ..message };
    assert_refused(office.correct_report(office.staff, again).await, Code::FailedPrecondition, "REPORT_UNCHANGED");
}

#[tokio::test]
async fn where_a_report_was_seen_again_is_corrected_by_itself() {
    let office = office().await;
    let central = office.register_outlet("人民网", Tier::Central, Medium::Web).await.unwrap();
    let county = office.register_outlet("县融媒体", Tier::County, Medium::Web).await.unwrap();
    let piece = |outlet: &str| pb::RegisterReportRequest { excerpt: PLANT.into(), ..sighting(outlet, "搅拌站扰民", PLANT) };
    let report = office.placed(piece(&office.paper)).await;
    let message = piece(&county.outlet_id);
    let again = office.client.clone().register_report(office.house.ask(office.staff, message)).await.unwrap().into_inner();
    office.house.settle().await;
    assert_eq!(office.at(Tier::County).await, ["搅拌站扰民"]);
    let message = pb::CorrectReportRequest { sighting_id: again.sighting_id.clone(), ..correction(&report.report_id, &central.outlet_id) };
    let corrected = office.correct_report(office.head, message).await.unwrap();
    assert_eq!(corrected.outlet_name, "X市日报", "the report itself stays");
    let sightings = office.sightings(office.staff, &report.report_id).await.unwrap();
    assert_eq!(sightings.iter().map(|s| (s.outlet_name.as_str(), s.tier())).collect::<Vec<_>>(), [("人民网", Tier::Central)]);
    assert_eq!(office.told::<ReportCorrected>().await.pop().unwrap().sighting_id, again.sighting_id);
    let found = (office.at(Tier::County).await, office.at(Tier::Central).await, office.at(Tier::City).await);
    assert_eq!(found, (vec![], vec!["搅拌站扰民".to_owned()], vec!["搅拌站扰民".to_owned()]));
    let message =
        pb::CorrectReportRequest { sighting_id: office.house.new_id().to_string(), ..correction(&report.report_id, &office.paper) };
    assert_refused(office.correct_report(office.head, message).await, Code::NotFound, "REPORT_UNKNOWN");
}

#[tokio::test]
async fn what_an_outlet_has_under_the_same_id_a_letter_and_what_is_unknown_are_refused_and_nothing_is_lost() {
    let office = office().await;
    let web = office.register_outlet("县融媒体", Tier::County, Medium::Web).await.unwrap();
    let named =
        |outlet: &str, title: &str, text: &str| pb::RegisterReportRequest { external_id: "A1".into(), ..sighting(outlet, title, text) };
    let report = office.placed(named(&office.paper, "搅拌站扰民", PLANT)).await;
    office.placed(named(&web.outlet_id, "河东自来水发黄", WATER)).await;
    let nobody = office.house.new_id().to_string();
    let to = |outlet: &str| correction(&report.report_id, outlet);
    assert_refused(office.correct_report(office.staff, to(&web.outlet_id)).await, Code::AlreadyExists, "REPORT_DUPLICATE");
    assert_refused(office.correct_report(office.staff, to(&office.mailbox)).await, Code::FailedPrecondition, "REPORT_KIND_DIFFERS");
    assert_refused(office.correct_report(office.staff, to(&nobody)).await, Code::NotFound, "OUTLET_UNKNOWN");
    assert_refused(office.correct_report(office.staff, correction(&nobody, &office.paper)).await, Code::NotFound, "REPORT_UNKNOWN");
    let silent = pb::CorrectReportRequest { reason: String::new(), ..to(&web.outlet_id) };
    assert_refused(office.correct_report(office.staff, silent).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.correct_report(office.water_head, to(&web.outlet_id)).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_eq!(office.report(office.staff, &report.report_id).await.unwrap(), report);
}
