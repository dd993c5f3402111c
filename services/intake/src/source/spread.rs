//! Readings of how far a report has spread (传播数据), and where it came from (来历).

use chassis::{Audit, Committed, Ctx, Error, Tx, wire_id, wire_time};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    item::Figures,
    store::{
        spread::{self, Read},
        taking as store,
    },
};
use crate::{
    outlet::grpc::{medium, tier},
    report::{self, store::reading},
    visible::visible,
};

const MOST_READINGS: i64 = 100;

/// 更新传播数据.
pub(crate) struct Record {
    pub report: Uuid,
    pub figures: Figures,
}

/// Adds a reading of a report's figures; 更新传播数据. Refuses an unknown report.
pub(crate) async fn record(ctx: &Ctx, command: Record) -> Result<Committed<pb::RecordSpreadResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let report = reading::find(tx.conn(), command.report, None).await?.ok_or_else(report::unknown)?;
    keep(&mut tx, &[(report.id, command.figures)]).await?;
    let spreads = spread::of_report(tx.conn(), command.report, MOST_READINGS).await?.iter().map(to_wire).collect();
    let audit = Audit::of("report", command.report).clause("四(一)一");
    let audit = report.placed.map(|placed| placed.incident).into_iter().fold(audit, Audit::incident);
    tx.commit(audit, pb::RecordSpreadResponse { spreads }).await
}

/// Keeps readings of what is there: of reports, or of repeated sightings of them. Whatever is read last is what they say, and is told where
/// it is another than before; the tests of 二 look at it again.
pub(super) async fn keep(tx: &mut Tx, readings: &[(Uuid, Figures)]) -> Result<(), Error> {
    if readings.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<Uuid> = readings.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    spread::keep_first(tx.conn(), &ids).await?;
    spread::insert(tx.conn(), readings).await?;
    let mut changed = spread::adopt_of_reports(tx.conn(), &ids).await?;
    changed.extend(spread::adopt_of_sightings(tx.conn(), &ids).await?);
    changed.iter().for_each(|read| tx.emit(to_fact(read)));
    Ok(())
}

/// Returns where a report came from and how it spread; 查看来历. Refuses what the caller may not see.
pub(crate) async fn provenance(ctx: &Ctx, id: Uuid) -> Result<pb::GetProvenanceResponse, Error> {
    let mut connection = ctx.read().await?;
    reading::find(&mut connection, id, visible(ctx).as_deref()).await?.ok_or_else(report::unknown)?;
    let origin = store::origin(&mut connection, id).await?;
    let provenance = origin.map(|origin| pb::Provenance {
        report_id: id.to_string(),
        source_id: origin.source.to_string(),
        receive_time: Some(wire_time(origin.receive_time)),
        stated_time: origin.stated_time,
        doubt: origin.doubt,
        evidence_digest: hex::encode(origin.evidence),
    });
    let spreads = spread::of_report(&mut connection, id, MOST_READINGS).await?.iter().map(to_wire).collect();
    Ok(pb::GetProvenanceResponse { provenance, spreads })
}

fn to_wire(figures: &Figures) -> pb::SpreadFigures {
    pb::SpreadFigures {
        read_time: Some(wire_time(figures.read_time)),
        view_count: figures.views,
        comment_count: figures.comments,
        repost_count: figures.reposts,
    }
}

fn to_fact(read: &Read) -> pb::SpreadRecorded {
    pb::SpreadRecorded {
        incident_id: wire_id(read.incident),
        report_id: read.report.to_string(),
        sighting_id: wire_id(read.sighting),
        title: read.title.clone(),
        tier: tier(&read.tier).into(),
        medium: medium(&read.medium).into(),
        page: read.page.clone(),
        sensitive: read.sensitive,
        read_time: Some(wire_time(read.figures.read_time)),
        view_count: read.figures.views,
        comment_count: read.figures.comments,
        repost_count: read.figures.reposts,
    }
}
