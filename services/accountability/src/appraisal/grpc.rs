//! Appraisals: from the wire and to it.

use chassis::{Error, Fields, Page, clock::day_start};
use huiying_proto::accountability as pb;
use jiff::ToSpan;
use regulation::Figure;

use super::{
    Appraised, Period,
    commands::{All, One},
};

/// Days that one period may have.
const MOST_DAYS: i32 = 366;

pub(crate) fn get(message: &pb::GetAppraisalRequest) -> Result<One, Error> {
    let mut fields = Fields::new();
    let body_id = fields.id("body_id", &message.body_id);
    let period = period(&mut fields, &message.from_date, &message.to_date);
    fields.check()?;
    Ok(One { body_id, period: period? })
}

pub(crate) fn list(message: &pb::ListAppraisalsRequest) -> Result<All, Error> {
    let mut fields = Fields::new();
    let period = period(&mut fields, &message.from_date, &message.to_date);
    fields.check()?;
    Ok(All { period: period?, page: Page::parse(message.page_size, &message.page_token)? })
}

/// A period of whole days. What is wrong with it is among the fields.
pub(crate) fn period(fields: &mut Fields, from: &str, to: &str) -> Result<Period, Error> {
    let (from, to) = (fields.day("from_date", from), fields.day("to_date", to));
    let days = from.until(to).map(|span| span.get_days()).unwrap_or(-1);
    if !(0..MOST_DAYS).contains(&days) {
        fields.wrong("to_date", format!("应不早于起始日,且全期不超过 {MOST_DAYS} 天"));
    }
    let start = day_start(from).map_err(Error::fault)?;
    let end = day_start(to.saturating_add(1.day())).map_err(Error::fault)?;
    Ok(Period { from, to, start, end })
}

pub(crate) fn to_wire(one: &Appraised, period: &Period, rule_version: &str) -> pb::Appraisal {
    let total = one.appraisal.total_tenths;
    pb::Appraisal {
        body_id: one.body_id.to_string(),
        body_name: one.name.clone(),
        from_date: period.from.to_string(),
        to_date: period.to.to_string(),
        figures: one.appraisal.figures.iter().map(figure).collect(),
        appraised: total.is_some(),
        total_tenths: count(total.unwrap_or_default()),
        rule_version: rule_version.to_owned(),
    }
}

fn figure(figure: &Figure) -> pb::appraisal::Figure {
    let counts = &figure.counts;
    pb::appraisal::Figure {
        figure_id: figure.id.clone(),
        name: figure.name.clone(),
        clause: figure.clause.clone(),
        weight: count(figure.weight),
        applies: figure.score.is_some(),
        score: count(figure.score.unwrap_or_default()),
        owed_count: count(counts.owed),
        in_time_count: count(counts.in_time),
        late_count: count(counts.late),
        unmet_count: count(counts.unmet),
        extended_count: count(counts.extended),
        submitted_count: count(counts.submitted),
        returned_count: count(counts.returned),
        reviewed_count: count(counts.reviewed),
        obligation_ids: figure.obligation_ids.clone(),
        incident_ids: figure.incident_ids.clone(),
    }
}

fn count(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
