//! Reports: from the wire and to it.

use chassis::{Ctx, Error, Fields, Page, Refusal, wire_id, wire_ids, wire_time};
use huiying_proto::{
    intake::{self as pb, report::State},
    paper::paper::Format,
};
use jiff::Timestamp;

use super::{
    Received, Report, Sighting,
    commands::{List, ListSightings},
    correcting::{Correct, Correction},
    folding::Repeat,
    import::Import,
    moving::Move,
};
use crate::{
    outlet::grpc::{medium, tier},
    writer::{self, Sealed, WriterKey},
};

const LONGEST: usize = 20_000;
const MOST_ROWS: usize = 1_000;

/// That nothing classified goes in (保密法 31).
pub(crate) fn unclassified(confirmed: bool) -> Result<(), Error> {
    if confirmed {
        Ok(())
    } else {
        Err(Refusal::state("NON_CLASSIFIED_NOT_CONFIRMED", "请先确认内容不涉密(保密法第三十一条)。").into())
    }
}

pub(crate) fn register(ctx: &Ctx, key: &WriterKey, message: &pb::RegisterReportRequest) -> Result<Sighting, Error> {
    let mut fields = Fields::new();
    let external_id = fields.optional_text("external_id", &message.external_id, 64);
    let (writer, seal) = key.seal(&writer::grpc::identity(&mut fields, message.writer.as_ref()))?.map(Sealed::apart).unzip();
    let sighting = Sighting {
        outlet_id: fields.id("outlet_id", &message.outlet_id),
        external_id: (!external_id.is_empty()).then_some(external_id),
        title: fields.text("title", &message.title, 200),
        excerpt: fields.text("excerpt", &message.excerpt, LONGEST),
        url: fields.optional_text("url", &message.url, 2_000),
        page: fields.optional_text("page", &message.page, 50),
        publish_time: fields.past_time("publish_time", message.publish_time.as_ref(), ctx.now),
        sensitive: message.sensitive,
        views: fields.count("view_count", message.view_count),
        comments: fields.count("comment_count", message.comment_count),
        reposts: fields.count("repost_count", message.repost_count),
        bodies: fields.ids("body_ids", &message.body_ids, 0, 20),
        requested_incident: fields.optional_id("incident_id", &message.incident_id),
        received: received(&mut fields, message, ctx.now),
        writer,
        seal,
    };
    if !sighting.url.is_empty() && !["http://", "https://"].iter().any(|scheme| sighting.url.starts_with(scheme)) {
        fields.wrong("url", "应以 http:// 或 https:// 开头");
    }
    fields.check()?;
    unclassified(message.non_classified).map(|()| sighting)
}

/// When it came in and its witness: both or neither.
fn received(fields: &mut Fields, message: &pb::RegisterReportRequest, now: Timestamp) -> Option<Received> {
    if message.received_time.is_none() && message.witness_person_id.is_empty() {
        return None;
    }
    let time = fields.past_time("received_time", message.received_time.as_ref(), now);
    Some(Received { time, witness: fields.id("witness_person_id", &message.witness_person_id) })
}

pub(crate) fn import(ctx: &Ctx, key: &WriterKey, message: &pb::ImportLettersRequest) -> Result<Import, Error> {
    let mut fields = Fields::new();
    let outlet_id = fields.id("outlet_id", &message.outlet_id);
    if message.rows.is_empty() || message.rows.len() > MOST_ROWS {
        fields.wrong("rows", format!("应为 1 至 {MOST_ROWS} 行,收到 {} 行", message.rows.len()));
    }
    fields.check()?;
    unclassified(message.non_classified)?;
    let rows = message.rows.iter().map(|row| (row.row, letter(outlet_id, key, row, ctx.now))).collect();
    Ok(Import { outlet_id, rows })
}

/// One row, by itself: what is wrong with it is said in words, and the others go on.
fn letter(outlet_id: uuid::Uuid, key: &WriterKey, row: &pb::LetterRow, now: Timestamp) -> Result<Sighting, String> {
    let mut fields = Fields::new();
    let sighting = Sighting {
        outlet_id,
        external_id: Some(fields.text("编号", &row.external_id, 64)),
        title: fields.text("主题", &row.title, 200),
        excerpt: fields.text("详情", &row.text, LONGEST),
        url: String::new(),
        page: String::new(),
        publish_time: fields.past_time("时间", row.publish_time.as_ref(), now),
        sensitive: false,
        views: 0,
        comments: 0,
        reposts: 0,
        bodies: Vec::new(),
        requested_incident: None,
        received: None,
        writer: key.digest(&row.sender),
        seal: None,
    };
    match fields.check() {
        Ok(()) => Ok(sighting),
        Err(Error::Refused(refusal)) => {
            Err(refusal.violations.iter().map(|v| format!("{}{}", v.field, v.message)).collect::<Vec<_>>().join(";"))
        }
        Err(other) => Err(other.to_string()),
    }
}

pub(crate) fn get(message: &pb::GetReportRequest) -> Result<uuid::Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("report_id", &message.report_id);
    fields.check().map(|()| id)
}

pub(crate) fn render(message: &pb::RenderRegisterEntryRequest) -> Result<(uuid::Uuid, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.id("report_id", &message.report_id), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn list(message: &pb::ListReportsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident = fields.optional_id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn move_report(message: &pb::MoveReportRequest) -> Result<Move, Error> {
    let mut fields = Fields::new();
    let command = Move {
        report: fields.id("report_id", &message.report_id),
        to: fields.optional_id("to_incident_id", &message.to_incident_id),
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

pub(crate) fn correct(message: &pb::CorrectReportRequest) -> Result<Correct, Error> {
    let mut fields = Fields::new();
    let command = Correct {
        report: fields.id("report_id", &message.report_id),
        sighting: fields.optional_id("sighting_id", &message.sighting_id),
        outlet: fields.id("outlet_id", &message.outlet_id),
        correction: Correction { page: fields.optional_text("page", &message.page, 50), sensitive: message.sensitive },
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

pub(crate) fn list_sightings(message: &pb::ListSightingsRequest) -> Result<ListSightings, Error> {
    let mut fields = Fields::new();
    let report = fields.id("report_id", &message.report_id);
    fields.check()?;
    Ok(ListSightings { report, page: Page::parse(message.page_size, &message.page_token)? })
}

/// That a report was seen again, for other services.
pub(crate) fn sighted(repeat: &Repeat, report: &Report) -> pb::ReportSighted {
    pb::ReportSighted {
        incident_id: wire_id(report.placed.as_ref().map(|placed| placed.incident)),
        report_id: report.id.to_string(),
        sighting: Some(pb::Sighting { excerpt: String::new(), ..repeat_to_wire(repeat) }),
        sighting_count: report.sightings,
        title: report.sighting.title.clone(),
    }
}

pub(crate) fn repeat_to_wire(repeat: &Repeat) -> pb::Sighting {
    let sighting = &repeat.sighting;
    pb::Sighting {
        sighting_id: repeat.id.to_string(),
        report_id: repeat.report.to_string(),
        outlet_id: sighting.outlet_id.to_string(),
        outlet_name: repeat.outlet_name.clone(),
        tier: tier(&repeat.tier).into(),
        medium: medium(&repeat.medium).into(),
        external_id: sighting.external_id.clone().unwrap_or_default(),
        title: sighting.title.clone(),
        excerpt: sighting.excerpt.clone(),
        url: sighting.url.clone(),
        page: sighting.page.clone(),
        publish_time: Some(wire_time(sighting.publish_time)),
        register_time: Some(wire_time(repeat.register_time)),
        sensitive: sighting.sensitive,
        view_count: sighting.views,
        comment_count: sighting.comments,
        repost_count: sighting.reposts,
        ground: repeat.ground.clone(),
    }
}

/// A report for other services: what it is, without what it says.
pub(crate) fn to_fact(report: &Report) -> pb::Report {
    pb::Report { excerpt: String::new(), ..to_wire(report) }
}

pub(crate) fn to_wire(report: &Report) -> pb::Report {
    let sighting = &report.sighting;
    let state = if report.placed.is_some() { State::Placed } else { State::Registered };
    pb::Report {
        report_id: report.id.to_string(),
        outlet_id: sighting.outlet_id.to_string(),
        outlet_name: report.outlet_name.clone(),
        tier: tier(&report.tier).into(),
        medium: medium(&report.medium).into(),
        external_id: sighting.external_id.clone().unwrap_or_default(),
        title: sighting.title.clone(),
        excerpt: sighting.excerpt.clone(),
        url: sighting.url.clone(),
        page: sighting.page.clone(),
        publish_time: Some(wire_time(sighting.publish_time)),
        register_time: Some(wire_time(report.register_time)),
        sensitive: sighting.sensitive,
        view_count: sighting.views,
        comment_count: sighting.comments,
        repost_count: sighting.reposts,
        body_ids: wire_ids(&sighting.bodies),
        incident_id: wire_id(report.placed.as_ref().map(|p| p.incident)),
        state: state.into(),
        sighting_count: report.sightings,
        category_id: wire_id(report.category.map(|is| is.category)),
        category_suggested: report.category.is_some_and(|is| is.by.is_none()),
        received_time: sighting.received.map(|received| wire_time(received.time)),
        witness_person_id: wire_id(sighting.received.map(|received| received.witness)),
    }
}
