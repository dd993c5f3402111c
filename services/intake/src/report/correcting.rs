//! Correcting where a report, or a repeated sighting of it, appeared (更正线索), 四(一)一.

use chassis::{Audit, Committed, Ctx, Error, Refusal, wire_id};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    Report, Sighting, differs,
    folding::Repeat,
    grpc::to_wire,
    likeness::Keys,
    store::{self, repeats},
    unknown,
};
use crate::{
    outlet::{
        self, Outlet,
        grpc::{medium, tier},
        medium_in_words, tier_in_words,
    },
    writer,
};

/// 更正线索.
pub(crate) struct Correct {
    pub report: Uuid,
    /// The repeated sighting that is corrected; none when the report itself is.
    pub sighting: Option<Uuid>,
    pub outlet: Uuid,
    pub correction: Correction,
    pub reason: String,
}

/// What it is, beside the outlet.
pub(crate) struct Correction {
    pub page: String,
    pub sensitive: bool,
}

/// Where a report or a repeated sighting appeared, as the tests of 二 look at it.
pub(super) struct Place<'a> {
    outlet_name: &'a mut String,
    tier: &'a mut String,
    medium: &'a mut String,
    sighting: &'a mut Sighting,
}

impl Report {
    fn place(&mut self) -> Place<'_> {
        let Self { outlet_name, tier, medium, sighting, .. } = self;
        Place { outlet_name, tier, medium, sighting }
    }
}

impl Repeat {
    fn place(&mut self) -> Place<'_> {
        let Self { outlet_name, tier, medium, sighting, .. } = self;
        Place { outlet_name, tier, medium, sighting }
    }
}

impl Place<'_> {
    /// Takes a correction: what was said before, in words. Refuses what changes nothing, and another kind of report.
    fn correct(self, outlet: &Outlet, correction: Correction) -> Result<String, Refusal> {
        let Self { outlet_name, tier, medium, sighting } = self;
        let Correction { page, sensitive } = correction;
        if (sighting.outlet_id, &sighting.page, sighting.sensitive) == (outlet.id, &page, sensitive) {
            return Err(Refusal::state("REPORT_UNCHANGED", "更正的内容与原登记相同。"));
        }
        if writer::is_kept_of(medium) != writer::is_kept_of(&outlet.medium) {
            return Err(Refusal::state("REPORT_KIND_DIFFERS", "来信、来电与媒体报道不能互相更正,请另行登记。"));
        }
        let was = in_words(outlet_name, tier, medium, sighting);
        outlet_name.clone_from(&outlet.name);
        tier.clone_from(&outlet.tier);
        medium.clone_from(&outlet.medium);
        (sighting.outlet_id, sighting.page, sighting.sensitive) = (outlet.id, page, sensitive);
        Ok(was)
    }
}

/// Where it appeared, in words.
fn in_words(outlet_name: &str, tier: &str, medium: &str, sighting: &Sighting) -> String {
    let page = if sighting.page.is_empty() { String::new() } else { format!(",{}", sighting.page) };
    let sensitive = if sighting.sensitive { "敏感" } else { "非敏感" };
    format!("{outlet_name}({},{}){page},{sensitive}", tier_in_words(tier).1, medium_in_words(medium))
}

/// Corrects where a report, or a repeated sighting of it, appeared (更正线索), 四(一)一. What its outlet calls it, and what a source brought, stay
/// as they were registered.
pub(crate) async fn correct(ctx: &Ctx, command: Correct) -> Result<Committed<pb::CorrectReportResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // Locked against being placed or moved: what is told is told of where it is.
    let mut report = store::lock(tx.conn(), command.report).await?.ok_or_else(unknown)?;
    let outlet = outlet::store::by_ids(tx.conn(), &[command.outlet]).await?.pop().ok_or_else(outlet::unknown)?;
    let mut repeat = match command.sighting {
        Some(id) => Some(repeats::lock(tx.conn(), report.id, id).await?.ok_or_else(unknown)?),
        None => None,
    };
    let was = match &mut repeat {
        Some(repeat) => repeat.place().correct(&outlet, command.correction)?,
        None => report.place().correct(&outlet, command.correction)?,
    };
    let sighting = repeat.as_ref().map_or(&report.sighting, |repeat| &repeat.sighting);
    if let Some(key) = sighting.key() {
        let itself = repeat.as_ref().map_or(report.id, |repeat| repeat.id);
        if store::is_taken(tx.conn(), key, itself).await? {
            return Err(differs().into());
        }
    }
    match &repeat {
        Some(repeat) => repeats::correct(tx.conn(), repeat).await?,
        None => store::correct(tx.conn(), &report, Keys::of(&report.sighting, &report.medium).url).await?,
    }
    let incident = report.placed.as_ref().map(|placed| placed.incident);
    tx.emit(pb::ReportCorrected {
        incident_id: wire_id(incident),
        report_id: report.id.to_string(),
        sighting_id: wire_id(repeat.as_ref().map(|repeat| repeat.id)),
        title: sighting.title.clone(),
        outlet_id: outlet.id.to_string(),
        outlet_name: outlet.name.clone(),
        tier: tier(&outlet.tier).into(),
        medium: medium(&outlet.medium).into(),
        page: sighting.page.clone(),
        sensitive: sighting.sensitive,
        view_count: sighting.views,
        comment_count: sighting.comments,
        repost_count: sighting.reposts,
        was: was.clone(),
        person_id: by.to_string(),
        reason: command.reason.clone(),
    });
    let is = in_words(&outlet.name, &outlet.tier, &outlet.medium, sighting);
    let audit = Audit::of("report", report.id).clause("四(一)一").reason(format!("原登记“{was}”,更正为“{is}”:{}", command.reason));
    let audit = incident.into_iter().fold(audit, Audit::incident);
    tx.commit(audit, pb::CorrectReportResponse { report: Some(to_wire(&report)) }).await
}
