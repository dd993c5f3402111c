//! The publication review slip: the exact text, its digest, and who did what.

use crate::office::{Office, office};
use chassis::testing::assert_refused;
use huiying_proto::{
    paper::{Paper, paper::Format},
    publication as pb,
};
use papers::testing::text;
use tonic::{Code, Status};
use uuid::Uuid;

async fn slip(office: &Office, by: Uuid, id: &str, format: Format) -> Result<Paper, Status> {
    let message = pb::RenderReviewSlipRequest { statement_id: id.into(), format: format.into() };
    Ok(office.client.clone().render_review_slip(office.house.ask(by, message)).await?.into_inner().paper.unwrap())
}

#[tokio::test]
async fn a_review_slip_holds_the_exact_text_and_each_step_once_it_was_taken() {
    let office = office().await;
    let draft = office.draft("关于河东供水的回应", "停水由管网爆管引起。\n已恢复供水。").await;
    let said = text(&slip(&office, office.leader, &draft.statement_id, Format::Docx).await.unwrap().content);
    for part in
        ["发布审查单", "2026-0001", "河东供水", "正式回应", "停水由管网爆管引起。", "已恢复供水。", "第1版(现行):正在核查", "拟稿", "staff"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains(&draft.text_sha256) && !said.contains("已逐项确认") && !said.contains("principal"), "{said}");
    let submitted = office.submit(office.staff, &draft).await.unwrap();
    let reviewed = office.review(office.head, &submitted).await.unwrap();
    assert_eq!(reviewed.review_time, Some(chassis::wire_time(chassis::testing::moment("2026-11-10 09:00"))));
    let approved = office.approve(office.principal, &reviewed).await.unwrap();
    let said = text(&slip(&office, office.head, &draft.statement_id, Format::Docx).await.unwrap().content);
    for part in ["已批准", "head", "已逐项确认：不涉密；无不必要的个人信息；事实已核", "principal", "2026年11月10日 09:00"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.matches(&approved.approved_sha256).count(), 2, "{said}");
    assert!(!said.contains("政府门户网站"), "{said}");
    office.release(office.staff, &approved).await.unwrap();
    assert!(text(&slip(&office, office.head, &draft.statement_id, Format::Docx).await.unwrap().content).contains("政府门户网站"));
    // Another line becomes current: the slip says that this one was replaced.
    office.line("已经查明").await;
    let said = text(&slip(&office, office.head, &draft.statement_id, Format::Docx).await.unwrap().content);
    assert!(said.contains("第1版(已更替):正在核查"), "{said}");
}

#[tokio::test]
async fn no_slip_of_what_is_not_there_and_no_pdf_without_a_converter() {
    let office = office().await;
    let nothing = office.house.new_id().to_string();
    assert_refused(slip(&office, office.head, &nothing, Format::Docx).await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(slip(&office, office.head, "x", Format::Docx).await, Code::InvalidArgument, "FIELDS_INVALID");
    let draft = office.draft("标题", "文本").await;
    let pdf = slip(&office, office.head, &draft.statement_id, Format::Pdf).await;
    assert_refused(pdf, Code::FailedPrecondition, "CONVERTER_MISSING");
}
