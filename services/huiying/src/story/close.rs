//! 登记、周报、通知与账本: what the day and the week leave behind, and proof that nobody changed it.

use huiying_proto::{
    accountability::{ListObligationsRequest, obligation::State},
    intake::{CompileDailyRegisterRequest, IssueBulletinRequest, bulletin::Kind},
    notification::{AcknowledgeNoticeRequest, ListNoticesRequest, OpenNoticeRequest},
};

use super::{Play, ensure, fresh, given};
use crate::{Failure, compose::SERVICES, ledger};

const COLLECTOR: &str = "zhou-xiaoyan";
const CLERK: &str = "zheng-yiming";
const PRINCIPAL: &str = "zhao-mingyuan";
const AUDITOR: &str = "qu-zhengping";

impl Play<'_> {
    /// Step 10, first part: the day's register.
    pub(super) async fn register_day(&mut self) -> Result<(), Failure> {
        self.tell.act("十、每日登记", "汇总、呈报、抄送");
        self.at("2026-11-17T18:20").await?;
        self.read_the_day().await?;
        let request = CompileDailyRegisterRequest { request_id: fresh(), register_date: "2026-11-17".to_owned(), supplement: false };
        let register = given(self.by(COLLECTOR)?.intake()?.compile_daily_register(request).await?.into_inner().daily_register, "每日登记")?;
        self.did(COLLECTOR, "四(一)一", format!("编成当日登记: 线索 {} 条,事件 {} 件", register.report_count, register.incident_count));
        self.tell.show("每日登记", &register.text, 12);
        self.settle().await
    }

    /// Step 10, second part: the week's bulletin, and the principal leader's inbox.
    pub(super) async fn close_week(&mut self) -> Result<(), Failure> {
        self.tell.act("十二、周报与通知", "普通舆情一周一报告;送达与阅读");
        self.at("2026-11-20T16:00").await?;
        self.read_the_day().await?;
        let request = IssueBulletinRequest {
            request_id: fresh(),
            kind: Kind::Weekly.into(),
            incident_id: String::new(),
            week_of: "2026-11-20".to_owned(),
            comment: String::new(),
            corrects_bulletin_id: String::new(),
        };
        let bulletin = given(self.by(CLERK)?.intake()?.issue_bulletin(request).await?.into_inner().bulletin, "周报")?;
        ensure(bulletin.incident_ids.contains(&self.account.ordinary), "周报应含已定为一般舆情的事件".to_owned())?;
        self.did(CLERK, "四(一)一", format!("编发周报 第{}期,收录一般舆情 {} 件", bulletin.number, bulletin.incident_ids.len()));
        self.tell.show(&bulletin.title, &bulletin.text, 10);
        self.settle().await?;
        self.read_inbox().await?;
        self.show_obligations().await
    }

    async fn read_inbox(&mut self) -> Result<(), Failure> {
        self.at("2026-11-20T16:20").await?;
        let client = self.by(PRINCIPAL)?.clone();
        let mut notification = client.notification()?;
        let list = |unread| ListNoticesRequest { unread, page_size: 1000, page_token: String::new() };
        let unread = notification.list_notices(list(true)).await?.into_inner().notices;
        ensure(!unread.is_empty(), "主要领导的收件箱不应为空".to_owned())?;
        for notice in &unread {
            let request = OpenNoticeRequest { request_id: fresh(), notice_id: notice.notice_id.clone() };
            let opened = given(notification.open_notice(request).await?.into_inner().notice, "通知")?;
            if opened.needs_acknowledgement {
                let request = AcknowledgeNoticeRequest { request_id: fresh(), notice_id: opened.notice_id, etag: opened.etag };
                notification.acknowledge_notice(request).await?;
            }
        }
        let notices = notification.list_notices(list(false)).await?.into_inner().notices;
        ensure(notices.iter().all(|n| n.deliver_time.is_some() && n.open_time.is_some()), "每条通知都应有送达与阅读时间".to_owned())?;
        self.did(PRINCIPAL, "四(一)一", format!("阅读通知 {} 条,逐条留下送达与阅读时间", notices.len()));
        let words = |time: Option<&prost_types::Timestamp>| chassis::fact_time(time).map(chassis::clock::in_words).unwrap_or_default();
        let rows = notices
            .iter()
            .take(12)
            .map(|n| vec![n.clause.clone(), n.title.clone(), words(n.deliver_time.as_ref()), words(n.open_time.as_ref())]);
        self.tell.table("主要领导的收件箱(最近 12 条)", &["条款", "标题", "送达", "阅读"], rows.collect());
        Ok(())
    }

    async fn show_obligations(&mut self) -> Result<(), Failure> {
        let mut rows = Vec::new();
        let mut accountability = self.by(CLERK)?.accountability()?;
        for (state, name) in [
            (State::Discharged, "按期履行"),
            (State::DischargedLate, "逾期履行"),
            (State::Breached, "逾期未履行"),
            (State::Open, "未到期"),
            (State::Ended, "已终止"),
        ] {
            let request = ListObligationsRequest { state: state.into(), page_size: 1000, ..Default::default() };
            let found = accountability.list_obligations(request).await?.into_inner().obligations;
            let mut names: Vec<String> = found.iter().map(|o| format!("{}({})", o.name, o.clause)).collect();
            names.sort();
            names.dedup();
            rows.push(vec![name.to_owned(), found.len().to_string(), names.join("、")]);
        }
        self.tell.table("责任时限", &["状态", "件数", "事项"], rows);
        Ok(())
    }

    /// Step 11: every ledger verifies; one flipped byte in a copy is found and named.
    pub(super) async fn verify(&mut self) -> Result<(), Failure> {
        self.tell.act("十三、账本", "逐条验证;改动一个字节即被发现");
        let auditor = self.by(AUDITOR)?.clone();
        let mut rows = Vec::new();
        for (service, ..) in SERVICES {
            let copy = ledger::copy(&auditor, service).await?;
            let count = ledger::verify(&copy).map_err(|flaw| Failure(format!("{service} 账本验证不通过: {flaw}")))?;
            rows.push(vec![
                service.to_owned(),
                count.to_string(),
                "完整".to_owned(),
                copy.checkpoint.note.lines().nth(2).unwrap_or_default().to_owned(),
            ]);
            self.account.ledgers.push((service.to_owned(), count));
        }
        self.did(AUDITOR, "四(六)", format!("{} 本账本逐条验证,全部完整", rows.len()));
        self.tell.table("账本", &["服务", "条数", "结论", "检查点根摘要"], rows);
        let mut copy = ledger::copy(&auditor, "publication").await?;
        let middle = copy.records.len() / 2;
        let record = given(copy.records.get_mut(middle), "账本条目")?;
        let position = record.position;
        let mut bytes = record.record.to_vec();
        *given(bytes.last_mut(), "账本内容")? ^= 1;
        record.record = bytes.into();
        match ledger::verify(&copy) {
            Ok(_) => return Err(Failure("改动一个字节没有被发现".into())),
            Err(flaw) => {
                self.did(AUDITOR, "四(六)", format!("在 publication 账本副本第 {position} 条改动一个字节: {flaw}"));
                self.account.flaw = Some((position, flaw.to_string()));
            }
        }
        Ok(())
    }
}
