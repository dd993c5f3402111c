//! 统一发布: the line to take, four eyes, the exact text approved, one exit, and the public feed.

use huiying_proto::{
    intake::{IssueBulletinRequest, bulletin::Kind as BulletinKind},
    publication::{
        self as pb, ApproveLineRequest, ApproveStatementRequest, DraftStatementRequest, ProposeLineRequest, ReleaseStatementRequest,
        ReviewStatementRequest, SubmitStatementRequest, statement::Kind,
    },
};

use super::{Matters, Play, ensure, fresh, given, refused};
use crate::Failure;

const WRITER: &str = "feng-yajing";
const CLERK: &str = "zheng-yiming";
const OFFICE_HEAD: &str = "li-guodong";
const PRINCIPAL: &str = "zhao-mingyuan";

const HOLDING: &str = "近日,有群众反映河东片区自来水浑浊、有异味。我们高度重视,现将有关情况通报如下:\n\n  一、已掌握:11月8日以来信箱、网络共收到多起反映,集中在河东片区。\n  二、正在核实:浑浊原因、水质检测结果。县疾控中心正在采样检测,结果出来前请使用桶装水饮用;县水务局已在社区设点供水 <免费>。\n  三、下次发布:今日18时前通报检测结果与原因。\n\n欢迎继续监督 & 反映。\n";
const FULL: &str = "关于河东片区自来水浑浊的调查情况:\n\n  经查,11月8日原水泵站检修后支管冲洗不彻底,管垢泛起造成浑浊。县疾控中心检测7个点位,1个点位浊度超标,余氯及其余指标合格,未检出工业污染物。\n  即日起逐条冲洗支管,时间表在县政府门户网站公布;浑浊期间水费予以减免;每日9时公布前一日水质。\n\n给大家带来不便,深表歉意。\n";
const PLANT: &str = "近日,有群众反映锦绣家园旁搅拌站夜间施工噪声、扬尘扰民。我们已责成有关部门现场核查,搅拌站今晚起暂停夜间生产;核查结果和处理意见将于11月20日前公布。\n";

impl Play<'_> {
    /// Step 6, first part: the special bulletins, and a holding statement the same day.
    pub(super) async fn hold(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("五、呈报与首发回应", "专报;口径;四眼;原文批准;统一出口");
        self.at("2026-11-17T09:40").await?;
        for incident in [&matters.water, &matters.plant] {
            let request = IssueBulletinRequest {
                request_id: fresh(),
                kind: BulletinKind::Special.into(),
                incident_id: incident.clone(),
                week_of: String::new(),
                comment: "请各位领导阅示。".to_owned(),
                corrects_bulletin_id: String::new(),
            };
            let bulletin = given(self.by(CLERK)?.intake()?.issue_bulletin(request).await?.into_inner().bulletin, "专报")?;
            self.did(CLERK, "四(一)一", format!("编发专报 第{}期《{}》,即时呈报", bulletin.number, bulletin.title));
        }
        self.line(&matters.water, "sun-huifang", "正在核查,以检测结果为准;已设临时供水点;今日18时前再次通报。").await?;
        self.line(&matters.plant, "qian-lixin", "已责成核查,先停夜间生产,结果限期公布。").await?;
        self.at("2026-11-17T10:20").await?;
        self.publish(&matters.water, Kind::Holding, "关于河东片区自来水情况的通报", HOLDING, true).await?;
        self.at("2026-11-17T11:30").await?;
        self.publish(&matters.plant, Kind::Holding, "关于锦绣家园旁搅拌站扰民问题的通报", PLANT, false).await
    }

    /// Step 6, second part: the findings, to a new line.
    pub(super) async fn answer(&mut self, matters: &Matters) -> Result<(), Failure> {
        self.tell.act("七、正式回应", "依据经同意的综合材料");
        self.at("2026-11-17T16:30").await?;
        self.line(&matters.water, "sun-huifang", "系检修后支管冲洗不彻底,未受工业污染;冲洗、减免、每日公布。").await?;
        self.publish(&matters.water, Kind::Full, "关于河东片区自来水浑浊的调查情况通报", FULL, false).await
    }

    async fn line(&mut self, incident_id: &str, approver: &str, text: &str) -> Result<(), Failure> {
        let request = ProposeLineRequest { request_id: fresh(), incident_id: incident_id.to_owned(), text: text.to_owned() };
        let line = given(self.by(WRITER)?.publication()?.propose_line(request).await?.into_inner().line, "口径")?;
        let request = ApproveLineRequest { request_id: fresh(), line_id: line.line_id, etag: line.etag };
        let line = given(self.by(approver)?.publication()?.approve_line(request).await?.into_inner().line, "口径")?;
        self.did(approver, "三(三)", format!("审定口径(第 {} 版): {}", line.revision, line.text));
        Ok(())
    }

    /// Draft, submit, review by another, approval of exactly this text, release; and look at what the public sees.
    async fn publish(&mut self, incident_id: &str, kind: Kind, title: &str, text: &str, show_refusals: bool) -> Result<(), Failure> {
        let request = DraftStatementRequest {
            request_id: fresh(),
            incident_id: incident_id.to_owned(),
            kind: kind.into(),
            title: title.to_owned(),
            text: text.to_owned(),
        };
        let draft = given(self.by(WRITER)?.publication()?.draft_statement(request).await?.into_inner().statement, "稿件")?;
        let request = SubmitStatementRequest { request_id: fresh(), statement_id: draft.statement_id.clone(), etag: draft.etag };
        let submitted = given(self.by(WRITER)?.publication()?.submit_statement(request).await?.into_inner().statement, "稿件")?;
        self.did(WRITER, "四(三)", format!("拟稿并送审《{title}》"));
        let review = ReviewStatementRequest {
            request_id: fresh(),
            statement_id: submitted.statement_id.clone(),
            etag: submitted.etag,
            non_classified: true,
            no_personal_data: true,
            facts_checked: true,
        };
        if show_refusals {
            let answer = refused(self.by(WRITER)?.publication()?.review_statement(review.clone()).await, "OWN_WORK")?;
            self.did(WRITER, "四(三)", format!("审核自己的稿件,被拒: {answer}"));
        }
        let review = ReviewStatementRequest { request_id: fresh(), ..review };
        let reviewed = given(self.by(OFFICE_HEAD)?.publication()?.review_statement(review).await?.into_inner().statement, "稿件")?;
        self.did(OFFICE_HEAD, "四(三)", "审核: 不涉密、无不必要的个人信息、事实已核(公开条例17、保密法35)");
        if show_refusals {
            self.show_lock(&reviewed).await?;
        }
        let request = ApproveStatementRequest {
            request_id: fresh(),
            statement_id: reviewed.statement_id.clone(),
            etag: reviewed.etag,
            text_sha256: reviewed.text_sha256.clone(),
        };
        let approved = given(self.by(PRINCIPAL)?.publication()?.approve_statement(request).await?.into_inner().statement, "稿件")?;
        self.did(PRINCIPAL, "四(三)", format!("批准原文,摘要 {}…", approved.approved_sha256.get(..12).unwrap_or_default()));
        let request = ReleaseStatementRequest {
            request_id: fresh(),
            statement_id: approved.statement_id.clone(),
            etag: approved.etag,
            channel_ids: self.cast.channels.clone(),
        };
        let release = given(self.by(CLERK)?.publication()?.release_statement(request).await?.into_inner().release, "发布")?;
        ensure(release.title == title && release.text == text, "发布的文字应与批准的一字不差".to_owned())?;
        ensure(release.text_sha256 == approved.approved_sha256, "发布的摘要应与批准的一致".to_owned())?;
        self.seen_by_public(&release).await?;
        self.did(CLERK, "三(三)", format!("统一发布《{title}》,公众订阅即时可见,与批准原文逐字节一致"));
        self.account.released.push((approved.statement_id, release.text_sha256));
        self.settle().await
    }

    /// What the lock refuses: a release before approval, and an approval of another text.
    async fn show_lock(&mut self, statement: &pb::Statement) -> Result<(), Failure> {
        let request = ReleaseStatementRequest {
            request_id: fresh(),
            statement_id: statement.statement_id.clone(),
            etag: statement.etag.clone(),
            channel_ids: self.cast.channels.clone(),
        };
        let answer = refused(self.by(CLERK)?.publication()?.release_statement(request).await, "STATEMENT_STATE")?;
        self.did(CLERK, "四(三)", format!("未经批准就发布,被拒: {answer}"));
        let request = ApproveStatementRequest {
            request_id: fresh(),
            statement_id: statement.statement_id.clone(),
            etag: statement.etag.clone(),
            text_sha256: "0".repeat(64),
        };
        let answer = refused(self.by(PRINCIPAL)?.publication()?.approve_statement(request).await, "TEXT_DIFFERS")?;
        self.did(PRINCIPAL, "四(三)", format!("批准的不是眼前这份文字,被拒: {answer}"));
        Ok(())
    }

    async fn seen_by_public(&self, release: &pb::Release) -> Result<(), Failure> {
        let (status, feed) = given(self.stage.county.http_get("publication", "/feed.atom").await, "公众订阅")?;
        ensure(status == 200, format!("公众订阅应答 {status}"))?;
        ensure(feed.contains(&release.release_id), "公众订阅里应即时可见这次发布".to_owned())
    }
}
