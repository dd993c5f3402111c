//! Trends, 四(二): counted from what intake tells, and told when they rise.

use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    assessment::{self as pb, EventGrade, IncidentAssessed, Level, TrendRose, assessment::State},
    directory::{Role, body::Kind},
    intake::{ReportPlaced, outlet::Medium, outlet::Tier},
};
use serde_json::{Value, json};
use tonic::Code;
use uuid::Uuid;

use crate::{
    office::{Office, letter, office, report},
    spreading::again,
};

/// A letter that appeared at a civil time.
fn appeared(civil: &str) -> ReportPlaced {
    ReportPlaced { publish_time: Some(wire_time(moment(civil))), ..letter(1) }
}

/// Some letters are placed now.
async fn burst(office: &Office, incident: Uuid, letters: usize) {
    for _ in 0..letters {
        office.place(incident, letter(1)).await;
    }
}

fn counts(trend: &pb::Trend) -> Vec<i64> {
    trend.hours.iter().map(|hour| hour.report_count).collect()
}

#[tokio::test]
async fn reports_are_counted_in_the_civil_hour_in_which_they_appeared() {
    let office = office().await;
    let incident = office.incident().await;
    for civil in ["2026-11-10 06:59", "2026-11-10 07:00", "2026-11-10 07:59", "2026-11-10 09:00"] {
        office.place(incident, appeared(civil)).await;
    }
    // It says that it appeared after it was placed: it is counted when it was placed.
    office.place(incident, appeared("2026-11-11 08:00")).await;
    // Nothing tells when it appeared.
    office.place(incident, letter(1)).await;
    let trend = office.trend(office.staff, incident, 4, 0).await.unwrap();
    assert_eq!(counts(&trend), [1, 2, 0, 3]);
    assert_eq!(trend.hours[0].start_time, Some(wire_time(moment("2026-11-10 06:00"))));
    assert_eq!(trend.as_of_time, Some(wire_time(moment("2026-11-10 09:00"))));
    let speed = trend.speed.unwrap();
    assert_eq!((speed.window_hours, speed.report_count, speed.previous_report_count, speed.growth_factor), (6, 6, 0, None));
    assert!((speed.reports_per_hour - 1.0).abs() < 1e-9);
}

#[tokio::test]
async fn a_figure_that_no_report_tells_is_absent_and_not_zero() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, appeared("2026-11-10 07:10")).await;
    let web = ReportPlaced { view_count: 700, ..report(Tier::County, Medium::Web) };
    let id = office.place(incident, web.clone()).await;
    office.place(incident, ReportPlaced { view_count: 50, ..web.clone() }).await;
    let reach = |trend: &pb::Trend| trend.hours.iter().map(|hour| (hour.report_count, hour.reach, hour.sighting_count)).collect::<Vec<_>>();
    let trend = office.trend(office.staff, incident, 3, 0).await.unwrap();
    assert_eq!(reach(&trend), [(1, None, Some(1)), (0, None, None), (2, Some(750), Some(2))]);
    // Told again, with more views: the same report, counted once, with what it tells now.
    office.place_as(id, incident, ReportPlaced { view_count: 900, ..web }).await;
    let trend = office.trend(office.staff, incident, 3, 0).await.unwrap();
    assert_eq!(reach(&trend), [(1, None, Some(1)), (0, None, None), (2, Some(950), Some(2))]);
}

#[tokio::test]
async fn a_moved_report_moves_its_count_and_one_placed_elsewhere_does_too() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.incident().await);
    let id = office.place(from, ReportPlaced { view_count: 20, ..appeared("2026-11-10 08:10") }).await;
    office.place(from, appeared("2026-11-10 08:20")).await;
    office.move_report(id, from, to).await;
    let hour = |trend: pb::Trend| (trend.hours[0].report_count, trend.hours[0].reach);
    assert_eq!(hour(office.trend(office.staff, from, 2, 0).await.unwrap()), (1, None));
    assert_eq!(hour(office.trend(office.staff, to, 2, 0).await.unwrap()), (1, Some(20)));
    office.place_as(id, from, appeared("2026-11-10 08:10")).await;
    assert_eq!(hour(office.trend(office.staff, from, 2, 0).await.unwrap()), (2, None));
    assert_eq!(hour(office.trend(office.staff, to, 2, 0).await.unwrap()), (0, None));
}

#[tokio::test]
async fn a_trend_of_few_hours_is_not_forecast_and_says_why_and_one_of_many_is() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(1)).await;
    let trend = office.trend(office.staff, incident, 0, 0).await.unwrap();
    assert_eq!((trend.hours.len(), trend.forecast_hours.len(), trend.doubling_hours), (48, 0, None));
    assert!(trend.forecast_method.contains("不足12个") && trend.speed_method.contains("速度="), "{}", trend.forecast_method);
    for (at, letters) in [1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8, 9].into_iter().enumerate() {
        for _ in 0..letters {
            office.place(incident, appeared(&format!("2026-11-09 {:02}:15", at + 10))).await;
        }
    }
    let trend = office.trend(office.staff, incident, 24, 12).await.unwrap();
    assert_eq!(trend.forecast_hours.len(), 12, "{}", trend.forecast_method);
    assert_eq!(trend.forecast_hours[0].start_time, Some(wire_time(moment("2026-11-10 09:00"))));
    for hour in &trend.forecast_hours {
        assert!(hour.lower_95 <= hour.lower_80 && hour.lower_80 <= hour.upper_80 && hour.upper_80 <= hour.upper_95, "{hour:?}");
    }
    assert!(!trend.turning_points.is_empty(), "{trend:?}");
}

#[tokio::test]
async fn a_rise_past_the_threshold_is_told_once_and_has_the_incident_assessed_anew() {
    let office = office().await;
    let incident = office.incident().await;
    burst(&office, incident, 17).await;
    assert!(office.told::<TrendRose>().await.is_empty());
    let ordinary = office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    assert_eq!(ordinary.level(), Level::Ordinary);
    burst(&office, incident, 5).await;
    let told = office.told::<TrendRose>().await;
    let [(rose, record)] = told.as_slice() else { unreachable!("once a rise: {told:?}") };
    assert_eq!((rose.clause.as_str(), rose.window_hours, rose.report_count, rose.previous_report_count), ("四(二)", 6, 18, 0));
    assert_eq!((rose.number.as_str(), rose.title.as_str()), ("2026-0001", "河东供水"));
    assert_eq!((&rose.incident_id, &rose.body_ids), (&incident.to_string(), &vec![office.unit.to_string()]));
    assert_eq!(rose.text, "近6小时线索18条,此前6小时没有");
    assert_eq!(record.events.iter().filter(|e| e.incident_id == incident.to_string()).count(), 2);
    // The computed factor is a ground that a person weighs; the level decided stays until then.
    let assessment = office.assessment(incident).await;
    let [ground] = assessment.grounds.as_slice() else { unreachable!("one ground: {:?}", assessment.grounds) };
    assert_eq!((ground.test_id.as_str(), ground.clause.as_str(), ground.needs_confirmation), ("trend_rise", "四(二)", true));
    let seen: Value = serde_json::from_str(&ground.values_json).unwrap();
    assert_eq!((&seen["trend.report_count"], &seen["trend.speed_per_hour"]), (&json!(18), &json!(3)));
    assert_eq!(
        (assessment.state(), assessment.level(), assessment.suggested_level()),
        (State::Confirmed, Level::Ordinary, Level::Important)
    );
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
    assert_eq!(office.told::<IncidentAssessed>().await.len(), 1);
}

#[tokio::test]
async fn a_second_rise_after_a_quiet_time_is_told_again_even_when_it_is_heard_in_one_go() {
    let office = office().await;
    let incident = office.incident().await;
    burst(&office, incident, 18).await;
    let seen = office.assessment(incident).await;
    office.override_level(office.head, &seen, Level::Ordinary, "同一小区集体来信").await.unwrap();
    office.house.at("2026-11-11 09:10").await;
    let trend = office.trend(office.staff, incident, 2, 0).await.unwrap();
    assert_eq!(trend.rises[0].end_time, Some(wire_time(moment("2026-11-10 16:00"))), "seen to have ended though no report came");
    burst(&office, incident, 17).await;
    assert_eq!(office.told::<TrendRose>().await.len(), 1);
    assert!(office.listed(office.staff, true).await.is_empty());
    burst(&office, incident, 3).await;
    assert_eq!(office.told::<TrendRose>().await.len(), 2);
    // What was overridden comes back to a person.
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
    let rises = office.trend(office.staff, incident, 2, 0).await.unwrap().rises;
    let times: Vec<_> = rises.iter().map(|rise| (rise.begin_time, rise.end_time)).collect();
    let at = |civil| Some(wire_time(moment(civil)));
    assert_eq!(times, [(at("2026-11-11 09:10"), None), (at("2026-11-10 09:00"), at("2026-11-10 16:00"))]);
    // The ground is of the rise that goes on.
    let grounds = office.assessment(incident).await.grounds;
    assert_eq!((grounds.len(), grounds[0].hit_time), (1, at("2026-11-11 09:10")));
}

#[tokio::test]
async fn a_rise_of_which_the_reports_are_taken_away_ends_and_its_ground_lapses() {
    let office = office().await;
    let (incident, other) = (office.incident().await, office.incident().await);
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(office.place(incident, letter(1)).await);
    }
    office.house.at("2026-11-10 09:40").await;
    for (left, id) in ids.into_iter().enumerate().take(3) {
        let carried = office.assessment(incident).await.grounds.len();
        assert_eq!(carried, 1, "{left} left");
        office.move_report(id, incident, other).await;
        office.recount(incident, 19 - i64::try_from(left).unwrap(), 1).await;
    }
    let left = office.assessment(incident).await;
    assert_eq!((left.grounds.len(), left.suggested_level()), (0, Level::Ordinary));
    let rises = office.trend(office.staff, incident, 2, 0).await.unwrap().rises;
    assert_eq!((rises.len(), rises[0].end_time), (1, Some(wire_time(moment("2026-11-10 09:40")))));
}

#[tokio::test]
async fn a_report_that_is_reposted_fast_is_a_rise_too() {
    let office = office().await;
    let incident = office.incident().await;
    let id = office.place(incident, letter(1)).await;
    for _ in 0..16 {
        office.seen_again(incident, &again(&office, id, "2026-11-10 08:20", 0)).await;
    }
    assert!(office.told::<TrendRose>().await.is_empty());
    office.seen_again(incident, &again(&office, id, "2026-11-10 08:40", 0)).await;
    let told = office.told::<TrendRose>().await;
    assert_eq!(told.iter().map(|(rose, _)| (rose.report_count, rose.previous_report_count)).collect::<Vec<_>>(), [(18, 0)]);
}

#[tokio::test]
async fn many_reports_that_did_not_grow_are_no_rise_and_old_ones_that_come_late_are_none() {
    let office = office().await;
    let (steady, late) = (office.incident().await, office.incident().await);
    for (civil, letters) in [("2026-11-10 02:30", 12), ("2026-11-10 08:30", 20)] {
        for _ in 0..letters {
            office.place(steady, appeared(civil)).await;
        }
    }
    for _ in 0..30 {
        office.place(late, appeared("2026-11-08 08:30")).await;
    }
    assert!(office.told::<TrendRose>().await.is_empty());
}

#[tokio::test]
async fn reports_that_a_person_moves_together_are_a_rise_too() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.incident().await);
    let mut ids = Vec::new();
    for _ in 0..9 {
        ids.push(office.place(from, letter(1)).await);
        office.place(to, letter(1)).await;
    }
    for id in ids {
        office.move_report(id, from, to).await;
    }
    let told = office.told::<TrendRose>().await;
    assert_eq!(told.iter().map(|(rose, _)| rose.incident_id.clone()).collect::<Vec<_>>(), [to.to_string()]);
}

#[tokio::test]
async fn who_sees_an_incident_sees_its_trend_factors_and_levels_and_nobody_else() {
    let office = office().await;
    let incident = office.incident().await;
    let auditor = office.house.person("auditor", office.body, &[Role::Auditor]).await;
    let administrator = office.house.person("administrator", office.unit, &[Role::SystemAdministrator]).await;
    let body = office.house.body("secretary", "秘书科", Kind::Section).await;
    let section = office.house.person("section", body, &[Role::UnitHandler]).await;
    for person in [office.staff, office.head, office.leader, office.handler, auditor, section] {
        assert_eq!(office.trend(person, incident, 1, 0).await.unwrap().hours.len(), 1);
        assert!(office.factors(person, incident, false).await.unwrap().is_empty());
        assert!(office.level_changes(person, incident).await.unwrap().is_empty());
    }
    for person in [office.other_handler, administrator] {
        assert_refused(office.trend(person, incident, 1, 0).await, Code::NotFound, "INCIDENT_UNKNOWN");
        assert_refused(office.factors(person, incident, false).await, Code::NotFound, "INCIDENT_UNKNOWN");
        assert_refused(office.level_changes(person, incident).await, Code::NotFound, "INCIDENT_UNKNOWN");
    }
    assert_refused(office.trend(office.staff, office.house.new_id(), 1, 0).await, Code::NotFound, "INCIDENT_UNKNOWN");
    for (hours, ahead) in [(-1, 0), (745, 0), (0, 5), (0, 13), (i32::MIN, i32::MAX)] {
        assert_refused(office.trend(office.staff, incident, hours, ahead).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
}
