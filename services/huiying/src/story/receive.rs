//! 发现与研判: letters and reports come in, matters form, the tests of 二 run, people decide.

use std::collections::HashMap;

use chassis::wire_time;
use huiying_proto::{
    assessment::{
        self as assess, ConfirmAssessmentRequest, EventGrade, GetAssessmentRequest, Level, ListAssessmentsRequest,
        OverrideAssessmentRequest,
    },
    intake::{
        self as pb, GetIncidentRequest, GetReportRequest, ListIncidentsRequest, MoveReportRequest, NameInvolvedBodiesRequest,
        RegisterReportRequest,
    },
};
use jiff::Timestamp;

use super::{Matters, Play, ensure, fresh, given, sample};
use crate::{Failure, import};

const COLLECTOR: &str = "zhou-xiaoyan";
const CLERK: &str = "zheng-yiming";
const OFFICE_HEAD: &str = "li-guodong";

impl Play<'_> {
    /// Steps 1 and 2: what came in, and which matters it is.
    pub(super) async fn receive(&mut self) -> Result<Matters, Failure> {
        self.tell.act("二、发现", "收集、登记、归并");
        self.import_letters().await?;
        let reports = self.register_reports().await?;
        self.settle().await?;
        self.tell_hottest().await?;
        let plant = self.gather(&reports, "1").await?;
        let water = self.gather(&reports, "2").await?;
        let ordinary = self.quiet_matter(&[&plant, &water]).await?;
        self.account.plant.clone_from(&plant);
        self.account.water.clone_from(&water);
        self.account.ordinary.clone_from(&ordinary);
        Ok(Matters { water, plant, ordinary })
    }

    async fn import_letters(&mut self) -> Result<(), Failure> {
        let outlet = given(self.cast.outlets.get("领导信箱").cloned(), "领导信箱")?;
        let client = self.by(COLLECTOR)?.clone();
        let letters = || import::Letters {
            digest: self.stage.letters.digest.clone(),
            rows: self.stage.letters.rows.clone(),
            unreadable: self.stage.letters.unreadable.clone(),
        };
        let first = import::send(&client, &outlet, letters()).await?;
        let unreadable = first.refused.len();
        let taken = first.registered + first.folded;
        self.account.letters_registered = taken;
        let folded = first.folded;
        let words =
            format!("从信箱导入来信 {taken} 封(其中同一来信人重复来信 {folded} 封,与首封合并计数;另有 {unreadable} 行读不出,逐行列明)");
        self.did(COLLECTOR, "四(一)一", words);
        for row in first.refused.iter().take(5) {
            self.tell.show(&format!("第 {} 行未导入", row.row), &row.reason, 1);
        }
        // Another file with the same letters: other request ids, and still nothing is added.
        let again =
            import::send(&client, &outlet, import::Letters { digest: format!("{}-again", self.stage.letters.digest), ..letters() }).await?;
        self.account.letters_registered_again = again.registered;
        ensure(again.registered == 0, format!("重复导入不应新增,却新增 {}", again.registered))?;
        self.did(COLLECTOR, "四(一)一", format!("再次导入同一批: 新增 0 封,{} 封已在册", again.known));
        let broken = import::send(&client, &outlet, sample::broken_letters()?).await?;
        self.account.broken_rows = broken.refused.iter().map(|r| r.row).collect();
        self.did(COLLECTOR, "四(一)一", format!("导入一份有问题的表格: {} 封登记,{} 行退回", broken.registered, broken.refused.len()));
        for row in &broken.refused {
            self.tell.show(&format!("第 {} 行", row.row), &row.reason, 1);
        }
        Ok(())
    }

    async fn register_reports(&mut self) -> Result<HashMap<String, Vec<String>>, Failure> {
        let mut by_matter: HashMap<String, Vec<String>> = HashMap::new();
        let (mut count, mut important) = (0, 0);
        let mut intake = self.by(CLERK)?.intake()?;
        for report in sample::reports()? {
            let publish: Timestamp = report.publish_time.parse()?;
            let bodies: Vec<String> = report.bodies.iter().map(|b| self.cast.body(b)).collect::<Result<_, _>>()?;
            let request = RegisterReportRequest {
                request_id: fresh(),
                outlet_id: given(self.cast.outlets.get(&report.outlet).cloned(), "来源")?,
                title: report.title,
                excerpt: report.excerpt,
                url: report.url,
                page: report.page,
                publish_time: Some(wire_time(publish)),
                sensitive: report.sensitive,
                view_count: report.views,
                comment_count: report.comments,
                repost_count: report.reposts,
                body_ids: bodies,
                non_classified: true,
                ..Default::default()
            };
            let registered = given(intake.register_report(request).await?.into_inner().report, "线索")?;
            count += 1;
            important += i32::from(report.sensitive);
            by_matter.entry(report.matter).or_default().push(registered.report_id);
        }
        self.did(CLERK, "五(一)", format!("读报、看网、看新闻,逐条登记媒体线索 {count} 条,其中敏感政务事件 {important} 条"));
        Ok(by_matter)
    }

    async fn tell_hottest(&mut self) -> Result<(), Failure> {
        let request =
            ListIncidentsRequest { order: pb::list_incidents_request::Order::ReportCount.into(), page_size: 8, ..Default::default() };
        let incidents = self.by(CLERK)?.intake()?.list_incidents(request).await?.into_inner().incidents;
        self.account.most_writers = incidents.iter().map(|i| i.recent_writer_count).max().unwrap_or(0);
        let shown: Vec<String> = incidents
            .iter()
            .map(|i| {
                format!(
                    "{} {} — 线索 {} 条,来信人 {} 名(30 日内最密 {} 名)",
                    i.number, i.title, i.report_count, i.distinct_writer_count, i.recent_writer_count
                )
            })
            .collect();
        self.did(CLERK, "四(一)一", "按同一事件归并;线索最多的事件:");
        self.tell.show("事件", &shown.join("\n"), 8);
        Ok(())
    }

    /// The incident of a matter; a person moves into it what the machine put elsewhere.
    async fn gather(&mut self, reports: &HashMap<String, Vec<String>>, matter: &str) -> Result<String, Failure> {
        let ids = given(reports.get(matter), "事件的线索")?.clone();
        let client = self.by(CLERK)?.clone();
        let mut intake = client.intake()?;
        let (mut home, mut most) = (String::new(), -1);
        let mut placed = Vec::new();
        for report_id in ids {
            let report = given(intake.get_report(GetReportRequest { report_id }).await?.into_inner().report, "线索")?;
            let incident = intake.get_incident(GetIncidentRequest { incident_id: report.incident_id.clone() }).await?.into_inner().incident;
            let count = given(incident, "事件")?.report_count;
            if count > most {
                (home, most) = (report.incident_id.clone(), count);
            }
            placed.push(report);
        }
        let mut moved = 0;
        for report in placed.iter().filter(|r| r.incident_id != home) {
            let reason = "同一事件,人工归并".to_owned();
            let request =
                MoveReportRequest { request_id: fresh(), report_id: report.report_id.clone(), to_incident_id: home.clone(), reason };
            intake.move_report(request).await?;
            moved += 1;
        }
        self.settle().await?;
        let incident = given(intake.get_incident(GetIncidentRequest { incident_id: home.clone() }).await?.into_inner().incident, "事件")?;
        let by_hand = if moved > 0 { format!("(其中 {moved} 条由人工归并)") } else { String::new() };
        self.did(CLERK, "四(一)一", format!("{} “{}” 共 {} 条线索{by_hand}", incident.number, incident.title, incident.report_count));
        Ok(home)
    }

    /// A matter of several letters on which none of the tests hits.
    async fn quiet_matter(&self, not: &[&String]) -> Result<String, Failure> {
        let client = self.by(CLERK)?;
        let request =
            ListIncidentsRequest { order: pb::list_incidents_request::Order::ReportCount.into(), page_size: 200, ..Default::default() };
        let incidents = client.intake()?.list_incidents(request).await?.into_inner().incidents;
        for incident in incidents.into_iter().filter(|i| !not.contains(&&i.incident_id)) {
            let request = GetAssessmentRequest { incident_id: incident.incident_id.clone() };
            let assessment = given(client.assessment()?.get_assessment(request).await?.into_inner().assessment, "研判")?;
            if assessment.grounds.is_empty() && assessment.suggested_level() == Level::Ordinary {
                return Ok(incident.incident_id);
            }
        }
        Err(Failure("找不到没有命中标准的事件".into()))
    }

    /// Step 3: the tests have run; people confirm, or decide otherwise with a reason; new reports re-assess.
    pub(super) async fn classify(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("三、研判", "四条标准、依据、人的决定");
        self.at("2026-11-17T08:45").await?;
        let waiting = self.waiting().await?;
        self.did(CLERK, "二", format!("四条标准自动比对,待确认的重要舆情 {} 件", waiting.len()));
        self.involve(&matters.water, &["shuiwu", "weijian"]).await?;
        self.involve(&matters.plant, &["huanjing", "zhujian", "chengguan"]).await?;
        self.settle().await?;
        for incident in [&matters.water, &matters.plant] {
            self.confirm(incident).await?;
        }
        self.stays_ordinary(&matters.ordinary).await
    }

    async fn waiting(&self) -> Result<Vec<assess::Assessment>, Failure> {
        let request = ListAssessmentsRequest { waiting: true, page_size: 1000, page_token: String::new() };
        Ok(self.by(CLERK)?.assessment()?.list_assessments(request).await?.into_inner().assessments)
    }

    async fn involve(&mut self, incident_id: &str, codes: &[&str]) -> Result<(), Failure> {
        let client = self.by(CLERK)?.clone();
        let mut intake = client.intake()?;
        let incident = intake.get_incident(GetIncidentRequest { incident_id: incident_id.to_owned() }).await?.into_inner().incident;
        let etag = given(incident, "事件")?.etag;
        let body_ids: Vec<String> = codes.iter().map(|c| self.cast.body(c)).collect::<Result<_, _>>()?;
        let request = NameInvolvedBodiesRequest { request_id: fresh(), incident_id: incident_id.to_owned(), etag, body_ids };
        let incident = given(intake.name_involved_bodies(request).await?.into_inner().incident, "事件")?;
        self.did(CLERK, "三(四)", format!("{} 确定涉事单位 {} 家", incident.number, codes.len()));
        Ok(())
    }

    async fn assessment(&self, incident_id: &str) -> Result<assess::Assessment, Failure> {
        let request = GetAssessmentRequest { incident_id: incident_id.to_owned() };
        given(self.by(CLERK)?.assessment()?.get_assessment(request).await?.into_inner().assessment, "研判")
    }

    async fn confirm(&mut self, incident_id: &str) -> Result<(), Failure> {
        let assessment = self.assessment(incident_id).await?;
        ensure(assessment.suggested_level() == Level::Important, format!("{} 应命中重要舆情标准", assessment.incident_title))?;
        let grounds: Vec<String> =
            assessment.grounds.iter().map(|g| format!("{} {} — 所见: {}", g.clause, g.text, g.values_json)).collect();
        self.tell.show(&format!("{} {} 的认定依据", assessment.incident_number, assessment.incident_title), &grounds.join("\n"), 6);
        let request = ConfirmAssessmentRequest {
            request_id: fresh(),
            incident_id: incident_id.to_owned(),
            etag: assessment.etag,
            grade: EventGrade::None.into(),
        };
        self.by(OFFICE_HEAD)?.assessment()?.confirm_assessment(request).await?;
        let clauses: std::collections::BTreeSet<String> = assessment.grounds.iter().map(|g| g.clause.clone()).collect();
        let clauses = clauses.into_iter().collect::<Vec<_>>().join("、");
        self.did(OFFICE_HEAD, "二", format!("确认 {} 为重要舆情,依据 {clauses}", assessment.incident_number));
        Ok(())
    }

    /// Confirmed ordinary; then television reports on it, the tests say important, and a person decides otherwise.
    async fn stays_ordinary(&mut self, incident_id: &str) -> Result<(), Failure> {
        let before = self.assessment(incident_id).await?;
        let request = ConfirmAssessmentRequest {
            request_id: fresh(),
            incident_id: incident_id.to_owned(),
            etag: before.etag.clone(),
            grade: EventGrade::None.into(),
        };
        self.by(OFFICE_HEAD)?.assessment()?.confirm_assessment(request).await?;
        self.did(OFFICE_HEAD, "二", format!("确认 {} “{}” 为一般舆情,列入周报", before.incident_number, before.incident_title));
        let outlets = sample::outlets()?;
        let television = given(outlets.iter().find(|o| o.medium == "television" && o.tier == "region"), "自治区电视来源")?;
        let request = RegisterReportRequest {
            request_id: fresh(),
            outlet_id: given(self.cast.outlets.get(&television.name).cloned(), "来源")?,
            title: format!("记者回访: {}", before.incident_title),
            excerpt: "记者到现场回访,有关单位介绍了办理进度,群众对答复表示认可,节目播出后网上讨论较多。".to_owned(),
            publish_time: Some(wire_time(self.stage.clock.now())),
            sensitive: true,
            view_count: 60_000,
            comment_count: 900,
            repost_count: 300,
            incident_id: incident_id.to_owned(),
            non_classified: true,
            ..Default::default()
        };
        self.by(CLERK)?.intake()?.register_report(request).await?;
        self.settle().await?;
        let after = self.assessment(incident_id).await?;
        ensure(after.suggested_level() == Level::Important, "新线索应引起重新研判".to_owned())?;
        ensure(self.waiting().await?.iter().any(|a| a.incident_id == incident_id), "重新研判的事件应在待确认之列".to_owned())?;
        self.did(CLERK, "二", format!("{} 有新的电视报道,系统重新研判: 建议改为重要舆情,待人确认", after.incident_number));
        let reason = "该报道系正面回访,事项已基本办结,不属敏感政务事件,维持一般舆情。".to_owned();
        let request = OverrideAssessmentRequest {
            request_id: fresh(),
            incident_id: incident_id.to_owned(),
            etag: after.etag,
            level: Level::Ordinary.into(),
            grade: EventGrade::None.into(),
            reason: reason.clone(),
        };
        let outcome = self.by(OFFICE_HEAD)?.assessment()?.override_assessment(request).await?;
        ensure(outcome.into_inner().assessment.is_some_and(|a| a.level() == Level::Ordinary), "改定后应为一般舆情".to_owned())?;
        self.did(OFFICE_HEAD, "二", format!("改定 {} 维持一般舆情,理由: {reason}", after.incident_number));
        Ok(())
    }
}
