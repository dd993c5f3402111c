//! Readings of how far a report has spread (传播数据), and where it came from (来历).

use chassis::{Audit, Committed, Ctx, Error, wire_time};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{item::Figures, store::taking as store};
use crate::{
    report::{self, store::reading},
    visible::visible,
};

const MOST_READINGS: i64 = 100;

/// 更新传播数据.
pub(crate) struct Record {
    pub report: Uuid,
    pub figures: Figures,
}

/// Adds a later reading of a report's figures; 更新传播数据. Refuses an unknown report.
pub(crate) async fn record(ctx: &Ctx, command: Record) -> Result<Committed<pb::RecordSpreadResponse>, Error> {
    let mut tx = ctx.begin().await?;
    reading::find(tx.conn(), command.report, None).await?.ok_or_else(report::unknown)?;
    store::insert_spread(tx.conn(), &[(command.report, command.figures)]).await?;
    let spreads = store::spreads(tx.conn(), command.report, MOST_READINGS).await?.iter().map(to_wire).collect();
    tx.commit(Audit::of("report", command.report).clause("四(一)一"), pb::RecordSpreadResponse { spreads }).await
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
    let spreads = store::spreads(&mut connection, id, MOST_READINGS).await?.iter().map(to_wire).collect();
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
