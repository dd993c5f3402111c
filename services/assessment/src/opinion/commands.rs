//! Use cases of the opinion.

use chassis::{Audit, Committed, Ctx, Error};
use huiying_proto::{
    assessment as pb,
    directory::Role::{self, InformationOfficer, OfficeHead, OfficeStaff, UnitHandler, UnitHead},
};
use regulation::Level;
use uuid::Uuid;

use super::{Opinion, grpc::to_wire, store};
use crate::assessment::{self, Assessment};

const OFFICE: &[Role] = &[OfficeStaff, OfficeHead];
const UNIT: &[Role] = &[InformationOfficer, UnitHandler, UnitHead];

/// 科室研判, 四(二).
pub(crate) struct File {
    pub incident_id: Uuid,
    pub text: String,
    /// 建议级别.
    pub level: Option<Level>,
}

/// Files what a section or unit holds of an incident (科室研判), 四(二): the office and its sections of any, a unit of those that
/// involve it.
pub(crate) async fn file(ctx: &Ctx, command: File) -> Result<Committed<pb::FileOpinionResponse>, Error> {
    let person_id = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let assessment = assessment::store::find(tx.conn(), command.incident_id).await?.ok_or_else(assessment::unknown)?;
    // Whom an incident does not concern is not told that there is one.
    let body_id = speaks_for(ctx, &assessment).ok_or_else(assessment::unknown)?;
    assessment.check_standing()?;
    let opinion = Opinion {
        id: tx.id(),
        incident_id: command.incident_id,
        body_id,
        person_id,
        text: command.text,
        level: command.level,
        file_time: ctx.now,
    };
    store::insert(tx.conn(), &opinion).await?;
    tx.emit(pb::OpinionFiled {
        opinion: Some(to_wire(&opinion)),
        incident_id: opinion.incident_id.to_string(),
        number: assessment.incident.number,
        title: assessment.incident.title,
        body_name: ctx.roster.body_name(body_id),
        proposal: opinion.level.map_or_else(|| "未建议级别".to_owned(), |level| format!("建议定为{level}")),
    });
    let audit = Audit::of("opinion", opinion.id).incident(opinion.incident_id).clause("四(二)");
    tx.commit(audit, pb::FileOpinionResponse { opinion: Some(to_wire(&opinion)) }).await
}

/// The body for which the caller speaks of an incident.
fn speaks_for(ctx: &Ctx, assessment: &Assessment) -> Option<Uuid> {
    let office = ctx.bodies_as(OFFICE).into_iter().next();
    let own = office.or_else(|| assessment::commands::section(ctx));
    own.or_else(|| ctx.bodies_as(UNIT).into_iter().find(|body| assessment.involves(&[*body])))
}
