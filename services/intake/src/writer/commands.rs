//! Use cases of writers: showing who wrote a letter to who answers it, and destroying it.

use chassis::{Audit, Committed, Ctx, Error, Refusal, fact_id, wire_id, wire_ids, wire_time};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use sqlx::{PgConnection, Postgres, pool::PoolConnection};
use uuid::Uuid;

use super::{WriterKey, grpc::to_wire, store, unknown};
use crate::report;

/// 查看来信人.
pub(crate) struct Reveal {
    pub report: Uuid,
    pub reason: String,
}

/// 销毁来信人身份信息.
pub(crate) struct Erase {
    pub reports: Vec<Uuid>,
    pub before: Option<Timestamp>,
    pub reason: String,
}

/// Records that a person looks at who wrote a letter, and why; 查看来信人. Who it is is no part of the answer that is kept: see [`open`].
pub(crate) async fn reveal(ctx: &Ctx, command: Reveal) -> Result<Committed<pb::RevealWritersResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let report = report::store::lock(tx.conn(), command.report).await?.ok_or_else(report::unknown)?;
    if store::of_report(tx.conn(), report.id).await?.is_empty() {
        return Err(unknown().into());
    }
    let incident = report.placed.as_ref().map(|placed| placed.incident);
    tx.emit(pb::WritersRevealed {
        incident_id: wire_id(incident),
        report_id: report.id.to_string(),
        person_id: by.to_string(),
        reason: command.reason.clone(),
    });
    let audit = Audit::of("report", report.id).clause("个人信息保护法 6").reason(command.reason);
    let answer = pb::RevealWritersResponse { report_id: report.id.to_string(), writers: Vec::new() };
    tx.commit(incident.into_iter().fold(audit, Audit::incident), answer).await
}

/// Opens who wrote the letter of an answer that was recorded.
pub(crate) async fn open(
    mut connection: PoolConnection<Postgres>,
    key: &WriterKey,
    answer: pb::RevealWritersResponse,
) -> Result<pb::RevealWritersResponse, Error> {
    let kept = store::of_report(&mut connection, fact_id(&answer.report_id)?).await?;
    if kept.is_empty() {
        // Destroyed since; the call was repeated.
        return Err(unknown().into());
    }
    let writers = kept.iter().map(|kept| Ok(to_wire(kept.piece, key.open(&kept.sealed)?))).collect::<Result<_, Error>>()?;
    Ok(pb::RevealWritersResponse { writers, ..answer })
}

/// The writers of a report as they are shown to the office: masked.
pub(crate) async fn masked(connection: &mut PgConnection, key: &WriterKey, report: Uuid) -> Result<Vec<pb::Writer>, Error> {
    let kept = store::of_report(connection, report).await?;
    kept.iter().map(|kept| Ok(to_wire(kept.piece, key.open(&kept.sealed)?.masked()))).collect()
}

/// Destroys who wrote some letters (销毁), by a recorded decision; the letters stay.
pub(crate) async fn erase(ctx: &Ctx, command: Erase) -> Result<Committed<pb::EraseWritersResponse>, Error> {
    let by = ctx.require_person()?;
    if command.reports.is_empty() == command.before.is_none() {
        return Err(Refusal::invalid("ERASURE_UNCLEAR", "请指明线索,或者登记时间的截止,二者取一。").into());
    }
    let mut tx = ctx.begin().await?;
    let erased = store::erase(tx.conn(), &command.reports, command.before).await?;
    let letter_count = i64::try_from(erased).map_err(Error::fault)?;
    tx.emit(pb::WritersErased {
        report_ids: wire_ids(&command.reports),
        registered_before: command.before.map(wire_time),
        letter_count,
        person_id: by.to_string(),
        reason: command.reason.clone(),
    });
    let audit = Audit::of("writers", by).clause("个人信息保护法 19、47").reason(command.reason);
    tx.commit(audit, pb::EraseWritersResponse { letter_count }).await
}
