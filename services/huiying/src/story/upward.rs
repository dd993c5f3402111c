//! 上报: drafted by the office, approved by the leader in charge, then the principal, sent the same day, receipted (四(五)).

use huiying_proto::disposal::{
    ApproveEscalationRequest, DraftEscalationRequest, EndorseEscalationRequest, Escalation, GetEscalationRequest,
    ListReceivedEscalationsRequest,
    escalation::{Kind, State},
};

use super::{Matters, Play, ensure, eventually, fresh, given, refused};
use crate::Failure;

const CLERK: &str = "zheng-yiming";
const LEAD: &str = "sun-huifang";
const PRINCIPAL: &str = "zhao-mingyuan";

impl Play<'_> {
    /// Step 8.
    pub(super) async fn escalate(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("九、上报", "分管领导、主要领导批准后当日上报市级平台");
        self.at("2026-11-17T17:30").await?;
        let request = DraftEscalationRequest {
            request_id: fresh(),
            incident_id: matters.water.clone(),
            kind: Kind::Initial.into(),
            title: "关于河东片区自来水浑浊舆情的初报".to_owned(),
            text: "11月9日以来,我县河东片区群众反映自来水浑浊。经查系泵站检修后支管冲洗不彻底,已发布首发回应和调查情况,冲洗与减免措施正在落实。".to_owned(),
        };
        let drafted = given(self.by(CLERK)?.disposal()?.draft_escalation(request).await?.into_inner().escalation, "上报")?;
        self.did(CLERK, "四(五)", format!("拟制《{}》", drafted.title));
        let request =
            ApproveEscalationRequest { request_id: fresh(), escalation_id: drafted.escalation_id.clone(), etag: drafted.etag.clone() };
        let answer = refused(self.by(PRINCIPAL)?.disposal()?.approve_escalation(request).await, "ESCALATION_STATE")?;
        self.did(PRINCIPAL, "四(五)", format!("分管领导未审,批准被拒: {answer}"));
        let request = EndorseEscalationRequest { request_id: fresh(), escalation_id: drafted.escalation_id.clone(), etag: drafted.etag };
        let endorsed = given(self.by(LEAD)?.disposal()?.endorse_escalation(request).await?.into_inner().escalation, "上报")?;
        self.did(LEAD, "四(五)", "审核上报");
        let request = ApproveEscalationRequest { request_id: fresh(), escalation_id: endorsed.escalation_id.clone(), etag: endorsed.etag };
        self.by(PRINCIPAL)?.disposal()?.approve_escalation(request).await?;
        self.did(PRINCIPAL, "四(五)", "批准上报");
        let delivered = self.delivered(&endorsed.escalation_id).await?;
        let received = self.received().await?;
        let lost = if self.stage.receipt_lost { "首次回执在途中丢失,重发后" } else { "" };
        ensure(received == 1, format!("市级平台应恰好收到一份,实收 {received}"))?;
        ensure(
            !self.stage.receipt_lost || delivered.attempt_count == 2,
            format!("回执丢失一次,应送两次,实为 {}", delivered.attempt_count),
        )?;
        self.did(
            CLERK,
            "四(五)",
            format!("{lost}取得市级平台回执 {}…;市级平台恰好收到一份", delivered.receipt_id.get(..8).unwrap_or_default()),
        );
        self.account.escalation = delivered.escalation_id;
        self.account.attempts = delivered.attempt_count;
        self.account.received_by_city = received;
        self.settle().await
    }

    async fn delivered(&self, escalation_id: &str) -> Result<Escalation, Failure> {
        let client = self.by(CLERK)?.clone();
        eventually("上报送达", || {
            let (client, escalation_id) = (client.clone(), escalation_id.to_owned());
            async move {
                let found = client.disposal()?.get_escalation(GetEscalationRequest { escalation_id }).await?.into_inner().escalation;
                Ok(found.filter(|e| e.state() == State::Delivered))
            }
        })
        .await
    }

    async fn received(&self) -> Result<usize, Failure> {
        let request = ListReceivedEscalationsRequest { page_size: 100, page_token: String::new() };
        Ok(self.cast.city.disposal()?.list_received_escalations(request).await?.into_inner().received_escalations.len())
    }
}
