//! From a committed fact to its effect in another service: assessment classifies an incident, intake shows its level.

use std::time::{Duration, Instant};

use chassis::wire_time;
use huiying::client::request_id;
use huiying_proto::{
    assessment::{ConfirmAssessmentRequest, EventGrade, GetAssessmentRequest, Level, OverrideAssessmentRequest},
    intake::{GetIncidentRequest, GetReportRequest, RegisterReportRequest},
};
use jiff::Timestamp;

use crate::{Findings, Plan, quantile, town::Town};

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let incident_id = incident(town).await;
    let (mut assessment, mut intake) = (town.client().assessment().unwrap(), town.client().intake().unwrap());
    let mut etag = assessment
        .get_assessment(GetAssessmentRequest { incident_id: incident_id.clone() })
        .await
        .unwrap()
        .into_inner()
        .assessment
        .unwrap()
        .etag;
    let (mut to_answer, mut to_effect) = (Vec::new(), Vec::new());
    for n in 0..plan.effects {
        let (incident_id, grade) = (incident_id.clone(), EventGrade::None.into());
        let start = Instant::now();
        let (decided, level) = if n % 2 == 0 {
            let level = Level::Important.into();
            let message = OverrideAssessmentRequest {
                request_id: request_id(),
                incident_id: incident_id.clone(),
                etag,
                level,
                grade,
                reason: "试".into(),
            };
            (assessment.override_assessment(message).await.unwrap().into_inner().assessment, Level::Important)
        } else {
            let message = ConfirmAssessmentRequest { request_id: request_id(), incident_id: incident_id.clone(), etag, grade };
            (assessment.confirm_assessment(message).await.unwrap().into_inner().assessment, Level::Ordinary)
        };
        let committed = Instant::now();
        to_answer.push((committed - start).as_secs_f64() * 1000.0);
        etag = decided.unwrap().etag;
        loop {
            let message = GetIncidentRequest { incident_id: incident_id.clone() };
            let seen = intake.get_incident(message).await.unwrap().into_inner().incident.unwrap().level;
            if seen == level as i32 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        to_effect.push(committed.elapsed().as_secs_f64() * 1000.0);
    }
    findings.add("decide_ms_median", "a decision, from call to answer, one caller: median", "ms", quantile(to_answer, 0.5));
    findings.add(
        "effect_ms_median",
        "from a committed fact to its effect in another service: median",
        "ms",
        quantile(to_effect.clone(), 0.5),
    );
    findings.add("effect_ms_p99", "                                                        p99", "ms", quantile(to_effect, 0.99));
}

/// A new incident, assessed by the machine.
pub async fn incident(town: &Town) -> String {
    let mut intake = town.client().intake().unwrap();
    let request = RegisterReportRequest {
        request_id: request_id(),
        outlet_id: town.outlet_id.clone(),
        title: "路灯不亮".into(),
        excerpt: "路灯不亮,请修复。".into(),
        publish_time: Some(wire_time(Timestamp::now())),
        non_classified: true,
        ..Default::default()
    };
    let report_id = intake.register_report(request).await.unwrap().into_inner().report.unwrap().report_id;
    town.office.settle().await;
    intake.get_report(GetReportRequest { report_id }).await.unwrap().into_inner().report.unwrap().incident_id
}
