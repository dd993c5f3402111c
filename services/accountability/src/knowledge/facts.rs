//! Which facts show that somebody knew, and who: a table by kind of fact.

use chassis::{Error, Heard, fact_id, fact_time, optional_fact_id};
use huiying_proto::{fact_fields, fact_kind, intake as pb};
use jiff::Timestamp;
use regulation::incidents_of;
use serde_json::Value;
use uuid::Uuid;

use super::{Entry, Proof, Sighting};

/// Who knew.
#[derive(Clone, Copy)]
enum Who {
    /// No person: the body did.
    Body,
    /// Whoever acted.
    Actor,
    /// The person in this field.
    Named(&'static str),
}
use Who::{Actor, Body, Named};

/// A kind of fact that shows knowledge.
struct Witness {
    kind: &'static str,
    who: Who,
    /// The field that holds the body; empty when the fact names none.
    body: &'static str,
    what: &'static str,
    /// The field that tells more; empty when none does.
    detail: &'static str,
    /// The field that claims another time; empty when none does.
    claimed: &'static str,
}

const fn row(kind: &'static str, who: Who, body: &'static str, what: &'static str, detail: &'static str) -> Witness {
    Witness { kind, who, body, what, detail, claimed: "" }
}

const PERSON: Who = Named("/person_id");
const BODY: &str = "/body_id";
const TITLE: &str = "/title";

/// The table. 登记线索 is apart: it is known before its incident is.
const WITNESSES: &[Witness] = &[
    row("intake.InvolvedBodiesNamed", Actor, "", "确定涉事单位", ""),
    row("intake.ReportMoved", Actor, "", "调整线索归并", "/reason"),
    row("intake.ReportSighted", Actor, "", "登记重复线索", TITLE),
    row("intake.SuggestionDismissed", PERSON, "", "不予归并", "/reason"),
    row("intake.ReportCategorized", PERSON, "", "线索归类", "/category"),
    row("intake.WritersRevealed", PERSON, "", "查看来信人身份", "/reason"),
    row("intake.ItemTransferred", Actor, "", "登记或移转外部转办", TITLE),
    row("intake.TransferCorrected", PERSON, "", "更正外部转办", "/is"),
    row("intake.IncidentMerged", PERSON, "", "并入其他事件", "/into_title"),
    row("intake.IncidentSplit", PERSON, "", "拆分事件", "/new_title"),
    row("intake.RegroupingUndone", PERSON, "", "撤销归并调整", "/reason"),
    row("intake.BulletinIssued", Actor, "", "编发简报", TITLE),
    row("assessment.IncidentClassified", PERSON, "", "研判定级", TITLE),
    row("assessment.FactorsRecorded", Actor, "", "记录研判要素", ""),
    row("assessment.OpinionFiled", Named("/opinion/person_id"), "/opinion/body_id", "报送研判意见", ""),
    row("disposal.LeadDesignated", Named("/leader_person_id"), "", "负责处置", TITLE),
    row("disposal.UnitAssigned", Body, BODY, "接到交办", TITLE),
    row("disposal.AssignmentAcknowledged", PERSON, BODY, "签收交办", ""),
    row("disposal.MaterialRequested", Body, BODY, "接到提供情况材料的要求", ""),
    row("disposal.MaterialProvided", Actor, BODY, "提供情况材料", ""),
    row("disposal.MediaInterviewRequested", Body, BODY, "接到媒体采访请求", "/subject"),
    row("disposal.MediaInterviewAnswered", Actor, "", "答复媒体采访", "/subject"),
    row("disposal.MediaInterviewDeclined", Actor, "", "婉拒媒体采访", "/reason"),
    row("disposal.FindingsSubmitted", Actor, BODY, "报送调查结果", TITLE),
    row("disposal.FindingsReturned", Body, BODY, "调查结果被退回", "/reason"),
    row("disposal.FindingsAccepted", Actor, "", "采纳调查结果", ""),
    row("disposal.FindingsConsolidated", Actor, "", "形成综合报告", TITLE),
    row("disposal.ConsolidationEndorsed", PERSON, "", "审核综合报告", TITLE),
    row("disposal.ConsolidationReturned", PERSON, "", "退回综合报告", "/reason"),
    row("disposal.ConsolidationApproved", PERSON, "", "同意综合报告", TITLE),
    row("disposal.FeedbackSubmitted", PERSON, BODY, "反馈处置情况", TITLE),
    row("disposal.TrackingRecorded", Actor, "", "记录跟踪情况", ""),
    row("disposal.EscalationDrafted", PERSON, "", "拟制上报报告", TITLE),
    row("disposal.EscalationEndorsed", PERSON, "", "审核上报报告", TITLE),
    row("disposal.EscalationReturned", PERSON, "", "退回上报报告", "/reason"),
    row("disposal.EscalationApproved", PERSON, "", "批准上报", TITLE),
    row("publication.LineProposed", PERSON, "", "拟定口径", ""),
    row("publication.LineApproved", PERSON, "", "审定口径", ""),
    row("publication.StatementDrafted", PERSON, "", "拟制发布稿", TITLE),
    row("publication.StatementRevised", PERSON, "", "修改发布稿", TITLE),
    row("publication.StatementSubmitted", PERSON, "", "送审发布稿", TITLE),
    row("publication.StatementReviewed", PERSON, "", "审核发布稿", TITLE),
    row("publication.StatementReturned", PERSON, "", "退回发布稿", "/reason"),
    row("publication.StatementApproved", PERSON, "", "批准发布", TITLE),
    Witness { claimed: "/release_time", ..row("publication.StatementReleased", PERSON, "", "统一发布", TITLE) },
    row("notification.NoticeDelivered", PERSON, "", "通知送达", TITLE),
    row("notification.NoticeOpened", PERSON, "", "打开通知", TITLE),
    row("notification.NoticeAcknowledged", PERSON, "", "确认收到通知", TITLE),
    row("accountability.ObligationReminded", Named("/debtor_person_id"), "/debtor_body_id", "被提醒时限", "/name"),
    Witness {
        claimed: "/due_time",
        ..row("accountability.ObligationBreached", Named("/debtor_person_id"), "/debtor_body_id", "逾期未履行", "/name")
    },
    row("accountability.ObligationMoved", Named("/debtor_person_id"), "/debtor_body_id", "时限变动", "/reason"),
    row("accountability.ReliefAsked", Named("/ask_person_id"), "", "申请延期或免除", "/name"),
    row("accountability.ExtensionGranted", PERSON, "", "批准延期", "/name"),
    row("accountability.WaiverGranted", PERSON, "", "批准免除", "/name"),
    row("accountability.ReliefRefused", PERSON, "", "不予延期或免除", "/name"),
    row("accountability.InterviewHeld", Named("/subject_person_id"), "/subject_body_id", "接受约谈", ""),
    row("accountability.ReplySubmitted", Named("/subject_person_id"), "/subject_body_id", "提交申辩", ""),
    row("accountability.FindingRecorded", PERSON, "", "认定问责事实", ""),
    row("accountability.CaseReviewed", PERSON, "", "复核问责事项", ""),
    row("accountability.CaseProposed", PERSON, "", "提请问责", ""),
    row("accountability.QualityReviewed", PERSON, "", "评查调查结果", ""),
    row("accountability.ReviewFiled", PERSON, "", "总结复盘", TITLE),
];

/// What a fact shows of who knew, for each incident that it names. Nothing when it shows nothing, which is decided by its kind
/// alone before anything is decoded.
pub(crate) fn entries(heard: &Heard) -> Result<Vec<Entry>, Error> {
    let kind = fact_kind(&heard.event.r#type);
    let Some(witness) = WITNESSES.iter().find(|witness| witness.kind == kind) else { return Ok(Vec::new()) };
    let fields = fact_fields(&heard.event.r#type, &heard.event.payload).map_err(Error::fault)?;
    let incidents = incidents_of(&fields).map_err(Error::fault)?;
    let fields = Value::Object(fields);
    let text = |pointer: &str| if pointer.is_empty() { "" } else { fields.pointer(pointer).and_then(Value::as_str).unwrap_or_default() };
    let person_id = match witness.who {
        Body => None,
        Actor => actor(heard)?,
        Named(field) => optional_fact_id(text(field))?,
    };
    let body_id = optional_fact_id(text(witness.body))?;
    if person_id.is_none() && body_id.is_none() {
        return Ok(Vec::new());
    }
    let claimed_time = text(witness.claimed).parse::<Timestamp>().ok().filter(|claimed| *claimed != heard.time);
    let detail = text(witness.detail);
    let what = if detail.is_empty() { witness.what.to_owned() } else { format!("{}:{detail}", witness.what) };
    let proof = Proof { event_id: heard.event_id, kind, service: heard.source.to_owned(), position: heard.position };
    let entry = |incident_id| Entry {
        incident_id,
        person_id,
        body_id,
        what: what.clone(),
        time: heard.time,
        claimed_time,
        witness: None,
        proof: proof.clone(),
    };
    Ok(incidents.into_iter().map(entry).collect())
}

/// A report registered by a person.
pub(crate) fn sighting(heard: &Heard) -> Result<Option<(Sighting, Option<Uuid>)>, Error> {
    let Some(fact) = heard.read::<pb::ReportRegistered>()? else { return Ok(None) };
    let (Some(report), Some(person_id)) = (fact.report, actor(heard)?) else { return Ok(None) };
    let publish_time = fact_time(report.publish_time.as_ref()).ok();
    let received = fact_time(report.received_time.as_ref()).ok().zip(optional_fact_id(&report.witness_person_id)?);
    let sighting = Sighting {
        report_id: fact_id(&report.report_id)?,
        event_id: heard.event_id,
        person_id,
        title: report.title,
        time: heard.time,
        publish_time,
        received,
        position: heard.position,
    };
    Ok(Some((sighting, optional_fact_id(&report.incident_id)?)))
}

/// A report that has its incident, or another one: the report, the incident.
pub(crate) fn placement(heard: &Heard) -> Result<Option<(Uuid, Uuid)>, Error> {
    if let Some(fact) = heard.read::<pb::ReportPlaced>()? {
        return Ok(Some((fact_id(&fact.report_id)?, fact_id(&fact.incident_id)?)));
    }
    if let Some(fact) = heard.read::<pb::ReportMoved>()? {
        return Ok(Some((fact_id(&fact.report_id)?, fact_id(&fact.incident_id)?)));
    }
    Ok(None)
}

/// The person who acted; none when a service did.
fn actor(heard: &Heard) -> Result<Option<Uuid>, Error> {
    optional_fact_id(heard.record.actor.as_ref().map_or("", |actor| actor.person_id.as_str()))
}
