//! Trends: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::assessment as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Expected, Hour, Rise, Speed, Trend, Turn, commands::Get, words};

const MOST_HOURS: i64 = 744;

pub(crate) fn get(message: &pb::GetTrendRequest) -> Result<Get, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    let hours = match i64::from(message.hours) {
        0 => 48,
        hours @ 1..=MOST_HOURS => hours,
        _ => {
            fields.wrong("hours", format!("应为 0 至 {MOST_HOURS}"));
            1
        }
    };
    let ahead = match usize::try_from(message.forecast_hours) {
        Ok(0) => 6,
        Ok(ahead @ 6..=12) => ahead,
        _ => {
            fields.wrong("forecast_hours", "应为 0,或 6 至 12");
            6
        }
    };
    fields.check().map(|()| Get { incident_id, hours, ahead })
}

fn speed_to_wire(speed: &Speed) -> pb::TrendSpeed {
    pb::TrendSpeed {
        window_hours: i32::try_from(speed.window).unwrap_or(i32::MAX),
        report_count: speed.reports,
        reports_per_hour: speed.per_hour(),
        previous_report_count: speed.before,
        growth_factor: speed.growth(),
    }
}

fn hour_to_wire(hour: &Hour) -> pb::TrendHour {
    pb::TrendHour {
        start_time: Some(wire_time(hour.hour.start())),
        report_count: hour.reports,
        sighting_count: hour.figures.sightings,
        reach: hour.figures.reach,
    }
}

fn turn_to_wire(turn: &Turn) -> pb::TurningPoint {
    pb::TurningPoint {
        start_time: Some(wire_time(turn.hour.start())),
        reports_per_hour_before: turn.before,
        reports_per_hour_after: turn.after,
    }
}

fn expected_to_wire(expected: &Expected) -> pb::ForecastHour {
    pb::ForecastHour {
        start_time: Some(wire_time(expected.hour.start())),
        report_count: expected.reports,
        lower_80: expected.within_80.0,
        upper_80: expected.within_80.1,
        lower_95: expected.within_95.0,
        upper_95: expected.within_95.1,
    }
}

fn rise_to_wire(rise: &Rise) -> pb::TrendRise {
    pb::TrendRise {
        rise_id: rise.id.to_string(),
        begin_time: Some(wire_time(rise.begin_time)),
        end_time: rise.end_time.map(wire_time),
        speed: Some(speed_to_wire(&rise.speed)),
    }
}

pub(crate) fn to_wire(incident_id: Uuid, now: Timestamp, trend: &Trend, rises: &[Rise]) -> pb::Trend {
    pb::Trend {
        incident_id: incident_id.to_string(),
        as_of_time: Some(wire_time(now)),
        hours: trend.series.hours().iter().map(hour_to_wire).collect(),
        speed: Some(speed_to_wire(&trend.speed)),
        doubling_hours: trend.doubling.hours,
        turning_points: trend.turning.turns.iter().map(turn_to_wire).collect(),
        forecast_hours: trend.forecast.hours.iter().map(expected_to_wire).collect(),
        rises: rises.iter().map(rise_to_wire).collect(),
        speed_method: words::speed_method(&trend.speed),
        doubling_method: trend.doubling.method.clone(),
        turning_method: trend.turning.method.clone(),
        forecast_method: trend.forecast.method.clone(),
    }
}
