//! Use cases of feedback.

use chassis::{Audit, Committed, Ctx, Error, wire_id};
use huiying_proto::{directory::Role, disposal as pb};
use uuid::Uuid;

use super::{
    Feedback, Recipient, Reporter,
    grpc::{recipient_to_wire, to_wire},
    store,
};
use crate::{assignment, case, permissions::UNIT};

/// 反馈, 四(四).
pub(crate) struct Submit {
    pub incident_id: Uuid,
    pub recipient: Recipient,
    pub text: String,
}

/// Reports the handling within the house (反馈), 四(四). Refuses a recipient that is not the caller's, a unit without a task
/// here, and a leader who does not lead this incident.
pub(crate) async fn submit(ctx: &Ctx, command: Submit) -> Result<Committed<pb::SubmitFeedbackResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let case = case::commands::seen_part(&mut tx, ctx, command.incident_id, case::unknown).await?;
    let reporter = Reporter {
        units: ctx.bodies_as(UNIT),
        assigned: assignment::store::assigned_bodies(tx.conn(), case.incident_id).await?,
        is_leader_in_charge: ctx.has_role(Role::LeaderInCharge),
        lead: case.check_lead(|lead| ctx.roster.acts_as(by, lead, ctx.now)),
    };
    let feedback = Feedback {
        id: tx.id(),
        incident_id: case.incident_id,
        body: reporter.body_for(command.recipient)?,
        person: by,
        recipient: command.recipient,
        text: command.text,
        submit_time: ctx.now,
    };
    store::insert(tx.conn(), &feedback).await?;
    tx.emit(pb::FeedbackSubmitted {
        incident_id: feedback.incident_id.to_string(),
        title: case.title,
        feedback_id: feedback.id.to_string(),
        body_id: wire_id(feedback.body),
        person_id: by.to_string(),
        recipient: recipient_to_wire(feedback.recipient).into(),
    });
    let audit = Audit::of("feedback", feedback.id).incident(feedback.incident_id).clause("四(四)");
    tx.commit(audit, pb::SubmitFeedbackResponse { feedback: Some(to_wire(&feedback)) }).await
}
