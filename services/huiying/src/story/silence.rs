//! 问责: a unit stays silent; reminders, breach, who knew what when, a case opened by a person, interview, reply, decision (四(六)).

use huiying_proto::accountability::{
    self as pb, DecideAccountabilityCaseRequest, GetKnowledgeTimelineRequest, ListObligationsRequest, OpenAccountabilityCaseRequest,
    RecordInterviewRequest, SubmitReplyRequest,
    accountability_case::{Behaviour, Decision},
    obligation::State,
};

use super::{Matters, Play, ensure, eventually, fresh, given, refused};
use crate::Failure;

const OFFICE_HEAD: &str = "li-guodong";
const LEAD: &str = "qian-lixin";
const PRINCIPAL: &str = "zhao-mingyuan";
const SUBJECT: &str = "dong-chengwu";

impl Play<'_> {
    /// Step 9.
    pub(super) async fn hold_to_account(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("十一、问责", "到期提醒、逾期、知情时间线、立案、约谈、申辩、决定");
        self.at("2026-11-18T00:05").await?;
        let body = self.cast.body("chengguan")?;
        let breached = self.breaches(&matters.plant, &body, 3).await?;
        self.account.silent_body.clone_from(&body);
        self.account.breached = breached.iter().map(|o| o.duty_id.clone()).collect();
        for obligation in &breached {
            let due = given(obligation.due_time, "到期时间")?;
            let due = chassis::clock::in_words(chassis::fact_time(Some(&due))?);
            self.tell.line(
                self.stage.clock.now(),
                "四(六)",
                "责任时限",
                format!("县城管局逾期: {}({}),应于 {due} 前", obligation.name, obligation.clause),
            );
        }
        if let Some(obligation) = breached.first() {
            self.tell.show("时限如何算出", &obligation.derivation.join("\n"), 8);
        }
        self.at("2026-11-18T09:00").await?;
        self.read_the_day().await?;
        let request = GetKnowledgeTimelineRequest { incident_id: matters.plant.clone() };
        let timeline = self.by(OFFICE_HEAD)?.accountability()?.get_knowledge_timeline(request).await?.into_inner().entries;
        let of_unit = self.of_unit(&timeline, &body)?;
        ensure(!of_unit.is_empty(), "知情时间线应显示县城管局何时知情".to_owned())?;
        self.did(OFFICE_HEAD, "四(六)", format!("查阅知情时间线: 全部 {} 条,其中县城管局 {} 条", timeline.len(), of_unit.len()));
        self.tell.show("县城管局何时知道什么", &of_unit.join("\n"), 8);
        self.open_case(matters, &body, &breached).await
    }

    /// The silent unit's breaches, once at least some are there.
    async fn breaches(&self, incident_id: &str, body: &str, least: usize) -> Result<Vec<pb::Obligation>, Failure> {
        let client = self.by(OFFICE_HEAD)?.clone();
        eventually("沉默单位的逾期", || {
            let request = ListObligationsRequest {
                incident_id: incident_id.to_owned(),
                state: State::Breached.into(),
                debtor_body_id: body.to_owned(),
                page_size: 100,
                page_token: String::new(),
            };
            let client = client.clone();
            async move {
                let found = client.accountability()?.list_obligations(request).await?.into_inner().obligations;
                Ok((found.len() >= least).then_some(found))
            }
        })
        .await
    }

    fn of_unit(&self, timeline: &[pb::KnowledgeEntry], body: &str) -> Result<Vec<String>, Failure> {
        let people = [SUBJECT, "lv-haifeng", "bai-yuting"].map(|code| self.cast.person(code));
        let people = people.into_iter().collect::<Result<Vec<_>, _>>()?;
        timeline
            .iter()
            .filter(|e| e.body_id == body || people.contains(&e.person_id))
            .map(|e| {
                Ok(format!(
                    "{} {}(账本 {} 第 {} 条)",
                    chassis::clock::in_words(chassis::fact_time(e.time.as_ref())?),
                    e.what,
                    e.service_name,
                    e.position
                ))
            })
            .collect()
    }

    async fn open_case(&mut self, matters: &Matters, body: &str, breached: &[pb::Obligation]) -> Result<(), Failure> {
        let request = OpenAccountabilityCaseRequest {
            request_id: fresh(),
            incident_id: matters.plant.clone(),
            behaviour: Behaviour::Delay.into(),
            subject_person_id: self.cast.person(SUBJECT)?,
            subject_body_id: body.to_owned(),
            obligation_ids: breached.iter().map(|o| o.obligation_id.clone()).collect(),
            behaviour_evidence: "交办通知已送达而未签收;当日未向处置办和分管领导反馈,经三次提醒仍无应答。".to_owned(),
        };
        let case = given(
            self.by(OFFICE_HEAD)?.accountability()?.open_accountability_case(request).await?.into_inner().accountability_case,
            "问责",
        )?;
        self.did(OFFICE_HEAD, "四(六)", "由人立案: 拖延推诿,责任人县城管局主要负责人;系统只呈证据");
        self.at("2026-11-18T15:00").await?;
        let record = "约谈县城管局主要负责人,出示时间线与逾期事项,要求说明原因并当场整改。".to_owned();
        let request = RecordInterviewRequest {
            request_id: fresh(),
            case_id: case.case_id.clone(),
            etag: case.etag,
            record,
            place: "县政府办公室二楼会议室".to_owned(),
            ..Default::default()
        };
        let case = given(self.by(LEAD)?.accountability()?.record_interview(request).await?.into_inner().accountability_case, "问责")?;
        self.did(LEAD, "四(六)", "约谈并作记录");
        let decide = |etag: String, decision: Decision| DecideAccountabilityCaseRequest {
            request_id: fresh(),
            case_id: case.case_id.clone(),
            etag,
            decision: decision.into(),
            reason: "逾期属实,但未造成恶劣影响,且已整改。".to_owned(),
            grave_effect_evidence: String::new(),
            competent_body: String::new(),
        };
        let answer = refused(
            self.by(PRINCIPAL)?.accountability()?.decide_accountability_case(decide(case.etag.clone(), Decision::InterviewOnly)).await,
            "REPLY_NOT_HEARD",
        )?;
        self.did(PRINCIPAL, "四(六)", format!("未听申辩不得决定: {answer}"));
        self.at("2026-11-19T09:30").await?;
        self.read_the_day().await?;
        let reply = "信息员外出,交办未及时转办,责任在我;已补报情况并安排专人值守。".to_owned();
        let request = SubmitReplyRequest { request_id: fresh(), case_id: case.case_id.clone(), etag: case.etag.clone(), reply };
        let replied = given(self.by(SUBJECT)?.accountability()?.submit_reply(request).await?.into_inner().accountability_case, "问责")?;
        self.did(SUBJECT, "四(六)", "本人申辩");
        let answer = refused(
            self.by(PRINCIPAL)?.accountability()?.decide_accountability_case(decide(replied.etag.clone(), Decision::Accountable)).await,
            "GRAVE_EFFECT_NOT_SHOWN",
        )?;
        self.did(PRINCIPAL, "四(六)", format!("行为与恶劣影响须同时成立: {answer}"));
        let decided = self
            .by(PRINCIPAL)?
            .accountability()?
            .decide_accountability_case(decide(replied.etag, Decision::InterviewOnly))
            .await?
            .into_inner();
        let decided = given(decided.accountability_case, "问责")?;
        self.did(PRINCIPAL, "四(六)", "决定: 约谈提醒,不予问责");
        self.account.accountability_case = decided.case_id;
        self.settle().await
    }
}
