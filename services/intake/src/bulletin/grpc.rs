//! Bulletins: from the wire and to it.

use chassis::{Error, Fields, wire_ids, wire_time};
use huiying_proto::intake::{self as pb, bulletin::Kind, outlet::Tier};
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    Bulletin, Spread,
    commands::{Issue, Of, Render},
};

pub(crate) fn issue(message: &pb::IssueBulletinRequest) -> Result<Issue, Error> {
    let mut fields = Fields::new();
    let kind: Kind = fields.choice("kind", message.kind);
    let corrects = fields.optional_id("corrects_bulletin_id", &message.corrects_bulletin_id);
    let of = match kind {
        Kind::Special => {
            if corrects.is_some() {
                fields.wrong("corrects_bulletin_id", "专报不作更正,另发一期即可");
            }
            Of::Incident(fields.id("incident_id", &message.incident_id))
        }
        Kind::Weekly | Kind::Unspecified => Of::Week(fields.day("week_of", &message.week_of), corrects),
    };
    let command = Issue { of, comment: fields.optional_text("comment", &message.comment, 2_000) };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetBulletinRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("bulletin_id", &message.bulletin_id);
    fields.check().map(|()| id)
}

pub(crate) fn render(message: &pb::RenderBulletinRequest) -> Result<Render, Error> {
    let mut fields = Fields::new();
    let asked =
        Render { bulletin: fields.id("bulletin_id", &message.bulletin_id), format: fields.optional_choice("format", message.format) };
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(bulletin: &Bulletin) -> pb::Bulletin {
    pb::Bulletin {
        bulletin_id: bulletin.id.to_string(),
        kind: Kind::from_str_name(&bulletin.kind).unwrap_or_default().into(),
        year: bulletin.year,
        number: bulletin.number,
        title: bulletin.title.clone(),
        text: bulletin.text.clone(),
        incident_ids: wire_ids(&bulletin.incidents),
        issue_person_id: bulletin.issuer.to_string(),
        issue_time: Some(wire_time(bulletin.issue_time)),
        spread: bulletin.spread.as_ref().map(spread),
        corrects_bulletin_id: bulletin.corrects.map(|id| id.to_string()).unwrap_or_default(),
        body_ids: wire_ids(&bulletin.bodies),
        from_time: bulletin.week.map(|week| wire_time(week.from)),
        until_time: bulletin.week.map(|week| wire_time(week.until)),
    }
}

fn spread(spread: &Spread) -> pb::Spread {
    let day = |(day, count): &(Date, i64)| pb::DayCount { day: day.to_string(), report_count: *count };
    let tier =
        |(tier, count): &(String, i64)| pb::TierCount { tier: Tier::from_str_name(tier).unwrap_or_default().into(), report_count: *count };
    let category = |(name, count, suggested): &(String, i64, i64)| pb::CategoryCount {
        first_name: name.clone(),
        report_count: *count,
        suggested_count: *suggested,
    };
    pb::Spread {
        by_day: spread.by_day.iter().map(day).collect(),
        by_tier: spread.by_tier.iter().map(tier).collect(),
        by_category: spread.by_category.iter().map(category).collect(),
    }
}
