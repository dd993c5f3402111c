//! 处置与反馈: who leads, what units are asked and answer, what the office makes of it, and who tells whom the same day.

use chassis::wire_time;
use huiying_proto::disposal::{
    self as pb, AcceptFindingsRequest, AcknowledgeAssignmentRequest, ApproveConsolidationRequest, AssignUnitRequest,
    ConsolidateFindingsRequest, DesignateLeadRequest, EndorseConsolidationRequest, FeedbackRecipient, FindingFact, GetCaseRequest,
    ProvideMaterialRequest, RecordTrackingRequest, RequestMaterialRequest, ReturnFindingsRequest, SubmitFeedbackRequest,
    SubmitFindingsRequest, finding_fact::State,
};

use super::{Matters, Play, ensure, fresh, given, moment, refused};
use crate::Failure;

const CLERK: &str = "zheng-yiming";
const PRINCIPAL: &str = "zhao-mingyuan";
const WATER_LEAD: &str = "sun-huifang";
const PLANT_LEAD: &str = "qian-lixin";

impl Play<'_> {
    async fn case(&self, incident_id: &str) -> Result<pb::GetCaseResponse, Failure> {
        Ok(self.by(CLERK)?.disposal()?.get_case(GetCaseRequest { incident_id: incident_id.to_owned() }).await?.into_inner())
    }

    /// Step 4, and the tasks to the units.
    pub(super) async fn assign(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("四、牵头与交办", "按分工找到分管领导,跨分工由主要领导指定");
        self.at("2026-11-17T09:00").await?;
        let plant = given(self.case(&matters.plant).await?.case, "处置")?;
        ensure(plant.leader_person_id == self.cast.person(PLANT_LEAD)?, "搅拌站一事应按分工由钱立新牵头".to_owned())?;
        self.did(PLANT_LEAD, "三(四)", format!("{} 涉事单位同属其分工,按分工牵头", plant.number));
        let water = given(self.case(&matters.water).await?.case, "处置")?;
        ensure(
            water.leader_person_id.is_empty() && water.candidate_person_ids.len() == 2,
            format!("供水一事应涉及两位分管领导: {water:?}"),
        )?;
        let leader_person_id = self.cast.person(WATER_LEAD)?;
        let request = DesignateLeadRequest { request_id: fresh(), incident_id: matters.water.clone(), etag: water.etag, leader_person_id };
        self.by(PRINCIPAL)?.disposal()?.designate_lead(request).await?;
        self.did(PRINCIPAL, "三(四)", format!("{} 涉及两位领导分工,委托孙慧芳牵头", water.number));
        for (incident, unit, task) in [
            (&matters.water, "shuiwu", "查明河东片区自来水浑浊、有异味的原因,说明已采取的措施和恢复时间"),
            (&matters.water, "weijian", "对河东片区末梢水采样检测,说明是否影响健康"),
            (&matters.plant, "huanjing", "核查搅拌站噪声、扬尘排放和夜间作业情况"),
            (&matters.plant, "zhujian", "核查搅拌站建设和资质手续"),
            (&matters.plant, "chengguan", "核查搅拌站周边道路抛洒和夜间运输车辆"),
        ] {
            let request = AssignUnitRequest {
                request_id: fresh(),
                incident_id: incident.clone(),
                body_id: self.cast.body(unit)?,
                task: task.to_owned(),
                due_time: None,
            };
            self.by(CLERK)?.disposal()?.assign_unit(request).await?;
        }
        self.did(CLERK, "三(一)", "当日交办: 供水事件 2 家单位,搅拌站事件 3 家单位");
        self.at("2026-11-17T09:12").await?;
        for (incident, unit, who) in [
            (&matters.water, "shuiwu", "xiang-zhiyuan"),
            (&matters.water, "weijian", "yin-wenbo"),
            (&matters.plant, "huanjing", "qi-ruonan"),
            (&matters.plant, "zhujian", "yan-peilin"),
        ] {
            let assignment = self.assignment(incident, unit).await?;
            let request =
                AcknowledgeAssignmentRequest { request_id: fresh(), assignment_id: assignment.assignment_id, etag: assignment.etag };
            self.by(who)?.disposal()?.acknowledge_assignment(request).await?;
            self.did(who, "四(一)二", "签收交办");
        }
        let assignment = self.assignment(&matters.plant, "chengguan").await?;
        let request = AcknowledgeAssignmentRequest { request_id: fresh(), assignment_id: assignment.assignment_id, etag: assignment.etag };
        let answer = refused(self.by("xiang-zhiyuan")?.disposal()?.acknowledge_assignment(request).await, "ASSIGNMENT_UNKNOWN")?;
        self.did("xiang-zhiyuan", "四(三)", format!("试图代县城管局签收,被拒: {answer}"));
        self.settle().await
    }

    async fn assignment(&self, incident_id: &str, unit: &str) -> Result<pb::Assignment, Failure> {
        let body = self.cast.body(unit)?;
        given(self.case(incident_id).await?.assignments.into_iter().find(|a| a.body_id == body), "交办")
    }

    /// Step 5: material, findings, rework, consolidation, agreement.
    pub(super) async fn investigate(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("六、调查", "材料、调查结果、退回、综合、同意");
        self.at("2026-11-17T13:00").await?;
        self.material(&matters.water).await?;
        self.at("2026-11-17T14:30").await?;
        let first = self
            .submit("xiang-zhiyuan", &matters.water, "shuiwu", &[("原水泵站检修后管网冲洗不彻底,造成管垢泛起", State::Verifying, "")])
            .await?;
        self.did("xiang-zhiyuan", "四(三)", "报送调查结果(第 1 稿)");
        let reason = "缺少水质检测数据和冲洗时间,请补充后再报。".to_owned();
        let request =
            ReturnFindingsRequest { request_id: fresh(), findings_id: first.findings_id, etag: first.etag, reason: reason.clone() };
        self.by(CLERK)?.disposal()?.return_findings(request).await?;
        self.did(CLERK, "四(三)", format!("退回补充: {reason}"));
        self.at("2026-11-17T15:20").await?;
        let facts = [
            ("11月8日原水泵站检修后,河东片区3条支管冲洗不彻底,管垢泛起造成浑浊", State::Verified, "县水务局检修记录;管网冲洗记录"),
            ("“自来水被工业废水污染”的说法", State::Refuted, "县疾控中心11月16日检测报告:未检出工业污染物"),
        ];
        let second = self.submit("xiang-zhiyuan", &matters.water, "shuiwu", &facts).await?;
        self.did("xiang-zhiyuan", "四(三)", format!("补充后再报(第 {} 稿)", second.revision));
        let health = [("末梢水7个点位浊度1点超标、余氯合格,其余指标合格", State::Verified, "县疾控中心检测报告第7号")];
        let third = self.submit("yin-wenbo", &matters.water, "weijian", &health).await?;
        let mut findings_ids = Vec::new();
        for findings in [second, third] {
            let request = AcceptFindingsRequest { request_id: fresh(), findings_id: findings.findings_id.clone(), etag: findings.etag };
            self.by(CLERK)?.disposal()?.accept_findings(request).await?;
            findings_ids.push(findings.findings_id);
        }
        self.did(CLERK, "四(三)", "采纳县水务局、县卫健委调查结果");
        self.consolidate(matters, findings_ids).await
    }

    async fn material(&mut self, incident_id: &str) -> Result<(), Failure> {
        let request = RequestMaterialRequest {
            request_id: fresh(),
            incident_id: incident_id.to_owned(),
            body_id: self.cast.body("shuiwu")?,
            question: "请提供11月8日以来泵站检修、管网冲洗和停供水的时间记录".to_owned(),
            due_time: Some(wire_time(moment("2026-11-17T14:00")?)),
        };
        let asked = given(self.by(CLERK)?.disposal()?.request_material(request).await?.into_inner().material_request, "材料要求")?;
        self.did(CLERK, "一", "要求县水务局 14:00 前提供情况材料");
        self.at("2026-11-17T13:40").await?;
        let answer = "8日9时至16时检修2号原水泵;16时至18时冲洗干管,支管未逐条冲洗。".to_owned();
        let request = ProvideMaterialRequest { request_id: fresh(), material_request_id: asked.material_request_id, answer };
        self.by("xiang-zhiyuan")?.disposal()?.provide_material(request).await?;
        self.did("xiang-zhiyuan", "一", "按时提供情况材料");
        Ok(())
    }

    async fn submit(&self, who: &str, incident_id: &str, unit: &str, facts: &[(&str, State, &str)]) -> Result<pb::Findings, Failure> {
        let assignment = self.assignment(incident_id, unit).await?;
        let request = SubmitFindingsRequest {
            request_id: fresh(),
            assignment_id: assignment.assignment_id,
            etag: assignment.etag,
            facts: facts
                .iter()
                .map(|(text, state, evidence)| FindingFact {
                    text: (*text).to_owned(),
                    state: (*state).into(),
                    evidence: (*evidence).to_owned(),
                })
                .collect(),
            account: "检修结束后仅冲洗干管,支管管垢随恢复供水泛起,河东片区部分住户用水浑浊并有异味。".to_owned(),
            measures: "逐条冲洗支管并公布时间表;浑浊期间减免水费;每日公布水质。".to_owned(),
        };
        given(self.by(who)?.disposal()?.submit_findings(request).await?.into_inner().findings, "调查结果")
    }

    async fn consolidate(&mut self, matters: &Matters, findings_ids: Vec<String>) -> Result<(), Failure> {
        let text = "综合县水务局、县卫健委调查:系泵站检修后支管冲洗不彻底,浊度一点超标,未受工业污染;拟即日冲洗、减免水费、每日公布水质。"
            .to_owned();
        let request = ConsolidateFindingsRequest { request_id: fresh(), incident_id: matters.water.clone(), findings_ids, text };
        let report = given(self.by(CLERK)?.disposal()?.consolidate_findings(request).await?.into_inner().consolidation, "综合材料")?;
        self.did(CLERK, "四(三)", "综合各单位材料,报分管领导、主要领导");
        let request = EndorseConsolidationRequest {
            request_id: fresh(),
            consolidation_id: report.consolidation_id.clone(),
            etag: report.etag.clone(),
        };
        let answer = refused(self.by(PLANT_LEAD)?.disposal()?.endorse_consolidation(request.clone()).await, "NOT_THE_LEAD")?;
        self.did(PLANT_LEAD, "三(四)", format!("不是本事件的牵头领导,审核被拒: {answer}"));
        let request = EndorseConsolidationRequest { request_id: fresh(), ..request };
        let endorsed = self.by(WATER_LEAD)?.disposal()?.endorse_consolidation(request).await?.into_inner();
        let endorsed = given(endorsed.consolidation, "综合材料")?;
        self.did(WATER_LEAD, "四(三)", "审核综合材料");
        let request = ApproveConsolidationRequest { request_id: fresh(), consolidation_id: endorsed.consolidation_id, etag: endorsed.etag };
        self.by(PRINCIPAL)?.disposal()?.approve_consolidation(request).await?;
        self.did(PRINCIPAL, "四(三)", "同意综合材料,准予据此回应");
        self.settle().await
    }

    /// Step 7: the same day, each by each.
    pub(super) async fn feed_back(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("八、反馈", "当日: 单位报办公室、报分管领导,分管领导报主要领导");
        self.at("2026-11-17T17:15").await?;
        use FeedbackRecipient::{LeaderInCharge, Office, PrincipalLeader};
        for (who, incident) in [
            ("xiang-zhiyuan", &matters.water),
            ("yin-wenbo", &matters.water),
            ("qi-ruonan", &matters.plant),
            ("yan-peilin", &matters.plant),
        ] {
            for recipient in [Office, LeaderInCharge] {
                self.report(who, incident, recipient, "已按交办要求处置,情况另附书面材料。").await?;
            }
            self.did(who, "四(四)", "当日处置情况分别报处置办、报分管领导");
        }
        for (who, incident) in [(WATER_LEAD, &matters.water), (PLANT_LEAD, &matters.plant)] {
            self.report(who, incident, PrincipalLeader, "各单位处置情况已掌握,现汇报如下。").await?;
            self.did(who, "四(四)", "当日向主要领导汇报");
        }
        let request = SubmitFeedbackRequest {
            request_id: fresh(),
            incident_id: matters.water.clone(),
            recipient: PrincipalLeader.into(),
            text: "越级汇报".to_owned(),
        };
        refused(self.by("xiang-zhiyuan")?.disposal()?.submit_feedback(request).await, "RECIPIENT_NOT_YOURS").map(|_| ())?;
        let text = "社区群与信箱未见新的集中反映,评论转为询问冲洗时间表。".to_owned();
        let request = RecordTrackingRequest { request_id: fresh(), incident_id: matters.water.clone(), text: text.clone() };
        self.by(CLERK)?.disposal()?.record_tracking(request).await?;
        self.did(CLERK, "三(一)", format!("持续跟踪: {text}"));
        self.settle().await
    }

    async fn report(&self, who: &str, incident_id: &str, recipient: FeedbackRecipient, text: &str) -> Result<(), Failure> {
        let request = SubmitFeedbackRequest {
            request_id: fresh(),
            incident_id: incident_id.to_owned(),
            recipient: recipient.into(),
            text: text.to_owned(),
        };
        self.by(who)?.disposal()?.submit_feedback(request).await?;
        Ok(())
    }
}
