//! A flood (舆情爆发): central media report one incident over and over, each of them a hit of 二(一). What the last of them cost against the first.

use std::time::Instant;

use chassis::wire_time;
use futures::{StreamExt, stream};
use huiying::client::request_id;
use huiying_proto::{
    assessment::GetAssessmentRequest,
    intake::{
        ListIncidentsRequest, RegisterOutletRequest, RegisterReportRequest,
        list_incidents_request::Order,
        outlet::{Medium, Tier},
    },
};
use jiff::Timestamp;

use crate::{Findings, Plan, median, placing, town::Town};

const CALLERS: usize = 64;
const PARTS: usize = 10;
const SAYS: [&str; 8] = ["现场", "伤者", "救援", "调查", "通报", "家属", "附近居民", "专家"];

/// Invented; no two alike enough to be one piece.
fn report(outlet_id: &str, n: usize) -> RegisterReportRequest {
    let says = |step: usize| SAYS[n / SAYS.len().pow(u32::try_from(step).unwrap()) % SAYS.len()];
    RegisterReportRequest {
        request_id: request_id(),
        outlet_id: outlet_id.to_owned(),
        title: format!("河东化工园储罐爆炸:{}与{}", says(0), says(1)),
        excerpt: format!("河东化工园区一处储罐发生爆炸,第{n}次报道,{}、{}、{}的最新情况,化工园已经疏散。", says(2), says(3), says(4)),
        publish_time: Some(wire_time(Timestamp::now())),
        sensitive: true,
        non_classified: true,
        ..Default::default()
    }
}

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let (intake, mut assessment) = (town.client().intake().unwrap(), town.client().assessment().unwrap());
    let outlet = RegisterOutletRequest {
        request_id: request_id(),
        name: "某央媒".into(),
        tier: Tier::Central.into(),
        medium: Medium::Web.into(),
        hosts: vec![],
    };
    let outlet_id = intake.clone().register_outlet(outlet).await.unwrap().into_inner().outlet.unwrap().outlet_id;
    let part = plan.flood / PARTS;
    let mut rates = Vec::new();
    for nth in 0..PARTS {
        let start = Instant::now();
        let calls = (nth * part..(nth + 1) * part).map(|n| {
            let (mut intake, report) = (intake.clone(), report(&outlet_id, n));
            async move { intake.register_report(report).await.unwrap() }
        });
        stream::iter(calls).buffer_unordered(CALLERS).for_each(|_| async {}).await;
        town.office.settle().await;
        rates.push(part as f64 / start.elapsed().as_secs_f64());
    }
    let asked = ListIncidentsRequest { order: Order::ReportCount.into(), page_size: 1, ..Default::default() };
    let incident = intake.clone().list_incidents(asked).await.unwrap().into_inner().incidents.remove(0);
    findings.add(
        "flood_in_one_percent",
        "of a flood's reports, in one incident",
        "%",
        100.0 * incident.report_count as f64 / plan.flood as f64,
    );
    findings.add("flood_per_second", "of them, registered, grouped, assessed and heard by all", "/s", median(rates.clone()));
    let (first, last) = (median(rates[..3].to_vec()), median(rates[PARTS - 3..].to_vec()));
    findings.add("flood_ratio", "the last three tenths against the first three (limit: at least 0.5)", "×", last / first);
    let others = (0..=plan.effects).map(|n| report(&outlet_id, plan.flood + n));
    placing::measure(town, findings, "flood_", others).await;
    let mut times = Vec::new();
    let mut hits = 0;
    for _ in 0..plan.rounds.max(3) {
        let start = Instant::now();
        let asked = GetAssessmentRequest { incident_id: incident.incident_id.clone() };
        let shown = assessment.get_assessment(asked).await.unwrap().into_inner().assessment.unwrap();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        hits = shown.grounds.iter().map(|ground| ground.hit_count).sum();
    }
    findings.add("flood_hits", "hits of the tests of 二 on it", "", hits as f64);
    findings.add("flood_assessment_ms", "GetAssessment of it: median", "ms", median(times));
}
